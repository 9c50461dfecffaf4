import datetime

from buf.validate import validate_pb2 as _validate_pb2
from google.api import annotations_pb2 as _annotations_pb2
from google.api import field_behavior_pb2 as _field_behavior_pb2
from google.protobuf import field_mask_pb2 as _field_mask_pb2
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

class PhotoOrder(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    PHOTO_ORDER_UNSPECIFIED: _ClassVar[PhotoOrder]
    PHOTO_ORDER_CAPTURE_TIME: _ClassVar[PhotoOrder]
    PHOTO_ORDER_UPLOAD_TIME: _ClassVar[PhotoOrder]

class BatchAction(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    BATCH_ACTION_UNSPECIFIED: _ClassVar[BatchAction]
    BATCH_ACTION_EDIT: _ClassVar[BatchAction]
    BATCH_ACTION_TRASH: _ClassVar[BatchAction]
    BATCH_ACTION_RESTORE: _ClassVar[BatchAction]
    BATCH_ACTION_ADD_TO_ALBUM: _ClassVar[BatchAction]
PHOTO_ORDER_UNSPECIFIED: PhotoOrder
PHOTO_ORDER_CAPTURE_TIME: PhotoOrder
PHOTO_ORDER_UPLOAD_TIME: PhotoOrder
BATCH_ACTION_UNSPECIFIED: BatchAction
BATCH_ACTION_EDIT: BatchAction
BATCH_ACTION_TRASH: BatchAction
BATCH_ACTION_RESTORE: BatchAction
BATCH_ACTION_ADD_TO_ALBUM: BatchAction

class GetPhotoRequest(_message.Message):
    __slots__ = ("photo_id", "thumbnail_url", "found_text")
    PHOTO_ID_FIELD_NUMBER: _ClassVar[int]
    THUMBNAIL_URL_FIELD_NUMBER: _ClassVar[int]
    FOUND_TEXT_FIELD_NUMBER: _ClassVar[int]
    photo_id: str
    thumbnail_url: bool
    found_text: bool
    def __init__(self, photo_id: _Optional[str] = ..., thumbnail_url: _Optional[bool] = ..., found_text: _Optional[bool] = ...) -> None: ...

class GetPhotoResponse(_message.Message):
    __slots__ = ("photo",)
    PHOTO_FIELD_NUMBER: _ClassVar[int]
    photo: _photo_pb2.Photo
    def __init__(self, photo: _Optional[_Union[_photo_pb2.Photo, _Mapping]] = ...) -> None: ...

class BatchGetPhotosRequest(_message.Message):
    __slots__ = ("photo_ids", "thumbnail_urls")
    PHOTO_IDS_FIELD_NUMBER: _ClassVar[int]
    THUMBNAIL_URLS_FIELD_NUMBER: _ClassVar[int]
    photo_ids: _containers.RepeatedScalarFieldContainer[str]
    thumbnail_urls: bool
    def __init__(self, photo_ids: _Optional[_Iterable[str]] = ..., thumbnail_urls: _Optional[bool] = ...) -> None: ...

class BatchGetPhotosResponse(_message.Message):
    __slots__ = ("photos", "missing_ids")
    PHOTOS_FIELD_NUMBER: _ClassVar[int]
    MISSING_IDS_FIELD_NUMBER: _ClassVar[int]
    photos: _containers.RepeatedCompositeFieldContainer[_photo_pb2.Photo]
    missing_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, photos: _Optional[_Iterable[_Union[_photo_pb2.Photo, _Mapping]]] = ..., missing_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class ListPhotosRequest(_message.Message):
    __slots__ = ("page_size", "page_token", "filter", "order", "oldest_first", "thumbnail_urls")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    FILTER_FIELD_NUMBER: _ClassVar[int]
    ORDER_FIELD_NUMBER: _ClassVar[int]
    OLDEST_FIRST_FIELD_NUMBER: _ClassVar[int]
    THUMBNAIL_URLS_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    filter: _photo_filter_pb2.PhotoFilter
    order: PhotoOrder
    oldest_first: bool
    thumbnail_urls: bool
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., filter: _Optional[_Union[_photo_filter_pb2.PhotoFilter, _Mapping]] = ..., order: _Optional[_Union[PhotoOrder, str]] = ..., oldest_first: _Optional[bool] = ..., thumbnail_urls: _Optional[bool] = ...) -> None: ...

class ListPhotosResponse(_message.Message):
    __slots__ = ("photos", "next_page_token", "cursor")
    PHOTOS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    CURSOR_FIELD_NUMBER: _ClassVar[int]
    photos: _containers.RepeatedCompositeFieldContainer[_photo_pb2.Photo]
    next_page_token: str
    cursor: str
    def __init__(self, photos: _Optional[_Iterable[_Union[_photo_pb2.Photo, _Mapping]]] = ..., next_page_token: _Optional[str] = ..., cursor: _Optional[str] = ...) -> None: ...

class ListTimelineBucketsRequest(_message.Message):
    __slots__ = ("archived", "days_from")
    ARCHIVED_FIELD_NUMBER: _ClassVar[int]
    DAYS_FROM_FIELD_NUMBER: _ClassVar[int]
    archived: bool
    days_from: int
    def __init__(self, archived: _Optional[bool] = ..., days_from: _Optional[int] = ...) -> None: ...

class ListTimelineBucketsResponse(_message.Message):
    __slots__ = ("buckets",)
    BUCKETS_FIELD_NUMBER: _ClassVar[int]
    buckets: _containers.RepeatedCompositeFieldContainer[TimelineBucket]
    def __init__(self, buckets: _Optional[_Iterable[_Union[TimelineBucket, _Mapping]]] = ...) -> None: ...

class TimelineBucket(_message.Message):
    __slots__ = ("month", "count", "days")
    MONTH_FIELD_NUMBER: _ClassVar[int]
    COUNT_FIELD_NUMBER: _ClassVar[int]
    DAYS_FIELD_NUMBER: _ClassVar[int]
    month: str
    count: int
    days: _containers.RepeatedCompositeFieldContainer[TimelineDay]
    def __init__(self, month: _Optional[str] = ..., count: _Optional[int] = ..., days: _Optional[_Iterable[_Union[TimelineDay, _Mapping]]] = ...) -> None: ...

class TimelineDay(_message.Message):
    __slots__ = ("day", "count")
    DAY_FIELD_NUMBER: _ClassVar[int]
    COUNT_FIELD_NUMBER: _ClassVar[int]
    day: str
    count: int
    def __init__(self, day: _Optional[str] = ..., count: _Optional[int] = ...) -> None: ...

class UpdatePhotoRequest(_message.Message):
    __slots__ = ("photo_id", "photo", "update_mask", "etag")
    PHOTO_ID_FIELD_NUMBER: _ClassVar[int]
    PHOTO_FIELD_NUMBER: _ClassVar[int]
    UPDATE_MASK_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    photo_id: str
    photo: _photo_pb2.Photo
    update_mask: _field_mask_pb2.FieldMask
    etag: str
    def __init__(self, photo_id: _Optional[str] = ..., photo: _Optional[_Union[_photo_pb2.Photo, _Mapping]] = ..., update_mask: _Optional[_Union[_field_mask_pb2.FieldMask, _Mapping]] = ..., etag: _Optional[str] = ...) -> None: ...

class UpdatePhotoResponse(_message.Message):
    __slots__ = ("photo",)
    PHOTO_FIELD_NUMBER: _ClassVar[int]
    photo: _photo_pb2.Photo
    def __init__(self, photo: _Optional[_Union[_photo_pb2.Photo, _Mapping]] = ...) -> None: ...

class PhotoEdit(_message.Message):
    __slots__ = ("favourite", "archived", "rating", "add_tags", "remove_tags", "shift_minutes")
    FAVOURITE_FIELD_NUMBER: _ClassVar[int]
    ARCHIVED_FIELD_NUMBER: _ClassVar[int]
    RATING_FIELD_NUMBER: _ClassVar[int]
    ADD_TAGS_FIELD_NUMBER: _ClassVar[int]
    REMOVE_TAGS_FIELD_NUMBER: _ClassVar[int]
    SHIFT_MINUTES_FIELD_NUMBER: _ClassVar[int]
    favourite: bool
    archived: bool
    rating: int
    add_tags: _containers.RepeatedScalarFieldContainer[str]
    remove_tags: _containers.RepeatedScalarFieldContainer[str]
    shift_minutes: int
    def __init__(self, favourite: _Optional[bool] = ..., archived: _Optional[bool] = ..., rating: _Optional[int] = ..., add_tags: _Optional[_Iterable[str]] = ..., remove_tags: _Optional[_Iterable[str]] = ..., shift_minutes: _Optional[int] = ...) -> None: ...

class BatchUpdatePhotosRequest(_message.Message):
    __slots__ = ("photo_ids", "edit")
    PHOTO_IDS_FIELD_NUMBER: _ClassVar[int]
    EDIT_FIELD_NUMBER: _ClassVar[int]
    photo_ids: _containers.RepeatedScalarFieldContainer[str]
    edit: PhotoEdit
    def __init__(self, photo_ids: _Optional[_Iterable[str]] = ..., edit: _Optional[_Union[PhotoEdit, _Mapping]] = ...) -> None: ...

class BatchUpdatePhotosResponse(_message.Message):
    __slots__ = ("photos", "failures")
    PHOTOS_FIELD_NUMBER: _ClassVar[int]
    FAILURES_FIELD_NUMBER: _ClassVar[int]
    photos: _containers.RepeatedCompositeFieldContainer[_photo_pb2.Photo]
    failures: _containers.RepeatedCompositeFieldContainer[BatchFailure]
    def __init__(self, photos: _Optional[_Iterable[_Union[_photo_pb2.Photo, _Mapping]]] = ..., failures: _Optional[_Iterable[_Union[BatchFailure, _Mapping]]] = ...) -> None: ...

class BatchFailure(_message.Message):
    __slots__ = ("photo_id", "reason", "message")
    PHOTO_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    photo_id: str
    reason: str
    message: str
    def __init__(self, photo_id: _Optional[str] = ..., reason: _Optional[str] = ..., message: _Optional[str] = ...) -> None: ...

class TrashPhotoRequest(_message.Message):
    __slots__ = ("photo_id", "etag")
    PHOTO_ID_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    photo_id: str
    etag: str
    def __init__(self, photo_id: _Optional[str] = ..., etag: _Optional[str] = ...) -> None: ...

class TrashPhotoResponse(_message.Message):
    __slots__ = ("photo",)
    PHOTO_FIELD_NUMBER: _ClassVar[int]
    photo: _photo_pb2.Photo
    def __init__(self, photo: _Optional[_Union[_photo_pb2.Photo, _Mapping]] = ...) -> None: ...

class BatchTrashPhotosRequest(_message.Message):
    __slots__ = ("photo_ids",)
    PHOTO_IDS_FIELD_NUMBER: _ClassVar[int]
    photo_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, photo_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class BatchTrashPhotosResponse(_message.Message):
    __slots__ = ("photos", "failures")
    PHOTOS_FIELD_NUMBER: _ClassVar[int]
    FAILURES_FIELD_NUMBER: _ClassVar[int]
    photos: _containers.RepeatedCompositeFieldContainer[_photo_pb2.Photo]
    failures: _containers.RepeatedCompositeFieldContainer[BatchFailure]
    def __init__(self, photos: _Optional[_Iterable[_Union[_photo_pb2.Photo, _Mapping]]] = ..., failures: _Optional[_Iterable[_Union[BatchFailure, _Mapping]]] = ...) -> None: ...

class RestorePhotoRequest(_message.Message):
    __slots__ = ("photo_id", "etag")
    PHOTO_ID_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    photo_id: str
    etag: str
    def __init__(self, photo_id: _Optional[str] = ..., etag: _Optional[str] = ...) -> None: ...

class RestorePhotoResponse(_message.Message):
    __slots__ = ("photo",)
    PHOTO_FIELD_NUMBER: _ClassVar[int]
    photo: _photo_pb2.Photo
    def __init__(self, photo: _Optional[_Union[_photo_pb2.Photo, _Mapping]] = ...) -> None: ...

class BatchRestorePhotosRequest(_message.Message):
    __slots__ = ("photo_ids",)
    PHOTO_IDS_FIELD_NUMBER: _ClassVar[int]
    photo_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, photo_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class BatchRestorePhotosResponse(_message.Message):
    __slots__ = ("photos", "failures")
    PHOTOS_FIELD_NUMBER: _ClassVar[int]
    FAILURES_FIELD_NUMBER: _ClassVar[int]
    photos: _containers.RepeatedCompositeFieldContainer[_photo_pb2.Photo]
    failures: _containers.RepeatedCompositeFieldContainer[BatchFailure]
    def __init__(self, photos: _Optional[_Iterable[_Union[_photo_pb2.Photo, _Mapping]]] = ..., failures: _Optional[_Iterable[_Union[BatchFailure, _Mapping]]] = ...) -> None: ...

class DeletePhotoRequest(_message.Message):
    __slots__ = ("photo_id", "etag")
    PHOTO_ID_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    photo_id: str
    etag: str
    def __init__(self, photo_id: _Optional[str] = ..., etag: _Optional[str] = ...) -> None: ...

class DeletePhotoResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class PurgeTrashRequest(_message.Message):
    __slots__ = ("request_id",)
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    def __init__(self, request_id: _Optional[str] = ...) -> None: ...

class PurgeTrashResponse(_message.Message):
    __slots__ = ("operation",)
    OPERATION_FIELD_NUMBER: _ClassVar[int]
    operation: _operation_pb2.Operation
    def __init__(self, operation: _Optional[_Union[_operation_pb2.Operation, _Mapping]] = ...) -> None: ...

class StartBatchRequest(_message.Message):
    __slots__ = ("filter", "action", "edit", "album_id", "request_id")
    FILTER_FIELD_NUMBER: _ClassVar[int]
    ACTION_FIELD_NUMBER: _ClassVar[int]
    EDIT_FIELD_NUMBER: _ClassVar[int]
    ALBUM_ID_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    filter: _photo_filter_pb2.PhotoFilter
    action: BatchAction
    edit: PhotoEdit
    album_id: str
    request_id: str
    def __init__(self, filter: _Optional[_Union[_photo_filter_pb2.PhotoFilter, _Mapping]] = ..., action: _Optional[_Union[BatchAction, str]] = ..., edit: _Optional[_Union[PhotoEdit, _Mapping]] = ..., album_id: _Optional[str] = ..., request_id: _Optional[str] = ...) -> None: ...

class StartBatchResponse(_message.Message):
    __slots__ = ("operation",)
    OPERATION_FIELD_NUMBER: _ClassVar[int]
    operation: _operation_pb2.Operation
    def __init__(self, operation: _Optional[_Union[_operation_pb2.Operation, _Mapping]] = ...) -> None: ...

class RetryStagesRequest(_message.Message):
    __slots__ = ("photo_id", "stages")
    PHOTO_ID_FIELD_NUMBER: _ClassVar[int]
    STAGES_FIELD_NUMBER: _ClassVar[int]
    photo_id: str
    stages: _containers.RepeatedScalarFieldContainer[_photo_pb2.Stage]
    def __init__(self, photo_id: _Optional[str] = ..., stages: _Optional[_Iterable[_Union[_photo_pb2.Stage, str]]] = ...) -> None: ...

class RetryStagesResponse(_message.Message):
    __slots__ = ("photo",)
    PHOTO_FIELD_NUMBER: _ClassVar[int]
    photo: _photo_pb2.Photo
    def __init__(self, photo: _Optional[_Union[_photo_pb2.Photo, _Mapping]] = ...) -> None: ...

class ListTagsRequest(_message.Message):
    __slots__ = ("page_size", "page_token", "prefix")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    PREFIX_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    prefix: str
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., prefix: _Optional[str] = ...) -> None: ...

