"""The daily purge of the trash: an operation of each owner, which loses against a restore."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from tests.builders import OWNER
from tests.catalog_world import World
from tests.clocks import FixedClock

from tintype.catalog.domain.photo import Photo
from tintype.catalog.ports.photo import PageKey
from tintype.catalog.service.purging import DAILY, DUE, Purging
from tintype.kit.ids import RandomIds
from tintype.kit.operations.adapters.stored import OPERATIONS, StoredOperationRepository
from tintype.kit.operations.domain import Operation, OperationKind
from tintype.kit.operations.service import Operations
from tintype.kit.store.sqlite import Database
from tintype.kit.store.sqlite_aggregates import SqliteAggregates

DAY = timedelta(days=1)
RETENTION = 30 * DAY


@pytest.fixture
async def operations(tmp_path: Path, world: World) -> AsyncIterator[Operations]:
    async with opened(tmp_path, world.clock) as made:
        yield made


@asynccontextmanager
async def opened(home: Path, clock: FixedClock) -> AsyncIterator[Operations]:
    async with Database.open(home / "operations.db") as database:
        yield Operations(
            StoredOperationRepository(await SqliteAggregates.open(database, OPERATIONS)), clock, RandomIds()
        )


@pytest.fixture
def purging(world: World, operations: Operations) -> Purging:
    return Purging(world.photos, world.trashing, operations, world.clock, retention=RETENTION)


async def of_owner(operations: Operations, owner_id: str = OWNER) -> list[Operation]:
    return list((await operations.list(owner_id=owner_id, limit=10)).items)


def unreported(done: int, failed: int, position: PageKey) -> None:
    """Nobody watches."""


async def long_trashed(world: World, seed: str = "old") -> Photo:
    photo = await world.trashed(await world.registered(seed))
    world.clock.pass_(RETENTION + DAY)
    return photo


async def test_the_purge_deletes_what_was_long_in_the_trash_and_nothing_else(
    world: World, operations: Operations, purging: Purging
) -> None:
    old = await world.trashed(await world.registered("old"))
    world.clock.pass_(20 * DAY)
    young = await world.trashed(await world.registered("young"))
    kept = await world.registered("kept")
    world.clock.pass_(11 * DAY)
    assert await purging.start_due() == 1
    (started,) = await of_owner(operations)
    assert (started.kind, started.arguments) == (OperationKind.PURGE_TRASH, DUE)
    assert await purging.purge(started, report=unreported, after=()) == {"changed": 1, "failed": 0}
    assert (await world.load(old)).deletion is not None
    assert {(await world.load(each)).deletion for each in (young, kept)} == {None}


async def test_emptying_the_trash_leaves_what_is_trashed_only_then(
    world: World, operations: Operations, purging: Purging
) -> None:
    meant = await world.trashed(await world.registered("meant"))
    started = await operations.start(owner_id=OWNER, kind=OperationKind.PURGE_TRASH)
    world.clock.pass_(timedelta(seconds=1))
    later = await world.trashed(await world.registered("later"))
    assert await purging.purge(started, report=unreported, after=()) == {"changed": 1, "failed": 0}
    assert (await world.load(meant)).deletion is not None
    assert (await world.load(later)).deletion is None


async def test_of_each_owner_with_something_due_one_operation_a_day_is_started(
    world: World, operations: Operations, purging: Purging
) -> None:
    for owner_id in ("ada", "bob"):
        photo = await world.registered("old", owner_id=owner_id)
        await world.trashed(photo)
    await world.registered("kept", owner_id="eve")
    world.clock.pass_(RETENTION)
    assert [await purging.start_due(), await purging.start_due()] == [2, 2]
    assert [len(await of_owner(operations, owner)) for owner in ("ada", "bob", "eve")] == [1, 1, 0]
    world.clock.pass_(DAY)
    await purging.start_due()
    assert len(await of_owner(operations, "ada")) == 2


async def test_a_photo_that_is_restored_or_trashed_anew_after_the_start_stays(
    world: World, operations: Operations, purging: Purging
) -> None:
    photo = await long_trashed(world)
    await purging.start_due()
    (started,) = await of_owner(operations)
    await world.trashing.restore_photo(owner_id=OWNER, photo_id=photo.photo_id)
    await purging.purge(started, report=unreported, after=())
    assert (await world.load(photo)).deletion is None
    await world.trashed(photo)
    gone = await world.trashing.batch_delete(
        owner_id=OWNER, photo_ids=[photo.photo_id], until=started.create_time - RETENTION
    )
    assert [each.reason for each in gone.failures] == ["PHOTO_NOT_TRASHED"]
    assert (await world.load(photo)).deletion is None


async def test_an_owner_who_asks_empties_all_of_the_trash(
    world: World, operations: Operations, purging: Purging
) -> None:
    photo = await world.trashed(await world.registered("young"))
    asked = await operations.start(owner_id=OWNER, kind=OperationKind.PURGE_TRASH)
    assert await purging.purge(asked, report=unreported, after=()) == {"changed": 1, "failed": 0}
    assert (await world.load(photo)).deletion is not None


def test_no_client_can_send_the_request_id_of_the_day() -> None:
    assert len(DAILY) > 64
