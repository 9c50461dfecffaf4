import datetime

from buf.validate import validate_pb2 as _validate_pb2
from google.api import annotations_pb2 as _annotations_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from tintype.v1 import operation_pb2 as _operation_pb2
from tintype.v1 import photo_pb2 as _photo_pb2
from tintype.v1 import photo_filter_pb2 as _photo_filter_pb2
from tintype.v1 import policy_pb2 as _policy_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class SearchLeg(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SEARCH_LEG_UNSPECIFIED: _ClassVar[SearchLeg]
    SEARCH_LEG_WORDS: _ClassVar[SearchLeg]
    SEARCH_LEG_VECTOR: _ClassVar[SearchLeg]
    SEARCH_LEG_PHOTO: _ClassVar[SearchLeg]
    SEARCH_LEG_IMAGE: _ClassVar[SearchLeg]
SEARCH_LEG_UNSPECIFIED: SearchLeg
SEARCH_LEG_WORDS: SearchLeg
SEARCH_LEG_VECTOR: SearchLeg
SEARCH_LEG_PHOTO: SearchLeg
SEARCH_LEG_IMAGE: SearchLeg

class SearchPhotosRequest(_message.Message):
    __slots__ = ("words", "like_photo_id", "like_image", "weights", "filter", "literal", "min_relevance", "page_size", "page_token", "explain", "facets", "thumbnail_urls", "time_zone", "languages")
    WORDS_FIELD_NUMBER: _ClassVar[int]
    LIKE_PHOTO_ID_FIELD_NUMBER: _ClassVar[int]
    LIKE_IMAGE_FIELD_NUMBER: _ClassVar[int]
    WEIGHTS_FIELD_NUMBER: _ClassVar[int]
    FILTER_FIELD_NUMBER: _ClassVar[int]
    LITERAL_FIELD_NUMBER: _ClassVar[int]
    MIN_RELEVANCE_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    EXPLAIN_FIELD_NUMBER: _ClassVar[int]
    FACETS_FIELD_NUMBER: _ClassVar[int]
    THUMBNAIL_URLS_FIELD_NUMBER: _ClassVar[int]
    TIME_ZONE_FIELD_NUMBER: _ClassVar[int]
    LANGUAGES_FIELD_NUMBER: _ClassVar[int]
    words: str
    like_photo_id: str
    like_image: bytes
    weights: LegWeights
    filter: _photo_filter_pb2.PhotoFilter
    literal: bool
    min_relevance: float
    page_size: int
    page_token: str
    explain: bool
    facets: bool
    thumbnail_urls: bool
    time_zone: str
    languages: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, words: _Optional[str] = ..., like_photo_id: _Optional[str] = ..., like_image: _Optional[bytes] = ..., weights: _Optional[_Union[LegWeights, _Mapping]] = ..., filter: _Optional[_Union[_photo_filter_pb2.PhotoFilter, _Mapping]] = ..., literal: _Optional[bool] = ..., min_relevance: _Optional[float] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., explain: _Optional[bool] = ..., facets: _Optional[bool] = ..., thumbnail_urls: _Optional[bool] = ..., time_zone: _Optional[str] = ..., languages: _Optional[_Iterable[str]] = ...) -> None: ...

class LegWeights(_message.Message):
    __slots__ = ("words", "vector", "photo", "image")
    WORDS_FIELD_NUMBER: _ClassVar[int]
    VECTOR_FIELD_NUMBER: _ClassVar[int]
    PHOTO_FIELD_NUMBER: _ClassVar[int]
    IMAGE_FIELD_NUMBER: _ClassVar[int]
    words: float
    vector: float
    photo: float
    image: float
    def __init__(self, words: _Optional[float] = ..., vector: _Optional[float] = ..., photo: _Optional[float] = ..., image: _Optional[float] = ...) -> None: ...

