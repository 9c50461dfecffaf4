import datetime

from buf.validate import validate_pb2 as _validate_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from tintype.v1 import photo_pb2 as _photo_pb2
from tintype.v1 import policy_pb2 as _policy_pb2
from tintype.v1 import result_pb2 as _result_pb2
from tintype.v1 import upload_service_pb2 as _upload_service_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class RegisterPhotoRequest(_message.Message):
    __slots__ = ("owner_id", "header", "media_type", "width_px", "height_px", "upload_id")
    OWNER_ID_FIELD_NUMBER: _ClassVar[int]
    HEADER_FIELD_NUMBER: _ClassVar[int]
    MEDIA_TYPE_FIELD_NUMBER: _ClassVar[int]
    WIDTH_PX_FIELD_NUMBER: _ClassVar[int]
    HEIGHT_PX_FIELD_NUMBER: _ClassVar[int]
    UPLOAD_ID_FIELD_NUMBER: _ClassVar[int]
    owner_id: str
    header: _upload_service_pb2.UploadHeader
    media_type: str
    width_px: int
    height_px: int
    upload_id: str
    def __init__(self, owner_id: _Optional[str] = ..., header: _Optional[_Union[_upload_service_pb2.UploadHeader, _Mapping]] = ..., media_type: _Optional[str] = ..., width_px: _Optional[int] = ..., height_px: _Optional[int] = ..., upload_id: _Optional[str] = ...) -> None: ...

class RegisterPhotoResponse(_message.Message):
    __slots__ = ("photo", "already_existed")
    PHOTO_FIELD_NUMBER: _ClassVar[int]
    ALREADY_EXISTED_FIELD_NUMBER: _ClassVar[int]
    photo: _photo_pb2.Photo
    already_existed: bool
    def __init__(self, photo: _Optional[_Union[_photo_pb2.Photo, _Mapping]] = ..., already_existed: _Optional[bool] = ...) -> None: ...

class RecordResultRequest(_message.Message):
    __slots__ = ("owner_id", "photo_id", "job_id", "results")
    OWNER_ID_FIELD_NUMBER: _ClassVar[int]
    PHOTO_ID_FIELD_NUMBER: _ClassVar[int]
    JOB_ID_FIELD_NUMBER: _ClassVar[int]
    RESULTS_FIELD_NUMBER: _ClassVar[int]
    owner_id: str
    photo_id: str
    job_id: str
    results: _containers.RepeatedCompositeFieldContainer[_result_pb2.StageResult]
    def __init__(self, owner_id: _Optional[str] = ..., photo_id: _Optional[str] = ..., job_id: _Optional[str] = ..., results: _Optional[_Iterable[_Union[_result_pb2.StageResult, _Mapping]]] = ...) -> None: ...

class RecordResultResponse(_message.Message):
    __slots__ = ("revision", "applied", "attempts")
    REVISION_FIELD_NUMBER: _ClassVar[int]
    APPLIED_FIELD_NUMBER: _ClassVar[int]
    ATTEMPTS_FIELD_NUMBER: _ClassVar[int]
    revision: int
    applied: _containers.RepeatedScalarFieldContainer[_photo_pb2.Stage]
    attempts: _containers.RepeatedCompositeFieldContainer[StageAttempts]
    def __init__(self, revision: _Optional[int] = ..., applied: _Optional[_Iterable[_Union[_photo_pb2.Stage, str]]] = ..., attempts: _Optional[_Iterable[_Union[StageAttempts, _Mapping]]] = ...) -> None: ...

class StageAttempts(_message.Message):
    __slots__ = ("stage", "attempts")
    STAGE_FIELD_NUMBER: _ClassVar[int]
    ATTEMPTS_FIELD_NUMBER: _ClassVar[int]
    stage: _photo_pb2.Stage
    attempts: int
    def __init__(self, stage: _Optional[_Union[_photo_pb2.Stage, str]] = ..., attempts: _Optional[int] = ...) -> None: ...

