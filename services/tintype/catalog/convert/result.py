"""Results of analysis as the contract says them, and back. Vectors are little-endian float32 in the domain."""

from __future__ import annotations

import sys
from array import array
from collections.abc import Iterable

from tintype.catalog.convert.enums import STAGE_OF, STAGES, VARIANT_OF, VARIANTS
from tintype.catalog.convert.photo import (
    camera_of,
    camera_to_proto,
    capture_time_of,
    capture_time_to_proto,
    location_of,
    location_to_proto,
    place_of,
    place_to_proto,
)
from tintype.catalog.domain.result import (
    Box,
    CaptionResult,
    Content,
    DeriveResult,
    EmbedResult,
    Face,
    FacesResult,
    Failure,
    Label,
    LabelsResult,
    MetadataResult,
    Outcome,
    StageResult,
    TextLine,
    TextResult,
)
from tintype.catalog.domain.stage import Stage
from tintype.kit.timestamps import instant_from, timestamp_of
from tintype.v1 import result_pb2


def outcome_of(result: result_pb2.StageResult) -> Outcome:
    """What a worker says of a stage."""
    stage = STAGE_OF[result.stage]
    failure = result.failure
    return Outcome(
        stage=stage,
        model=result.model,
        make_time=instant_from(result.make_time),
        content=_content_of(stage, result) if result.HasField(stage.value) else None,
        failure=Failure(error=failure.error, final=failure.final) if result.HasField("failure") else None,
    )


def result_to_proto(result: StageResult) -> result_pb2.StageResult:
    """A stored record."""
    return with_content(
        result_pb2.StageResult(
            stage=STAGES[result.key.stage],
            model=result.key.model,
            make_time=timestamp_of(result.make_time),
        ),
        result.content,
    )


def with_content(result: result_pb2.StageResult, content: Content) -> result_pb2.StageResult:
    """The same message, with its content filled in."""
    match content:
        case DeriveResult():
            result.derive.CopyFrom(_derive_to_proto(content))
        case MetadataResult():
            result.metadata.CopyFrom(_metadata_to_proto(content))
        case EmbedResult():
            result.embed.space = content.space
            result.embed.vector.extend(floats(content.vector))
        case FacesResult():
            result.faces.CopyFrom(result_pb2.FacesResult(faces=[_face_to_proto(face) for face in content.faces]))
        case LabelsResult():
            result.labels.CopyFrom(
                result_pb2.LabelsResult(
                    labels=[_label_to_proto(label) for label in content.labels],
                    raw=[_label_to_proto(label) for label in content.raw],
                )
            )
        case TextResult():
            result.text.CopyFrom(result_pb2.TextResult(lines=[_line_to_proto(line) for line in content.lines]))
        case CaptionResult():
            result.caption.CopyFrom(result_pb2.CaptionResult(caption=content.caption))
    return result


def floats(packed: bytes) -> array[float]:
    """The numbers of a packed vector."""
    numbers = array("f", packed)
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers


def packed(numbers: Iterable[float]) -> bytes:
    """A vector as little-endian float32."""
    vector = array("f", numbers)
    if sys.byteorder == "big":
        vector.byteswap()
    return vector.tobytes()


def _content_of(stage: Stage, result: result_pb2.StageResult) -> Content:
    match stage:
        case Stage.DERIVE:
            return _derive_of(result.derive)
        case Stage.METADATA:
            return _metadata_of(result.metadata)
        case Stage.EMBED:
            return EmbedResult(space=result.embed.space, vector=packed(result.embed.vector))
        case Stage.FACES:
            return FacesResult(faces=tuple(_face_of(face) for face in result.faces.faces))
        case Stage.LABELS:
            return LabelsResult(
                labels=tuple(_label_of(label) for label in result.labels.labels),
                raw=tuple(_label_of(label) for label in result.labels.raw),
            )
        case Stage.TEXT:
            return TextResult(lines=tuple(_line_of(line) for line in result.text.lines))
        case Stage.CAPTION:
            return CaptionResult(caption=result.caption.caption)


def _derive_of(derive: result_pb2.DeriveResult) -> DeriveResult:
    return DeriveResult(
        width_px=derive.width_px,
        height_px=derive.height_px,
        thumbhash=derive.thumbhash,
        variants=tuple(VARIANT_OF[variant] for variant in derive.variants),
    )


def _derive_to_proto(derive: DeriveResult) -> result_pb2.DeriveResult:
    return result_pb2.DeriveResult(
        width_px=derive.width_px,
        height_px=derive.height_px,
        thumbhash=derive.thumbhash,
        variants=[VARIANTS[variant] for variant in derive.variants],
    )


def _metadata_of(metadata: result_pb2.MetadataResult) -> MetadataResult:
    return MetadataResult(
        capture_time=capture_time_of(metadata.capture_time) if metadata.HasField("capture_time") else None,
        location=location_of(metadata.location) if metadata.HasField("location") else None,
        place=place_of(metadata.place) if metadata.HasField("place") else None,
        camera=camera_of(metadata.camera) if metadata.HasField("camera") else None,
        title=metadata.title,
        description=metadata.description,
        keywords=tuple(metadata.keywords),
        rating=metadata.rating,
        orientation=metadata.orientation,
    )


def _metadata_to_proto(metadata: MetadataResult) -> result_pb2.MetadataResult:
    return result_pb2.MetadataResult(
        capture_time=capture_time_to_proto(metadata.capture_time),
        location=location_to_proto(metadata.location),
        place=place_to_proto(metadata.place),
        camera=camera_to_proto(metadata.camera),
        title=metadata.title,
        description=metadata.description,
        keywords=metadata.keywords,
        rating=metadata.rating,
        orientation=metadata.orientation,
    )


def _face_of(face: result_pb2.Face) -> Face:
    return Face(
        box=_box_of(face.box),
        points=packed(face.points),
        score=face.score,
        quality=face.quality,
        vector=packed(face.vector),
    )


def _face_to_proto(face: Face) -> result_pb2.Face:
    return result_pb2.Face(
        box=_box_to_proto(face.box),
        points=floats(face.points),
        score=face.score,
        quality=face.quality,
        vector=floats(face.vector),
    )


def _label_of(label: result_pb2.Label) -> Label:
    box = _box_of(label.box) if label.HasField("box") else None
    return Label(name=label.name, confidence=label.confidence, box=box, model=label.model)


def _label_to_proto(label: Label) -> result_pb2.Label:
    return result_pb2.Label(
        name=label.name, confidence=label.confidence, box=_box_to_proto(label.box), model=label.model
    )


def _line_of(line: result_pb2.TextLine) -> TextLine:
    box = _box_of(line.box) if line.HasField("box") else None
    return TextLine(text=line.text, confidence=line.confidence, box=box)


def _line_to_proto(line: TextLine) -> result_pb2.TextLine:
    return result_pb2.TextLine(text=line.text, confidence=line.confidence, box=_box_to_proto(line.box))


def _box_of(box: result_pb2.Box) -> Box:
    return Box(left=box.left, top=box.top, width=box.width, height=box.height)


def _box_to_proto(box: Box | None) -> result_pb2.Box | None:
    if box is None:
        return None
    return result_pb2.Box(left=box.left, top=box.top, width=box.width, height=box.height)
