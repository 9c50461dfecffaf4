"""The audit log: what was done, chained by hashes, named after the OWASP Logging Vocabulary.

Users stand in it by pseudonym. Only the user's own row links the two; when the row goes, the log keeps a pseudonym
that leads nowhere, and no entry, so no hash, has to change.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

CHAIN_START: Final = "0" * 64


class Action(StrEnum):
    """What accounts itself records; other services name their own."""

    SIGN_IN = "authn_login_success"
    SIGN_IN_FAILED = "authn_login_fail"
    SIGN_IN_LOCKED = "authn_login_lock"
    SIGN_OUT = "authn_token_delete"
    TOKEN_REUSED = "authn_token_reuse"
    PASSWORD_CHANGED = "authn_password_change"
    PASSWORD_CHANGE_FAILED = "authn_password_change_fail"
    KEY_CREATED = "authn_token_created"
    KEY_REVOKED = "authn_token_revoked"
    USER_CREATED = "user_created"
    USER_UPDATED = "user_updated"
    USER_DISABLED = "user_archived"
    USER_ERASED = "user_deleted"
    ADMIN = "authz_admin"
    ROLE_CHANGED = "authz_change"


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """Something that was done. `actor` and `subject_user` are pseudonyms, or user ids where they were looked up.

    `subject_user` is set where it was done to a user, `subject_id` where to anything else. `sequence` and `hash` are
    given by the log.
    """

    audit_event_id: str
    time: datetime
    action: str
    actor: str = ""
    subject_user: str = ""
    subject_id: str = ""
    credential_id: str = ""
    request_id: str = ""
    sequence: int = 0
    hash: str = ""


def chained(event: AuditEvent, *, sequence: int, previous_hash: str) -> AuditEvent:
    """The event as the log keeps it, behind the one before."""
    placed = replace(event, sequence=sequence, hash="")
    return replace(placed, hash=_hash_of(placed, previous_hash))


def broken_link(events: Iterable[AuditEvent], *, previous_hash: str = CHAIN_START) -> AuditEvent | None:
    """The first event that was changed, or behind which one is missing; None if the chain holds.

    Args:
        events: as the log keeps them, in order of their sequence.
        previous_hash: that of the event before the first.
    """
    expected: int | None = None
    for event in events:
        if event.hash != _hash_of(event, previous_hash) or expected not in (None, event.sequence):
            return event
        previous_hash, expected = event.hash, event.sequence + 1
    return None


def _hash_of(event: AuditEvent, previous_hash: str) -> str:
    fields = [
        previous_hash,
        event.sequence,
        event.audit_event_id,
        event.time.isoformat(),
        event.action,
        event.actor,
        event.subject_user,
        event.subject_id,
        event.credential_id,
        event.request_id,
    ]
    return hashlib.sha256(json.dumps(fields, ensure_ascii=True).encode()).hexdigest()
