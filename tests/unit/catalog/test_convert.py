"""The domain and the contract say the same."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from enum import Enum

import pytest
from google.protobuf.internal.enum_type_wrapper import EnumTypeWrapper
from google.protobuf.timestamp_pb2 import Timestamp
from tests.builders import OWNER, make_failure, make_metadata, make_photo, make_result, make_skip
from tests.clocks import NOON

from tintype.catalog.convert import enums
from tintype.catalog.convert.edit import BatchAction, action_of, arguments_of, checkpoint_of, position_of, request_of
from tintype.catalog.convert.fact import fact_to_event
from tintype.catalog.convert.photo import photo_to_proto, stated_time, values_of
from tintype.catalog.convert.photo_filter import filter_of
from tintype.catalog.convert.result import outcome_of, result_to_proto
from tintype.catalog.domain.fact import (
    AnalysisRequested,
    Group,
    PhotoChanged,
    PhotoDeleted,
    PhotoFact,
    PhotoReady,
    PhotoRegistered,
    Priority,
)
from tintype.catalog.domain.photo import Edits, Membership
from tintype.catalog.domain.photo_filter import Inclusion, PhotoFilter, Season
from tintype.catalog.domain.stage import PhotoState, Stage
from tintype.kit.timestamps import instant_from, timestamp_of
from tintype.v1 import catalog_service_pb2, photo_filter_pb2, photo_pb2, result_pb2, upload_service_pb2

RETENTION = timedelta(days=30)

PAIRS = [
    (enums.STAGES, enums.STAGE_OF, photo_pb2.Stage),
    (enums.STAGE_STATES, enums.STAGE_STATE_OF, photo_pb2.StageState),
    (enums.PHOTO_STATES, enums.PHOTO_STATE_OF, photo_pb2.PhotoState),
    (enums.VALUE_SOURCES, enums.VALUE_SOURCE_OF, photo_pb2.ValueSource),
    (enums.OFFSET_SOURCES, enums.OFFSET_SOURCE_OF, photo_pb2.OffsetSource),
    (enums.VARIANTS, enums.VARIANT_OF, photo_pb2.Variant),
    (enums.SEASONS, enums.SEASON_OF, photo_filter_pb2.Season),
    (enums.INCLUSIONS, enums.INCLUSION_OF, photo_filter_pb2.Inclusion),
    (enums.PHOTO_ORDERS, enums.PHOTO_ORDER_OF, catalog_service_pb2.PhotoOrder),
]


@pytest.mark.parametrize(("numbers", "values", "wire"), PAIRS)
def test_every_value_of_an_enum_goes_both_ways(
    numbers: dict[Enum, int], values: dict[int, Enum], wire: EnumTypeWrapper
) -> None:
    kind = type(next(iter(numbers)))
    assert set(numbers) == set(kind)
    assert {values[number] for number in numbers.values()} == set(kind)
    assert set(wire.values()) - {0} <= set(values)


def test_every_state_of_a_hash_is_a_presence() -> None:
    assert set(enums.PRESENCES.values()) <= set(upload_service_pb2.Presence.values())


@pytest.mark.parametrize("stage", list(Stage))
def test_a_result_of_every_stage_goes_both_ways(stage: Stage) -> None:
    result = make_result(stage)
    wire = result_pb2.StageResult.FromString(result_to_proto(result).SerializeToString())
    outcome = outcome_of(wire)
    assert (outcome.stage, outcome.model, outcome.make_time) == (stage, result.key.model, result.make_time)
    assert outcome.content == result.content


@pytest.mark.parametrize("stage", list(Stage))
def test_skips_and_failures_hold_no_content(stage: Stage) -> None:
    number = enums.STAGES[stage]
    made = timestamp_of(NOON)
    skipped = result_pb2.StageResult(stage=number, make_time=made, skipped=True)
    assert outcome_of(skipped) == make_skip(stage)
    failure = result_pb2.StageFailure(error="it broke", final=True)
    failed = result_pb2.StageResult(stage=number, model="pack-1", make_time=made, failure=failure)
    assert outcome_of(failed) == make_failure(stage, final=True)


def test_a_photo_says_everything_that_its_owner_may_know() -> None:
    photo = make_photo(
        metadata=make_metadata(),
        edits=Edits(title="mine", favourite=True),
        memberships=(Membership(album_id="album", rank="m", added_time=NOON),),
        trash_time=NOON,
        corrupt_time=NOON,
    )
    wire = photo_to_proto(photo, retention=RETENTION, thumbnail_url="https://x")
    assert (wire.photo_id, wire.owner_id, wire.etag, wire.title) == (photo.photo_id, OWNER, photo.etag, "mine")
    assert wire.capture_time.local_time == "2023-07-14T18:03:22"
    assert instant_from(wire.purge_time) == NOON + RETENTION
    assert (list(wire.album_ids), wire.place.name, wire.camera.iso) == (["album"], "Lund", 100)
    assert [status.stage for status in wire.stages] == [enums.STAGES[status.stage] for status in photo.stages]
    values = values_of(wire)
    assert (values.title, values.favourite) == ("mine", True)
    assert values.location is not None
    assert values.location.latitude_deg == 55.7


def test_a_capture_time_that_states_nothing_is_none() -> None:
    assert stated_time(photo_pb2.CaptureTime(utc_offset_minutes=60)) is None
    assert stated_time(photo_pb2.CaptureTime(local_time="2023-07-14T18:03:22")) is not None


@pytest.mark.parametrize("seconds", [-(10**12), 10**15])
def test_an_instant_outside_of_the_calendar_comes_to_its_edge(seconds: int) -> None:
    assert 1 < instant_from(Timestamp(seconds=seconds)).year < 9999


def test_instants_go_both_ways_to_the_millisecond() -> None:
    for instant in (datetime(1969, 12, 31, 23, 59, 59, 999_000, tzinfo=UTC), NOON):
        stamp = timestamp_of(instant)
        assert stamp is not None
        assert instant_from(stamp) == instant


def test_an_empty_filter_is_the_default_one() -> None:
    assert filter_of(photo_filter_pb2.PhotoFilter()) == PhotoFilter()


def test_every_field_of_a_filter_arrives() -> None:
    wire = photo_filter_pb2.PhotoFilter(
        after=timestamp_of(NOON),
        before=timestamp_of(NOON),
        months=[7],
        weekdays=[1],
        hours=[0],
        seasons=[photo_filter_pb2.SEASON_WINTER],
        near=photo_filter_pb2.Near(latitude_deg=1, longitude_deg=2, radius_km=3),
        favourite=False,
        min_rating=2,
        states=[photo_pb2.PHOTO_STATE_READY],
        archived=photo_filter_pb2.INCLUSION_ONLY,
        trashed=photo_filter_pb2.INCLUSION_INCLUDED,
        dates=[photo_filter_pb2.DateSpan(first="2023-01-01", last="2023-12-31")],
    )
    for name in ("places", "cameras", "tags", "album_ids", "media_types"):
        getattr(wire, name).any_of.append(name)
    found = filter_of(wire)
    assert (found.seasons, found.favourite) == ((Season.WINTER,), False)
    assert (found.archived, found.trashed) == (Inclusion.ONLY, Inclusion.INCLUDED)
    empty = PhotoFilter()
    assert [name for name in PhotoFilter.__slots__ if getattr(found, name) == getattr(empty, name)] == []


@pytest.mark.parametrize(
    "fact",
    [
        PhotoRegistered(photo_id="p", owner_id="o", revision=3, priority=Priority.BACKLOG),
        AnalysisRequested(photo_id="p", owner_id="o", revision=3, stages=tuple(Stage), priority=Priority.DEFERRED),
        PhotoChanged(photo_id="p", owner_id="o", revision=3, groups=tuple(Group)),
        PhotoReady(photo_id="p", owner_id="o", revision=3, state=PhotoState.PARTIAL),
        PhotoDeleted(photo_id="p", owner_id="o", revision=3),
    ],
)
def test_every_fact_is_an_event_of_its_name(fact: PhotoFact) -> None:
    message, priority = fact_to_event(fact)
    assert message.DESCRIPTOR.name == type(fact).__name__
    said = {field.name: value for field, value in message.ListFields()}
    assert (said["photo_id"], said["owner_id"], said["revision"]) == ("p", "o", 3)
    assert priority == getattr(fact, "priority", 0)


def test_a_batch_is_an_operation_that_a_retry_meets() -> None:
    request = catalog_service_pb2.StartBatchRequest(action=catalog_service_pb2.BATCH_ACTION_EDIT, request_id="r")
    request.edit.favourite = False
    assert arguments_of(request) == arguments_of(request_of(arguments_of(request)))
    assert request_of(arguments_of(request)).edit.HasField("favourite")
    assert position_of(checkpoint_of((5, "p"))) == (5, "p")
    assert position_of("") == ()


@pytest.mark.parametrize("action", list(BatchAction))
def test_every_action_has_its_number(action: BatchAction) -> None:
    request = catalog_service_pb2.StartBatchRequest(action=f"BATCH_ACTION_{action.name}")
    assert action_of(request) is action
