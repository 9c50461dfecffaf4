"""What holds for every command: where the server is, as whom we speak, how we print."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

import platformdirs
import typer

from tintype_cli.exits import Exit
from tintype_cli.terminal import Terminal
from tintype_sdk import Client, FileTokens

T = TypeVar("T")

DEFAULT_PORT: Final = 7460
DEFAULT_SERVER: Final = f"127.0.0.1:{DEFAULT_PORT}"
_FLAGS: Final = frozenset({"--json", "--quiet"})
_VALUES: Final = frozenset({"--server", "--key", "--ca"})


@dataclass(frozen=True, slots=True)
class Session:
    """One run of the program."""

    server: str
    key: str
    ca: Path | None
    out: Terminal

    @property
    def tokens(self) -> FileTokens:
        """The signed-in user's tokens for this server."""
        return FileTokens(credentials_file(self.server))

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Client]:
        """A client of the server."""
        async with Client.open(self.server, key=self.key, tokens=self.tokens, ca_file=self.ca) as client:
            yield client

    def run(self, work: Callable[[Client], Awaitable[T]]) -> T:
        """Do something with a client, until it is done or the user breaks it off."""

        async def connected() -> T:
            async with self.open() as client:
                return await work(client)

        return run_async(connected())


def run_async(work: Awaitable[T]) -> T:
    """Run to the end; Ctrl-C ends the program as the shell expects."""

    async def awaited() -> T:
        return await work

    try:
        return asyncio.run(awaited())
    except KeyboardInterrupt:
        raise typer.Exit(Exit.INTERRUPTED) from None


def session_of(context: typer.Context) -> Session:
    """What the main command made of the options."""
    session = context.obj
    assert isinstance(session, Session)
    return session


def address_of(server: str) -> str:
    """host:port, with our port where none is given."""
    if server.startswith("unix:") or re.search(r"(^|[^:]):\d+$|\]:\d+$", server):
        return server
    host = f"[{server}]" if server.count(":") > 1 and not server.startswith("[") else server
    return f"{host}:{DEFAULT_PORT}"


def config_folder() -> Path:
    """Where credentials are kept."""
    given = os.environ.get("TINTYPE_CONFIG", "")
    return Path(given).expanduser() if given else platformdirs.user_config_path("tintype", appauthor=False)


def credentials_file(server: str) -> Path:
    """One file for each server, in a folder that only its owner can open."""
    config = config_folder()
    config.parent.mkdir(parents=True, exist_ok=True)
    config.mkdir(mode=0o700, exist_ok=True)
    folder = config / "credentials"
    folder.mkdir(mode=0o700, exist_ok=True)
    if os.name == "posix" and folder.stat().st_mode & 0o077:
        folder.chmod(0o700)
    return folder / (re.sub(r"[^A-Za-z0-9.-]+", "_", server).strip("_") + ".json")


def hoist(arguments: Sequence[str]) -> list[str]:
    """Put the options that hold for every command in front, so that they can stand anywhere."""
    front: list[str] = []
    rest: list[str] = []
    words = iter(arguments)
    for word in words:
        if word == "--":
            rest += [word, *words]
        elif word in _FLAGS or ("=" in word and word.partition("=")[0] in _VALUES):
            front.append(word)
        elif word in _VALUES:
            front += [word, *([value] if (value := next(words, None)) is not None else [])]
        else:
            rest.append(word)
    return front + rest
