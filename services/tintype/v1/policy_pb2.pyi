from google.protobuf import descriptor_pb2 as _descriptor_pb2
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Optional as _Optional

DESCRIPTOR: _descriptor.FileDescriptor
POLICY_FIELD_NUMBER: _ClassVar[int]
policy: _descriptor.FieldDescriptor

class Policy(_message.Message):
    __slots__ = ("public", "scope", "session_only", "resource_field")
    PUBLIC_FIELD_NUMBER: _ClassVar[int]
    SCOPE_FIELD_NUMBER: _ClassVar[int]
    SESSION_ONLY_FIELD_NUMBER: _ClassVar[int]
    RESOURCE_FIELD_FIELD_NUMBER: _ClassVar[int]
    public: bool
    scope: str
    session_only: bool
    resource_field: str
    def __init__(self, public: _Optional[bool] = ..., scope: _Optional[str] = ..., session_only: _Optional[bool] = ..., resource_field: _Optional[str] = ...) -> None: ...
