"""What every adapter of the stores of accounts must do."""

from __future__ import annotations

import asyncio
import dataclasses
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from tests.accounts_world import NOON, make_key, make_session, make_user

from tintype.accounts.bootstrap import Stores
from tintype.accounts.domain.audit import AuditEvent, broken_link
from tintype.accounts.domain.erasure import Erasure
from tintype.accounts.domain.facts import UserDeleted
from tintype.accounts.domain.invitations import Invitation
from tintype.accounts.domain.revocations import Revocation
from tintype.accounts.domain.sessions import Presented, Session
from tintype.accounts.domain.signing import SigningKey
from tintype.accounts.domain.users import Role, UserState
from tintype.accounts.ports import (
    ApiKeyNotFound,
    FounderExists,
    RecordExists,
    RevisionConflict,
    SessionNotFound,
    UserExists,
    UserNameTaken,
    UserNotFound,
)

MONTH = timedelta(days=30)


class AccountsStoresSuite(ABC):
    """A subclass for each database says how to connect."""

    @abstractmethod
    def connect(self, home: Path) -> AbstractAsyncContextManager[Stores]:
        """The stores of a new installation, or of the one that was made here before."""

    @pytest.fixture
    async def stores(self, tmp_path: Path) -> AsyncIterator[Stores]:
        """Empty ones."""
        async with self.connect(tmp_path) as stores:
            yield stores


class UserRepositorySuite(AccountsStoresSuite):
    """UserRepository."""

    async def test_a_user_comes_back_as_it_was_given(self, stores: Stores) -> None:
        await stores.users.add(user := make_user(last_sign_in_time=NOON, role=Role.ADMINISTRATOR))
        assert await stores.users.load("u1") == user
        assert await stores.users.find_by_name(user.user_name) == user
        assert await stores.users.find_by_pseudonyms([user.pseudonym, "other"]) == [user]

    async def test_a_user_outlives_the_process(self, tmp_path: Path) -> None:
        async with self.connect(tmp_path) as stores:
            await stores.users.add(make_user())
        async with self.connect(tmp_path) as stores:
            assert await stores.users.load("u1") == make_user()

    async def test_who_does_not_exist_is_not_found(self, stores: Stores) -> None:
        with pytest.raises(UserNotFound):
            await stores.users.load("u1")
        assert await stores.users.find_by_name("nobody") is None

    async def test_names_ids_and_the_founder_are_unique(self, stores: Stores) -> None:
        await stores.users.add(make_user("u1", user_name="ann", founder=True))
        with pytest.raises(UserNameTaken):
            await stores.users.add(make_user("u2", user_name="ann"))
        with pytest.raises(FounderExists):
            await stores.users.add(make_user("u2", founder=True))
        with pytest.raises(UserExists):
            await stores.users.add(make_user("u1"))
        await stores.users.add(make_user("u2"))
        assert await stores.users.count() == 2

    async def test_of_two_writers_of_one_revision_one_wins(self, stores: Stores) -> None:
        await stores.users.add(user := make_user())
        changes = (dataclasses.replace(user, display_name=name) for name in ("A", "B"))
        outcomes = await asyncio.gather(*map(stores.users.replace, changes), return_exceptions=True)
        assert sum(isinstance(outcome, RevisionConflict) for outcome in outcomes) == 1
        assert (await stores.users.load("u1")).revision == 2

    async def test_facts_wait_with_the_user_until_they_are_published(self, stores: Stores) -> None:
        await stores.users.add(make_user())
        fact = UserDeleted("u1", "o1")
        await stores.users.replace(make_user(), facts=[fact])
        waiting = await stores.outbox.unpublished(older_than=NOON + timedelta(days=36500), limit=10)
        assert [(each.owner_id, each.fact) for each in waiting] == [("u1", fact)]
        await stores.outbox.mark_published(waiting)
        assert await stores.outbox.unpublished(older_than=NOON + timedelta(days=36500), limit=10) == []
        await stores.users.remove(await stores.users.load("u1"))
        assert await stores.users.user_ids() == []

    async def test_pages_go_by_name_and_counts_by_what_users_are(self, stores: Stores) -> None:
        for number, name in enumerate(("cid", "ann", "bob"), 1):
            await stores.users.add(make_user(f"u{number}", user_name=name, role=Role.ADMINISTRATOR))
        await stores.users.replace(make_user("u2", user_name="ann", state=UserState.DISABLED, role=Role.ADMINISTRATOR))
        assert [user.user_name for user in await stores.users.page(after="", limit=2)] == ["ann", "bob"]
        assert [user.user_name for user in await stores.users.page(after="bob", limit=2)] == ["cid"]
        assert await stores.users.count_administrators() == 2
        assert await stores.users.user_ids() == ["u1", "u2", "u3"]


