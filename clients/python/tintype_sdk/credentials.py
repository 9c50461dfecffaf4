"""What calls are signed with: an API key, or the tokens of a session, which are refreshed before they end."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol

from tintype.v1 import account_pb2


@dataclass(frozen=True, slots=True)
class Tokens:
    """A session. Times are in seconds since 1970."""

    access_token: str
    access_expire_time: float
    refresh_token: str
    refresh_expire_time: float
    user_name: str = ""

    @classmethod
    def of(cls, tokens: account_pb2.SessionTokens, *, user_name: str = "") -> Tokens:
        """From the contract."""
        return cls(
            tokens.access_token,
            tokens.access_expire_time.ToNanoseconds() / 1e9,
            tokens.refresh_token,
            tokens.refresh_expire_time.ToNanoseconds() / 1e9,
            user_name,
        )


class TokenStore(Protocol):
    """Where the tokens of a session are kept; several programs may share one."""

    def load(self) -> Tokens | None:
        """The newest tokens, None if nobody is signed in."""

    def save(self, tokens: Tokens) -> None:
        """Keep these from now on."""

    def clear(self) -> None:
        """Forget them."""


class MemoryTokens:
    """Tokens that end with the program."""

    def __init__(self, tokens: Tokens | None = None) -> None:
        self._tokens = tokens

    def load(self) -> Tokens | None:
        return self._tokens

    def save(self, tokens: Tokens) -> None:
        self._tokens = tokens

    def clear(self) -> None:
        self._tokens = None


class FileTokens:
    """Tokens in a file that only its owner can read; replaced whole, so that a crash leaves the old or the new ones."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def load(self) -> Tokens | None:
        try:
            return Tokens(**json.loads(self._file.read_text()))
        except (FileNotFoundError, ValueError, TypeError):
            return None

    def save(self, tokens: Tokens) -> None:
        self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = self._file.with_name(f".{self._file.name}.{os.getpid()}")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as stream:
            json.dump(asdict(tokens), stream)
        fresh.replace(self._file)

    def clear(self) -> None:
        self._file.unlink(missing_ok=True)
