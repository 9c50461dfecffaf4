"""Sessions, in either database."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from tintype.accounts.domain.sessions import Session
from tintype.accounts.ports import RecordExists, RevisionConflict, SessionNotFound
from tintype.kit.instants import milliseconds
from tintype.kit.store.aggregate_shape import Column, Index, Shape
from tintype.kit.store.aggregates import Aggregates
from tintype.kit.store.documents import Codec

SESSIONS: Final = Shape[Session, object](
    table="accounts_sessions",
    codec=Codec(Session),
    aggregate_id=lambda session: session.session_id,
    owner_id=lambda session: session.user_id,
    not_found=SessionNotFound,
    already_exists=lambda session_id: RecordExists("the session exists"),
    conflict=lambda session_id: RevisionConflict("the session was changed meanwhile", session_id=session_id),
    columns=(
        Column("create_ms", "INTEGER", lambda session: milliseconds(session.create_time)),
        Column("expire_ms", "INTEGER", lambda session: milliseconds(session.expire_time)),
    ),
    indexes=(
        Index("of_user", equal=("owner_id",), order=("create_ms",)),
        Index("by_expiry", order=("expire_ms",)),
    ),
)


class StoredSessionRepository:
    """SessionRepository over aggregates."""

    def __init__(self, sessions: Aggregates[Session, object]) -> None:
        self._sessions = sessions

    async def add(self, session: Session) -> None:
        await self._sessions.add(session)

    async def replace(self, session: Session) -> Session:
        return await self._sessions.replace(session)

    async def remove(self, *, user_id: str, session_id: str) -> bool:
        return await self._sessions.discard(owner_id=user_id, aggregate_id=session_id)

    async def load(self, *, user_id: str, session_id: str) -> Session:
        return await self._sessions.load(owner_id=user_id, aggregate_id=session_id)

    async def of_user(self, user_id: str, *, limit: int) -> list[Session]:
        return (await self._sessions.page("of_user", user_id, limit=limit, descending=True)).items

    async def count_of_user(self, user_id: str) -> int:
        return await self._sessions.count("of_user", user_id)

    async def remove_of_user(self, user_id: str) -> int:
        return await self._sessions.remove_owner(user_id)

    async def remove_expired(self, *, before: datetime) -> int:
        return await self._sessions.remove_range("by_expiry", until=(milliseconds(before) - 1,))
