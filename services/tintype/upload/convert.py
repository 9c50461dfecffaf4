"""Uploads between the contract and the domain."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator
from typing import Final

import google_crc32c

from tintype.kit.timestamps import timestamp_of
from tintype.upload.domain import CaptureTime, Chunk, Header, Location, Picture, Upload
from tintype.upload.ports import Check, HeaderMissing, Presence
from tintype.v1 import catalog_internal_service_pb2 as catalog_pb
from tintype.v1 import photo_pb2
from tintype.v1 import upload_service_pb2 as pb

PRESENCES: Final = {
    Presence.ABSENT: pb.PRESENCE_ABSENT,
    Presence.UPLOADING: pb.PRESENCE_UPLOADING,
    Presence.PRESENT: pb.PRESENCE_PRESENT,
    Presence.TRASHED: pb.PRESENCE_TRASHED,
    Presence.FAILED: pb.PRESENCE_FAILED,
}
PRESENCES_BACK: Final = {value: presence for presence, value in PRESENCES.items()}


def header_from_proto(message: pb.UploadHeader) -> Header:
    """Folders in the name are dropped, of whichever system they are."""
    return Header(
        file_name=message.file_name.replace("\\", "/").rpartition("/")[2],
        size_bytes=message.size_bytes,
        sha256=message.sha256,
        capture_time=capture_time_from_proto(message.capture_time) if message.HasField("capture_time") else None,
        location=location_from_proto(message.location) if message.HasField("location") else None,
        backlog=message.backlog,
        description=message.description,
        favourite=message.favourite,
    )


def capture_time_from_proto(message: photo_pb2.CaptureTime) -> CaptureTime | None:
    """An instant alone is read as UTC; None where nothing is set."""
    local_time = message.local_time
    if not local_time and message.HasField("instant"):
        local_time = message.instant.ToDatetime().isoformat(timespec="milliseconds")
    if not local_time:
        return None
    known = bool(message.local_time) and message.utc_offset_source not in (
        photo_pb2.OFFSET_SOURCE_UNSPECIFIED,
        photo_pb2.OFFSET_SOURCE_UNKNOWN,
    )
    return CaptureTime(
        local_time=local_time,
        utc_offset_minutes=message.utc_offset_minutes if known or not message.local_time else None,
    )


def location_from_proto(message: photo_pb2.Location) -> Location:
    """Field by field."""
    return Location(
        latitude_deg=message.latitude_deg, longitude_deg=message.longitude_deg, altitude_m=message.altitude_m
    )


def header_to_proto(header: Header) -> pb.UploadHeader:
    """Field by field."""
    message = pb.UploadHeader(
        file_name=header.file_name,
        size_bytes=header.size_bytes,
        sha256=header.sha256,
        backlog=header.backlog,
        description=header.description,
        favourite=header.favourite,
    )
    if header.capture_time is not None:
        message.capture_time.CopyFrom(capture_time_to_proto(header.capture_time))
    if header.location is not None:
        message.location.CopyFrom(
            photo_pb2.Location(
                latitude_deg=header.location.latitude_deg,
                longitude_deg=header.location.longitude_deg,
                altitude_m=header.location.altitude_m,
                source=photo_pb2.VALUE_SOURCE_CLIENT,
            )
        )
    return message


def capture_time_to_proto(found: CaptureTime) -> photo_pb2.CaptureTime:
    """The instant is left to the catalog, which knows how to make it of local time and offset."""
    known = found.utc_offset_minutes is not None
    return photo_pb2.CaptureTime(
        local_time=found.local_time,
        utc_offset_minutes=found.utc_offset_minutes or 0,
        utc_offset_source=photo_pb2.OFFSET_SOURCE_CLIENT if known else photo_pb2.OFFSET_SOURCE_UNKNOWN,
        source=photo_pb2.VALUE_SOURCE_CLIENT,
    )


def upload_to_proto(upload: Upload, durable_offset: int) -> pb.Upload:
    """The upload as a client sees it."""
    return pb.Upload(
        upload_id=upload.upload_id,
        header=header_to_proto(upload.header),
        durable_offset=durable_offset,
        create_time=timestamp_of(upload.create_time),
        expire_time=timestamp_of(upload.expire_time),
        photo_id=upload.photo_id,
    )


def register_request(
    owner_id: str, header: Header, picture: Picture, *, upload_id: str
) -> catalog_pb.RegisterPhotoRequest:
    """What the catalog is told of verified bytes."""
    return catalog_pb.RegisterPhotoRequest(
        owner_id=owner_id,
        header=header_to_proto(header),
        media_type=picture.media_type,
        width_px=picture.width_px,
        height_px=picture.height_px,
        upload_id=upload_id,
    )


def check_from_proto(message: pb.PhotoCheck) -> Check:
    """Field by field."""
    return Check(message.sha256, PRESENCES_BACK[message.presence], message.photo_id, message.upload_id)


def check_to_proto(check: Check) -> pb.PhotoCheck:
    """Field by field."""
    return pb.PhotoCheck(
        sha256=check.sha256,
        presence=PRESENCES[check.presence],
        photo_id=check.photo_id,
        upload_id=check.upload_id,
    )


def chunk_from_proto(message: pb.Chunk) -> Chunk:
    """The CRC-32C is checked here, where the bytes are at hand."""
    data = message.data  # each look at a field of bytes copies them
    return Chunk(message.offset, data, intact=google_crc32c.value(data) == message.crc32c)


async def append_stream(requests: AsyncIterable[pb.AppendUploadRequest]) -> tuple[str, AsyncIterator[Chunk]]:
    """The upload that the first message names, and the chunks of all. Raises HeaderMissing."""
    messages = aiter(requests)
    first = await anext(messages, None)
    if first is None or not first.upload_id:
        raise HeaderMissing("upload_id")

    async def chunks() -> AsyncIterator[Chunk]:
        if first.HasField("chunk"):
            yield chunk_from_proto(first.chunk)
        async for message in messages:
            if message.upload_id and message.upload_id != first.upload_id:
                raise HeaderMissing("upload_id")
            yield chunk_from_proto(message.chunk)

    return first.upload_id, chunks()


async def photo_stream(requests: AsyncIterable[pb.UploadPhotoRequest]) -> tuple[Header, AsyncIterator[Chunk]]:
    """The header of the first message, and the chunks of all. Raises HeaderMissing."""
    messages = aiter(requests)
    first = await anext(messages, None)
    if first is None or not first.HasField("header"):
        raise HeaderMissing("header")
    if not first.header.sha256:
        raise HeaderMissing("header.sha256")

    async def chunks() -> AsyncIterator[Chunk]:
        if first.HasField("chunk"):
            yield chunk_from_proto(first.chunk)
        async for message in messages:
            if message.HasField("header"):
                raise HeaderMissing("header")
            yield chunk_from_proto(message.chunk)

    return header_from_proto(first.header), chunks()
