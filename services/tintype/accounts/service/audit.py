"""Recording what was done, and reading it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from tintype.accounts.domain.audit import CHAIN_START, AuditEvent, broken_link
from tintype.accounts.domain.users import User
from tintype.accounts.ports import AuditLog, UserNotFound, UserRepository
from tintype.accounts.service.who import Who
from tintype.kit.clock import Clock
from tintype.kit.errors import DataLoss
from tintype.kit.ids import IdSource

ERASED: Final = "erased"  # stands for a user who was gone before something of his or hers was recorded
_BATCH: Final = 500


class AuditLogBroken(DataLoss):
    """An event was changed, or one is missing."""

    def __init__(self, sequence: int) -> None:
        super().__init__(f"the audit log breaks at event {sequence}: compare it with a backup", sequence=str(sequence))


class Audit:
    """The audit log. Users are written by pseudonym and read by id for as long as they exist."""

    def __init__(self, log: AuditLog, users: UserRepository, ids: IdSource, clock: Clock) -> None:
        self._log = log
        self._users = users
        self._ids = ids
        self._clock = clock

    async def record(
        self,
        action: str,
        who: Who,
        *,
        actor: User | None = None,
        subject: User | None = None,
        subject_id: str = "",
    ) -> None:
        """Append an event. `actor` saves looking up the user of `who`."""
        await self._log.append(
            AuditEvent(
                audit_event_id=self._ids.new(),
                time=self._clock.now(),
                action=action,
                actor=actor.pseudonym if actor else await self._pseudonym(who.user_id),
                subject_user=subject.pseudonym if subject else "",
                subject_id=subject_id,
                credential_id=who.credential_id,
                request_id=who.request_id,
            )
        )

    async def list_audit_events(
        self, *, before: int, limit: int, user_id: str
    ) -> tuple[list[AuditEvent], tuple[int] | None]:
        """A page, newest first, and where the next begins, None on the last.

        Users who exist are named by their id. `user_id` selects what one did; a pseudonym does too.
        """
        actor = await self._pseudonym(user_id, absent=user_id)
        found = await self._log.newest(before=before, limit=limit + 1, actor=actor)
        events = await self._with_user_ids(found[:limit])
        return events, (events[-1].sequence,) if len(found) > limit else None

    async def verify(self) -> int:
        """Check the whole chain: a sweep that repairs nothing. Raises AuditLogBroken at the first misfit."""
        after, previous_hash = 0, CHAIN_START
        while events := await self._log.oldest(after=after, limit=_BATCH):
            broken = events[0] if events[0].sequence != after + 1 else broken_link(events, previous_hash=previous_hash)
            if broken is not None:
                raise AuditLogBroken(broken.sequence)
            after, previous_hash = events[-1].sequence, events[-1].hash
        return 0

    async def _with_user_ids(self, events: Sequence[AuditEvent]) -> list[AuditEvent]:
        pseudonyms = {name for event in events for name in (event.actor, event.subject_user) if name}
        known = {user.pseudonym: user.user_id for user in await self._users.find_by_pseudonyms(sorted(pseudonyms))}
        return [
            replace(
                event,
                actor=known.get(event.actor, event.actor),
                subject_user=known.get(event.subject_user, event.subject_user),
            )
            for event in events
        ]

    async def _pseudonym(self, user_id: str, *, absent: str = ERASED) -> str:
        if not user_id:
            return ""
        try:
            return (await self._users.load(user_id)).pseudonym
        except UserNotFound:
            return absent
