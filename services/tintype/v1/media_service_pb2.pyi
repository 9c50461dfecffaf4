import datetime

from buf.validate import validate_pb2 as _validate_pb2
from google.api import annotations_pb2 as _annotations_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from tintype.v1 import photo_pb2 as _photo_pb2
from tintype.v1 import policy_pb2 as _policy_pb2
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class DownloadRequest(_message.Message):
    __slots__ = ("photo_id", "variant", "offset", "length")
    PHOTO_ID_FIELD_NUMBER: _ClassVar[int]
    VARIANT_FIELD_NUMBER: _ClassVar[int]
    OFFSET_FIELD_NUMBER: _ClassVar[int]
    LENGTH_FIELD_NUMBER: _ClassVar[int]
    photo_id: str
    variant: _photo_pb2.Variant
    offset: int
    length: int
    def __init__(self, photo_id: _Optional[str] = ..., variant: _Optional[_Union[_photo_pb2.Variant, str]] = ..., offset: _Optional[int] = ..., length: _Optional[int] = ...) -> None: ...

class DownloadResponse(_message.Message):
    __slots__ = ("info", "data")
    INFO_FIELD_NUMBER: _ClassVar[int]
    DATA_FIELD_NUMBER: _ClassVar[int]
    info: MediaInfo
    data: bytes
    def __init__(self, info: _Optional[_Union[MediaInfo, _Mapping]] = ..., data: _Optional[bytes] = ...) -> None: ...

class MediaInfo(_message.Message):
    __slots__ = ("media_type", "size_bytes", "file_name", "sha256")
    MEDIA_TYPE_FIELD_NUMBER: _ClassVar[int]
    SIZE_BYTES_FIELD_NUMBER: _ClassVar[int]
    FILE_NAME_FIELD_NUMBER: _ClassVar[int]
    SHA256_FIELD_NUMBER: _ClassVar[int]
    media_type: str
    size_bytes: int
    file_name: str
    sha256: str
    def __init__(self, media_type: _Optional[str] = ..., size_bytes: _Optional[int] = ..., file_name: _Optional[str] = ..., sha256: _Optional[str] = ...) -> None: ...

class SignMediaRequest(_message.Message):
    __slots__ = ("photo_id", "variant")
    PHOTO_ID_FIELD_NUMBER: _ClassVar[int]
    VARIANT_FIELD_NUMBER: _ClassVar[int]
    photo_id: str
    variant: _photo_pb2.Variant
    def __init__(self, photo_id: _Optional[str] = ..., variant: _Optional[_Union[_photo_pb2.Variant, str]] = ...) -> None: ...

class SignMediaResponse(_message.Message):
    __slots__ = ("url", "expire_time")
    URL_FIELD_NUMBER: _ClassVar[int]
    EXPIRE_TIME_FIELD_NUMBER: _ClassVar[int]
    url: str
    expire_time: _timestamp_pb2.Timestamp
    def __init__(self, url: _Optional[str] = ..., expire_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...
