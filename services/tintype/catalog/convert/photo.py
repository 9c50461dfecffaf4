"""Photos as the contract says them, and what a client may say of one."""

from __future__ import annotations

from datetime import timedelta

from tintype.catalog.convert.enums import (
    OFFSET_SOURCE_OF,
    OFFSET_SOURCES,
    PHOTO_STATES,
    STAGE_STATES,
    STAGES,
    VALUE_SOURCE_OF,
    VALUE_SOURCES,
)
from tintype.catalog.domain.capture import CaptureTime, StatedTime
from tintype.catalog.domain.editing import Values
from tintype.catalog.domain.location import Camera, Location, Place
from tintype.catalog.domain.photo import Photo
from tintype.catalog.domain.stage import StageStatus
from tintype.catalog.domain.tag import Tag
from tintype.kit.timestamps import instant_from, timestamp_of
from tintype.v1 import photo_pb2


def photo_to_proto(photo: Photo, *, retention: timedelta, thumbnail_url: str = "") -> photo_pb2.Photo:
    """A photo as its owner and other services see it; `retention` is how long it stays in the trash."""
    picture = photo.picture
    return photo_pb2.Photo(
        photo_id=photo.photo_id,
        owner_id=photo.owner_id,
        revision=photo.revision,
        etag=photo.etag,
        file_name=photo.file.file_name,
        sha256=photo.file.sha256,
        size_bytes=photo.file.size_bytes,
        media_type=photo.file.media_type,
        width_px=picture.width_px if picture else 0,
        height_px=picture.height_px if picture else 0,
        capture_time=capture_time_to_proto(photo.capture_time),
        upload_time=timestamp_of(photo.upload_time),
        location=location_to_proto(photo.location),
        place=place_to_proto(photo.place),
        camera=camera_to_proto(photo.camera),
        title=photo.title,
        description=photo.description,
        favourite=photo.edits.favourite,
        rating=photo.rating,
        archived=photo.edits.archived,
        tags=[tag_to_proto(tag) for tag in photo.tags.shown],
        album_ids=[membership.album_id for membership in photo.memberships],
        state=PHOTO_STATES[photo.state],
        stages=[status_to_proto(status) for status in photo.stages],
        trash_time=timestamp_of(photo.trash_time),
        purge_time=timestamp_of(photo.trash_time + retention if photo.trash_time else None),
        corrupt_time=timestamp_of(photo.corrupt_time),
        thumbhash=picture.thumbhash if picture else b"",
        thumbnail_url=thumbnail_url,
    )


def tombstone_to_proto(photo: Photo) -> photo_pb2.Photo:
    """What is left of a deleted photo: its ids and its revision."""
    return photo_pb2.Photo(photo_id=photo.photo_id, owner_id=photo.owner_id, revision=photo.revision)


def values_of(photo: photo_pb2.Photo) -> Values:
    """What a client wants the fields of its mask to be."""
    return Values(
        title=photo.title.strip(),
        description=photo.description.strip(),
        favourite=photo.favourite,
        rating=photo.rating,
        archived=photo.archived,
        capture_time=stated_time(photo.capture_time),
        location=location_of(photo.location) if photo.HasField("location") else None,
        tags=tuple(tag.name for tag in photo.tags),
    )


def stated_time(time: photo_pb2.CaptureTime) -> StatedTime | None:
    """What somebody states of a capture time; None if nothing."""
    if not time.local_time and not time.HasField("instant"):
        return None
    return StatedTime(
        instant=instant_from(time.instant) if time.HasField("instant") else None,
        local_time=time.local_time,
        utc_offset_minutes=time.utc_offset_minutes,
        utc_offset_source=OFFSET_SOURCE_OF[time.utc_offset_source],
    )


def capture_time_to_proto(time: CaptureTime | None) -> photo_pb2.CaptureTime | None:
    """None stays None."""
    if time is None:
        return None
    return photo_pb2.CaptureTime(
        instant=timestamp_of(time.instant),
        local_time=time.local_time,
        utc_offset_minutes=time.utc_offset_minutes,
        utc_offset_source=OFFSET_SOURCES[time.utc_offset_source],
        source=VALUE_SOURCES[time.source],
    )


def capture_time_of(time: photo_pb2.CaptureTime) -> CaptureTime:
    """A whole capture time, as workers make it."""
    return CaptureTime(
        instant=instant_from(time.instant),
        local_time=time.local_time,
        utc_offset_minutes=time.utc_offset_minutes,
        utc_offset_source=OFFSET_SOURCE_OF[time.utc_offset_source],
        source=VALUE_SOURCE_OF[time.source],
    )


def location_to_proto(location: Location | None) -> photo_pb2.Location | None:
    """None stays None."""
    if location is None:
        return None
    return photo_pb2.Location(
        latitude_deg=location.latitude_deg,
        longitude_deg=location.longitude_deg,
        altitude_m=location.altitude_m,
        source=VALUE_SOURCES[location.source],
    )


def location_of(location: photo_pb2.Location) -> Location:
    """A point on the earth."""
    return Location(
        latitude_deg=location.latitude_deg,
        longitude_deg=location.longitude_deg,
        altitude_m=location.altitude_m,
        source=VALUE_SOURCE_OF[location.source],
    )


def place_to_proto(place: Place | None) -> photo_pb2.Place | None:
    """None stays None."""
    if place is None:
        return None
    return photo_pb2.Place(
        name=place.name,
        distance_km=place.distance_km,
        city=place.city,
        city_distance_km=place.city_distance_km,
        region=place.region,
        country=place.country,
        country_code=place.country_code,
    )


def place_of(place: photo_pb2.Place) -> Place:
    """What lies at a location."""
    return Place(
        name=place.name,
        distance_km=place.distance_km,
        city=place.city,
        city_distance_km=place.city_distance_km,
        region=place.region,
        country=place.country,
        country_code=place.country_code,
    )


def camera_to_proto(camera: Camera | None) -> photo_pb2.Camera | None:
    """None stays None."""
    if camera is None:
        return None
    return photo_pb2.Camera(
        make=camera.make,
        model=camera.model,
        lens=camera.lens,
        exposure_time_s=camera.exposure_time_s,
        f_number=camera.f_number,
        iso=camera.iso,
        focal_length_mm=camera.focal_length_mm,
    )


def camera_of(camera: photo_pb2.Camera) -> Camera:
    """What took a photo."""
    return Camera(
        make=camera.make,
        model=camera.model,
        lens=camera.lens,
        exposure_time_s=camera.exposure_time_s,
        f_number=camera.f_number,
        iso=camera.iso,
        focal_length_mm=camera.focal_length_mm,
    )


def tag_to_proto(tag: Tag) -> photo_pb2.Tag:
    """A word on a photo."""
    return photo_pb2.Tag(
        name=tag.name,
        source=VALUE_SOURCES[tag.source],
        model=tag.model,
        confidence=tag.confidence,
        set_time=timestamp_of(tag.set_time),
    )


def status_to_proto(status: StageStatus) -> photo_pb2.StageStatus:
    """How far a stage is."""
    return photo_pb2.StageStatus(
        stage=STAGES[status.stage],
        state=STAGE_STATES[status.state],
        model=status.model,
        attempts=status.attempts,
        error=status.error,
        request_time=timestamp_of(status.request_time),
        end_time=timestamp_of(status.end_time),
    )