class CredentialRepositoriesSuite(AccountsStoresSuite):
    """SessionRepository, ApiKeyRepository, InvitationRepository, SigningKeyRepository."""

    async def test_sessions_belong_to_their_user(self, stores: Stores) -> None:
        await stores.sessions.add(session := make_session())
        assert await stores.sessions.load(user_id="u1", session_id="s1") == session
        with pytest.raises(SessionNotFound):
            await stores.sessions.load(user_id="u2", session_id="s1")
        assert not await stores.sessions.remove(user_id="u2", session_id="s1")
        with pytest.raises(RecordExists):
            await stores.sessions.add(session)

    async def test_ending_a_session_wins_over_refreshing_it(self, stores: Stores) -> None:
        await stores.sessions.add(session := make_session())
        await stores.sessions.replace(session)
        with pytest.raises(RevisionConflict):
            await stores.sessions.replace(session)
        assert await stores.sessions.remove(user_id="u1", session_id="s1")
        assert not await stores.sessions.remove(user_id="u1", session_id="s1")
        with pytest.raises(SessionNotFound):
            await stores.sessions.replace(dataclasses.replace(session, revision=2))

    async def test_of_two_processes_that_trade_a_token_the_slower_one_finds_its_successor(self, stores: Stores) -> None:
        begun, token = Session.begun(session_id="s1", user_id="u1", client="test", now=NOON, lifetime=MONTH)
        await stores.sessions.add(begun)
        faster, following = begun.rotated(token, now=NOON, lifetime=MONTH)
        slower, _ = begun.rotated(token, now=NOON, lifetime=MONTH)
        await stores.sessions.replace(faster)
        with pytest.raises(RevisionConflict):
            await stores.sessions.replace(slower)
        found = await stores.sessions.load(user_id="u1", session_id="s1")
        assert found == dataclasses.replace(faster, revision=2)
        assert found.presented(token, now=NOON, grace=timedelta(seconds=10)) is Presented.REPEATED
        assert found.successor(token) == following

    async def test_sessions_are_listed_newest_first_and_removed_together(self, stores: Stores) -> None:
        for number in range(3):
            create_time = NOON + timedelta(minutes=number % 2)
            await stores.sessions.add(make_session(f"s{number}", create_time=create_time))
        await stores.sessions.add(make_session("other", user_id="u2"))
        listed = await stores.sessions.of_user("u1", limit=10)
        assert [session.session_id for session in listed] == ["s1", "s2", "s0"]
        assert (await stores.sessions.count_of_user("u1"), await stores.sessions.remove_of_user("u1")) == (3, 3)
        assert await stores.sessions.count_of_user("u2") == 1

    async def test_expired_sessions_and_invitations_are_removed(self, stores: Stores) -> None:
        late = NOON + timedelta(days=1)
        await stores.sessions.add(make_session("s1", expire_time=NOON))
        await stores.sessions.add(make_session("s2", expire_time=late))
        assert await stores.sessions.remove_expired(before=late) == 1
        await stores.invitations.add(Invitation("i1", "u1", NOON, NOON))
        await stores.invitations.add(kept := Invitation("i2", "u1", NOON, late))
        assert await stores.invitations.remove_expired(before=late) == 1
        assert (await stores.invitations.find("i1"), await stores.invitations.find("i2")) == (None, kept)
        await stores.invitations.remove("i2")
        await stores.invitations.remove("i2")
        assert await stores.invitations.find("i2") is None

    async def test_a_key_is_found_by_the_hash_of_its_secret(self, stores: Stores) -> None:
        await stores.keys.add(key := make_key(expire_time=NOON))
        assert await stores.keys.find_by_hash(key.secret_hash) == key
        assert await stores.keys.find_by_hash("other") is None
        used = await stores.keys.replace(key.used(NOON))
        assert (used.revision, used.last_use_time) == (2, NOON)
        with pytest.raises(RevisionConflict):
            await stores.keys.replace(key)

    async def test_keys_belong_to_their_user(self, stores: Stores) -> None:
        await stores.keys.add(key := make_key())
        assert not await stores.keys.remove(user_id="u2", api_key_id="k1")
        assert [each.api_key_id for each in await stores.keys.of_user("u1", limit=5)] == ["k1"]
        assert await stores.keys.of_user("u2", limit=5) == []
        assert await stores.keys.remove(user_id="u1", api_key_id="k1")
        with pytest.raises(ApiKeyNotFound):
            await stores.keys.replace(key)
        await stores.keys.add(make_key("k2"))
        assert (await stores.keys.count_of_user("u1"), await stores.keys.remove_of_user("u1")) == (1, 1)

    async def test_signing_keys_keep_their_bytes(self, stores: Stores) -> None:
        await stores.signing_keys.add(key := SigningKey("k1", bytes(range(32)), bytes(range(32, 64)), NOON))
        assert await stores.signing_keys.all() == [key]
        with pytest.raises(RecordExists):
            await stores.signing_keys.add(key)
        await stores.signing_keys.remove("k1")
        await stores.signing_keys.remove("k1")
        assert await stores.signing_keys.all() == []


