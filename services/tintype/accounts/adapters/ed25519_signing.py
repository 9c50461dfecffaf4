"""Ed25519 keys and the tokens that they sign."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tintype.accounts.domain.signing import SigningKey
from tintype.accounts.domain.users import Role, User
from tintype.kit.auth import caller, tokens
from tintype.kit.clock import Clock

_ROLES: Final[Mapping[Role, caller.Role]] = {
    Role.MEMBER: caller.Role.MEMBER,
    Role.ADMINISTRATOR: caller.Role.ADMINISTRATOR,
}


class Ed25519KeyMaker:
    """SigningKeyMaker by the package cryptography."""

    def make(self, *, key_id: str, now: datetime) -> SigningKey:
        private = Ed25519PrivateKey.generate()
        return SigningKey(key_id, private.private_bytes_raw(), private.public_key().public_bytes_raw(), now)


class Ed25519TokenIssuer:
    """TokenIssuer by kit.auth.tokens, which also checks what is made here."""

    def __init__(self, *, audience: str, clock: Clock) -> None:
        self._audience = audience
        self._clock = clock

    def issue(self, key: SigningKey, *, user: User, session_id: str) -> tuple[str, datetime]:
        signing = tokens.SigningKey(key.key_id, Ed25519PrivateKey.from_private_bytes(key.seed))
        return tokens.sign_access(
            signing,
            user_id=user.user_id,
            session_id=session_id,
            role=_ROLES[user.role],
            audience=self._audience,
            clock=self._clock,
        )
