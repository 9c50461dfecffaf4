import datetime

from buf.validate import validate_pb2 as _validate_pb2
from google.api import annotations_pb2 as _annotations_pb2
from google.api import field_behavior_pb2 as _field_behavior_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from tintype.v1 import photo_pb2 as _photo_pb2
from tintype.v1 import policy_pb2 as _policy_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Presence(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    PRESENCE_UNSPECIFIED: _ClassVar[Presence]
    PRESENCE_ABSENT: _ClassVar[Presence]
    PRESENCE_UPLOADING: _ClassVar[Presence]
    PRESENCE_PRESENT: _ClassVar[Presence]
    PRESENCE_TRASHED: _ClassVar[Presence]
    PRESENCE_FAILED: _ClassVar[Presence]
PRESENCE_UNSPECIFIED: Presence
PRESENCE_ABSENT: Presence
PRESENCE_UPLOADING: Presence
PRESENCE_PRESENT: Presence
PRESENCE_TRASHED: Presence
PRESENCE_FAILED: Presence

class UploadHeader(_message.Message):
    __slots__ = ("file_name", "size_bytes", "sha256", "capture_time", "location", "backlog", "description", "favourite")
    FILE_NAME_FIELD_NUMBER: _ClassVar[int]
    SIZE_BYTES_FIELD_NUMBER: _ClassVar[int]
    SHA256_FIELD_NUMBER: _ClassVar[int]
    CAPTURE_TIME_FIELD_NUMBER: _ClassVar[int]
    LOCATION_FIELD_NUMBER: _ClassVar[int]
    BACKLOG_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    FAVOURITE_FIELD_NUMBER: _ClassVar[int]
    file_name: str
    size_bytes: int
    sha256: str
    capture_time: _photo_pb2.CaptureTime
    location: _photo_pb2.Location
    backlog: bool
    description: str
    favourite: bool
    def __init__(self, file_name: _Optional[str] = ..., size_bytes: _Optional[int] = ..., sha256: _Optional[str] = ..., capture_time: _Optional[_Union[_photo_pb2.CaptureTime, _Mapping]] = ..., location: _Optional[_Union[_photo_pb2.Location, _Mapping]] = ..., backlog: _Optional[bool] = ..., description: _Optional[str] = ..., favourite: _Optional[bool] = ...) -> None: ...

class Upload(_message.Message):
    __slots__ = ("upload_id", "header", "durable_offset", "create_time", "expire_time", "photo_id")
    UPLOAD_ID_FIELD_NUMBER: _ClassVar[int]
    HEADER_FIELD_NUMBER: _ClassVar[int]
    DURABLE_OFFSET_FIELD_NUMBER: _ClassVar[int]
    CREATE_TIME_FIELD_NUMBER: _ClassVar[int]
    EXPIRE_TIME_FIELD_NUMBER: _ClassVar[int]
    PHOTO_ID_FIELD_NUMBER: _ClassVar[int]
    upload_id: str
    header: UploadHeader
    durable_offset: int
    create_time: _timestamp_pb2.Timestamp
    expire_time: _timestamp_pb2.Timestamp
    photo_id: str
    def __init__(self, upload_id: _Optional[str] = ..., header: _Optional[_Union[UploadHeader, _Mapping]] = ..., durable_offset: _Optional[int] = ..., create_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., expire_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., photo_id: _Optional[str] = ...) -> None: ...

class CreateUploadRequest(_message.Message):
    __slots__ = ("header", "request_id")
    HEADER_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    header: UploadHeader
    request_id: str
    def __init__(self, header: _Optional[_Union[UploadHeader, _Mapping]] = ..., request_id: _Optional[str] = ...) -> None: ...

class CreateUploadResponse(_message.Message):
    __slots__ = ("upload",)
    UPLOAD_FIELD_NUMBER: _ClassVar[int]
    upload: Upload
    def __init__(self, upload: _Optional[_Union[Upload, _Mapping]] = ...) -> None: ...

class Chunk(_message.Message):
    __slots__ = ("offset", "data", "crc32c")
    OFFSET_FIELD_NUMBER: _ClassVar[int]
    DATA_FIELD_NUMBER: _ClassVar[int]
    CRC32C_FIELD_NUMBER: _ClassVar[int]
    offset: int
    data: bytes
    crc32c: int
    def __init__(self, offset: _Optional[int] = ..., data: _Optional[bytes] = ..., crc32c: _Optional[int] = ...) -> None: ...

class AppendUploadRequest(_message.Message):
    __slots__ = ("upload_id", "chunk")
    UPLOAD_ID_FIELD_NUMBER: _ClassVar[int]
    CHUNK_FIELD_NUMBER: _ClassVar[int]
    upload_id: str
    chunk: Chunk
    def __init__(self, upload_id: _Optional[str] = ..., chunk: _Optional[_Union[Chunk, _Mapping]] = ...) -> None: ...

class AppendUploadResponse(_message.Message):
    __slots__ = ("durable_offset",)
    DURABLE_OFFSET_FIELD_NUMBER: _ClassVar[int]
    durable_offset: int
    def __init__(self, durable_offset: _Optional[int] = ...) -> None: ...

class GetUploadRequest(_message.Message):
    __slots__ = ("upload_id",)
    UPLOAD_ID_FIELD_NUMBER: _ClassVar[int]
    upload_id: str
    def __init__(self, upload_id: _Optional[str] = ...) -> None: ...

class GetUploadResponse(_message.Message):
    __slots__ = ("upload",)
    UPLOAD_FIELD_NUMBER: _ClassVar[int]
    upload: Upload
    def __init__(self, upload: _Optional[_Union[Upload, _Mapping]] = ...) -> None: ...

class CompleteUploadRequest(_message.Message):
    __slots__ = ("upload_id", "sha256")
    UPLOAD_ID_FIELD_NUMBER: _ClassVar[int]
    SHA256_FIELD_NUMBER: _ClassVar[int]
    upload_id: str
    sha256: str
    def __init__(self, upload_id: _Optional[str] = ..., sha256: _Optional[str] = ...) -> None: ...

class CompleteUploadResponse(_message.Message):
    __slots__ = ("photo", "already_existed")
    PHOTO_FIELD_NUMBER: _ClassVar[int]
    ALREADY_EXISTED_FIELD_NUMBER: _ClassVar[int]
    photo: _photo_pb2.Photo
    already_existed: bool
    def __init__(self, photo: _Optional[_Union[_photo_pb2.Photo, _Mapping]] = ..., already_existed: _Optional[bool] = ...) -> None: ...

class CancelUploadRequest(_message.Message):
    __slots__ = ("upload_id",)
    UPLOAD_ID_FIELD_NUMBER: _ClassVar[int]
    upload_id: str
    def __init__(self, upload_id: _Optional[str] = ...) -> None: ...

class CancelUploadResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class UploadPhotoRequest(_message.Message):
    __slots__ = ("header", "chunk")
    HEADER_FIELD_NUMBER: _ClassVar[int]
    CHUNK_FIELD_NUMBER: _ClassVar[int]
    header: UploadHeader
    chunk: Chunk
    def __init__(self, header: _Optional[_Union[UploadHeader, _Mapping]] = ..., chunk: _Optional[_Union[Chunk, _Mapping]] = ...) -> None: ...

class UploadPhotoResponse(_message.Message):
    __slots__ = ("photo", "already_existed")
    PHOTO_FIELD_NUMBER: _ClassVar[int]
    ALREADY_EXISTED_FIELD_NUMBER: _ClassVar[int]
    photo: _photo_pb2.Photo
    already_existed: bool
    def __init__(self, photo: _Optional[_Union[_photo_pb2.Photo, _Mapping]] = ..., already_existed: _Optional[bool] = ...) -> None: ...

class CheckPhotosRequest(_message.Message):
    __slots__ = ("sha256s",)
    SHA256S_FIELD_NUMBER: _ClassVar[int]
    sha256s: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, sha256s: _Optional[_Iterable[str]] = ...) -> None: ...

class CheckPhotosResponse(_message.Message):
    __slots__ = ("checks",)
    CHECKS_FIELD_NUMBER: _ClassVar[int]
    checks: _containers.RepeatedCompositeFieldContainer[PhotoCheck]
    def __init__(self, checks: _Optional[_Iterable[_Union[PhotoCheck, _Mapping]]] = ...) -> None: ...

class PhotoCheck(_message.Message):
    __slots__ = ("sha256", "presence", "photo_id", "upload_id")
    SHA256_FIELD_NUMBER: _ClassVar[int]
    PRESENCE_FIELD_NUMBER: _ClassVar[int]
    PHOTO_ID_FIELD_NUMBER: _ClassVar[int]
    UPLOAD_ID_FIELD_NUMBER: _ClassVar[int]
    sha256: str
    presence: Presence
    photo_id: str
    upload_id: str
    def __init__(self, sha256: _Optional[str] = ..., presence: _Optional[_Union[Presence, str]] = ..., photo_id: _Optional[str] = ..., upload_id: _Optional[str] = ...) -> None: ...
