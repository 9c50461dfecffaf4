"""The audit log."""

from __future__ import annotations

import dataclasses
import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.accounts_world import NOON, World, open_world, stored_bytes

from tintype.accounts.domain.audit import CHAIN_START, AuditEvent, broken_link, chained
from tintype.accounts.service.audit import AuditLogBroken
from tintype.accounts.service.who import Who


def chain(length: int) -> list[AuditEvent]:
    events: list[AuditEvent] = []
    for number in range(1, length + 1):
        previous_hash = events[-1].hash if events else CHAIN_START
        event = AuditEvent(f"e{number}", NOON + timedelta(seconds=number), "authz_admin", actor=f"p{number % 3}")
        events.append(chained(event, sequence=number, previous_hash=previous_hash))
    return events


CHANGES = {
    "audit_event_id": "other",
    "time": NOON,
    "action": "authn_login_success",
    "actor": "somebody",
    "subject_user": "somebody",
    "subject_id": "other",
    "credential_id": "other",
    "request_id": "other",
    "hash": "0" * 64,
    "sequence": 99,
}


@given(length=st.integers(1, 8), at=st.integers(0, 7), field=st.sampled_from(sorted(CHANGES)))
@settings(max_examples=100, deadline=None)
def test_a_changed_event_breaks_the_chain_where_it_is(length: int, at: int, field: str) -> None:
    events = chain(length)
    assert broken_link(events) is None
    at = min(at, length - 1)
    events[at] = dataclasses.replace(events[at], **{field: CHANGES[field]})  # type: ignore[arg-type]
    broken = broken_link(events)
    assert broken is not None
    assert broken in events[at : at + 2]


@given(length=st.integers(2, 8), at=st.integers(0, 6))
@settings(max_examples=50, deadline=None)
def test_an_event_that_is_missing_breaks_the_chain(length: int, at: int) -> None:
    events = chain(length)
    del events[min(at, length - 2)]
    assert broken_link(events) is not None


async def test_what_was_done_is_recorded_with_who_did_it_and_how(world: World) -> None:
    ann, tokens = await world.first_user()
    who = Who(ann.user_id, tokens.session_id, "request-7")
    key, _ = await world.cases.keys.create_api_key(name="secret name", scopes=["search"], lifetime=None, who=who)
    events, following = await world.cases.audit.list_audit_events(before=0, limit=10, user_id="")
    assert [event.action for event in events] == ["authn_token_created", "authn_login_success", "user_created"]
    newest = events[0]
    assert (newest.actor, newest.credential_id, newest.request_id) == (ann.user_id, tokens.session_id, "request-7")
    assert (newest.subject_id, following) == (key.api_key_id, None)


async def test_a_failed_sign_in_does_not_record_the_name_that_was_typed(world: World, tmp_path: Path) -> None:
    with pytest.raises(Exception, match="user name or the password"):
        await world.sign_in("my-password-by-mistake", "x")
    assert await world.actions() == ["authn_login_fail"]
    assert b"my-password-by-mistake" not in stored_bytes(tmp_path)


async def test_the_log_is_listed_page_by_page_and_by_user(world: World) -> None:
    ann, _ = await world.first_user()
    for number in range(4):
        await world.cases.audit.record("sensitive_delete", Who(ann.user_id), subject_id=str(number))
    await world.cases.audit.record("sensitive_delete", Who("unknown"), subject_id="x")
    page, following = await world.cases.audit.list_audit_events(before=0, limit=3, user_id=ann.user_id)
    assert [event.subject_id for event in page] == ["3", "2", "1"]
    assert following is not None
    page, _ = await world.cases.audit.list_audit_events(before=following[0], limit=1, user_id=ann.user_id)
    assert [event.subject_id for event in page] == ["0"]


async def test_the_database_refuses_to_change_or_remove_an_event(tmp_path: Path) -> None:
    async with open_world(tmp_path) as world:
        await world.first_user()
    with sqlite3.connect(tmp_path / "library.db") as connection:
        for statement in ("DELETE FROM accounts_audit", "UPDATE accounts_audit SET actor = 'x'"):
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                connection.execute(statement)
    connection.close()


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE accounts_audit SET doc = replace(doc, 'user_created', 'user_updated') WHERE sequence = 1",
        "DELETE FROM accounts_audit WHERE sequence = 1",
        "DELETE FROM accounts_audit WHERE sequence = 2",
    ],
)
async def test_the_sweep_finds_what_was_tampered_with(tmp_path: Path, tampering: str) -> None:
    async with open_world(tmp_path) as world:
        await world.first_user()
        await world.sign_in("ann")
        assert await world.cases.audit.verify() == 0
    with sqlite3.connect(tmp_path / "library.db") as connection:
        connection.execute("DROP TRIGGER accounts_audit__keep")
        connection.execute("DROP TRIGGER accounts_audit__hold")
        connection.execute(tampering)
    connection.close()
    async with open_world(tmp_path) as world:
        with pytest.raises(AuditLogBroken):
            await world.cases.audit.verify()
