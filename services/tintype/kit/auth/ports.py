"""What authentication asks of accounts; asked over RPC in one process and in many alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


@dataclass(frozen=True, slots=True)
class ResolvedKey:
    """Whose API key it is and what it may do; `expire_time` None means never."""

    user_id: str
    key_id: str
    scopes: frozenset[str]
    expire_time: datetime | None


class KeyResolver(Protocol):
    """Knows API keys."""

    async def resolve(self, secret: str) -> ResolvedKey:
        """Raises Unauthenticated if it is unknown, expired or revoked, Unavailable if nobody can say."""


class KeySet(Protocol):
    """The public keys that access tokens are signed with."""

    async def keys(self) -> Mapping[str, Ed25519PublicKey]:
        """By key id. Raises Unavailable if nobody can say."""


@dataclass(frozen=True, slots=True)
class Revocation:
    """Exactly one of the ids is set; a user's covers every session and key made before `time`."""

    sequence: int
    time: datetime
    session_id: str = ""
    key_id: str = ""
    user_id: str = ""


class RevocationFeed(Protocol):
    """What was revoked, in order."""

    async def after(self, sequence: int) -> tuple[Sequence[Revocation], int]:
        """What was revoked after `sequence`, and the last sequence there is. Raises Unavailable."""


class RevocationSink(Protocol):
    """Takes what this process revokes, so that it acts here at once and not at the next poll."""

    def let_go(self) -> None:
        """Let the call under way come to its end, for it is about to revoke its own credential, as a sign-out does."""

    def revoked(self, revocation: Revocation) -> None:
        """End it here: calls are refused from now on, open streams end. `sequence` may be 0."""
