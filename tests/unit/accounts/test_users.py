"""What users change of themselves, and what administrators change."""

from __future__ import annotations

import asyncio

import pytest
from argon2 import PasswordHasher
from tests.accounts_world import PASSWORD, World

from tintype.accounts.domain.users import Role, User, UserState
from tintype.accounts.ports import UserNotFound
from tintype.accounts.service.administrators import LastAdministrator
from tintype.accounts.service.passwords import PasswordWeak, SignInRefused
from tintype.accounts.service.sessions import RefreshTokenInvalid
from tintype.accounts.service.users import Edit, EtagMismatch, UpdateMaskInvalid
from tintype.accounts.service.who import Who
from tintype.kit.errors import InvalidInput

NEW_PASSWORD = "cobalt ladder sings 9"


async def edit(world: World, user: User, by: User, **changes: object) -> User:
    edit = Edit(frozenset(changes) - {"etag"}, **changes)  # type: ignore[arg-type]  # the fields of Edit
    return await world.cases.users.update_user(edit, user_id=user.user_id, who=Who(by.user_id))


async def test_users_name_themselves_and_nothing_else(world: World) -> None:
    ann, _ = await world.first_user()
    changed = await world.cases.users.update_account(
        Edit(frozenset({"display_name"}), display_name="Ann B."), who=Who(ann.user_id)
    )
    assert (changed.display_name, changed.etag != ann.etag) == ("Ann B.", True)
    for path in ("role", "quota_bytes", "state", "user_id", "password_hash"):
        with pytest.raises(UpdateMaskInvalid) as refused:
            await world.cases.users.update_account(Edit(frozenset({path})), who=Who(ann.user_id))
        assert refused.value.metadata == {"path": path}


async def test_an_empty_mask_changes_nothing(world: World) -> None:
    ann, _ = await world.first_user()
    with pytest.raises(UpdateMaskInvalid):
        await edit(world, ann, ann)


async def test_a_stale_etag_is_refused(world: World) -> None:
    ann, _ = await world.first_user()
    bob = await world.add_user("bob")
    await edit(world, bob, ann, display_name="Bob B.", etag=bob.etag)
    with pytest.raises(EtagMismatch):
        await edit(world, bob, ann, display_name="Bob C.", etag=bob.etag)


async def test_signing_in_does_not_change_the_etag(world: World) -> None:
    ann, _ = await world.first_user()
    await world.sign_in("ann")
    assert (await world.cases.users.get_user(user_id=ann.user_id)).etag == ann.etag


async def test_only_a_disabled_state_can_be_set_and_taken_back(world: World) -> None:
    ann, _ = await world.first_user()
    bob = await world.add_user("bob")
    for state in (None, UserState.ERASING):
        with pytest.raises(InvalidInput):
            await edit(world, bob, ann, state=state)


async def test_disabling_a_user_ends_every_credential_and_refuses_the_sign_in(world: World) -> None:
    ann, _ = await world.first_user()
    bob = await world.add_user("bob")
    tokens = await world.sign_in("bob")
    await world.cases.keys.create_api_key(name="k", scopes=["search"], lifetime=None, who=Who(bob.user_id))
    await edit(world, bob, ann, state=UserState.DISABLED)
    assert [revocation.user_id for revocation in world.sink.seen] == [bob.user_id]
    assert await world.cases.keys.list_api_keys(user_id=bob.user_id) == []
    with pytest.raises(SignInRefused):
        await world.sign_in("bob")
    with pytest.raises(RefreshTokenInvalid):
        await world.cases.sessions.refresh_session(refresh_token=tokens.refresh_token, who=Who())
    await edit(world, bob, ann, state=UserState.ACTIVE)
    assert await world.sign_in("bob")


async def test_a_change_of_role_ends_the_sessions_that_carry_the_old_one(world: World) -> None:
    ann, _ = await world.first_user()
    bob = await world.add_user("bob", role=Role.ADMINISTRATOR)
    tokens = await world.sign_in("bob")
    await edit(world, bob, ann, role=Role.MEMBER)
    assert [revocation.session_id for revocation in world.sink.seen] == [tokens.session_id]


