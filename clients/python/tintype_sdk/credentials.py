"""What calls are signed with: an API key, or the tokens of a session, which are refreshed before they end."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, Protocol

try:
    import fcntl
except ModuleNotFoundError:  # Windows; two programs that refresh in the same instant have to sign in again there
    fcntl = None  # type: ignore[assignment]

_LOCK_POLL_S: Final = 0.02


@dataclass(frozen=True, slots=True)
class Tokens:
    """A session. Times are in seconds since 1970, by the clock of this machine and by the server's respectively."""

    access_token: str
    access_expire_time: float
    refresh_token: str
    refresh_expire_time: float
    user_name: str = ""


class TokenStore(Protocol):
    """Where the tokens of a session are kept; several programs may share one."""

    def load(self) -> Tokens | None:
        """The newest tokens, None if nobody is signed in."""

    def save(self, tokens: Tokens) -> None:
        """Keep these from now on."""

    def clear(self) -> None:
        """Forget them."""

    def exclusive(self) -> AbstractAsyncContextManager[None]:
        """While it is held, nobody else trades these tokens: a refresh token works once, and twice ends the session."""


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

    def exclusive(self) -> AbstractAsyncContextManager[None]:
        return nullcontext()


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

    @asynccontextmanager
    async def exclusive(self) -> AsyncIterator[None]:
        """Among the programs of this machine, by a lock on a file beside; the system frees it when a program ends."""
        if fcntl is None:
            yield
            return
        descriptor = os.open(self._file.with_suffix(".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            await _lock(descriptor)
            yield
        finally:
            os.close(descriptor)


async def _lock(descriptor: int) -> None:
    """Ask again and again: waiting in a thread could not be cancelled."""
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            await asyncio.sleep(_LOCK_POLL_S)
        else:
            return
