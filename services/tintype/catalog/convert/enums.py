"""The enums of the domain and those of the contract, by name; `..._UNSPECIFIED` stands for what says nothing."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Final, TypeVar, cast

from google.protobuf.internal.enum_type_wrapper import EnumTypeWrapper

from tintype.catalog.domain.album import AlbumOrder
from tintype.catalog.domain.hash_check import HashState
from tintype.catalog.domain.library_event import EventKind
from tintype.catalog.domain.photo_filter import Inclusion, PhotoOrder, Season
from tintype.catalog.domain.result import Variant
from tintype.catalog.domain.source import OffsetSource, ValueSource
from tintype.catalog.domain.stage import PhotoState, Stage, StageState
from tintype.v1 import (
    album_service_pb2,
    catalog_service_pb2,
    event_service_pb2,
    photo_filter_pb2,
    photo_pb2,
    upload_service_pb2,
)

E = TypeVar("E", bound=Enum)
N = TypeVar("N", bound=int)


def _numbers(kind: type[E], wire: type[N], prefix: str, *, zero: E | None = None) -> dict[E, N]:
    """The number of each value; `zero` is what stands for the unspecified one."""
    items = cast(EnumTypeWrapper, wire).items()
    named = {value.removeprefix(prefix): cast(N, number) for value, number in items}
    return {each: named["UNSPECIFIED" if each is zero else each.name] for each in kind}


def _values(numbers: Mapping[E, N]) -> dict[int, E]:
    return {number: value for value, number in numbers.items()}


STAGES: Final = _numbers(Stage, photo_pb2.Stage, "STAGE_")
STAGE_STATES: Final = _numbers(StageState, photo_pb2.StageState, "STAGE_STATE_")
PHOTO_STATES: Final = _numbers(PhotoState, photo_pb2.PhotoState, "PHOTO_STATE_")
VALUE_SOURCES: Final = _numbers(ValueSource, photo_pb2.ValueSource, "VALUE_SOURCE_", zero=ValueSource.UNKNOWN)
OFFSET_SOURCES: Final = _numbers(OffsetSource, photo_pb2.OffsetSource, "OFFSET_SOURCE_")
VARIANTS: Final = _numbers(Variant, photo_pb2.Variant, "VARIANT_")
SEASONS: Final = _numbers(Season, photo_filter_pb2.Season, "SEASON_")
INCLUSIONS: Final = _numbers(Inclusion, photo_filter_pb2.Inclusion, "INCLUSION_", zero=Inclusion.LEFT_OUT)
PHOTO_ORDERS: Final = _numbers(PhotoOrder, catalog_service_pb2.PhotoOrder, "PHOTO_ORDER_")
PRESENCES: Final = _numbers(HashState, upload_service_pb2.Presence, "PRESENCE_")
ALBUM_ORDERS: Final = _numbers(AlbumOrder, album_service_pb2.AlbumOrder, "ALBUM_ORDER_")
EVENT_KINDS: Final = _numbers(EventKind, event_service_pb2.LibraryEventKind, "LIBRARY_EVENT_KIND_")

STAGE_OF: Final = _values(STAGES)
STAGE_STATE_OF: Final = _values(STAGE_STATES)
PHOTO_STATE_OF: Final = _values(PHOTO_STATES)
VALUE_SOURCE_OF: Final = _values(VALUE_SOURCES)
OFFSET_SOURCE_OF: Final = _values(OFFSET_SOURCES) | {0: OffsetSource.UNKNOWN}
VARIANT_OF: Final = _values(VARIANTS)
SEASON_OF: Final = _values(SEASONS)
INCLUSION_OF: Final = _values(INCLUSIONS)
PHOTO_ORDER_OF: Final = _values(PHOTO_ORDERS) | {0: PhotoOrder.CAPTURE_TIME}
ALBUM_ORDER_OF: Final = _values(ALBUM_ORDERS) | {0: AlbumOrder.OLDEST_FIRST}
EVENT_KIND_OF: Final = _values(EVENT_KINDS)
