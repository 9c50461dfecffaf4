import datetime

from buf.validate import validate_pb2 as _validate_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from tintype.v1 import photo_pb2 as _photo_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Season(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SEASON_UNSPECIFIED: _ClassVar[Season]
    SEASON_SPRING: _ClassVar[Season]
    SEASON_SUMMER: _ClassVar[Season]
    SEASON_AUTUMN: _ClassVar[Season]
    SEASON_WINTER: _ClassVar[Season]

class Inclusion(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    INCLUSION_UNSPECIFIED: _ClassVar[Inclusion]
    INCLUSION_INCLUDED: _ClassVar[Inclusion]
    INCLUSION_ONLY: _ClassVar[Inclusion]
SEASON_UNSPECIFIED: Season
SEASON_SPRING: Season
SEASON_SUMMER: Season
SEASON_AUTUMN: Season
SEASON_WINTER: Season
INCLUSION_UNSPECIFIED: Inclusion
INCLUSION_INCLUDED: Inclusion
INCLUSION_ONLY: Inclusion

class PhotoFilter(_message.Message):
    __slots__ = ("after", "before", "months", "weekdays", "hours", "seasons", "places", "near", "cameras", "tags", "album_ids", "favourite", "min_rating", "media_types", "states", "archived", "trashed", "dates")
    AFTER_FIELD_NUMBER: _ClassVar[int]
    BEFORE_FIELD_NUMBER: _ClassVar[int]
    MONTHS_FIELD_NUMBER: _ClassVar[int]
    WEEKDAYS_FIELD_NUMBER: _ClassVar[int]
    HOURS_FIELD_NUMBER: _ClassVar[int]
    SEASONS_FIELD_NUMBER: _ClassVar[int]
    PLACES_FIELD_NUMBER: _ClassVar[int]
    NEAR_FIELD_NUMBER: _ClassVar[int]
    CAMERAS_FIELD_NUMBER: _ClassVar[int]
    TAGS_FIELD_NUMBER: _ClassVar[int]
    ALBUM_IDS_FIELD_NUMBER: _ClassVar[int]
    FAVOURITE_FIELD_NUMBER: _ClassVar[int]
    MIN_RATING_FIELD_NUMBER: _ClassVar[int]
    MEDIA_TYPES_FIELD_NUMBER: _ClassVar[int]
    STATES_FIELD_NUMBER: _ClassVar[int]
    ARCHIVED_FIELD_NUMBER: _ClassVar[int]
    TRASHED_FIELD_NUMBER: _ClassVar[int]
    DATES_FIELD_NUMBER: _ClassVar[int]
    after: _timestamp_pb2.Timestamp
    before: _timestamp_pb2.Timestamp
    months: _containers.RepeatedScalarFieldContainer[int]
    weekdays: _containers.RepeatedScalarFieldContainer[int]
    hours: _containers.RepeatedScalarFieldContainer[int]
    seasons: _containers.RepeatedScalarFieldContainer[Season]
    places: SetMatch
    near: Near
    cameras: SetMatch
    tags: SetMatch
    album_ids: SetMatch
    favourite: bool
    min_rating: int
    media_types: SetMatch
    states: _containers.RepeatedScalarFieldContainer[_photo_pb2.PhotoState]
    archived: Inclusion
    trashed: Inclusion
    dates: _containers.RepeatedCompositeFieldContainer[DateSpan]
    def __init__(self, after: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., before: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., months: _Optional[_Iterable[int]] = ..., weekdays: _Optional[_Iterable[int]] = ..., hours: _Optional[_Iterable[int]] = ..., seasons: _Optional[_Iterable[_Union[Season, str]]] = ..., places: _Optional[_Union[SetMatch, _Mapping]] = ..., near: _Optional[_Union[Near, _Mapping]] = ..., cameras: _Optional[_Union[SetMatch, _Mapping]] = ..., tags: _Optional[_Union[SetMatch, _Mapping]] = ..., album_ids: _Optional[_Union[SetMatch, _Mapping]] = ..., favourite: _Optional[bool] = ..., min_rating: _Optional[int] = ..., media_types: _Optional[_Union[SetMatch, _Mapping]] = ..., states: _Optional[_Iterable[_Union[_photo_pb2.PhotoState, str]]] = ..., archived: _Optional[_Union[Inclusion, str]] = ..., trashed: _Optional[_Union[Inclusion, str]] = ..., dates: _Optional[_Iterable[_Union[DateSpan, _Mapping]]] = ...) -> None: ...

class SetMatch(_message.Message):
    __slots__ = ("any_of", "all_of", "none_of")
    ANY_OF_FIELD_NUMBER: _ClassVar[int]
    ALL_OF_FIELD_NUMBER: _ClassVar[int]
    NONE_OF_FIELD_NUMBER: _ClassVar[int]
    any_of: _containers.RepeatedScalarFieldContainer[str]
    all_of: _containers.RepeatedScalarFieldContainer[str]
    none_of: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, any_of: _Optional[_Iterable[str]] = ..., all_of: _Optional[_Iterable[str]] = ..., none_of: _Optional[_Iterable[str]] = ...) -> None: ...

class Near(_message.Message):
    __slots__ = ("latitude_deg", "longitude_deg", "radius_km")
    LATITUDE_DEG_FIELD_NUMBER: _ClassVar[int]
    LONGITUDE_DEG_FIELD_NUMBER: _ClassVar[int]
    RADIUS_KM_FIELD_NUMBER: _ClassVar[int]
    latitude_deg: float
    longitude_deg: float
    radius_km: float
    def __init__(self, latitude_deg: _Optional[float] = ..., longitude_deg: _Optional[float] = ..., radius_km: _Optional[float] = ...) -> None: ...

class DateSpan(_message.Message):
    __slots__ = ("first", "last")
    FIRST_FIELD_NUMBER: _ClassVar[int]
    LAST_FIELD_NUMBER: _ClassVar[int]
    first: str
    last: str
    def __init__(self, first: _Optional[str] = ..., last: _Optional[str] = ...) -> None: ...
