"""Tokens that we alone can make: a payload and what proves it, as text for URLs."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from typing import Final

from tintype.kit.errors import InvalidInput

_PROOF_BYTES: Final = 16  # 128 bits


class TokenForged(InvalidInput):
    """The token is damaged, or none of ours."""


class Signer:
    """Signs payloads for one purpose; a token of one purpose is worth nothing for another.

    Args:
        secret: the service secret.
        purpose: what the tokens are for, such as "cursor".
    """

    def __init__(self, secret: str, purpose: str) -> None:
        self._key = hmac.digest(secret.encode(), f"tintype/{purpose}".encode(), hashlib.sha256)

    def seal(self, payload: bytes) -> str:
        """The token of a payload, which anybody can read."""
        return base64.urlsafe_b64encode(self._proof(payload) + payload).decode().rstrip("=")

    def open(self, token: str) -> bytes:
        """The payload of a token, which has to be letter for letter what `seal` wrote. Raises TokenForged."""
        try:
            payload = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))[_PROOF_BYTES:]
        except (binascii.Error, ValueError) as error:
            raise TokenForged("the token is damaged") from error
        if not hmac.compare_digest(token.encode(), self.seal(payload).encode()):
            raise TokenForged("the token is damaged, or none of ours")
        return payload

    def _proof(self, payload: bytes) -> bytes:
        return hmac.digest(self._key, payload, hashlib.sha256)[:_PROOF_BYTES]
