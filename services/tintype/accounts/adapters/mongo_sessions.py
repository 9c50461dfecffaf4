"""Sessions in MongoDB."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from tintype.accounts.domain.sessions import Session
from tintype.accounts.ports import RecordExists, RevisionConflict, SessionNotFound
from tintype.kit.store.aggregate_outbox import milliseconds
from tintype.kit.store.documents import Codec
from tintype.kit.store.mongo import MongoDatabase
from tintype.kit.store.mongo_aggregates import MongoAggregates
from tintype.kit.store.mongo_shape import Keyset, MongoShape, Stored


class SessionDocument(Stored):
    """A session; the times count from 1970."""

    create_ms: int
    expire_ms: int

    class Settings(Stored.Settings):
        """Where they lie, and how they are found."""

        name = "accounts_sessions"
        indexes = (
            Keyset("of_user", equal=("owner_id",), order=("create_ms",)),
            Keyset("by_expiry", order=("expire_ms",)),
        )


SHAPE: Final = MongoShape[Session, object](
    document=SessionDocument,
    codec=Codec(Session),
    aggregate_id=lambda session: session.session_id,
    owner_id=lambda session: session.user_id,
    not_found=SessionNotFound,
    already_exists=lambda session_id: RecordExists("the session exists"),
    conflict=lambda session_id: RevisionConflict("the session was changed meanwhile", session_id=session_id),
    keys=lambda session: {
        "create_ms": milliseconds(session.create_time),
        "expire_ms": milliseconds(session.expire_time),
    },
)


class MongoSessionRepository:
    """SessionRepository on MongoDB."""

    def __init__(self, sessions: MongoAggregates[Session, object]) -> None:
        self._sessions = sessions

    @classmethod
    async def open(cls, database: MongoDatabase) -> MongoSessionRepository:
        """Make the indexes if they are not there."""
        return cls(await MongoAggregates.open(database, SHAPE))

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