class BatchGetResultsRequest(_message.Message):
    __slots__ = ("keys", "stages", "photos_only")
    KEYS_FIELD_NUMBER: _ClassVar[int]
    STAGES_FIELD_NUMBER: _ClassVar[int]
    PHOTOS_ONLY_FIELD_NUMBER: _ClassVar[int]
    keys: _containers.RepeatedCompositeFieldContainer[PhotoKey]
    stages: _containers.RepeatedScalarFieldContainer[_photo_pb2.Stage]
    photos_only: bool
    def __init__(self, keys: _Optional[_Iterable[_Union[PhotoKey, _Mapping]]] = ..., stages: _Optional[_Iterable[_Union[_photo_pb2.Stage, str]]] = ..., photos_only: _Optional[bool] = ...) -> None: ...

class PhotoKey(_message.Message):
    __slots__ = ("owner_id", "photo_id")
    OWNER_ID_FIELD_NUMBER: _ClassVar[int]
    PHOTO_ID_FIELD_NUMBER: _ClassVar[int]
    owner_id: str
    photo_id: str
    def __init__(self, owner_id: _Optional[str] = ..., photo_id: _Optional[str] = ...) -> None: ...

class BatchGetResultsResponse(_message.Message):
    __slots__ = ("photos",)
    PHOTOS_FIELD_NUMBER: _ClassVar[int]
    photos: _containers.RepeatedCompositeFieldContainer[_result_pb2.PhotoResults]
    def __init__(self, photos: _Optional[_Iterable[_Union[_result_pb2.PhotoResults, _Mapping]]] = ...) -> None: ...

class ListRevisionsRequest(_message.Message):
    __slots__ = ("page_size", "page_token", "owner_id")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    OWNER_ID_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    owner_id: str
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., owner_id: _Optional[str] = ...) -> None: ...

