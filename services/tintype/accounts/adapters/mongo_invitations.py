"""Invitations in MongoDB."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from tintype.accounts.domain.invitations import Invitation
from tintype.accounts.ports import RecordExists, RevisionConflict
from tintype.kit.errors import NotFound
from tintype.kit.store.aggregate_outbox import milliseconds
from tintype.kit.store.documents import Codec
from tintype.kit.store.mongo import MongoDatabase
from tintype.kit.store.mongo_aggregates import MongoAggregates
from tintype.kit.store.mongo_shape import Keyset, MongoShape, Stored


class InvitationDocument(Stored):
    """An invitation, which nobody owns."""

    expire_ms: int

    class Settings(Stored.Settings):
        """Where they lie, and how they are found."""

        name = "accounts_invitations"
        indexes = (Keyset("by_expiry", order=("expire_ms",)),)


SHAPE: Final = MongoShape[Invitation, object](
    document=InvitationDocument,
    codec=Codec(Invitation),
    aggregate_id=lambda invitation: invitation.invitation_id,
    owner_id=lambda invitation: "",
    not_found=lambda invitation_id: NotFound("the invitation was not found"),
    already_exists=lambda invitation_id: RecordExists("the invitation exists"),
    conflict=lambda invitation_id: RevisionConflict("the invitation was changed meanwhile"),
    keys=lambda invitation: {"expire_ms": milliseconds(invitation.expire_time)},
)


class MongoInvitationRepository:
    """InvitationRepository on MongoDB."""

    def __init__(self, invitations: MongoAggregates[Invitation, object]) -> None:
        self._invitations = invitations

    @classmethod
    async def open(cls, database: MongoDatabase) -> MongoInvitationRepository:
        """Make the indexes if they are not there."""
        return cls(await MongoAggregates.open(database, SHAPE))

    async def add(self, invitation: Invitation) -> None:
        await self._invitations.add(invitation)

    async def find(self, invitation_id: str) -> Invitation | None:
        found = await self._invitations.load_many(owner_id="", aggregate_ids=[invitation_id])
        return found[0] if found else None

    async def remove(self, invitation_id: str) -> None:
        await self._invitations.discard(owner_id="", aggregate_id=invitation_id)

    async def remove_expired(self, *, before: datetime) -> int:
        return await self._invitations.remove_range("by_expiry", until=(milliseconds(before) - 1,))
