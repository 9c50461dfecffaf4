import datetime

from buf.validate import validate_pb2 as _validate_pb2
from google.api import field_behavior_pb2 as _field_behavior_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Stage(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    STAGE_UNSPECIFIED: _ClassVar[Stage]
    STAGE_DERIVE: _ClassVar[Stage]
    STAGE_METADATA: _ClassVar[Stage]
    STAGE_EMBED: _ClassVar[Stage]
    STAGE_FACES: _ClassVar[Stage]
    STAGE_LABELS: _ClassVar[Stage]
    STAGE_TEXT: _ClassVar[Stage]
    STAGE_CAPTION: _ClassVar[Stage]

class StageState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    STAGE_STATE_UNSPECIFIED: _ClassVar[StageState]
    STAGE_STATE_PENDING: _ClassVar[StageState]
    STAGE_STATE_DONE: _ClassVar[StageState]
    STAGE_STATE_SKIPPED: _ClassVar[StageState]
    STAGE_STATE_FAILED: _ClassVar[StageState]

class PhotoState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    PHOTO_STATE_UNSPECIFIED: _ClassVar[PhotoState]
    PHOTO_STATE_PROCESSING: _ClassVar[PhotoState]
    PHOTO_STATE_READY: _ClassVar[PhotoState]
    PHOTO_STATE_PARTIAL: _ClassVar[PhotoState]
    PHOTO_STATE_FAILED: _ClassVar[PhotoState]

class ValueSource(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    VALUE_SOURCE_UNSPECIFIED: _ClassVar[ValueSource]
    VALUE_SOURCE_USER: _ClassVar[ValueSource]
    VALUE_SOURCE_EXIF: _ClassVar[ValueSource]
    VALUE_SOURCE_XMP: _ClassVar[ValueSource]
    VALUE_SOURCE_CLIENT: _ClassVar[ValueSource]
    VALUE_SOURCE_UPLOAD: _ClassVar[ValueSource]
    VALUE_SOURCE_MODEL: _ClassVar[ValueSource]

class OffsetSource(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    OFFSET_SOURCE_UNSPECIFIED: _ClassVar[OffsetSource]
    OFFSET_SOURCE_UNKNOWN: _ClassVar[OffsetSource]
    OFFSET_SOURCE_FILE: _ClassVar[OffsetSource]
    OFFSET_SOURCE_GPS_TIME: _ClassVar[OffsetSource]
    OFFSET_SOURCE_USER: _ClassVar[OffsetSource]
    OFFSET_SOURCE_CLIENT: _ClassVar[OffsetSource]

class Variant(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    VARIANT_UNSPECIFIED: _ClassVar[Variant]
    VARIANT_ORIGINAL: _ClassVar[Variant]
    VARIANT_PREVIEW: _ClassVar[Variant]
    VARIANT_THUMBNAIL: _ClassVar[Variant]
STAGE_UNSPECIFIED: Stage
STAGE_DERIVE: Stage
STAGE_METADATA: Stage
STAGE_EMBED: Stage
STAGE_FACES: Stage
STAGE_LABELS: Stage
STAGE_TEXT: Stage
STAGE_CAPTION: Stage
STAGE_STATE_UNSPECIFIED: StageState
STAGE_STATE_PENDING: StageState
STAGE_STATE_DONE: StageState
STAGE_STATE_SKIPPED: StageState
STAGE_STATE_FAILED: StageState
PHOTO_STATE_UNSPECIFIED: PhotoState
PHOTO_STATE_PROCESSING: PhotoState
PHOTO_STATE_READY: PhotoState
PHOTO_STATE_PARTIAL: PhotoState
PHOTO_STATE_FAILED: PhotoState
VALUE_SOURCE_UNSPECIFIED: ValueSource
VALUE_SOURCE_USER: ValueSource
VALUE_SOURCE_EXIF: ValueSource
VALUE_SOURCE_XMP: ValueSource
VALUE_SOURCE_CLIENT: ValueSource
VALUE_SOURCE_UPLOAD: ValueSource
VALUE_SOURCE_MODEL: ValueSource
OFFSET_SOURCE_UNSPECIFIED: OffsetSource
OFFSET_SOURCE_UNKNOWN: OffsetSource
OFFSET_SOURCE_FILE: OffsetSource
OFFSET_SOURCE_GPS_TIME: OffsetSource
OFFSET_SOURCE_USER: OffsetSource
OFFSET_SOURCE_CLIENT: OffsetSource
VARIANT_UNSPECIFIED: Variant
VARIANT_ORIGINAL: Variant
VARIANT_PREVIEW: Variant
VARIANT_THUMBNAIL: Variant

class Photo(_message.Message):
    __slots__ = ("photo_id", "owner_id", "revision", "etag", "file_name", "sha256", "size_bytes", "media_type", "width_px", "height_px", "capture_time", "upload_time", "location", "place", "camera", "title", "description", "favourite", "rating", "archived", "tags", "album_ids", "state", "stages", "trash_time", "purge_time", "corrupt_time", "thumbhash", "thumbnail_url", "found_text")
    PHOTO_ID_FIELD_NUMBER: _ClassVar[int]
    OWNER_ID_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    FILE_NAME_FIELD_NUMBER: _ClassVar[int]
    SHA256_FIELD_NUMBER: _ClassVar[int]
    SIZE_BYTES_FIELD_NUMBER: _ClassVar[int]
    MEDIA_TYPE_FIELD_NUMBER: _ClassVar[int]
    WIDTH_PX_FIELD_NUMBER: _ClassVar[int]
    HEIGHT_PX_FIELD_NUMBER: _ClassVar[int]
    CAPTURE_TIME_FIELD_NUMBER: _ClassVar[int]
    UPLOAD_TIME_FIELD_NUMBER: _ClassVar[int]
    LOCATION_FIELD_NUMBER: _ClassVar[int]
    PLACE_FIELD_NUMBER: _ClassVar[int]
    CAMERA_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    FAVOURITE_FIELD_NUMBER: _ClassVar[int]
    RATING_FIELD_NUMBER: _ClassVar[int]
    ARCHIVED_FIELD_NUMBER: _ClassVar[int]
    TAGS_FIELD_NUMBER: _ClassVar[int]
    ALBUM_IDS_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    STAGES_FIELD_NUMBER: _ClassVar[int]
    TRASH_TIME_FIELD_NUMBER: _ClassVar[int]
    PURGE_TIME_FIELD_NUMBER: _ClassVar[int]
    CORRUPT_TIME_FIELD_NUMBER: _ClassVar[int]
    THUMBHASH_FIELD_NUMBER: _ClassVar[int]
    THUMBNAIL_URL_FIELD_NUMBER: _ClassVar[int]
    FOUND_TEXT_FIELD_NUMBER: _ClassVar[int]
    photo_id: str
    owner_id: str
    revision: int
    etag: str
    file_name: str
    sha256: str
    size_bytes: int
    media_type: str
    width_px: int
    height_px: int
    capture_time: CaptureTime
    upload_time: _timestamp_pb2.Timestamp
    location: Location
    place: Place
    camera: Camera
    title: str
    description: str
    favourite: bool
    rating: int
    archived: bool
    tags: _containers.RepeatedCompositeFieldContainer[Tag]
    album_ids: _containers.RepeatedScalarFieldContainer[str]
    state: PhotoState
    stages: _containers.RepeatedCompositeFieldContainer[StageStatus]
    trash_time: _timestamp_pb2.Timestamp
    purge_time: _timestamp_pb2.Timestamp
    corrupt_time: _timestamp_pb2.Timestamp
    thumbhash: bytes
    thumbnail_url: str
    found_text: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, photo_id: _Optional[str] = ..., owner_id: _Optional[str] = ..., revision: _Optional[int] = ..., etag: _Optional[str] = ..., file_name: _Optional[str] = ..., sha256: _Optional[str] = ..., size_bytes: _Optional[int] = ..., media_type: _Optional[str] = ..., width_px: _Optional[int] = ..., height_px: _Optional[int] = ..., capture_time: _Optional[_Union[CaptureTime, _Mapping]] = ..., upload_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., location: _Optional[_Union[Location, _Mapping]] = ..., place: _Optional[_Union[Place, _Mapping]] = ..., camera: _Optional[_Union[Camera, _Mapping]] = ..., title: _Optional[str] = ..., description: _Optional[str] = ..., favourite: _Optional[bool] = ..., rating: _Optional[int] = ..., archived: _Optional[bool] = ..., tags: _Optional[_Iterable[_Union[Tag, _Mapping]]] = ..., album_ids: _Optional[_Iterable[str]] = ..., state: _Optional[_Union[PhotoState, str]] = ..., stages: _Optional[_Iterable[_Union[StageStatus, _Mapping]]] = ..., trash_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., purge_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., corrupt_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., thumbhash: _Optional[bytes] = ..., thumbnail_url: _Optional[str] = ..., found_text: _Optional[_Iterable[str]] = ...) -> None: ...

class CaptureTime(_message.Message):
    __slots__ = ("instant", "local_time", "utc_offset_minutes", "utc_offset_source", "source")
    INSTANT_FIELD_NUMBER: _ClassVar[int]
    LOCAL_TIME_FIELD_NUMBER: _ClassVar[int]
    UTC_OFFSET_MINUTES_FIELD_NUMBER: _ClassVar[int]
    UTC_OFFSET_SOURCE_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    instant: _timestamp_pb2.Timestamp
    local_time: str
    utc_offset_minutes: int
    utc_offset_source: OffsetSource
    source: ValueSource
    def __init__(self, instant: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., local_time: _Optional[str] = ..., utc_offset_minutes: _Optional[int] = ..., utc_offset_source: _Optional[_Union[OffsetSource, str]] = ..., source: _Optional[_Union[ValueSource, str]] = ...) -> None: ...

class Location(_message.Message):
    __slots__ = ("latitude_deg", "longitude_deg", "altitude_m", "source")
    LATITUDE_DEG_FIELD_NUMBER: _ClassVar[int]
    LONGITUDE_DEG_FIELD_NUMBER: _ClassVar[int]
    ALTITUDE_M_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    latitude_deg: float
    longitude_deg: float
    altitude_m: float
    source: ValueSource
    def __init__(self, latitude_deg: _Optional[float] = ..., longitude_deg: _Optional[float] = ..., altitude_m: _Optional[float] = ..., source: _Optional[_Union[ValueSource, str]] = ...) -> None: ...

class Place(_message.Message):
    __slots__ = ("name", "distance_km", "city", "city_distance_km", "region", "country", "country_code")
    NAME_FIELD_NUMBER: _ClassVar[int]
    DISTANCE_KM_FIELD_NUMBER: _ClassVar[int]
    CITY_FIELD_NUMBER: _ClassVar[int]
    CITY_DISTANCE_KM_FIELD_NUMBER: _ClassVar[int]
    REGION_FIELD_NUMBER: _ClassVar[int]
    COUNTRY_FIELD_NUMBER: _ClassVar[int]
    COUNTRY_CODE_FIELD_NUMBER: _ClassVar[int]
    name: str
    distance_km: float
    city: str
    city_distance_km: float
    region: str
    country: str
    country_code: str
    def __init__(self, name: _Optional[str] = ..., distance_km: _Optional[float] = ..., city: _Optional[str] = ..., city_distance_km: _Optional[float] = ..., region: _Optional[str] = ..., country: _Optional[str] = ..., country_code: _Optional[str] = ...) -> None: ...

class Camera(_message.Message):
    __slots__ = ("make", "model", "lens", "exposure_time_s", "f_number", "iso", "focal_length_mm")
    MAKE_FIELD_NUMBER: _ClassVar[int]
    MODEL_FIELD_NUMBER: _ClassVar[int]
    LENS_FIELD_NUMBER: _ClassVar[int]
    EXPOSURE_TIME_S_FIELD_NUMBER: _ClassVar[int]
    F_NUMBER_FIELD_NUMBER: _ClassVar[int]
    ISO_FIELD_NUMBER: _ClassVar[int]
    FOCAL_LENGTH_MM_FIELD_NUMBER: _ClassVar[int]
    make: str
    model: str
    lens: str
    exposure_time_s: float
    f_number: float
    iso: int
    focal_length_mm: float
    def __init__(self, make: _Optional[str] = ..., model: _Optional[str] = ..., lens: _Optional[str] = ..., exposure_time_s: _Optional[float] = ..., f_number: _Optional[float] = ..., iso: _Optional[int] = ..., focal_length_mm: _Optional[float] = ...) -> None: ...

class Tag(_message.Message):
    __slots__ = ("name", "source", "model", "confidence", "set_time")
    NAME_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    MODEL_FIELD_NUMBER: _ClassVar[int]
    CONFIDENCE_FIELD_NUMBER: _ClassVar[int]
    SET_TIME_FIELD_NUMBER: _ClassVar[int]
    name: str
    source: ValueSource
    model: str
    confidence: float
    set_time: _timestamp_pb2.Timestamp
    def __init__(self, name: _Optional[str] = ..., source: _Optional[_Union[ValueSource, str]] = ..., model: _Optional[str] = ..., confidence: _Optional[float] = ..., set_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class StageStatus(_message.Message):
    __slots__ = ("stage", "state", "model", "attempts", "error", "request_time", "end_time")
    STAGE_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    MODEL_FIELD_NUMBER: _ClassVar[int]
    ATTEMPTS_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    REQUEST_TIME_FIELD_NUMBER: _ClassVar[int]
    END_TIME_FIELD_NUMBER: _ClassVar[int]
    stage: Stage
    state: StageState
    model: str
    attempts: int
    error: str
    request_time: _timestamp_pb2.Timestamp
    end_time: _timestamp_pb2.Timestamp
    def __init__(self, stage: _Optional[_Union[Stage, str]] = ..., state: _Optional[_Union[StageState, str]] = ..., model: _Optional[str] = ..., attempts: _Optional[int] = ..., error: _Optional[str] = ..., request_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., end_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...
