"""Whether the credential behind an address still counts, by what this process knows of revocations."""

from __future__ import annotations

from typing import Protocol

from tintype.catalog.domain.media import Asker
from tintype.kit.auth.caller import Caller, Kind


class Revocations(Protocol):
    """As much of the kit's revocations as this needs."""

    def check(self, caller: Caller) -> None:
        """Raises CredentialInvalid; Unavailable if nobody can say."""


class RevokedCredentials:
    """Credentials over the kit's revocations."""

    def __init__(self, revocations: Revocations) -> None:
        self._revocations = revocations

    def check(self, asker: Asker) -> None:
        """See `Credentials`."""
        kind = Kind.KEY if asker.key_id else Kind.SESSION
        caller = Caller(
            user_id=asker.user_id,
            kind=kind,
            session_id=asker.session_id,
            key_id=asker.key_id,
            issued=asker.issued,
        )
        self._revocations.check(caller)