class SearchPhotosResponse(_message.Message):
    __slots__ = ("hits", "next_page_token", "understanding", "degraded", "facets", "matches", "pack")
    HITS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    UNDERSTANDING_FIELD_NUMBER: _ClassVar[int]
    DEGRADED_FIELD_NUMBER: _ClassVar[int]
    FACETS_FIELD_NUMBER: _ClassVar[int]
    MATCHES_FIELD_NUMBER: _ClassVar[int]
    PACK_FIELD_NUMBER: _ClassVar[int]
    hits: _containers.RepeatedCompositeFieldContainer[SearchHit]
    next_page_token: str
    understanding: QueryUnderstanding
    degraded: _containers.RepeatedScalarFieldContainer[str]
    facets: _containers.RepeatedCompositeFieldContainer[Facet]
    matches: int
    pack: str
    def __init__(self, hits: _Optional[_Iterable[_Union[SearchHit, _Mapping]]] = ..., next_page_token: _Optional[str] = ..., understanding: _Optional[_Union[QueryUnderstanding, _Mapping]] = ..., degraded: _Optional[_Iterable[str]] = ..., facets: _Optional[_Iterable[_Union[Facet, _Mapping]]] = ..., matches: _Optional[int] = ..., pack: _Optional[str] = ...) -> None: ...

class SearchHit(_message.Message):
    __slots__ = ("photo", "score", "relevance", "explanations")
    PHOTO_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    RELEVANCE_FIELD_NUMBER: _ClassVar[int]
    EXPLANATIONS_FIELD_NUMBER: _ClassVar[int]
    photo: _photo_pb2.Photo
    score: float
    relevance: float
    explanations: _containers.RepeatedCompositeFieldContainer[LegExplanation]
    def __init__(self, photo: _Optional[_Union[_photo_pb2.Photo, _Mapping]] = ..., score: _Optional[float] = ..., relevance: _Optional[float] = ..., explanations: _Optional[_Iterable[_Union[LegExplanation, _Mapping]]] = ...) -> None: ...

class LegExplanation(_message.Message):
    __slots__ = ("leg", "rank", "contribution", "similarity", "matched_words", "matched_fields", "space")
    LEG_FIELD_NUMBER: _ClassVar[int]
    RANK_FIELD_NUMBER: _ClassVar[int]
    CONTRIBUTION_FIELD_NUMBER: _ClassVar[int]
    SIMILARITY_FIELD_NUMBER: _ClassVar[int]
    MATCHED_WORDS_FIELD_NUMBER: _ClassVar[int]
    MATCHED_FIELDS_FIELD_NUMBER: _ClassVar[int]
    SPACE_FIELD_NUMBER: _ClassVar[int]
    leg: SearchLeg
    rank: int
    contribution: float
    similarity: float
    matched_words: _containers.RepeatedScalarFieldContainer[str]
    matched_fields: _containers.RepeatedScalarFieldContainer[str]
    space: str
    def __init__(self, leg: _Optional[_Union[SearchLeg, str]] = ..., rank: _Optional[int] = ..., contribution: _Optional[float] = ..., similarity: _Optional[float] = ..., matched_words: _Optional[_Iterable[str]] = ..., matched_fields: _Optional[_Iterable[str]] = ..., space: _Optional[str] = ...) -> None: ...

class QueryUnderstanding(_message.Message):
    __slots__ = ("remaining_words", "parts")
    REMAINING_WORDS_FIELD_NUMBER: _ClassVar[int]
    PARTS_FIELD_NUMBER: _ClassVar[int]
    remaining_words: str
    parts: _containers.RepeatedCompositeFieldContainer[UnderstoodPart]
    def __init__(self, remaining_words: _Optional[str] = ..., parts: _Optional[_Iterable[_Union[UnderstoodPart, _Mapping]]] = ...) -> None: ...

