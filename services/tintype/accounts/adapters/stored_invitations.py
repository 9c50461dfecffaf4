"""Invitations, in either database."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from tintype.accounts.domain.invitations import Invitation
from tintype.accounts.ports import RecordExists, RevisionConflict
from tintype.kit.errors import NotFound
from tintype.kit.instants import milliseconds
from tintype.kit.store.aggregate_shape import Column, Index, Shape
from tintype.kit.store.aggregates import Aggregates
from tintype.kit.store.documents import Codec

INVITATIONS: Final = Shape[Invitation, object](
    table="accounts_invitations",
    codec=Codec(Invitation),
    aggregate_id=lambda invitation: invitation.invitation_id,
    owner_id=lambda invitation: "",
    not_found=lambda invitation_id: NotFound("the invitation was not found"),
    already_exists=lambda invitation_id: RecordExists("the invitation exists"),
    conflict=lambda invitation_id: RevisionConflict("the invitation was changed meanwhile"),
    columns=(Column("expire_ms", "INTEGER", lambda invitation: milliseconds(invitation.expire_time)),),
    indexes=(Index("by_expiry", order=("expire_ms",)),),
)


class StoredInvitationRepository:
    """InvitationRepository over aggregates."""

    def __init__(self, invitations: Aggregates[Invitation, object]) -> None:
        self._invitations = invitations

    async def add(self, invitation: Invitation) -> None:
        await self._invitations.add(invitation)

    async def find(self, invitation_id: str) -> Invitation | None:
        found = await self._invitations.load_many(owner_id="", aggregate_ids=[invitation_id])
        return found[0] if found else None

    async def remove(self, invitation_id: str) -> None:
        await self._invitations.discard(owner_id="", aggregate_id=invitation_id)

    async def remove_expired(self, *, before: datetime) -> int:
        return await self._invitations.remove_range("by_expiry", until=(milliseconds(before) - 1,))
