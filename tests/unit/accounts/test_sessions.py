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
GRACE = timedelta(seconds=10)  # as the settings have it


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
    world.clock.advance(GRACE)
    with pytest.raises(RefreshTokenInvalid):
        await refresh(world, first)
    with pytest.raises(RefreshTokenInvalid):
        await refresh(world, second)
    assert [revocation.session_id for revocation in world.sink.seen] == [first.session_id]
    assert "authn_token_reuse" in await world.actions()
    assert await world.cases.sessions.list_sessions(user_id=ann.user_id) == []


async def test_refreshes_at_once_lead_to_the_same_next_token(world: World) -> None:
    _, tokens = await world.first_user()
    outcomes = await asyncio.gather(*(refresh(world, tokens) for _ in range(4)))
    assert len({outcome.refresh_token for outcome in outcomes}) == 1
    world.clock.advance(GRACE - timedelta(milliseconds=1))
    assert (await refresh(world, tokens)).refresh_token == outcomes[0].refresh_token
    assert await refresh(world, outcomes[0])
    assert world.sink.seen == []


async def test_a_token_that_was_shown_again_is_a_replay_once_its_successor_was_used(world: World) -> None:
    _, first = await world.first_user()
    await refresh(world, await refresh(world, first))
    with pytest.raises(RefreshTokenInvalid):
        await refresh(world, first)
    assert [revocation.session_id for revocation in world.sink.seen] == [first.session_id]


async def test_a_copy_that_was_used_in_the_moment_of_grace_is_found_out_later(world: World) -> None:
    _, first = await world.first_user()
    mine, theirs = await refresh(world, first), await refresh(world, first)
    await refresh(world, theirs)
    world.clock.advance(timedelta(minutes=14))
    with pytest.raises(RefreshTokenInvalid):
        await refresh(world, mine)
    assert [revocation.session_id for revocation in world.sink.seen] == [first.session_id]


async def test_a_session_that_was_signed_out_gives_nothing_in_the_moment_of_grace(world: World) -> None:
    ann, first = await world.first_user()
    await refresh(world, first)
    await world.cases.sessions.sign_out(session_id=first.session_id, everywhere=False, who=Who(ann.user_id))
    with pytest.raises(RefreshTokenInvalid):
        await refresh(world, first)


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


@given(shown=st.lists(st.integers(0, 12), max_size=12), rotations=st.integers(0, 12), late=st.booleans())
@settings(max_examples=60, deadline=None)
def test_only_the_newest_token_is_current_and_the_one_before_it_for_a_moment(
    shown: list[int], rotations: int, late: bool
) -> None:
    now, lifetime = NOON, timedelta(days=30)
    session, token = Session.begun(session_id="s", user_id="u", client="", now=now, lifetime=lifetime)
    tokens = [token]
    for _ in range(rotations):
        session, token = session.rotated(tokens[-1], now=now, lifetime=lifetime)
        tokens.append(RefreshToken.parsed(str(token)) or token)
    assert len({token.secret for token in tokens}) == rotations + 1
    then = now + GRACE if late else now
    for index in [*shown, rotations]:
        age = rotations - min(index, rotations)
        expected = [Presented.CURRENT, Presented.REPLAYED if late else Presented.REPEATED][age] if age < 2 else None
        judged = session.presented(tokens[rotations - age], now=then, grace=GRACE)
        assert judged is (expected or Presented.REPLAYED)
        if judged is Presented.REPEATED:
            assert session.successor(tokens[-2]) == tokens[-1]
