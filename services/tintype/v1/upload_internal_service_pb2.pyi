from buf.validate import validate_pb2 as _validate_pb2
from tintype.v1 import policy_pb2 as _policy_pb2
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Optional as _Optional

DESCRIPTOR: _descriptor.FileDescriptor

class GetOpenUploadsRequest(_message.Message):
    __slots__ = ("owner_id", "except_upload_id")
    OWNER_ID_FIELD_NUMBER: _ClassVar[int]
    EXCEPT_UPLOAD_ID_FIELD_NUMBER: _ClassVar[int]
    owner_id: str
    except_upload_id: str
    def __init__(self, owner_id: _Optional[str] = ..., except_upload_id: _Optional[str] = ...) -> None: ...

class GetOpenUploadsResponse(_message.Message):
    __slots__ = ("uploading_bytes", "uploads")
    UPLOADING_BYTES_FIELD_NUMBER: _ClassVar[int]
    UPLOADS_FIELD_NUMBER: _ClassVar[int]
    uploading_bytes: int
    uploads: int
    def __init__(self, uploading_bytes: _Optional[int] = ..., uploads: _Optional[int] = ...) -> None: ...
