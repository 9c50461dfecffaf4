"""Results of the workers into the contract, and jobs out of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from google.protobuf.timestamp_pb2 import Timestamp

from tintype.analysis.domain import REQUIRED, Job, Stage, Subject
from tintype.analysis.ports import Derivation, Embedding, FileMetadata, StageResult
from tintype.imaging.ports import CaptureTime, DateSource, GeoPoint, OffsetSource
from tintype.imaging.ports import Place as NamedPlace
from tintype.kit.timestamps import timestamp_of
from tintype.v1 import embed_service_pb2, events_pb2, photo_pb2, result_pb2
from tintype.vision.ports import Box, Face, Label, Labels, Matrix, TextLine

STAGES: Final = {
    Stage.DERIVE: photo_pb2.STAGE_DERIVE,
    Stage.METADATA: photo_pb2.STAGE_METADATA,
    Stage.EMBED: photo_pb2.STAGE_EMBED,
    Stage.FACES: photo_pb2.STAGE_FACES,
    Stage.LABELS: photo_pb2.STAGE_LABELS,
    Stage.TEXT: photo_pb2.STAGE_TEXT,
    Stage.CAPTION: photo_pb2.STAGE_CAPTION,
}
STAGES_BACK: Final = {value: stage for stage, value in STAGES.items()}

DATE_SOURCES: Final = {
    DateSource.EXIF_ORIGINAL: photo_pb2.VALUE_SOURCE_EXIF,
    DateSource.EXIF_DIGITIZED: photo_pb2.VALUE_SOURCE_EXIF,
    DateSource.EXIF_MODIFIED: photo_pb2.VALUE_SOURCE_EXIF,
    DateSource.GPS: photo_pb2.VALUE_SOURCE_EXIF,
    DateSource.XMP: photo_pb2.VALUE_SOURCE_XMP,
    DateSource.IPTC: photo_pb2.VALUE_SOURCE_XMP,
}
OFFSET_SOURCES: Final = {
    OffsetSource.UNKNOWN: photo_pb2.OFFSET_SOURCE_UNKNOWN,
    OffsetSource.FILE: photo_pb2.OFFSET_SOURCE_FILE,
    OffsetSource.GPS_TIME: photo_pb2.OFFSET_SOURCE_GPS_TIME,
}


def job_of_registered(fact: events_pb2.PhotoRegistered, job_id: str) -> Job:
    """A new photo needs every required stage."""
    return Job(job_id, fact.owner_id, fact.photo_id, REQUIRED)


def job_of_requested(fact: events_pb2.AnalysisRequested, job_id: str) -> Job:
    """Only what was asked for; a stage that this program does not know is left to one that does."""
    stages = frozenset(STAGES_BACK[stage] for stage in fact.stages if stage in STAGES_BACK)
    return Job(job_id, fact.owner_id, fact.photo_id, stages)


def subject_from_proto(photo: photo_pb2.Photo, stages: Iterable[Stage]) -> Subject:
    """What of the stages asked for the photo still waits for."""
    wanted = {STAGES[stage]: stage for stage in stages}
    pending = {
        wanted[status.stage]: status.attempts
        for status in photo.stages
        if status.stage in wanted and status.state == photo_pb2.STAGE_STATE_PENDING
    }
    failed = any(status.stage in wanted and status.state == photo_pb2.STAGE_STATE_FAILED for status in photo.stages)
    return Subject(sha256=bytes.fromhex(photo.sha256), file_name=photo.file_name, pending=pending, failed=failed)


def result_to_proto(result: StageResult) -> result_pb2.StageResult:
    """A result as the catalog takes it."""
    message = result_pb2.StageResult(
        stage=STAGES[result.stage], model=result.model, make_time=timestamp_of(result.make_time)
    )
    if result.failure is not None:
        message.failure.CopyFrom(result_pb2.StageFailure(error=result.failure.error, final=result.failure.final))
    elif result.content is None:
        message.skipped = True
    elif isinstance(result.content, Derivation):
        message.derive.CopyFrom(derivation_to_proto(result.content))
    elif isinstance(result.content, FileMetadata):
        message.metadata.CopyFrom(metadata_to_proto(result.content))
    elif isinstance(result.content, Embedding):
        message.embed.CopyFrom(embedding_to_proto(result.content))
    elif isinstance(result.content, Labels):
        message.labels.CopyFrom(labels_to_proto(result.content))
    elif result.stage is Stage.FACES:
        faces = [face_to_proto(each) for each in result.content if isinstance(each, Face)]
        message.faces.CopyFrom(result_pb2.FacesResult(faces=faces))
    else:
        lines = [line_to_proto(each) for each in result.content if isinstance(each, TextLine)]
        message.text.CopyFrom(result_pb2.TextResult(lines=lines))
    return message


def derivation_to_proto(content: Derivation) -> result_pb2.DeriveResult:
    """Both variants are written before the result is recorded."""
    return result_pb2.DeriveResult(
        width_px=content.width_px,
        height_px=content.height_px,
        thumbhash=content.thumbhash,
        variants=[photo_pb2.VARIANT_PREVIEW, photo_pb2.VARIANT_THUMBNAIL],
    )


def metadata_to_proto(content: FileMetadata) -> result_pb2.MetadataResult:
    """What is unknown stays unset."""
    found = content.metadata
    message = result_pb2.MetadataResult(
        title=found.title,
        description=found.description,
        keywords=found.keywords,
        rating=max(found.rating or 0, 0),  # XMP's -1 means rejected, for which we have no stars
        orientation=found.orientation,
        camera=photo_pb2.Camera(
            make=found.camera.make,
            model=found.camera.model,
            lens=found.camera.lens,
            exposure_time_s=found.camera.exposure_time_s or 0,
            f_number=found.camera.f_number or 0,
            iso=found.camera.iso or 0,
            focal_length_mm=found.camera.focal_length_mm or 0,
        ),
    )
    if found.capture_time is not None:
        message.capture_time.CopyFrom(capture_time_to_proto(found.capture_time))
    if found.location is not None:
        message.location.CopyFrom(location_to_proto(found.location))
    if content.place is not None:
        message.place.CopyFrom(place_to_proto(content.place))
    return message


def capture_time_to_proto(found: CaptureTime) -> photo_pb2.CaptureTime:
    """The instant is the local time less the offset, or as if it were UTC where no offset is known."""
    offset = found.utc_offset_minutes or 0
    instant = Timestamp()
    instant.FromDatetime(found.local_time - timedelta(minutes=offset))
    return photo_pb2.CaptureTime(
        instant=instant,
        local_time=found.local_time.isoformat(timespec="milliseconds" if found.local_time.microsecond else "seconds"),
        utc_offset_minutes=offset,
        utc_offset_source=OFFSET_SOURCES[found.offset_source],
        source=DATE_SOURCES[found.source],
    )


def location_to_proto(found: GeoPoint) -> photo_pb2.Location:
    """EXIF is the only source that imaging reads places from."""
    return photo_pb2.Location(
        latitude_deg=found.latitude_deg,
        longitude_deg=found.longitude_deg,
        altitude_m=found.altitude_m or 0,
        source=photo_pb2.VALUE_SOURCE_EXIF,
    )


def place_to_proto(found: NamedPlace) -> photo_pb2.Place:
    """Field by field."""
    return photo_pb2.Place(
        name=found.name,
        distance_km=found.distance_km,
        city=found.city,
        city_distance_km=found.city_distance_km,
        region=found.region,
        country=found.country,
        country_code=found.country_code,
    )


def embedding_to_proto(content: Embedding) -> result_pb2.EmbedResult:
    """The vector as float32."""
    return result_pb2.EmbedResult(space=content.space, vector=content.vector.tolist())


def face_to_proto(face: Face) -> result_pb2.Face:
    """A face that could not be aligned has no vector."""
    return result_pb2.Face(
        box=box_to_proto(face.box),
        points=face.points.ravel().tolist(),
        score=face.score,
        quality=face.quality,
        vector=[] if face.vector is None else face.vector.tolist(),
    )


def labels_to_proto(content: Labels) -> result_pb2.LabelsResult:
    """What counts, and the raw answer."""
    return result_pb2.LabelsResult(
        labels=[label_to_proto(each) for each in content.accepted], raw=[label_to_proto(each) for each in content.raw]
    )


def label_to_proto(label: Label) -> result_pb2.Label:
    """A label of the whole picture has no box."""
    message = result_pb2.Label(name=label.name, confidence=label.confidence, model=label.model)
    if label.box is not None:
        message.box.CopyFrom(box_to_proto(label.box))
    return message


def line_to_proto(line: TextLine) -> result_pb2.TextLine:
    """Field by field."""
    return result_pb2.TextLine(text=line.text, confidence=line.confidence, box=box_to_proto(line.box))


def box_to_proto(box: Box) -> result_pb2.Box:
    """Field by field."""
    return result_pb2.Box(left=box.left, top=box.top, width=box.width, height=box.height)


def vectors_to_proto(rows: Matrix) -> list[embed_service_pb2.Vector]:
    """One message a row."""
    return [embed_service_pb2.Vector(values=row.tolist()) for row in rows]
