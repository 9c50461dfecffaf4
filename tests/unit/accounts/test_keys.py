"""API keys."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from tests.accounts_world import World, make_key

from tintype.accounts.domain.keys import ApiKey
from tintype.accounts.domain.users import UserState
from tintype.accounts.ports import ApiKeyNotFound
from tintype.accounts.service.keys import CredentialInvalid
from tintype.accounts.service.users import Edit
from tintype.accounts.service.who import Who
from tintype.kit.errors import InvalidInput, ResourceExhausted


async def make(world: World, user_id: str, *, lifetime: timedelta | None = None) -> tuple[ApiKey, str]:
    return await world.cases.keys.create_api_key(
        name="script", scopes=["search", "photos.read"], lifetime=lifetime, who=Who(user_id)
    )


async def test_a_key_says_whose_it_is_and_what_it_may_do(world: World) -> None:
    ann, _ = await world.first_user()
    key, secret = await make(world, ann.user_id)
    assert (secret.startswith("tt_"), len(secret), secret.startswith(key.prefix)) == (True, 46, True)
    found = await world.cases.keys.authenticate_key(secret=secret)
    assert (found.user_id, found.scopes) == (ann.user_id, ("photos.read", "search"))


@pytest.mark.parametrize("secret", ["", "tt_", "tt_" + "x" * 43])
async def test_an_unknown_key_is_refused(world: World, secret: str) -> None:
    with pytest.raises(CredentialInvalid):
        await world.cases.keys.authenticate_key(secret=secret)


@pytest.mark.parametrize("scope", ["keys", "account", "admin", "internal", "everything", ""])
async def test_no_key_holds_what_could_widen_its_reach(world: World, scope: str) -> None:
    ann, _ = await world.first_user()
    with pytest.raises(InvalidInput):
        await world.cases.keys.create_api_key(name="k", scopes=["search", scope], lifetime=None, who=Who(ann.user_id))


async def test_a_key_ends_with_its_lifetime(world: World) -> None:
    ann, _ = await world.first_user()
    _, secret = await make(world, ann.user_id, lifetime=timedelta(days=1))
    world.clock.advance(timedelta(days=1))
    with pytest.raises(CredentialInvalid):
        await world.cases.keys.authenticate_key(secret=secret)
    assert await world.cases.keys.list_api_keys(user_id=ann.user_id) == []


async def test_a_lifetime_is_more_than_nothing(world: World) -> None:
    ann, _ = await world.first_user()
    with pytest.raises(InvalidInput):
        await make(world, ann.user_id, lifetime=timedelta(0))


async def test_a_revoked_key_is_refused_here_at_once_and_elsewhere_by_the_log(world: World) -> None:
    ann, _ = await world.first_user()
    key, secret = await make(world, ann.user_id)
    await world.cases.keys.revoke_api_key(api_key_id=key.api_key_id, who=Who(ann.user_id))
    with pytest.raises(CredentialInvalid):
        await world.cases.keys.authenticate_key(secret=secret)
    assert [revocation.key_id for revocation in world.sink.seen] == [key.api_key_id]
    told, last = await world.cases.revocations.list_revocations(after_sequence=0)
    assert ([revocation.api_key_id for revocation in told], last) == ([key.api_key_id], 1)


async def test_nobody_revokes_the_key_of_another(world: World) -> None:
    ann, _ = await world.first_user()
    bob = await world.add_user("bob")
    key, secret = await make(world, ann.user_id)
    with pytest.raises(ApiKeyNotFound):
        await world.cases.keys.revoke_api_key(api_key_id=key.api_key_id, who=Who(bob.user_id))
    assert await world.cases.keys.authenticate_key(secret=secret)


async def test_the_key_of_a_disabled_user_is_refused(world: World) -> None:
    ann, _ = await world.first_user()
    bob = await world.add_user("bob")
    _, secret = await make(world, bob.user_id)
    await world.cases.users.update_user(
        Edit(frozenset({"state"}), state=UserState.DISABLED), user_id=bob.user_id, who=Who(ann.user_id)
    )
    with pytest.raises(CredentialInvalid):
        await world.cases.keys.authenticate_key(secret=secret)


async def test_the_last_use_is_noted_to_the_minute(world: World) -> None:
    ann, _ = await world.first_user()
    _, secret = await make(world, ann.user_id)
    world.clock.advance(timedelta(seconds=90))
    await world.cases.keys.authenticate_key(secret=secret)
    revisions = []
    for _ in range(3):
        await world.cases.keys.authenticate_key(secret=secret)
        (key,) = await world.cases.keys.list_api_keys(user_id=ann.user_id)
        revisions.append(key.revision)
    assert key.last_use_time == world.clock.now() - timedelta(seconds=30)
    assert revisions == [2, 2, 2]


async def test_a_user_has_a_limited_number_of_keys(world: World) -> None:
    ann, _ = await world.first_user()
    await asyncio.gather(*(world.stores.keys.add(make_key(str(number), user_id=ann.user_id)) for number in range(500)))
    with pytest.raises(ResourceExhausted):
        await make(world, ann.user_id)
