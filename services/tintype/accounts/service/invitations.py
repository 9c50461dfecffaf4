"""Invitations to make an account."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from tintype.accounts.domain.audit import Action
from tintype.accounts.domain.invitations import Invitation
from tintype.accounts.ports import InvitationRepository
from tintype.accounts.service.audit import Audit
from tintype.accounts.service.who import Who
from tintype.kit.clock import Clock
from tintype.kit.errors import InvalidInput

LIFETIME: Final = timedelta(days=7)
LONGEST: Final = timedelta(days=366)


class Invitations:
    """Codes with which one account each can be made."""

    def __init__(self, invitations: InvitationRepository, audit: Audit, clock: Clock) -> None:
        self._invitations = invitations
        self._audit = audit
        self._clock = clock

    async def create_invitation(self, *, lifetime: timedelta | None, who: Who) -> tuple[Invitation, str]:
        """An invitation and its code, which nobody can learn again. Raises InvalidInput."""
        if lifetime is not None and not timedelta(0) < lifetime <= LONGEST:
            raise InvalidInput("no such lifetime", fields={"lifetime": f"above zero, at most {LONGEST.days} days"})
        invitation, code = Invitation.made(
            created_by=who.user_id, now=self._clock.now(), lifetime=LIFETIME if lifetime is None else lifetime
        )
        await self._invitations.add(invitation)
        await self._audit.record(Action.ADMIN, who, subject_id="invitation")
        return invitation, code

    async def sweep(self) -> int:
        """Forget the expired ones; returns how many."""
        return await self._invitations.remove_expired(before=self._clock.now())
