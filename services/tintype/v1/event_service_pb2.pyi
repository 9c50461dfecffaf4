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

class LibraryEventKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    LIBRARY_EVENT_KIND_UNSPECIFIED: _ClassVar[LibraryEventKind]
    LIBRARY_EVENT_KIND_PHOTO_REGISTERED: _ClassVar[LibraryEventKind]
    LIBRARY_EVENT_KIND_PHOTO_CHANGED: _ClassVar[LibraryEventKind]
    LIBRARY_EVENT_KIND_PHOTO_READY: _ClassVar[LibraryEventKind]
    LIBRARY_EVENT_KIND_PHOTO_DELETED: _ClassVar[LibraryEventKind]
    LIBRARY_EVENT_KIND_ALBUM_CHANGED: _ClassVar[LibraryEventKind]
    LIBRARY_EVENT_KIND_ALBUM_DELETED: _ClassVar[LibraryEventKind]
LIBRARY_EVENT_KIND_UNSPECIFIED: LibraryEventKind
LIBRARY_EVENT_KIND_PHOTO_REGISTERED: LibraryEventKind
LIBRARY_EVENT_KIND_PHOTO_CHANGED: LibraryEventKind
LIBRARY_EVENT_KIND_PHOTO_READY: LibraryEventKind
LIBRARY_EVENT_KIND_PHOTO_DELETED: LibraryEventKind
LIBRARY_EVENT_KIND_ALBUM_CHANGED: LibraryEventKind
LIBRARY_EVENT_KIND_ALBUM_DELETED: LibraryEventKind

class LibraryEvent(_message.Message):
    __slots__ = ("event_id", "kind", "time", "photo_id", "album_id", "revision", "groups", "state")
    EVENT_ID_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    TIME_FIELD_NUMBER: _ClassVar[int]
    PHOTO_ID_FIELD_NUMBER: _ClassVar[int]
    ALBUM_ID_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    GROUPS_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    event_id: str
    kind: LibraryEventKind
    time: _timestamp_pb2.Timestamp
    photo_id: str
    album_id: str
    revision: int
    groups: _containers.RepeatedScalarFieldContainer[str]
    state: _photo_pb2.PhotoState
    def __init__(self, event_id: _Optional[str] = ..., kind: _Optional[_Union[LibraryEventKind, str]] = ..., time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., photo_id: _Optional[str] = ..., album_id: _Optional[str] = ..., revision: _Optional[int] = ..., groups: _Optional[_Iterable[str]] = ..., state: _Optional[_Union[_photo_pb2.PhotoState, str]] = ...) -> None: ...

class WatchEventsRequest(_message.Message):
    __slots__ = ("cursor", "kinds")
    CURSOR_FIELD_NUMBER: _ClassVar[int]
    KINDS_FIELD_NUMBER: _ClassVar[int]
    cursor: str
    kinds: _containers.RepeatedScalarFieldContainer[LibraryEventKind]
    def __init__(self, cursor: _Optional[str] = ..., kinds: _Optional[_Iterable[_Union[LibraryEventKind, str]]] = ...) -> None: ...

class WatchEventsResponse(_message.Message):
    __slots__ = ("event", "cursor")
    EVENT_FIELD_NUMBER: _ClassVar[int]
    CURSOR_FIELD_NUMBER: _ClassVar[int]
    event: LibraryEvent
    cursor: str
    def __init__(self, event: _Optional[_Union[LibraryEvent, _Mapping]] = ..., cursor: _Optional[str] = ...) -> None: ...

class Webhook(_message.Message):
    __slots__ = ("webhook_id", "url", "kinds", "create_time", "disabled_time")
    WEBHOOK_ID_FIELD_NUMBER: _ClassVar[int]
    URL_FIELD_NUMBER: _ClassVar[int]
    KINDS_FIELD_NUMBER: _ClassVar[int]
    CREATE_TIME_FIELD_NUMBER: _ClassVar[int]
    DISABLED_TIME_FIELD_NUMBER: _ClassVar[int]
    webhook_id: str
    url: str
    kinds: _containers.RepeatedScalarFieldContainer[LibraryEventKind]
    create_time: _timestamp_pb2.Timestamp
    disabled_time: _timestamp_pb2.Timestamp
    def __init__(self, webhook_id: _Optional[str] = ..., url: _Optional[str] = ..., kinds: _Optional[_Iterable[_Union[LibraryEventKind, str]]] = ..., create_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., disabled_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class CreateWebhookRequest(_message.Message):
    __slots__ = ("url", "kinds", "request_id")
    URL_FIELD_NUMBER: _ClassVar[int]
    KINDS_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    url: str
    kinds: _containers.RepeatedScalarFieldContainer[LibraryEventKind]
    request_id: str
    def __init__(self, url: _Optional[str] = ..., kinds: _Optional[_Iterable[_Union[LibraryEventKind, str]]] = ..., request_id: _Optional[str] = ...) -> None: ...

class CreateWebhookResponse(_message.Message):
    __slots__ = ("webhook", "secret")
    WEBHOOK_FIELD_NUMBER: _ClassVar[int]
    SECRET_FIELD_NUMBER: _ClassVar[int]
    webhook: Webhook
    secret: str
    def __init__(self, webhook: _Optional[_Union[Webhook, _Mapping]] = ..., secret: _Optional[str] = ...) -> None: ...

class ListWebhooksRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ListWebhooksResponse(_message.Message):
    __slots__ = ("webhooks",)
    WEBHOOKS_FIELD_NUMBER: _ClassVar[int]
    webhooks: _containers.RepeatedCompositeFieldContainer[Webhook]
    def __init__(self, webhooks: _Optional[_Iterable[_Union[Webhook, _Mapping]]] = ...) -> None: ...

class DeleteWebhookRequest(_message.Message):
    __slots__ = ("webhook_id",)
    WEBHOOK_ID_FIELD_NUMBER: _ClassVar[int]
    webhook_id: str
    def __init__(self, webhook_id: _Optional[str] = ...) -> None: ...

class DeleteWebhookResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ListWebhookDeliveriesRequest(_message.Message):
    __slots__ = ("webhook_id", "page_size", "page_token")
    WEBHOOK_ID_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    webhook_id: str
    page_size: int
    page_token: str
    def __init__(self, webhook_id: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListWebhookDeliveriesResponse(_message.Message):
    __slots__ = ("deliveries", "next_page_token")
    DELIVERIES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    deliveries: _containers.RepeatedCompositeFieldContainer[WebhookDelivery]
    next_page_token: str
    def __init__(self, deliveries: _Optional[_Iterable[_Union[WebhookDelivery, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class WebhookDelivery(_message.Message):
    __slots__ = ("event_id", "attempt", "time", "http_status", "error", "next_time")
    EVENT_ID_FIELD_NUMBER: _ClassVar[int]
    ATTEMPT_FIELD_NUMBER: _ClassVar[int]
    TIME_FIELD_NUMBER: _ClassVar[int]
    HTTP_STATUS_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    NEXT_TIME_FIELD_NUMBER: _ClassVar[int]
    event_id: str
    attempt: int
    time: _timestamp_pb2.Timestamp
    http_status: int
    error: str
    next_time: _timestamp_pb2.Timestamp
    def __init__(self, event_id: _Optional[str] = ..., attempt: _Optional[int] = ..., time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., http_status: _Optional[int] = ..., error: _Optional[str] = ..., next_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...