class ListTagsResponse(_message.Message):
    __slots__ = ("tags", "next_page_token")
    TAGS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    tags: _containers.RepeatedCompositeFieldContainer[TagCount]
    next_page_token: str
    def __init__(self, tags: _Optional[_Iterable[_Union[TagCount, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class TagCount(_message.Message):
    __slots__ = ("name", "photos")
    NAME_FIELD_NUMBER: _ClassVar[int]
    PHOTOS_FIELD_NUMBER: _ClassVar[int]
    name: str
    photos: int
    def __init__(self, name: _Optional[str] = ..., photos: _Optional[int] = ...) -> None: ...

class GetUsageRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class GetUsageResponse(_message.Message):
    __slots__ = ("used_bytes", "uploading_bytes", "quota_bytes", "photos", "trashed_photos", "as_of_time")
    USED_BYTES_FIELD_NUMBER: _ClassVar[int]
    UPLOADING_BYTES_FIELD_NUMBER: _ClassVar[int]
    QUOTA_BYTES_FIELD_NUMBER: _ClassVar[int]
    PHOTOS_FIELD_NUMBER: _ClassVar[int]
    TRASHED_PHOTOS_FIELD_NUMBER: _ClassVar[int]
    AS_OF_TIME_FIELD_NUMBER: _ClassVar[int]
    used_bytes: int
    uploading_bytes: int
    quota_bytes: int
    photos: int
    trashed_photos: int
    as_of_time: _timestamp_pb2.Timestamp
    def __init__(self, used_bytes: _Optional[int] = ..., uploading_bytes: _Optional[int] = ..., quota_bytes: _Optional[int] = ..., photos: _Optional[int] = ..., trashed_photos: _Optional[int] = ..., as_of_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...