class UnderstoodPart(_message.Message):
    __slots__ = ("words", "start", "end", "kind", "filter")
    WORDS_FIELD_NUMBER: _ClassVar[int]
    START_FIELD_NUMBER: _ClassVar[int]
    END_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    FILTER_FIELD_NUMBER: _ClassVar[int]
    words: str
    start: int
    end: int
    kind: str
    filter: _photo_filter_pb2.PhotoFilter
    def __init__(self, words: _Optional[str] = ..., start: _Optional[int] = ..., end: _Optional[int] = ..., kind: _Optional[str] = ..., filter: _Optional[_Union[_photo_filter_pb2.PhotoFilter, _Mapping]] = ...) -> None: ...

class Facet(_message.Message):
    __slots__ = ("name", "values")
    NAME_FIELD_NUMBER: _ClassVar[int]
    VALUES_FIELD_NUMBER: _ClassVar[int]
    name: str
    values: _containers.RepeatedCompositeFieldContainer[FacetValue]
    def __init__(self, name: _Optional[str] = ..., values: _Optional[_Iterable[_Union[FacetValue, _Mapping]]] = ...) -> None: ...

class FacetValue(_message.Message):
    __slots__ = ("value", "label", "photos")
    VALUE_FIELD_NUMBER: _ClassVar[int]
    LABEL_FIELD_NUMBER: _ClassVar[int]
    PHOTOS_FIELD_NUMBER: _ClassVar[int]
    value: str
    label: str
    photos: int
    def __init__(self, value: _Optional[str] = ..., label: _Optional[str] = ..., photos: _Optional[int] = ...) -> None: ...

class SuggestQueriesRequest(_message.Message):
    __slots__ = ("prefix", "limit")
    PREFIX_FIELD_NUMBER: _ClassVar[int]
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    prefix: str
    limit: int
    def __init__(self, prefix: _Optional[str] = ..., limit: _Optional[int] = ...) -> None: ...

class SuggestQueriesResponse(_message.Message):
    __slots__ = ("suggestions",)
    SUGGESTIONS_FIELD_NUMBER: _ClassVar[int]
    suggestions: _containers.RepeatedCompositeFieldContainer[Suggestion]
    def __init__(self, suggestions: _Optional[_Iterable[_Union[Suggestion, _Mapping]]] = ...) -> None: ...

class Suggestion(_message.Message):
    __slots__ = ("words", "kind", "photos")
    WORDS_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    PHOTOS_FIELD_NUMBER: _ClassVar[int]
    words: str
    kind: str
    photos: int
    def __init__(self, words: _Optional[str] = ..., kind: _Optional[str] = ..., photos: _Optional[int] = ...) -> None: ...

class GetIndexStatusRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class GetIndexStatusResponse(_message.Message):
    __slots__ = ("indexed_photos", "spaces", "update_time", "pending")
    class SpacesEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: int
        def __init__(self, key: _Optional[str] = ..., value: _Optional[int] = ...) -> None: ...
    INDEXED_PHOTOS_FIELD_NUMBER: _ClassVar[int]
    SPACES_FIELD_NUMBER: _ClassVar[int]
    UPDATE_TIME_FIELD_NUMBER: _ClassVar[int]
    PENDING_FIELD_NUMBER: _ClassVar[int]
    indexed_photos: int
    spaces: _containers.ScalarMap[str, int]
    update_time: _timestamp_pb2.Timestamp
    pending: int
    def __init__(self, indexed_photos: _Optional[int] = ..., spaces: _Optional[_Mapping[str, int]] = ..., update_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., pending: _Optional[int] = ...) -> None: ...

class RebuildIndexRequest(_message.Message):
    __slots__ = ("request_id",)
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    def __init__(self, request_id: _Optional[str] = ...) -> None: ...

class RebuildIndexResponse(_message.Message):
    __slots__ = ("operation",)
    OPERATION_FIELD_NUMBER: _ClassVar[int]
    operation: _operation_pb2.Operation
    def __init__(self, operation: _Optional[_Union[_operation_pb2.Operation, _Mapping]] = ...) -> None: ...
