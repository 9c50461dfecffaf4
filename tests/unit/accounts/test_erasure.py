"""Erasing a user."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from pathlib import Path

import pytest
from tests.accounts_world import NOON, PASSWORD, World, open_world, quick_settings

from tintype.accounts.domain.facts import UserDeleted
from tintype.accounts.domain.users import Role, User, UserState
from tintype.accounts.ports import UserNotFound
from tintype.accounts.service.administrators import LastAdministrator
from tintype.accounts.service.passwords import SignInRefused
from tintype.accounts.service.sessions import RefreshTokenInvalid
from tintype.accounts.service.users import Edit, UserBusy
from tintype.accounts.service.who import Who
from tintype.kit.fact import Event
from tintype.kit.operations.domain import Operation, OperationState, Progress

SERVICES = ("catalog", "upload")


async def ask(world: World, user: User, by: User) -> Operation:
    return await world.cases.erasures.erase_user(user_id=user.user_id, who=Who(by.user_id))


async def report(world: World, user: User, operation: Operation, service: str, **left: int) -> None:
    await world.cases.erasures.report_erased(
        user_id=user.user_id, operation_id=operation.operation_id, service=service, left=left
    )


async def until_round(world: World, user: User, number: int) -> None:
    """Until the eraser has come so far."""

    async def there() -> bool:
        erasure = await world.stores.erasures.find(user.user_id)
        return erasure is not None and erasure.round >= number

    await until(there)


async def until(happened: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(10):
        while not await happened():  # noqa: ASYNC110  # what is waited for lies in a database, which wakes nobody
            await asyncio.sleep(0.005)


async def run(world: World, user: User, operation: Operation) -> tuple[Mapping[str, int], list[Progress]]:
    """The work, while all services report in both rounds that nothing is left."""
    seen: list[Progress] = []
    work = asyncio.create_task(world.cases.eraser.erase(operation, seen.append))
    for number in (1, 2):
        await until_round(world, user, number)
        for service in SERVICES:
            await report(world, user, operation, service, rows=0, files=0)
    async with asyncio.timeout(10):
        return await work, seen


async def told(world: World) -> list[UserDeleted]:
    waiting = await world.stores.outbox.unpublished(older_than=NOON + timedelta(days=36500), limit=100)
    return [each.fact for each in waiting]


async def test_asking_shuts_the_user_out_and_tells_the_services(world: World) -> None:
    ann, _ = await world.first_user()
    bob = await world.add_user("bob")
    tokens = await world.sign_in("bob")
    operation = await ask(world, bob, ann)
    assert await told(world) == [UserDeleted(bob.user_id, operation.operation_id)]
    assert (await world.stores.users.load(bob.user_id)).state is UserState.ERASING
    assert [revocation.session_id for revocation in world.sink.seen] == [tokens.session_id]
    with pytest.raises(SignInRefused):
        await world.sign_in("bob")
    edit = Edit(frozenset({"state"}), state=UserState.ACTIVE)
    with pytest.raises(UserBusy):
        await world.cases.users.update_user(edit, user_id=bob.user_id, who=Who(ann.user_id))


async def test_it_ends_once_every_service_counts_nothing_twice(world: World) -> None:
    ann, _ = await world.first_user()
    bob = await world.add_user("bob")
    await world.stream.publish([Event("e1", bob.user_id, "PhotoDeleted", b"", NOON)])
    operation = await ask(world, bob, ann)
    counts, seen = await run(world, bob, operation)
    assert counts == {
        "catalog.files": 0,
        "catalog.rows": 0,
        "upload.files": 0,
        "upload.rows": 0,
        "events": 0,
        "accounts.sessions": 0,
        "accounts.api_keys": 0,
        "accounts.users": 0,
        "operations": 0,
    }
    assert (seen[0].total, seen[0].step.partition(":")[0]) == (2, "round 1 of 2")
    assert await world.stream.count_owner(bob.user_id) == 0
    with pytest.raises(UserNotFound):
        await world.stores.users.load(bob.user_id)
    assert await world.stores.erasures.find(bob.user_id) is None
    assert await world.cases.users.list_user_ids() == [ann.user_id]


async def test_it_waits_for_a_service_that_still_holds_something(world: World) -> None:
    ann, _ = await world.first_user()
    bob = await world.add_user("bob")
    operation = await ask(world, bob, ann)
    await report(world, bob, operation, "upload", rows=0)
    await report(world, bob, operation, "catalog", rows=3)
    work = asyncio.create_task(world.cases.eraser.erase(operation, lambda progress: None))
    await asyncio.sleep(0.1)
    erasure = await world.stores.erasures.find(bob.user_id)
    assert erasure is not None
    assert (erasure.round, erasure.missing(SERVICES)) == (1, ("catalog",))
    await report(world, bob, operation, "catalog", rows=0)
    await until_round(world, bob, 2)
    work.cancel()


async def test_the_services_are_told_again_when_one_stays_silent(world: World) -> None:
    ann, _ = await world.first_user()
    bob = await world.add_user("bob")
    operation = await ask(world, bob, ann)
    world.clock.advance(timedelta(minutes=5))
    work = asyncio.create_task(world.cases.eraser.erase(operation, lambda progress: None))

    async def told_twice() -> bool:
        return len(await told(world)) == 2

    await until(told_twice)
    work.cancel()


@pytest.mark.parametrize("stop_in_round", [1, 2])
async def test_broken_off_anywhere_it_goes_on_and_ends(tmp_path: Path, stop_in_round: int) -> None:
    async with open_world(tmp_path) as world:
        ann, _ = await world.first_user()
        bob = await world.add_user("bob")
        operation = await ask(world, bob, ann)
        work = asyncio.create_task(world.cases.eraser.erase(operation, lambda progress: None))
        if stop_in_round == 2:
            for service in SERVICES:
                await report(world, bob, operation, service, rows=0)
        await until_round(world, bob, stop_in_round)
        work.cancel()
        await asyncio.wait([work])
    async with open_world(tmp_path) as world:
        counts, _ = await run(world, bob, operation)
        assert set(counts.values()) == {0}
        # Once more, as after a crash before the operation was noted as done.
        assert set((await world.cases.eraser.erase(operation, lambda progress: None)).values()) == {0}


async def test_the_log_keeps_a_pseudonym_and_its_chain(world: World) -> None:
    ann, _ = await world.first_user()
    bob = await world.add_user("bob")
    await world.sign_in("bob")
    operation = await ask(world, bob, ann)
    await run(world, bob, operation)
    events, _ = await world.cases.audit.list_audit_events(before=0, limit=100, user_id="")
    assert bob.user_id not in {name for event in events for name in (event.actor, event.subject_user)}
    of_bob, _ = await world.cases.audit.list_audit_events(before=0, limit=100, user_id=bob.pseudonym)
    assert [event.action for event in of_bob] == ["authn_login_success"]
    assert [event.subject_user for event in events if event.action == "user_deleted"] == [bob.pseudonym]
    assert await world.cases.audit.verify() == 0


async def test_who_erases_the_own_account_watches_it_until_the_second_round(world: World) -> None:
    await world.first_user()
    bob = await world.add_user("bob")
    first, second = await world.sign_in("bob"), await world.sign_in("bob")
    with pytest.raises(SignInRefused):
        await world.cases.erasures.erase_account(password="wrong", session_id=second.session_id, who=Who(bob.user_id))
    operation = await world.cases.erasures.erase_account(
        password=PASSWORD, session_id=second.session_id, who=Who(bob.user_id)
    )
    assert [revocation.session_id for revocation in world.sink.seen] == [first.session_id]
    with pytest.raises(RefreshTokenInvalid):
        await world.cases.sessions.refresh_session(refresh_token=second.refresh_token, who=Who())
    await run(world, bob, operation)
    assert bob.user_id in {revocation.user_id for revocation in world.sink.seen}


async def test_asking_twice_is_asking_once_until_the_operation_was_stopped(world: World) -> None:
    ann, _ = await world.first_user()
    bob = await world.add_user("bob")
    first, again = await ask(world, bob, ann), await ask(world, bob, ann)
    assert first.operation_id == again.operation_id
    await world.host.operations.cancel(owner_id=ann.user_id, operation_id=first.operation_id)
    another = await ask(world, bob, ann)
    assert another.operation_id != first.operation_id
    assert another.state is OperationState.WAITING
    await report(world, bob, first, "catalog", rows=0)
    erasure = await world.stores.erasures.find(bob.user_id)
    assert erasure is not None
    assert (erasure.operation_id, erasure.reports) == (another.operation_id, ())


async def test_the_last_administrator_cannot_be_erased(world: World) -> None:
    ann, tokens = await world.first_user()
    with pytest.raises(LastAdministrator):
        await ask(world, ann, ann)
    with pytest.raises(LastAdministrator):
        await world.cases.erasures.erase_account(password=PASSWORD, session_id=tokens.session_id, who=Who(ann.user_id))
    bob = await world.add_user("bob", role=Role.ADMINISTRATOR)
    assert await ask(world, ann, bob)


async def test_the_name_of_an_erased_user_can_be_taken_again(tmp_path: Path) -> None:
    async with open_world(tmp_path, quick_settings(erasure_services=())) as world:
        ann, _ = await world.first_user()
        bob = await world.add_user("bob")
        await world.cases.eraser.erase(await ask(world, bob, ann), lambda progress: None)
        assert (await world.add_user("bob")).user_id != bob.user_id


async def test_an_erasure_whose_operation_was_forgotten_can_be_asked_for_again(world: World) -> None:
    ann, _ = await world.first_user()
    bob = await world.add_user("bob")
    first = await ask(world, bob, ann)
    await world.operations.remove_owner(ann.user_id)
    assert (await ask(world, bob, ann)).operation_id != first.operation_id
