import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from tintype.v1 import photo_pb2 as _photo_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class StageResult(_message.Message):
    __slots__ = ("stage", "model", "make_time", "skipped", "failure", "derive", "metadata", "embed", "faces", "labels", "text", "caption")
    STAGE_FIELD_NUMBER: _ClassVar[int]
    MODEL_FIELD_NUMBER: _ClassVar[int]
    MAKE_TIME_FIELD_NUMBER: _ClassVar[int]
    SKIPPED_FIELD_NUMBER: _ClassVar[int]
    FAILURE_FIELD_NUMBER: _ClassVar[int]
    DERIVE_FIELD_NUMBER: _ClassVar[int]
    METADATA_FIELD_NUMBER: _ClassVar[int]
    EMBED_FIELD_NUMBER: _ClassVar[int]
    FACES_FIELD_NUMBER: _ClassVar[int]
    LABELS_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    CAPTION_FIELD_NUMBER: _ClassVar[int]
    stage: _photo_pb2.Stage
    model: str
    make_time: _timestamp_pb2.Timestamp
    skipped: bool
    failure: StageFailure
    derive: DeriveResult
    metadata: MetadataResult
    embed: EmbedResult
    faces: FacesResult
    labels: LabelsResult
    text: TextResult
    caption: CaptionResult
    def __init__(self, stage: _Optional[_Union[_photo_pb2.Stage, str]] = ..., model: _Optional[str] = ..., make_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., skipped: _Optional[bool] = ..., failure: _Optional[_Union[StageFailure, _Mapping]] = ..., derive: _Optional[_Union[DeriveResult, _Mapping]] = ..., metadata: _Optional[_Union[MetadataResult, _Mapping]] = ..., embed: _Optional[_Union[EmbedResult, _Mapping]] = ..., faces: _Optional[_Union[FacesResult, _Mapping]] = ..., labels: _Optional[_Union[LabelsResult, _Mapping]] = ..., text: _Optional[_Union[TextResult, _Mapping]] = ..., caption: _Optional[_Union[CaptionResult, _Mapping]] = ...) -> None: ...

class StageFailure(_message.Message):
    __slots__ = ("error", "final")
    ERROR_FIELD_NUMBER: _ClassVar[int]
    FINAL_FIELD_NUMBER: _ClassVar[int]
    error: str
    final: bool
    def __init__(self, error: _Optional[str] = ..., final: _Optional[bool] = ...) -> None: ...

class DeriveResult(_message.Message):
    __slots__ = ("width_px", "height_px", "thumbhash", "variants")
    WIDTH_PX_FIELD_NUMBER: _ClassVar[int]
    HEIGHT_PX_FIELD_NUMBER: _ClassVar[int]
    THUMBHASH_FIELD_NUMBER: _ClassVar[int]
    VARIANTS_FIELD_NUMBER: _ClassVar[int]
    width_px: int
    height_px: int
    thumbhash: bytes
    variants: _containers.RepeatedScalarFieldContainer[_photo_pb2.Variant]
    def __init__(self, width_px: _Optional[int] = ..., height_px: _Optional[int] = ..., thumbhash: _Optional[bytes] = ..., variants: _Optional[_Iterable[_Union[_photo_pb2.Variant, str]]] = ...) -> None: ...

class MetadataResult(_message.Message):
    __slots__ = ("capture_time", "location", "place", "camera", "title", "description", "keywords", "rating", "orientation")
    CAPTURE_TIME_FIELD_NUMBER: _ClassVar[int]
    LOCATION_FIELD_NUMBER: _ClassVar[int]
    PLACE_FIELD_NUMBER: _ClassVar[int]
    CAMERA_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    KEYWORDS_FIELD_NUMBER: _ClassVar[int]
    RATING_FIELD_NUMBER: _ClassVar[int]
    ORIENTATION_FIELD_NUMBER: _ClassVar[int]
    capture_time: _photo_pb2.CaptureTime
    location: _photo_pb2.Location
    place: _photo_pb2.Place
    camera: _photo_pb2.Camera
    title: str
    description: str
    keywords: _containers.RepeatedScalarFieldContainer[str]
    rating: int
    orientation: int
    def __init__(self, capture_time: _Optional[_Union[_photo_pb2.CaptureTime, _Mapping]] = ..., location: _Optional[_Union[_photo_pb2.Location, _Mapping]] = ..., place: _Optional[_Union[_photo_pb2.Place, _Mapping]] = ..., camera: _Optional[_Union[_photo_pb2.Camera, _Mapping]] = ..., title: _Optional[str] = ..., description: _Optional[str] = ..., keywords: _Optional[_Iterable[str]] = ..., rating: _Optional[int] = ..., orientation: _Optional[int] = ...) -> None: ...

class EmbedResult(_message.Message):
    __slots__ = ("space", "vector")
    SPACE_FIELD_NUMBER: _ClassVar[int]
    VECTOR_FIELD_NUMBER: _ClassVar[int]
    space: str
    vector: _containers.RepeatedScalarFieldContainer[float]
    def __init__(self, space: _Optional[str] = ..., vector: _Optional[_Iterable[float]] = ...) -> None: ...

