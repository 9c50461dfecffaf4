"""The five URLs that tell an installation from another, and what is open behind them."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeVar, cast
from urllib.parse import parse_qs, parse_qsl, quote, unquote, urlencode, urlsplit

from tintype.kit.errors import InvalidInput

T = TypeVar("T")

HIDDEN: Final = "***"


class InvalidUrl(InvalidInput):
    """Not a URL that a store can be opened by; the message never repeats it, for it may hold a password."""


@dataclass(frozen=True, slots=True, repr=False)
class Url:
    """A parsed URL. Its text and repr hide the password, and a user without one, which is a token of NATS.

    `secret` is the whole of it, for drivers only.
    """

    secret: str

    def __post_init__(self) -> None:
        if not self.scheme:
            raise InvalidUrl("a URL begins with its scheme, as in sqlite:///...")

    @property
    def scheme(self) -> str:
        """What stands before the first colon, lower case: it picks the adapter."""
        return urlsplit(self.secret).scheme

    @property
    def host(self) -> str:
        """Host and port, without user and password; empty for files."""
        return urlsplit(self.secret).netloc.rpartition("@")[2]

    @property
    def username(self) -> str:
        """The user, or empty."""
        return unquote(urlsplit(self.secret).username or "")

    @property
    def password(self) -> str:
        """The password, or empty."""
        return unquote(urlsplit(self.secret).password or "")

    @property
    def path(self) -> str:
        """The path, unquoted, with its leading slash."""
        return unquote(urlsplit(self.secret).path)

    @property
    def options(self) -> dict[str, str]:
        """The query; of a name given twice the last one."""
        return {name: values[-1] for name, values in parse_qs(urlsplit(self.secret).query).items()}

    @property
    def file(self) -> Path:
        """The path as a file or folder of this machine. Raises InvalidUrl if there is none, or a host."""
        if self.host or not self.path.startswith("/") or self.path == "/":
            raise InvalidUrl(
                f"{self.scheme}: needs three slashes and an absolute path, as in {self.scheme}:///home/..."
            )
        return Path(self.path)

    def with_credentials(self, *, username: str, password: str) -> Url:
        """The same place with this user and password, quoted as a URL needs them."""
        user = f"{quote(username, safe='')}:{quote(password, safe='')}@"
        return Url(urlsplit(self.secret)._replace(netloc=f"{user}{self.host}").geturl())

    def without(self, *names: str) -> Url:
        """The same place without these options, for drivers that refuse what they do not know."""
        split = urlsplit(self.secret)
        left = [(name, value) for name, value in parse_qsl(split.query, keep_blank_values=True) if name not in names]
        return Url(split._replace(query=urlencode(left)).geturl())

    def __str__(self) -> str:
        user = f"{self.username}:{HIDDEN}@" if self.password else f"{HIDDEN}@" if self.username else ""
        return f"{self.scheme}://{user}{self.host}{self.path}" if self.host or self.path else f"{self.scheme}:"

    def __repr__(self) -> str:
        return f"Url({str(self)!r})"


@dataclass(eq=False, slots=True)
class Urls:
    """The URLs of this process, and what is open for each, so that its services share one connection and one writer.

    Use it as `async with Urls.opened(database=..., ...) as urls`: the end closes what was opened, last first.
    """

    database: Url
    events: Url
    blobs: Url
    index: Url
    inference: Url
    _open: dict[tuple[Url, str], object] = field(default_factory=dict, repr=False)
    _opening: defaultdict[tuple[Url, str], asyncio.Lock] = field(
        default_factory=lambda: defaultdict(asyncio.Lock), repr=False
    )
    _closing: AsyncExitStack = field(default_factory=AsyncExitStack, repr=False)

    @classmethod
    @asynccontextmanager
    async def opened(cls, *, database: Url, events: Url, blobs: Url, index: Url, inference: Url) -> AsyncIterator[Urls]:
        """Keep what is opened until the end of the block."""
        urls = cls(database, events, blobs, index, inference)
        async with urls._closing:
            yield urls

    async def open(
        self,
        url: Url,
        opener: Callable[[Url], AbstractAsyncContextManager[T]],
        *,
        part: str = "",
    ) -> T:
        """What `opener` opens for this URL; the second caller gets what the first one opened.

        Args:
            url: one of the five.
            opener: used by the first caller only, so callers of one URL and part must agree on it.
            part: tells apart several things behind one URL.

        Raises: what `opener` raises; the next caller tries again.
        """
        key = (url, part)
        async with self._opening[key]:
            if key not in self._open:
                self._open[key] = await self._closing.enter_async_context(opener(url))
        return cast(T, self._open[key])
