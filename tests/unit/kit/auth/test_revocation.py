"""Revoked is revoked, and who cannot ask believes nobody."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import timedelta

import pytest
from tests.clocks import NOON
from tests.rpc_world import World

from tintype.kit.auth.caller import Caller, Kind
from tintype.kit.auth.ports import ResolvedKey, Revocation
from tintype.kit.auth.tokens import CredentialInvalid
from tintype.kit.errors import DomainError, Unavailable

SESSION = Caller(user_id="u1", kind=Kind.SESSION, session_id="s1", issued=NOON)
KEY = Caller(user_id="u1", kind=Kind.KEY, key_id="k1", issued=NOON)


async def polled(*revoked: Revocation) -> World:
    world = World()
    world.accounts.revoked += revoked
    await world.revocations.poll(world.accounts)
    return world


@pytest.mark.parametrize(
    ("caller", "revocation", "refused"),
    [
        (SESSION, Revocation(1, NOON, session_id="s1"), True),
        (SESSION, Revocation(1, NOON, session_id="s2"), False),
        (SESSION, Revocation(1, NOON, user_id="u1"), True),
        (SESSION, Revocation(1, NOON - timedelta(milliseconds=1), user_id="u1"), False),
        (KEY, Revocation(1, NOON, key_id="k1"), True),
        (KEY, Revocation(1, NOON, session_id="s1"), False),
        (KEY, Revocation(1, NOON, user_id="u1"), True),
    ],
)
async def test_what_accounts_says_is_revoked_is_refused(caller: Caller, revocation: Revocation, refused: bool) -> None:
    world = await polled(revocation)
    if refused:
        with pytest.raises(CredentialInvalid):
            world.revocations.check(caller)
    else:
        world.revocations.check(caller)


async def test_before_the_first_answer_and_after_five_seconds_of_silence_nobody_is_believed() -> None:
    world = World()
    with pytest.raises(Unavailable):
        world.revocations.check(SESSION)
    await world.revocations.poll(world.accounts)
    world.monotonic = 5
    world.revocations.check(SESSION)
    world.monotonic = 5.01
    with pytest.raises(Unavailable):
        world.revocations.check(SESSION)
    world.revocations.check(Caller(kind=Kind.SERVICE, service="catalog"))  # or accounts could never be asked again


async def test_a_revocation_ends_the_calls_it_is_about_and_no_others() -> None:
    world = await polled()
    ended: list[str] = []

    def noting(name: str) -> Callable[[DomainError], None]:
        return lambda error: ended.append(name)

    other = Caller(user_id="u2", kind=Kind.SESSION, session_id="s2", issued=NOON)
    with world.revocations.watching(SESSION, noting("mine")), world.revocations.watching(other, noting("other")):
        world.revocations.revoked(Revocation(0, NOON, session_id="s1"))
    world.revocations.revoked(Revocation(0, NOON, session_id="s2"))
    assert ended == ["mine"]


async def test_a_revoked_key_is_forgotten_at_once_and_others_are_asked_once() -> None:
    world = await polled()
    world.accounts.known["a"] = ResolvedKey("u1", "k1", frozenset({"search"}), None)
    for _ in range(3):
        await world.authenticator.caller({"x-api-key": "a"})
    assert world.accounts.asked == 1
    del world.accounts.known["a"]
    world.revocations.revoked(Revocation(0, world.clock.now(), key_id="k1"))
    with pytest.raises(CredentialInvalid):
        await world.authenticator.caller({"x-api-key": "a"})


async def test_a_key_is_believed_no_longer_than_it_lives_and_never_more_than_a_key_may() -> None:
    world = await polled()
    expire = world.clock.now() + timedelta(seconds=10)
    world.accounts.known["a"] = ResolvedKey("u1", "k1", frozenset({"keys", "internal", "search"}), expire)
    assert (await world.authenticator.caller({"x-api-key": "a"})).scopes == {"search"}
    world.monotonic, world.accounts.known = 10.0, {}
    with pytest.raises(CredentialInvalid):
        await world.authenticator.caller({"x-api-key": "a"})


async def test_the_call_that_ends_its_own_session_is_let_go_to_its_end() -> None:
    world = await polled()
    ended: list[str] = []
    with world.revocations.watching(SESSION, lambda error: ended.append("elsewhere")):

        async def sign_out() -> None:
            with world.revocations.watching(SESSION, lambda error: ended.append("own")):
                world.revocations.let_go()
                # as a poll does that hears of it first, in a task of its own
                await asyncio.create_task(told(), context=contextvars.Context())
                world.revocations.revoked(Revocation(0, NOON, session_id="s1"))

        async def told() -> None:
            world.revocations.revoked(Revocation(1, NOON, session_id="s1"))

        await asyncio.create_task(sign_out())
    assert set(ended) == {"elsewhere"}
    with pytest.raises(CredentialInvalid):
        world.revocations.check(SESSION)


async def test_asking_ends_though_who_is_asked_loses_that_it_was_cancelled() -> None:
    begun = asyncio.Event()

    class Losing:
        async def after(self, sequence: int) -> tuple[Sequence[Revocation], int]:
            begun.set()
            with suppress(asyncio.CancelledError):
                await asyncio.Event().wait()
            return (), sequence

    asking = asyncio.create_task(World().revocations.run(Losing()))
    await begun.wait()
    asking.cancel()
    async with asyncio.timeout(10):
        await asyncio.wait([asking])
    assert asking.done()
