from tintype.v1 import photo_pb2 as _photo_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class PhotoRegistered(_message.Message):
    __slots__ = ("photo_id", "owner_id", "revision")
    PHOTO_ID_FIELD_NUMBER: _ClassVar[int]
    OWNER_ID_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    photo_id: str
    owner_id: str
    revision: int
    def __init__(self, photo_id: _Optional[str] = ..., owner_id: _Optional[str] = ..., revision: _Optional[int] = ...) -> None: ...

class AnalysisRequested(_message.Message):
    __slots__ = ("photo_id", "owner_id", "revision", "stages")
    PHOTO_ID_FIELD_NUMBER: _ClassVar[int]
    OWNER_ID_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    STAGES_FIELD_NUMBER: _ClassVar[int]
    photo_id: str
    owner_id: str
    revision: int
    stages: _containers.RepeatedScalarFieldContainer[_photo_pb2.Stage]
    def __init__(self, photo_id: _Optional[str] = ..., owner_id: _Optional[str] = ..., revision: _Optional[int] = ..., stages: _Optional[_Iterable[_Union[_photo_pb2.Stage, str]]] = ...) -> None: ...

class PhotoChanged(_message.Message):
    __slots__ = ("photo_id", "owner_id", "revision", "groups")
    PHOTO_ID_FIELD_NUMBER: _ClassVar[int]
    OWNER_ID_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    GROUPS_FIELD_NUMBER: _ClassVar[int]
    photo_id: str
    owner_id: str
    revision: int
    groups: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, photo_id: _Optional[str] = ..., owner_id: _Optional[str] = ..., revision: _Optional[int] = ..., groups: _Optional[_Iterable[str]] = ...) -> None: ...

class PhotoReady(_message.Message):
    __slots__ = ("photo_id", "owner_id", "revision", "state")
    PHOTO_ID_FIELD_NUMBER: _ClassVar[int]
    OWNER_ID_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    photo_id: str
    owner_id: str
    revision: int
    state: _photo_pb2.PhotoState
    def __init__(self, photo_id: _Optional[str] = ..., owner_id: _Optional[str] = ..., revision: _Optional[int] = ..., state: _Optional[_Union[_photo_pb2.PhotoState, str]] = ...) -> None: ...

class PhotoDeleted(_message.Message):
    __slots__ = ("photo_id", "owner_id", "revision")
    PHOTO_ID_FIELD_NUMBER: _ClassVar[int]
    OWNER_ID_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    photo_id: str
    owner_id: str
    revision: int
    def __init__(self, photo_id: _Optional[str] = ..., owner_id: _Optional[str] = ..., revision: _Optional[int] = ...) -> None: ...

class AlbumChanged(_message.Message):
    __slots__ = ("album_id", "owner_id", "revision", "deleted")
    ALBUM_ID_FIELD_NUMBER: _ClassVar[int]
    OWNER_ID_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    DELETED_FIELD_NUMBER: _ClassVar[int]
    album_id: str
    owner_id: str
    revision: int
    deleted: bool
    def __init__(self, album_id: _Optional[str] = ..., owner_id: _Optional[str] = ..., revision: _Optional[int] = ..., deleted: _Optional[bool] = ...) -> None: ...

class UserDeleted(_message.Message):
    __slots__ = ("user_id", "operation_id")
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    OPERATION_ID_FIELD_NUMBER: _ClassVar[int]
    user_id: str
    operation_id: str
    def __init__(self, user_id: _Optional[str] = ..., operation_id: _Optional[str] = ...) -> None: ...