class ListRevisionsResponse(_message.Message):
    __slots__ = ("revisions", "next_page_token")
    REVISIONS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    revisions: _containers.RepeatedCompositeFieldContainer[PhotoRevision]
    next_page_token: str
    def __init__(self, revisions: _Optional[_Iterable[_Union[PhotoRevision, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class PhotoRevision(_message.Message):
    __slots__ = ("owner_id", "photo_id", "revision", "deleted", "change_time")
    OWNER_ID_FIELD_NUMBER: _ClassVar[int]
    PHOTO_ID_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    DELETED_FIELD_NUMBER: _ClassVar[int]
    CHANGE_TIME_FIELD_NUMBER: _ClassVar[int]
    owner_id: str
    photo_id: str
    revision: int
    deleted: bool
    change_time: _timestamp_pb2.Timestamp
    def __init__(self, owner_id: _Optional[str] = ..., photo_id: _Optional[str] = ..., revision: _Optional[int] = ..., deleted: _Optional[bool] = ..., change_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class CheckHashesRequest(_message.Message):
    __slots__ = ("owner_id", "sha256s")
    OWNER_ID_FIELD_NUMBER: _ClassVar[int]
    SHA256S_FIELD_NUMBER: _ClassVar[int]
    owner_id: str
    sha256s: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, owner_id: _Optional[str] = ..., sha256s: _Optional[_Iterable[str]] = ...) -> None: ...

class CheckHashesResponse(_message.Message):
    __slots__ = ("checks",)
    CHECKS_FIELD_NUMBER: _ClassVar[int]
    checks: _containers.RepeatedCompositeFieldContainer[_upload_service_pb2.PhotoCheck]
    def __init__(self, checks: _Optional[_Iterable[_Union[_upload_service_pb2.PhotoCheck, _Mapping]]] = ...) -> None: ...

class ListAlbumNamesRequest(_message.Message):
    __slots__ = ("owner_id",)
    OWNER_ID_FIELD_NUMBER: _ClassVar[int]
    owner_id: str
    def __init__(self, owner_id: _Optional[str] = ...) -> None: ...

class ListAlbumNamesResponse(_message.Message):
    __slots__ = ("albums",)
    ALBUMS_FIELD_NUMBER: _ClassVar[int]
    albums: _containers.RepeatedCompositeFieldContainer[AlbumName]
    def __init__(self, albums: _Optional[_Iterable[_Union[AlbumName, _Mapping]]] = ...) -> None: ...

class AlbumName(_message.Message):
    __slots__ = ("album_id", "title")
    ALBUM_ID_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    album_id: str
    title: str
    def __init__(self, album_id: _Optional[str] = ..., title: _Optional[str] = ...) -> None: ...

class SignThumbnailsRequest(_message.Message):
    __slots__ = ("owner_id", "photo_ids", "session_id", "key_id", "issue_time")
    OWNER_ID_FIELD_NUMBER: _ClassVar[int]
    PHOTO_IDS_FIELD_NUMBER: _ClassVar[int]
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    KEY_ID_FIELD_NUMBER: _ClassVar[int]
    ISSUE_TIME_FIELD_NUMBER: _ClassVar[int]
    owner_id: str
    photo_ids: _containers.RepeatedScalarFieldContainer[str]
    session_id: str
    key_id: str
    issue_time: _timestamp_pb2.Timestamp
    def __init__(self, owner_id: _Optional[str] = ..., photo_ids: _Optional[_Iterable[str]] = ..., session_id: _Optional[str] = ..., key_id: _Optional[str] = ..., issue_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class SignThumbnailsResponse(_message.Message):
    __slots__ = ("urls",)
    URLS_FIELD_NUMBER: _ClassVar[int]
    urls: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, urls: _Optional[_Iterable[str]] = ...) -> None: ...

class GetOwnerUsageRequest(_message.Message):
    __slots__ = ("owner_id",)
    OWNER_ID_FIELD_NUMBER: _ClassVar[int]
    owner_id: str
    def __init__(self, owner_id: _Optional[str] = ...) -> None: ...

class GetOwnerUsageResponse(_message.Message):
    __slots__ = ("used_bytes", "photos")
    USED_BYTES_FIELD_NUMBER: _ClassVar[int]
    PHOTOS_FIELD_NUMBER: _ClassVar[int]
    used_bytes: int
    photos: int
    def __init__(self, used_bytes: _Optional[int] = ..., photos: _Optional[int] = ...) -> None: ...

class RequestStagesRequest(_message.Message):
    __slots__ = ("keys", "stages")
    KEYS_FIELD_NUMBER: _ClassVar[int]
    STAGES_FIELD_NUMBER: _ClassVar[int]
    keys: _containers.RepeatedCompositeFieldContainer[PhotoKey]
    stages: _containers.RepeatedScalarFieldContainer[_photo_pb2.Stage]
    def __init__(self, keys: _Optional[_Iterable[_Union[PhotoKey, _Mapping]]] = ..., stages: _Optional[_Iterable[_Union[_photo_pb2.Stage, str]]] = ...) -> None: ...

class RequestStagesResponse(_message.Message):
    __slots__ = ("requested",)
    REQUESTED_FIELD_NUMBER: _ClassVar[int]
    requested: int
    def __init__(self, requested: _Optional[int] = ...) -> None: ...

class GetWantedModelsRequest(_message.Message):
    __slots__ = ("offered",)
    OFFERED_FIELD_NUMBER: _ClassVar[int]
    offered: _containers.RepeatedCompositeFieldContainer[StageModel]
    def __init__(self, offered: _Optional[_Iterable[_Union[StageModel, _Mapping]]] = ...) -> None: ...

class StageModel(_message.Message):
    __slots__ = ("stage", "model", "rank")
    STAGE_FIELD_NUMBER: _ClassVar[int]
    MODEL_FIELD_NUMBER: _ClassVar[int]
    RANK_FIELD_NUMBER: _ClassVar[int]
    stage: _photo_pb2.Stage
    model: str
    rank: int
    def __init__(self, stage: _Optional[_Union[_photo_pb2.Stage, str]] = ..., model: _Optional[str] = ..., rank: _Optional[int] = ...) -> None: ...

class GetWantedModelsResponse(_message.Message):
    __slots__ = ("wanted",)
    WANTED_FIELD_NUMBER: _ClassVar[int]
    wanted: _containers.RepeatedCompositeFieldContainer[StageModel]
    def __init__(self, wanted: _Optional[_Iterable[_Union[StageModel, _Mapping]]] = ...) -> None: ...
