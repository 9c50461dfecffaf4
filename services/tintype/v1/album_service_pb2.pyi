import datetime

from buf.validate import validate_pb2 as _validate_pb2
from google.api import annotations_pb2 as _annotations_pb2
from google.api import field_behavior_pb2 as _field_behavior_pb2
from google.protobuf import field_mask_pb2 as _field_mask_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from tintype.v1 import catalog_service_pb2 as _catalog_service_pb2
from tintype.v1 import photo_pb2 as _photo_pb2
from tintype.v1 import policy_pb2 as _policy_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class AlbumOrder(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ALBUM_ORDER_UNSPECIFIED: _ClassVar[AlbumOrder]
    ALBUM_ORDER_OLDEST_FIRST: _ClassVar[AlbumOrder]
    ALBUM_ORDER_NEWEST_FIRST: _ClassVar[AlbumOrder]
    ALBUM_ORDER_MANUAL: _ClassVar[AlbumOrder]

class AlbumKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ALBUM_KIND_UNSPECIFIED: _ClassVar[AlbumKind]
    ALBUM_KIND_ORDINARY: _ClassVar[AlbumKind]
ALBUM_ORDER_UNSPECIFIED: AlbumOrder
ALBUM_ORDER_OLDEST_FIRST: AlbumOrder
ALBUM_ORDER_NEWEST_FIRST: AlbumOrder
ALBUM_ORDER_MANUAL: AlbumOrder
ALBUM_KIND_UNSPECIFIED: AlbumKind
ALBUM_KIND_ORDINARY: AlbumKind

class Album(_message.Message):
    __slots__ = ("album_id", "owner_id", "revision", "etag", "title", "description", "cover_photo_id", "order", "photos", "create_time", "kind", "cover_thumbnail_url")
    ALBUM_ID_FIELD_NUMBER: _ClassVar[int]
    OWNER_ID_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    COVER_PHOTO_ID_FIELD_NUMBER: _ClassVar[int]
    ORDER_FIELD_NUMBER: _ClassVar[int]
    PHOTOS_FIELD_NUMBER: _ClassVar[int]
    CREATE_TIME_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    COVER_THUMBNAIL_URL_FIELD_NUMBER: _ClassVar[int]
    album_id: str
    owner_id: str
    revision: int
    etag: str
    title: str
    description: str
    cover_photo_id: str
    order: AlbumOrder
    photos: int
    create_time: _timestamp_pb2.Timestamp
    kind: AlbumKind
    cover_thumbnail_url: str
    def __init__(self, album_id: _Optional[str] = ..., owner_id: _Optional[str] = ..., revision: _Optional[int] = ..., etag: _Optional[str] = ..., title: _Optional[str] = ..., description: _Optional[str] = ..., cover_photo_id: _Optional[str] = ..., order: _Optional[_Union[AlbumOrder, str]] = ..., photos: _Optional[int] = ..., create_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., kind: _Optional[_Union[AlbumKind, str]] = ..., cover_thumbnail_url: _Optional[str] = ...) -> None: ...

class CreateAlbumRequest(_message.Message):
    __slots__ = ("title", "description", "order", "request_id")
    TITLE_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    ORDER_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    title: str
    description: str
    order: AlbumOrder
    request_id: str
    def __init__(self, title: _Optional[str] = ..., description: _Optional[str] = ..., order: _Optional[_Union[AlbumOrder, str]] = ..., request_id: _Optional[str] = ...) -> None: ...

class CreateAlbumResponse(_message.Message):
    __slots__ = ("album",)
    ALBUM_FIELD_NUMBER: _ClassVar[int]
    album: Album
    def __init__(self, album: _Optional[_Union[Album, _Mapping]] = ...) -> None: ...

class GetAlbumRequest(_message.Message):
    __slots__ = ("album_id", "cover_thumbnail_url")
    ALBUM_ID_FIELD_NUMBER: _ClassVar[int]
    COVER_THUMBNAIL_URL_FIELD_NUMBER: _ClassVar[int]
    album_id: str
    cover_thumbnail_url: bool
    def __init__(self, album_id: _Optional[str] = ..., cover_thumbnail_url: _Optional[bool] = ...) -> None: ...

class GetAlbumResponse(_message.Message):
    __slots__ = ("album",)
    ALBUM_FIELD_NUMBER: _ClassVar[int]
    album: Album
    def __init__(self, album: _Optional[_Union[Album, _Mapping]] = ...) -> None: ...

class ListAlbumsRequest(_message.Message):
    __slots__ = ("page_size", "page_token", "cover_thumbnail_urls")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    COVER_THUMBNAIL_URLS_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    cover_thumbnail_urls: bool
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., cover_thumbnail_urls: _Optional[bool] = ...) -> None: ...

