"""What was revoked, known here within a second, and at once where it was done."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta
from typing import Final

from tintype.kit.auth.caller import Caller, Kind
from tintype.kit.auth.ports import Revocation, RevocationFeed
from tintype.kit.auth.tokens import ACCESS_LIFETIME, LEEWAY, CredentialInvalid
from tintype.kit.cancelling import told_to_stop
from tintype.kit.clock import Clock
from tintype.kit.errors import DomainError, Unavailable

POLL: Final = timedelta(seconds=1)
SILENCE: Final = timedelta(seconds=5)  # without an answer for so long, nobody is believed
KEPT: Final = 2 * (ACCESS_LIFETIME + LEEWAY)  # no token lives longer, no key stays resolved longer

End = Callable[[DomainError], None]

_this_call: ContextVar[object] = ContextVar("tintype_watched_call", default=None)


class Revocations:
    """Refuses callers whose session, key or account was revoked, and ends the calls they have open."""

    def __init__(self, clock: Clock, *, now: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._now = now
        self._sequence = 0
        self.answered = asyncio.Event()  # accounts has answered once
        self._answered: float | None = None
        self._ended: dict[tuple[str, str], datetime] = {}  # ("session" | "key" | "user", id) -> when it was revoked
        self._open: dict[object, tuple[Caller, End]] = {}
        self._listeners: list[Callable[[Revocation], None]] = []

    @property
    def known(self) -> bool:
        """Whether accounts has answered lately."""
        return self._answered is not None and self._now() - self._answered <= SILENCE.total_seconds()

    def listen(self, listener: Callable[[Revocation], None]) -> None:
        """Call `listener` for every revocation, as a cache of keys needs it."""
        self._listeners.append(listener)

    def let_go(self) -> None:
        """See RevocationSink. A poll may hear of the revocation before the call that writes it goes on."""
        self._open.pop(_this_call.get(), None)

    def revoked(self, revocation: Revocation) -> None:
        """See RevocationSink."""
        for kind, name in _subjects(revocation):
            self._ended[kind, name] = max(revocation.time, self._ended.get((kind, name), revocation.time))
        for listener in self._listeners:
            listener(revocation)
        for caller, end in list(self._open.values()):
            if self._is_revoked(caller):
                end(CredentialInvalid())

    def check(self, caller: Caller) -> None:
        """Raises CredentialInvalid; Unavailable if nobody could say for SILENCE."""
        if caller.kind not in (Kind.SESSION, Kind.KEY):
            return
        if not self.known:
            raise Unavailable("cannot tell what was revoked: accounts does not answer", dependency="accounts")
        if self._is_revoked(caller):
            raise CredentialInvalid

    @contextmanager
    def watching(self, caller: Caller, end: End) -> Iterator[None]:
        """Check the caller, and call `end` if it is revoked, or nobody can say any more, before the block is left."""
        self.check(caller)
        if caller.kind not in (Kind.SESSION, Kind.KEY):
            yield
            return
        mark = object()
        _this_call.set(mark)
        self._open[mark] = (caller, end)
        try:
            yield
        finally:
            self._open.pop(mark, None)

    async def poll(self, feed: RevocationFeed) -> None:
        """Ask once. Raises Unavailable."""
        asked = self._now()
        found, sequence = await feed.after(self._sequence)
        for revocation in found:
            self.revoked(revocation)
        self._sequence = sequence
        self._answered = asked
        self.answered.set()
        oldest = self._clock.now() - KEPT
        self._ended = {key: time for key, time in self._ended.items() if time >= oldest}

    async def run(self, feed: RevocationFeed) -> None:
        """Ask once a second, until cancelled, though what is asked may lose that: see `Backgrounds.stop`."""
        while not told_to_stop():
            try:
                async with asyncio.timeout(SILENCE.total_seconds()):
                    await self.poll(feed)
            except (DomainError, TimeoutError):
                self._end_all_if_silent()
            await asyncio.sleep(POLL.total_seconds())

    def _end_all_if_silent(self) -> None:
        if not self.known:
            for _, end in list(self._open.values()):
                end(Unavailable("accounts does not answer", dependency="accounts"))

    def _is_revoked(self, caller: Caller) -> bool:
        user = self._ended.get(("user", caller.user_id))
        return (
            ("session", caller.session_id) in self._ended
            or ("key", caller.key_id) in self._ended
            or (user is not None and caller.issued <= user)
        )


def _subjects(revocation: Revocation) -> list[tuple[str, str]]:
    named = {"session": revocation.session_id, "key": revocation.key_id, "user": revocation.user_id}
    return [(kind, name) for kind, name in named.items() if name]
