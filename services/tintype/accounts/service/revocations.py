"""Ending credentials: here at once, everywhere within a second."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from tintype.accounts.domain.revocations import Revocation
from tintype.accounts.ports import (
    ApiKeyRepository,
    RevocationLog,
    RevocationSink,
    SessionRepository,
)
from tintype.kit.clock import Clock

MOST_KEYS: Final = 500  # of one user: as many as one answer lists
_BATCH: Final = 200


class Revocations:
    """Ends sessions and keys.

    First the row goes, so that no new access token can come of it; then the log tells every process to refuse the old
    ones. Between the two a token lives on for at most its 15 minutes, and the caller, who got an error, tries again.
    """

    def __init__(
        self,
        log: RevocationLog,
        sink: RevocationSink,
        sessions: SessionRepository,
        keys: ApiKeyRepository,
        clock: Clock,
        *,
        retention: timedelta,
    ) -> None:
        self._log = log
        self._sink = sink
        self._sessions = sessions
        self._keys = keys
        self._clock = clock
        self._retention = retention

    async def end_session(self, *, user_id: str, session_id: str) -> bool:
        """End one session; False if its row was gone already, and its tokens are refused all the same."""
        ended = await self._sessions.remove(user_id=user_id, session_id=session_id)
        await self._revoke([Revocation(time=self._clock.now(), session_id=session_id)])
        return ended

    async def end_sessions(self, user_id: str, *, but: str = "") -> int:
        """End the sessions of a user, all but one; returns how many."""
        count = 0
        while ended := await self._some_sessions(user_id, but=but):
            async with asyncio.TaskGroup() as removals:
                for session_id in ended:
                    removals.create_task(self._sessions.remove(user_id=user_id, session_id=session_id))
            now = self._clock.now()
            await self._revoke([Revocation(time=now, session_id=session_id) for session_id in ended])
            count += len(ended)
        return count

    async def end_key(self, *, user_id: str, api_key_id: str) -> bool:
        """End a key; False if the user has none of that id."""
        ended = await self._keys.remove(user_id=user_id, api_key_id=api_key_id)
        if ended:
            await self._revoke([Revocation(time=self._clock.now(), api_key_id=api_key_id)])
        return ended

    async def end_keys(self, user_id: str) -> None:
        """End all keys of a user."""
        keys = await self._keys.of_user(user_id, limit=MOST_KEYS)
        await self._keys.remove_of_user(user_id)
        now = self._clock.now()
        await self._revoke([Revocation(time=now, api_key_id=key.api_key_id) for key in keys])

    async def end_user(self, user_id: str) -> None:
        """End every session and key of a user."""
        await self._sessions.remove_of_user(user_id)
        await self._keys.remove_of_user(user_id)
        await self._revoke([Revocation(time=self._clock.now(), user_id=user_id)])

    async def list_revocations(self, *, after_sequence: int) -> tuple[list[Revocation], int]:
        """What came after a sequence, and the last there is."""
        return await self._log.after(after_sequence)

    async def sweep(self) -> int:
        """Forget entries that outlive every access token, and sessions that expired."""
        horizon = self._clock.now() - self._retention
        return await self._log.drop(before=horizon) + await self._sessions.remove_expired(before=horizon)

    async def _some_sessions(self, user_id: str, *, but: str) -> list[str]:
        sessions = await self._sessions.of_user(user_id, limit=_BATCH)
        return [session.session_id for session in sessions if session.session_id != but]

    async def _revoke(self, revocations: Sequence[Revocation]) -> None:
        self._sink.let_go()
        for revocation in await self._log.append(revocations):
            self._sink.revoked(revocation)