async def test_the_last_administrator_stays(world: World) -> None:
    ann, _ = await world.first_user()
    await world.add_user("bob")
    with pytest.raises(LastAdministrator):
        await edit(world, ann, ann, role=Role.MEMBER)
    with pytest.raises(LastAdministrator):
        await edit(world, ann, ann, state=UserState.DISABLED)


async def test_of_two_administrators_who_demote_each_other_one_stays(world: World) -> None:
    ann, _ = await world.first_user()
    bob = await world.add_user("bob", role=Role.ADMINISTRATOR)
    outcomes = await asyncio.gather(
        edit(world, ann, bob, role=Role.MEMBER), edit(world, bob, ann, role=Role.MEMBER), return_exceptions=True
    )
    assert sum(isinstance(outcome, LastAdministrator) for outcome in outcomes) == 1
    assert await world.stores.users.count_administrators() == 1


async def test_a_new_password_ends_the_other_sessions(world: World) -> None:
    ann, first = await world.first_user()
    second = await world.sign_in("ann")
    await world.cases.users.change_password(
        old_password=PASSWORD, new_password=NEW_PASSWORD, session_id=second.session_id, who=Who(ann.user_id)
    )
    left = await world.cases.sessions.list_sessions(user_id=ann.user_id)
    assert [session.session_id for session in left] == [second.session_id]
    assert [revocation.session_id for revocation in world.sink.seen] == [first.session_id]
    with pytest.raises(SignInRefused):
        await world.sign_in("ann")
    assert await world.sign_in("ann", NEW_PASSWORD)


async def test_the_password_changes_only_for_who_knows_the_old_one_and_not_to_a_weak_one(world: World) -> None:
    ann, tokens = await world.first_user()
    for old, new, error in (("wrong", NEW_PASSWORD, SignInRefused), (PASSWORD, "password", PasswordWeak)):
        with pytest.raises(error):
            await world.cases.users.change_password(
                old_password=old, new_password=new, session_id=tokens.session_id, who=Who(ann.user_id)
            )
    assert "authn_password_change_fail" in await world.actions()
    assert await world.sign_in("ann")


async def test_a_reset_password_ends_all_sessions(world: World) -> None:
    ann, _ = await world.first_user()
    bob = await world.add_user("bob")
    await world.sign_in("bob")
    await world.cases.users.reset_password(user_id=bob.user_id, new_password=NEW_PASSWORD, who=Who(ann.user_id))
    assert await world.cases.sessions.list_sessions(user_id=bob.user_id) == []
    assert await world.sign_in("bob", NEW_PASSWORD)


async def test_users_are_listed_by_name_page_by_page(world: World) -> None:
    for name in ("cid", "ann", "bob"):
        await world.add_user(name)
    page, following = await world.cases.users.list_users(after="", limit=2)
    assert ([user.user_name for user in page], following) == (["ann", "bob"], ("bob",))
    page, following = await world.cases.users.list_users(after="bob", limit=2)
    assert ([user.user_name for user in page], following) == (["cid"], None)


async def test_an_unknown_user_is_not_found(world: World) -> None:
    with pytest.raises(UserNotFound):
        await world.cases.users.get_user(user_id="nobody")


async def test_a_hash_made_with_other_settings_is_replaced_at_the_next_sign_in(world: World) -> None:
    ann, _ = await world.first_user()
    now = "$argon2id$v=19$m=8,t=1,p=1$"
    stored = await world.stores.users.load(ann.user_id)
    assert stored.password_hash.startswith(now)
    other = PasswordHasher(time_cost=2, memory_cost=8, parallelism=1).hash(PASSWORD)
    await world.stores.users.replace(stored.with_password(other))
    await world.sign_in("ann")
    assert (await world.stores.users.load(ann.user_id)).password_hash.startswith(now)
