"""Secrets that we hand out and keep only as hashes.

256 random bits cannot be guessed, so a plain SHA-256 is enough: the slow hash is for passwords.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from typing import Final

SECRET_BYTES: Final = 32


def new_secret() -> str:
    """256 random bits as 43 characters."""
    return secrets.token_urlsafe(SECRET_BYTES)


def derived_secret(secret: str, *, salt: str) -> str:
    """Another secret that nobody knows without both of these, as long as a new one."""
    return _text(hmac.digest(salt.encode(), secret.encode(), "sha256"))


def secret_hash(secret: str) -> str:
    """What is stored of a secret."""
    return _text(hashlib.sha256(secret.encode()).digest())


def matches(secret: str, stored_hash: str) -> bool:
    """Compare without telling by the time it takes."""
    return hmac.compare_digest(secret_hash(secret), stored_hash)


def _text(secret: bytes) -> str:
    return base64.urlsafe_b64encode(secret).decode().rstrip("=")
