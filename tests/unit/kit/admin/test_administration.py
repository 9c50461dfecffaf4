"""What administrators see and do, on the real stores."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from tests.clocks import NOON, FixedClock

from tintype.kit.admin import convert
from tintype.kit.admin.service import Administration, DeadLetterNotFound
from tintype.kit.errors import NotFound
from tintype.kit.fact import Event
from tintype.kit.ids import RandomIds
from tintype.kit.operations.connect import connect
from tintype.kit.operations.convert import KINDS, STATES
from tintype.kit.operations.domain import ConsumerStatus, ModelPackStatus, OperationKind, SweepDefinition, SweepRun
from tintype.kit.operations.ports import RegistryRepository
from tintype.kit.operations.registry import Registry
from tintype.kit.operations.service import Operations
from tintype.kit.operations.sweeps import SweepNotFound
from tintype.kit.urls import Url, Urls
from tintype.v1 import events_pb2, operation_pb2, photo_pb2


@dataclass(frozen=True)
class Letter:
    dead_letter_id: str
    consumer: str = "search"
    delivered: int = 3
    reason: str = "REJECTED"
    time: datetime = NOON
    event: Event | None = None


@dataclass
class Stream:
    """A stream with one consumer and some dead letters: `dead_letters` is the stream itself."""

    letters: list[Letter] = field(default_factory=list)
    replayed: list[str] = field(default_factory=list)

    @property
    def dead_letters(self) -> Stream:
        return self

    async def pending(self, name: str) -> int:
        if name != "search":
            raise NotFound("no such consumer")
        return 7

    async def in_flight(self, name: str) -> int:
        return 3

    async def oldest_unacknowledged(self, name: str) -> datetime | None:
        return NOON

    async def page(self, *, after: str = "", limit: int = 100, consumer: str = "") -> Sequence[Letter]:
        return [letter for letter in self.letters if letter.dead_letter_id > after][:limit]

    async def count(self) -> int:
        return len(self.letters)

    async def remove(self, dead_letter_id: str) -> None:
        self.letters = [letter for letter in self.letters if letter.dead_letter_id != dead_letter_id]

    async def replay(self, dead_letter_id: str, *, event_id: str) -> None:
        self.replayed.append(dead_letter_id)


@dataclass
class Desk:
    stream: Stream
    registry: Registry
    operations: Operations
    administration: Administration
    records: RegistryRepository
    ran: SweepRun = field(default_factory=lambda: SweepRun("S2", NOON, NOON + timedelta(seconds=1), found=4))


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    clock, stream = FixedClock(), Stream()
    files = {part: Url(f"sqlite://{tmp_path}/{part}.db") for part in ("database", "events", "blobs", "index")}
    async with AsyncExitStack() as stack:
        stores = await connect(await stack.enter_async_context(Urls.opened(**files, inference=Url("onnx:"))))
        registry = Registry(stores.registry, clock, process_id="p1", services=["catalog"])
        operations = Operations(stores.operations, clock, RandomIds())

        async def photos() -> dict[str, int]:
            return {"photos": 12}

        administration = Administration(
            registry=registry,
            records=stores.registry,
            operations=operations,
            queues=stream,
            statistics=[photos],
            ids=RandomIds(),
        )
        made = Desk(stream, registry, operations, administration, stores.registry)
        await stores.registry.record_sweep(made.ran)
        yield made


async def test_jobs_are_the_consumers_that_processes_state_and_say_what_holds_them_up(desk: Desk) -> None:
    desk.registry.add_consumers(lambda: [ConsumerStatus("search", blocked_by="index"), ConsumerStatus("unopened")])
    [queue] = await desk.administration.list_jobs()
    assert (queue.consumer, queue.waiting, queue.in_flight) == ("search", 4, 3)
    assert (queue.oldest, queue.blocked_by) == (NOON, "index")


async def test_dead_letters_come_newest_first_page_by_page(desk: Desk) -> None:
    desk.stream.letters = [Letter(f"d{number}") for number in range(5)]
    seen, before = [], ""
    for _ in range(3):
        page, before = await desk.administration.list_dead_letters(before=before, limit=2)
        seen += [letter.dead_letter_id for letter in page]
    assert seen == ["d4", "d3", "d2", "d1", "d0"]
    assert before == ""


async def test_dead_letters_are_replayed_and_removed(desk: Desk) -> None:
    desk.stream.letters = [Letter("d1"), Letter("d2")]
    await desk.administration.replay_dead_letter("d1")
    await desk.administration.delete_dead_letter("d2")
    assert (desk.stream.replayed, [letter.dead_letter_id for letter in desk.stream.letters]) == (["d1"], ["d1"])


async def test_a_process_without_the_stream_has_no_dead_letters(desk: Desk) -> None:
    desk.administration._queues = None
    assert await desk.administration.list_dead_letters(before="", limit=10) == ([], "")
    with pytest.raises(DeadLetterNotFound):
        await desk.administration.replay_dead_letter("d1")


async def test_sweeps_say_when_they_ran_and_can_be_asked_for(desk: Desk) -> None:
    desk.registry.add_sweeps(lambda: [SweepDefinition("S2", "stages", timedelta(minutes=5))])
    [state] = await desk.administration.list_sweeps()
    assert state.last == desk.ran
    operation = await desk.administration.run_sweep("S2", owner_id="admin")
    assert (operation.kind, operation.subject, operation.owner_id) == (OperationKind.SWEEP, "S2", "admin")
    with pytest.raises(SweepNotFound):
        await desk.administration.run_sweep("S9", owner_id="admin")


async def test_reanalysis_asked_for_twice_with_one_request_id_is_one_operation(desk: Desk) -> None:
    async def asked() -> str:
        operation = await desk.administration.reanalyse(
            owner_id="admin", stages=["text", "embed", "text"], failed_only=True, user_id="u1", request_id="r1"
        )
        assert json.loads(operation.arguments) == {"failed_only": True, "stages": ["embed", "text"], "user_id": "u1"}
        return operation.operation_id

    assert await asked() == await asked()


async def test_statistics_add_up_what_services_count(desk: Desk) -> None:
    desk.stream.letters = [Letter("d1")]
    assert await desk.administration.statistics() == {"photos": 12, "dead_letters": 1}


async def test_statistics_hold_what_other_processes_counted_and_what_this_one_counts_now(desk: Desk) -> None:
    async def elsewhere() -> dict[str, int]:
        return {"photos": 11, "users": 2}

    other = Registry(desk.records, FixedClock(), process_id="p2", services=["accounts"])
    other.add_statistics(elsewhere)
    await other.state()
    assert await desk.administration.statistics() == {"photos": 12, "users": 2, "dead_letters": 0}


async def test_what_others_are_told_is_counted_once_a_minute(desk: Desk) -> None:
    clock, counted = FixedClock(), iter(range(10))

    async def photos() -> dict[str, int]:
        return {"photos": next(counted)}

    registry = Registry(desk.records, clock, process_id="p2", services=["catalog"])
    registry.add_statistics(photos)
    assert [(await registry.state()).statistics for _ in range(2)] == [{"photos": 0}] * 2
    clock.pass_(timedelta(minutes=1))
    assert (await registry.state()).statistics == {"photos": 1}


async def test_models_are_what_processes_state(desk: Desk) -> None:
    pack = ModelPackStatus("builtin", "1", "serving", capabilities=("embed",))
    desk.registry.add_models(lambda: [pack])
    assert await desk.administration.list_models() == [pack]


def test_every_kind_state_and_severity_has_its_value_in_the_contract() -> None:
    assert set(KINDS.values()) == set(operation_pb2.OperationKind.keys()) - {"OPERATION_KIND_UNSPECIFIED"}
    assert set(STATES.values()) == set(operation_pb2.OperationState.keys()) - {"OPERATION_STATE_UNSPECIFIED"}
    assert len(set(convert.SEVERITIES.values())) == 3
    assert convert.stage_name(photo_pb2.STAGE_TEXT) == "text"


def test_a_dead_letter_names_its_photo_where_there_is_one() -> None:
    fact = events_pb2.PhotoDeleted(photo_id="p1", owner_id="u1", revision=3)
    event = Event("e1", "u1", "PhotoDeleted", fact.SerializeToString(), NOON)
    letter = convert.dead_letter_to_proto(Letter("d1", event=event))
    assert (letter.photo_id, letter.fact, letter.event_id, letter.owner_id) == ("p1", "PhotoDeleted", "e1", "u1")
    erased = Event("e2", "u1", "UserDeleted", events_pb2.UserDeleted(user_id="u1").SerializeToString(), NOON)
    assert convert.photo_id_in(erased) == ""
    assert convert.dead_letter_to_proto(Letter("d2")).event_id == ""
