"""Signing in, refreshing, signing out."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.accounts_world import NOON, PEER, World

from tintype.accounts.domain.secrets import new_secret
from tintype.accounts.domain.sessions import Presented, RefreshToken, Session, Tokens
from tintype.accounts.ports import SessionNotFound
from tintype.accounts.service.passwords import SignInRefused
from tintype.accounts.service.sessions import RefreshTokenInvalid
from tintype.accounts.service.throttle import TooManyAttempts
from tintype.accounts.service.who import Who

WHO = Who(peer=PEER)


async def refresh(world: World, tokens: Tokens) -> Tokens:
    return await world.cases.sessions.refresh_session(refresh_token=tokens.refresh_token, who=WHO)


async def test_signing_in_begins_a_session_and_notes_when(world: World) -> None:
    ann, _ = await world.first_user()
    world.clock.advance(timedelta(hours=1))
    tokens = await world.sign_in("ANN")
    sessions = await world.cases.sessions.list_sessions(user_id=ann.user_id)
    assert sessions[0].session_id == tokens.session_id
    assert len(sessions) == 2
    assert (await world.stores.users.load(ann.user_id)).last_sign_in_time == world.clock.now()


@pytest.mark.parametrize(("name", "password"), [("ann", "wrong"), ("nobody", "wrong"), ("", "x"), ("a b", "x")])
async def test_a_refusal_does_not_tell_what_was_wrong(world: World, name: str, password: str) -> None:
    await world.first_user()
    with pytest.raises(SignInRefused) as refused:
        await world.sign_in(name, password)
    assert (str(refused.value), refused.value.metadata) == ("the user name or the password is wrong", {})


@pytest.mark.parametrize("name", ["ann", "nobody"])
async def test_guessing_is_slowed_down_for_names_that_exist_and_others_alike(world: World, name: str) -> None:
    await world.first_user()
    for number in range(10):
        with pytest.raises(SignInRefused):
            await world.sign_in(name, "wrong", peer=f"192.0.2.{number}")
    with pytest.raises(TooManyAttempts):
        await world.sign_in(name, peer="198.51.100.1")
    assert (await world.actions())[-2:] == ["authn_login_fail", "authn_login_lock"]
    world.clock.advance(timedelta(minutes=15))
    if name == "ann":
        assert await world.sign_in(name)


async def test_many_guesses_at_once_are_no_way_around_the_limit(world: World) -> None:
    await world.first_user()
    guesses = (world.sign_in("ann", "wrong") for _ in range(30))
    outcomes = await asyncio.gather(*guesses, return_exceptions=True)
    assert sum(isinstance(outcome, SignInRefused) for outcome in outcomes) == 10


async def test_a_success_forgets_the_failures_of_the_name(world: World) -> None:
    await world.first_user()
    for _ in range(3):
        for _ in range(9):
            with pytest.raises(SignInRefused):
                await world.sign_in("ann", "wrong")
        await world.sign_in("ann")


async def test_a_refresh_token_works_once_and_its_second_use_ends_the_session(world: World) -> None:
    ann, first = await world.first_user()
    second = await refresh(world, first)
    assert second.session_id == first.session_id
    with pytest.raises(RefreshTokenInvalid):
        await refresh(world, first)
    with pytest.raises(RefreshTokenInvalid):
        await refresh(world, second)
    assert [revocation.session_id for revocation in world.sink.seen] == [first.session_id]
    assert "authn_token_reuse" in await world.actions()
    assert await world.cases.sessions.list_sessions(user_id=ann.user_id) == []


async def test_of_two_refreshes_at_once_the_later_one_counts_as_replay(world: World) -> None:
    _, tokens = await world.first_user()
    outcomes = await asyncio.gather(refresh(world, tokens), refresh(world, tokens), return_exceptions=True)
    assert sum(isinstance(outcome, RefreshTokenInvalid) for outcome in outcomes) == 1
    following = next(outcome for outcome in outcomes if isinstance(outcome, Tokens))
    with pytest.raises(RefreshTokenInvalid):
        await refresh(world, following)


async def test_a_made_up_token_of_a_session_neither_works_nor_ends_it(world: World) -> None:
    ann, tokens = await world.first_user()
    for text in ("", "a", "a.b.c.d", f"{ann.user_id}.{tokens.session_id}.{new_secret()}.{new_secret()}"):
        with pytest.raises(RefreshTokenInvalid):
            await world.cases.sessions.refresh_session(refresh_token=text, who=WHO)
    assert await refresh(world, tokens)


async def test_a_session_ends_when_it_is_not_refreshed_in_time(world: World) -> None:
    _, tokens = await world.first_user()
    world.clock.advance(timedelta(days=29))
    tokens = await refresh(world, tokens)
    world.clock.advance(timedelta(days=30))
    with pytest.raises(RefreshTokenInvalid):
        await refresh(world, tokens)
    assert await world.cases.revocations.sweep() == 0
    world.clock.advance(timedelta(hours=2))
    assert await world.cases.revocations.sweep() == 1


async def test_signing_out_ends_the_session_of_the_call_or_all(world: World) -> None:
    ann, first = await world.first_user()
    second, third = await world.sign_in("ann"), await world.sign_in("ann")
    await world.cases.sessions.sign_out(session_id=first.session_id, everywhere=False, who=Who(ann.user_id))
    assert len(await world.cases.sessions.list_sessions(user_id=ann.user_id)) == 2
    await world.cases.sessions.sign_out(session_id=second.session_id, everywhere=True, who=Who(ann.user_id))
    assert await world.cases.sessions.list_sessions(user_id=ann.user_id) == []
    with pytest.raises(RefreshTokenInvalid):
        await refresh(world, third)
    ended = {revocation.session_id for revocation in world.sink.seen}
    assert ended == {first.session_id, second.session_id, third.session_id}


async def test_nobody_revokes_the_session_of_another(world: World) -> None:
    ann, tokens = await world.first_user()
    bob = await world.add_user("bob")
    with pytest.raises(SessionNotFound):
        await world.cases.sessions.revoke_session(session_id=tokens.session_id, who=Who(bob.user_id))
    await world.cases.sessions.revoke_session(session_id=tokens.session_id, who=Who(ann.user_id))
    with pytest.raises(RefreshTokenInvalid):
        await refresh(world, tokens)


@given(replays=st.lists(st.integers(min_value=0, max_value=12), max_size=12), rotations=st.integers(0, 12))
@settings(max_examples=60, deadline=None)
def test_only_the_newest_token_is_current_and_every_older_one_is_a_replay(replays: list[int], rotations: int) -> None:
    now, lifetime = NOON, timedelta(days=30)
    session, token = Session.begun(session_id="s", user_id="u", client="", now=now, lifetime=lifetime)
    tokens = [token]
    for _ in range(rotations):
        session, token = session.rotated(tokens[-1], now=now, lifetime=lifetime)
        tokens.append(RefreshToken.parsed(str(token)) or token)
    assert session.presented(tokens[-1]) is Presented.CURRENT
    for index in replays:
        older = tokens[min(index, rotations)]
        expected = Presented.CURRENT if older is tokens[-1] else Presented.REPLAYED
        assert session.presented(older) is expected
