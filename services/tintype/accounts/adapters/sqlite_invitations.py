"""Invitations in SQLite."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from tintype.accounts.domain.invitations import Invitation
from tintype.accounts.ports import RecordExists, RevisionConflict
from tintype.kit.errors import NotFound
from tintype.kit.store.aggregate_outbox import milliseconds
from tintype.kit.store.aggregate_shape import Column, Index, Shape
from tintype.kit.store.aggregates import Aggregates
from tintype.kit.store.documents import Codec
from tintype.kit.store.sqlite import Database

SHAPE: Final = Shape[Invitation, object](
    table="accounts_invitations",
    codec=Codec(Invitation),
    aggregate_id=lambda invitation: invitation.invitation_id,
    owner_id=lambda invitation: "",
    not_found=lambda invitation_id: NotFound("the invitation was not found"),
    already_exists=lambda invitation_id: RecordExists("the invitation exists"),
    conflict=lambda invitation_id: RevisionConflict("the invitation was changed meanwhile"),
    columns=(Column("expire_ms", "INTEGER", lambda invitation: milliseconds(invitation.expire_time)),),
    indexes=(Index("by_id", equal=("id",)), Index("by_expiry", order=("expire_ms",))),
)


class SqliteInvitationRepository:
    """InvitationRepository on SQLite."""

    def __init__(self, database: Database, invitations: Aggregates[Invitation, object]) -> None:
        self._database = database
        self._invitations = invitations

    @classmethod
    async def open(cls, database: Database) -> SqliteInvitationRepository:
        """Make the tables if they are not there."""
        return cls(database, await Aggregates.open(database, SHAPE))

    async def add(self, invitation: Invitation) -> None:
        await self._invitations.add(invitation)

    async def find(self, invitation_id: str) -> Invitation | None:
        return await self._invitations.find("by_id", invitation_id)

    async def remove(self, invitation_id: str) -> None:
        statement = f"DELETE FROM {SHAPE.table} WHERE owner_id = '' AND id = ?"
        await self._database.write(lambda c: c.execute(statement, (invitation_id,)).rowcount)

    async def remove_expired(self, *, before: datetime) -> int:
        statement = f"DELETE FROM {SHAPE.table} WHERE expire_ms < ?"
        return await self._database.write(lambda c: c.execute(statement, (milliseconds(before),)).rowcount)