class ListAlbumsResponse(_message.Message):
    __slots__ = ("albums", "next_page_token")
    ALBUMS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    albums: _containers.RepeatedCompositeFieldContainer[Album]
    next_page_token: str
    def __init__(self, albums: _Optional[_Iterable[_Union[Album, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class UpdateAlbumRequest(_message.Message):
    __slots__ = ("album_id", "album", "update_mask", "etag")
    ALBUM_ID_FIELD_NUMBER: _ClassVar[int]
    ALBUM_FIELD_NUMBER: _ClassVar[int]
    UPDATE_MASK_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    album_id: str
    album: Album
    update_mask: _field_mask_pb2.FieldMask
    etag: str
    def __init__(self, album_id: _Optional[str] = ..., album: _Optional[_Union[Album, _Mapping]] = ..., update_mask: _Optional[_Union[_field_mask_pb2.FieldMask, _Mapping]] = ..., etag: _Optional[str] = ...) -> None: ...

class UpdateAlbumResponse(_message.Message):
    __slots__ = ("album",)
    ALBUM_FIELD_NUMBER: _ClassVar[int]
    album: Album
    def __init__(self, album: _Optional[_Union[Album, _Mapping]] = ...) -> None: ...

class DeleteAlbumRequest(_message.Message):
    __slots__ = ("album_id", "etag")
    ALBUM_ID_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    album_id: str
    etag: str
    def __init__(self, album_id: _Optional[str] = ..., etag: _Optional[str] = ...) -> None: ...

class DeleteAlbumResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class BatchAddToAlbumRequest(_message.Message):
    __slots__ = ("album_id", "photo_ids")
    ALBUM_ID_FIELD_NUMBER: _ClassVar[int]
    PHOTO_IDS_FIELD_NUMBER: _ClassVar[int]
    album_id: str
    photo_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, album_id: _Optional[str] = ..., photo_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class BatchAddToAlbumResponse(_message.Message):
    __slots__ = ("album", "failures")
    ALBUM_FIELD_NUMBER: _ClassVar[int]
    FAILURES_FIELD_NUMBER: _ClassVar[int]
    album: Album
    failures: _containers.RepeatedCompositeFieldContainer[_catalog_service_pb2.BatchFailure]
    def __init__(self, album: _Optional[_Union[Album, _Mapping]] = ..., failures: _Optional[_Iterable[_Union[_catalog_service_pb2.BatchFailure, _Mapping]]] = ...) -> None: ...

class BatchRemoveFromAlbumRequest(_message.Message):
    __slots__ = ("album_id", "photo_ids")
    ALBUM_ID_FIELD_NUMBER: _ClassVar[int]
    PHOTO_IDS_FIELD_NUMBER: _ClassVar[int]
    album_id: str
    photo_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, album_id: _Optional[str] = ..., photo_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class BatchRemoveFromAlbumResponse(_message.Message):
    __slots__ = ("album", "failures")
    ALBUM_FIELD_NUMBER: _ClassVar[int]
    FAILURES_FIELD_NUMBER: _ClassVar[int]
    album: Album
    failures: _containers.RepeatedCompositeFieldContainer[_catalog_service_pb2.BatchFailure]
    def __init__(self, album: _Optional[_Union[Album, _Mapping]] = ..., failures: _Optional[_Iterable[_Union[_catalog_service_pb2.BatchFailure, _Mapping]]] = ...) -> None: ...

class MoveInAlbumRequest(_message.Message):
    __slots__ = ("album_id", "photo_id", "after_photo_id")
    ALBUM_ID_FIELD_NUMBER: _ClassVar[int]
    PHOTO_ID_FIELD_NUMBER: _ClassVar[int]
    AFTER_PHOTO_ID_FIELD_NUMBER: _ClassVar[int]
    album_id: str
    photo_id: str
    after_photo_id: str
    def __init__(self, album_id: _Optional[str] = ..., photo_id: _Optional[str] = ..., after_photo_id: _Optional[str] = ...) -> None: ...

class MoveInAlbumResponse(_message.Message):
    __slots__ = ("album",)
    ALBUM_FIELD_NUMBER: _ClassVar[int]
    album: Album
    def __init__(self, album: _Optional[_Union[Album, _Mapping]] = ...) -> None: ...

class ListAlbumPhotosRequest(_message.Message):
    __slots__ = ("album_id", "page_size", "page_token", "thumbnail_urls")
    ALBUM_ID_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    THUMBNAIL_URLS_FIELD_NUMBER: _ClassVar[int]
    album_id: str
    page_size: int
    page_token: str
    thumbnail_urls: bool
    def __init__(self, album_id: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., thumbnail_urls: _Optional[bool] = ...) -> None: ...

class ListAlbumPhotosResponse(_message.Message):
    __slots__ = ("photos", "next_page_token")
    PHOTOS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    photos: _containers.RepeatedCompositeFieldContainer[_photo_pb2.Photo]
    next_page_token: str
    def __init__(self, photos: _Optional[_Iterable[_Union[_photo_pb2.Photo, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...
