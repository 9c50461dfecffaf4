"""Making accounts."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from tests.accounts_world import PASSWORD, PEER, World, open_world, quick_settings, stored_bytes

from tintype.accounts.domain.users import Role, SignUpMode
from tintype.accounts.ports import FounderExists, UserNameTaken
from tintype.accounts.service.passwords import PasswordWeak
from tintype.accounts.service.sign_up import InvitationInvalid, SignUpClosed, UserNameInvalid
from tintype.accounts.service.throttle import TooManyAttempts
from tintype.accounts.service.who import Who
from tintype.kit.errors import AlreadyExists


async def invite(world: World, lifetime: timedelta | None = None) -> str:
    _, code = await world.cases.invitations.create_invitation(lifetime=lifetime, who=Who("admin"))
    return code


async def test_the_first_user_becomes_administrator_whatever_the_mode(world: World) -> None:
    assert await world.cases.registration.get_sign_up() == (SignUpMode.OPEN, True)
    user, tokens = await world.sign_up("Ann")
    assert (user.user_name, user.display_name, user.role) == ("ann", "Ann", Role.ADMINISTRATOR)
    assert tokens.session_id
    assert await world.cases.registration.get_sign_up() == (SignUpMode.INVITATION, False)


async def test_of_two_first_users_at_once_one_becomes_administrator(world: World) -> None:
    outcomes = await asyncio.gather(world.sign_up("ann"), world.sign_up("bob"), return_exceptions=True)
    assert sorted(isinstance(outcome, FounderExists) for outcome in outcomes) == [False, True]
    assert await world.stores.users.count() == 1


async def test_without_an_invitation_nobody_else_gets_in(world: World) -> None:
    await world.first_user()
    with pytest.raises(SignUpClosed) as refused:
        await world.sign_up("bob")
    assert refused.value.metadata == {"sign_up": "invitation"}


async def test_an_invitation_makes_one_account(world: World) -> None:
    await world.first_user()
    code = await invite(world)
    bob, _ = await world.sign_up("bob", invitation=code)
    assert bob.role is Role.MEMBER
    with pytest.raises(InvitationInvalid):
        await world.sign_up("eve", invitation=code)


async def test_two_accounts_at_once_with_one_invitation_make_one(world: World) -> None:
    await world.first_user()
    code = await invite(world)
    outcomes = await asyncio.gather(
        world.sign_up("bob", invitation=code), world.sign_up("eve", invitation=code), return_exceptions=True
    )
    assert sum(isinstance(outcome, AlreadyExists | InvitationInvalid) for outcome in outcomes) == 1
    assert await world.stores.users.count() == 2


async def test_an_expired_invitation_is_refused(world: World) -> None:
    await world.first_user()
    code = await invite(world, timedelta(hours=1))
    world.clock.advance(timedelta(hours=1))
    with pytest.raises(InvitationInvalid):
        await world.sign_up("bob", invitation=code)


async def test_where_sign_up_is_closed_an_invitation_does_not_help(tmp_path: Path) -> None:
    async with open_world(tmp_path, quick_settings(sign_up="closed")) as world:
        await world.first_user()
        with pytest.raises(SignUpClosed):
            await world.sign_up("bob", invitation=await invite(world))


async def test_where_sign_up_is_open_anybody_gets_in_with_the_quota_of_new_users(tmp_path: Path) -> None:
    async with open_world(tmp_path, quick_settings(sign_up="open", default_quota_bytes=5)) as world:
        await world.first_user()
        bob, _ = await world.sign_up("bob")
        assert (bob.role, bob.quota_bytes) == (Role.MEMBER, 5)


async def test_names_are_compared_in_lower_case(world: World) -> None:
    await world.first_user("ann")
    with pytest.raises(UserNameTaken):
        await world.add_user("ANN")


@pytest.mark.parametrize("name", ["", "a b", "ä", "x" * 65, "a\n"])
async def test_what_can_be_no_name_is_refused(world: World, name: str) -> None:
    with pytest.raises(UserNameInvalid):
        await world.sign_up(name)


@pytest.mark.parametrize(
    "password",
    [
        "short 7",
        "password",
        "Password123!",
        "iloveyou",
        "aaaaaaaaaaaa",
        "ann20262026",
        "Tintype2026",
        "baseball",
        "x" * 257,
    ],
)
async def test_weak_passwords_are_refused(world: World, password: str) -> None:
    with pytest.raises(PasswordWeak):
        await world.cases.registration.sign_up(
            user_name="ann", password=password, display_name="", invitation="", client="", who=Who(peer=PEER)
        )
    assert await world.stores.users.count() == 0


async def test_failed_sign_ups_are_slowed_down(tmp_path: Path) -> None:
    async with open_world(tmp_path, quick_settings(failures_per_peer=3)) as world:
        await world.first_user()
        for _ in range(3):
            with pytest.raises(SignUpClosed):
                await world.sign_up("bob")
        with pytest.raises(TooManyAttempts) as slowed:
            await world.sign_up("bob")
        assert slowed.value.retry_after == timedelta(minutes=15)


async def test_nothing_secret_is_stored_as_it_is(world: World, tmp_path: Path) -> None:
    _, tokens = await world.first_user()
    code = await invite(world)
    _, secret = await world.cases.keys.create_api_key(name="k", scopes=["search"], lifetime=None, who=Who("ann"))
    stored = stored_bytes(tmp_path)
    for text in (PASSWORD, tokens.access_token, tokens.refresh_token.split(".")[3], code, secret):
        assert text.encode() not in stored