class LogsSuite(AccountsStoresSuite):
    """RevocationLog, AuditLog, ErasureRepository."""

    async def test_revocations_come_in_order_and_their_sequence_never_goes_back(self, stores: Stores) -> None:
        assert await stores.revocations.after(0) == ([], 0)
        first, second = await stores.revocations.append(
            [Revocation(NOON, session_id="s1"), Revocation(NOON + timedelta(hours=1), user_id="u1")]
        )
        assert (first.sequence, second.sequence) == (1, 2)
        assert await stores.revocations.after(1) == ([second], 2)
        assert await stores.revocations.drop(before=NOON + timedelta(days=1)) == 2
        assert await stores.revocations.after(0) == ([], 2)
        (third,) = await stores.revocations.append([Revocation(NOON, api_key_id="k1")])
        assert third.sequence == 3
        assert await stores.revocations.append([]) == []

    async def test_the_audit_log_is_one_chain_whoever_appends(self, stores: Stores) -> None:
        events = [AuditEvent(f"e{number}", NOON, "authz_admin", actor=f"p{number % 2}") for number in range(20)]
        await asyncio.gather(*map(stores.audit.append, events))
        kept = await stores.audit.oldest(after=0, limit=100)
        assert [event.sequence for event in kept] == list(range(1, 21))
        assert broken_link(kept) is None
        assert await stores.audit.oldest(after=18, limit=1) == kept[18:19]

    async def test_the_audit_log_is_read_backwards_by_actor(self, stores: Stores) -> None:
        for number in range(6):
            await stores.audit.append(AuditEvent(f"e{number}", NOON, "authz_admin", actor=f"p{number % 2}"))
        assert [event.sequence for event in await stores.audit.newest(before=0, limit=2)] == [6, 5]
        assert [event.sequence for event in await stores.audit.newest(before=5, limit=9, actor="p0")] == [3, 1]

    async def test_one_erasure_of_a_user_is_under_way_at_most(self, stores: Stores) -> None:
        await stores.erasures.add(erasure := Erasure("u1", "o1", "admin", NOON))
        with pytest.raises(RecordExists):
            await stores.erasures.add(erasure)
        reported = await stores.erasures.replace(erasure.reported("catalog", [("photos", 0)]))
        assert await stores.erasures.find("u1") == reported
        with pytest.raises(RevisionConflict):
            await stores.erasures.replace(erasure)
        await stores.erasures.remove("u1")
        await stores.erasures.remove("u1")
        assert await stores.erasures.find("u1") is None


class AttemptLogSuite(AccountsStoresSuite):
    """AttemptLog."""

    WINDOW = timedelta(minutes=10)

    async def begin(self, stores: Stores, key: str = "name:ann", *, after: timedelta = timedelta(0)) -> datetime | None:
        return await stores.attempts.begin(key, now=NOON + after, window=self.WINDOW, limit=3)

    async def test_as_many_as_the_limit_are_counted_and_then_the_first_is_told(self, stores: Stores) -> None:
        for minute in range(3):
            assert await self.begin(stores, after=timedelta(minutes=minute)) is None
        assert await self.begin(stores, after=timedelta(minutes=3)) == NOON
        assert await self.begin(stores, "name:bob") is None
        assert await stores.attempts.count("name:ann", since=NOON - self.WINDOW) == 3

    async def test_what_has_left_the_window_makes_room(self, stores: Stores) -> None:
        for minute in range(3):
            await self.begin(stores, after=timedelta(minutes=minute))
        assert await self.begin(stores, after=self.WINDOW) is None
        assert await self.begin(stores, after=self.WINDOW) == NOON + timedelta(minutes=1)
        assert await stores.attempts.count("name:ann", since=NOON) == 3

    async def test_of_many_at_once_no_more_than_the_limit_are_counted(self, stores: Stores) -> None:
        outcomes = await asyncio.gather(*(self.begin(stores) for _ in range(20)))
        assert outcomes.count(None) == 3

    async def test_one_is_taken_back_or_all_are_forgotten(self, stores: Stores) -> None:
        await stores.attempts.take_back("name:ann")
        for _ in range(3):
            await self.begin(stores)
        await stores.attempts.take_back("name:ann")
        assert await self.begin(stores) is None
        assert await self.begin(stores) == NOON
        await stores.attempts.forget("name:ann")
        assert await stores.attempts.count("name:ann", since=NOON - self.WINDOW) == 0
        assert await self.begin(stores) is None