class FacesResult(_message.Message):
    __slots__ = ("faces",)
    FACES_FIELD_NUMBER: _ClassVar[int]
    faces: _containers.RepeatedCompositeFieldContainer[Face]
    def __init__(self, faces: _Optional[_Iterable[_Union[Face, _Mapping]]] = ...) -> None: ...

class Face(_message.Message):
    __slots__ = ("box", "points", "score", "quality", "vector")
    BOX_FIELD_NUMBER: _ClassVar[int]
    POINTS_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    QUALITY_FIELD_NUMBER: _ClassVar[int]
    VECTOR_FIELD_NUMBER: _ClassVar[int]
    box: Box
    points: _containers.RepeatedScalarFieldContainer[float]
    score: float
    quality: float
    vector: _containers.RepeatedScalarFieldContainer[float]
    def __init__(self, box: _Optional[_Union[Box, _Mapping]] = ..., points: _Optional[_Iterable[float]] = ..., score: _Optional[float] = ..., quality: _Optional[float] = ..., vector: _Optional[_Iterable[float]] = ...) -> None: ...

class Box(_message.Message):
    __slots__ = ("left", "top", "width", "height")
    LEFT_FIELD_NUMBER: _ClassVar[int]
    TOP_FIELD_NUMBER: _ClassVar[int]
    WIDTH_FIELD_NUMBER: _ClassVar[int]
    HEIGHT_FIELD_NUMBER: _ClassVar[int]
    left: float
    top: float
    width: float
    height: float
    def __init__(self, left: _Optional[float] = ..., top: _Optional[float] = ..., width: _Optional[float] = ..., height: _Optional[float] = ...) -> None: ...

class LabelsResult(_message.Message):
    __slots__ = ("labels", "raw")
    LABELS_FIELD_NUMBER: _ClassVar[int]
    RAW_FIELD_NUMBER: _ClassVar[int]
    labels: _containers.RepeatedCompositeFieldContainer[Label]
    raw: _containers.RepeatedCompositeFieldContainer[Label]
    def __init__(self, labels: _Optional[_Iterable[_Union[Label, _Mapping]]] = ..., raw: _Optional[_Iterable[_Union[Label, _Mapping]]] = ...) -> None: ...

class Label(_message.Message):
    __slots__ = ("name", "confidence", "box", "model")
    NAME_FIELD_NUMBER: _ClassVar[int]
    CONFIDENCE_FIELD_NUMBER: _ClassVar[int]
    BOX_FIELD_NUMBER: _ClassVar[int]
    MODEL_FIELD_NUMBER: _ClassVar[int]
    name: str
    confidence: float
    box: Box
    model: str
    def __init__(self, name: _Optional[str] = ..., confidence: _Optional[float] = ..., box: _Optional[_Union[Box, _Mapping]] = ..., model: _Optional[str] = ...) -> None: ...

class TextResult(_message.Message):
    __slots__ = ("lines",)
    LINES_FIELD_NUMBER: _ClassVar[int]
    lines: _containers.RepeatedCompositeFieldContainer[TextLine]
    def __init__(self, lines: _Optional[_Iterable[_Union[TextLine, _Mapping]]] = ...) -> None: ...

class TextLine(_message.Message):
    __slots__ = ("text", "confidence", "box")
    TEXT_FIELD_NUMBER: _ClassVar[int]
    CONFIDENCE_FIELD_NUMBER: _ClassVar[int]
    BOX_FIELD_NUMBER: _ClassVar[int]
    text: str
    confidence: float
    box: Box
    def __init__(self, text: _Optional[str] = ..., confidence: _Optional[float] = ..., box: _Optional[_Union[Box, _Mapping]] = ...) -> None: ...

class CaptionResult(_message.Message):
    __slots__ = ("caption",)
    CAPTION_FIELD_NUMBER: _ClassVar[int]
    caption: str
    def __init__(self, caption: _Optional[str] = ...) -> None: ...

class PhotoResults(_message.Message):
    __slots__ = ("photo", "results", "deleted", "other_embeddings")
    PHOTO_FIELD_NUMBER: _ClassVar[int]
    RESULTS_FIELD_NUMBER: _ClassVar[int]
    DELETED_FIELD_NUMBER: _ClassVar[int]
    OTHER_EMBEDDINGS_FIELD_NUMBER: _ClassVar[int]
    photo: _photo_pb2.Photo
    results: _containers.RepeatedCompositeFieldContainer[StageResult]
    deleted: bool
    other_embeddings: _containers.RepeatedCompositeFieldContainer[EmbedResult]
    def __init__(self, photo: _Optional[_Union[_photo_pb2.Photo, _Mapping]] = ..., results: _Optional[_Iterable[_Union[StageResult, _Mapping]]] = ..., deleted: _Optional[bool] = ..., other_embeddings: _Optional[_Iterable[_Union[EmbedResult, _Mapping]]] = ...) -> None: ...
