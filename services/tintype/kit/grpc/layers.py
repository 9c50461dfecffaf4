"""The layers around every call, in their order: observed, authenticated, limited in rate, limited in time."""

from __future__ import annotations

import asyncio
import re
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Final

import grpc

from tintype.kit.auth.authenticator import Authenticator
from tintype.kit.auth.caller import Kind, set_caller, set_request_id
from tintype.kit.auth.revocation import Revocations
from tintype.kit.errors import DomainError, ResourceExhausted, Unauthenticated, Unavailable
from tintype.kit.grpc.answers import UNEXPECTED, DeadlineExceeded, answer_to
from tintype.kit.grpc.calls import Call
from tintype.kit.grpc.proxies import network_of
from tintype.kit.ids import IdSource
from tintype.kit.log import Log, carry
from tintype.kit.scopes import INTERNAL
from tintype.kit.telemetry import Telemetry

REQUEST_ID: Final = "x-request-id"
_SAFE: Final = re.compile(r"[A-Za-z0-9._-]{1,64}\Z")  # what a caller sends stands in our logs
_MOST_BUCKETS: Final = 10_000


class RateLimited(ResourceExhausted):
    """The caller sends more calls than the limit allows."""

    reason = "RATE_LIMITED"


class Observed:
    """Gives the call its request id, counts it, times it, and logs how it ended."""

    def __init__(self, telemetry: Telemetry, log: Log, ids: IdSource) -> None:
        self._telemetry = telemetry
        self._log = log
        self._ids = ids

    @asynccontextmanager
    async def around(self, call: Call) -> AsyncIterator[None]:
        given = call.metadata.get(REQUEST_ID, "")
        call.request_id = given if _SAFE.match(given) else self._ids.new()
        set_request_id(call.request_id)
        carry(request_id=call.request_id, method=call.method)
        self._telemetry.began(call.method)
        begun, code = time.perf_counter(), "OK"
        try:
            with self._telemetry.span(call.method, call.metadata):
                yield
        except (asyncio.CancelledError, grpc.aio.AbortError) as error:
            code = "CANCELLED" if isinstance(error, asyncio.CancelledError) else "ABORTED"
            raise
        except Exception as error:
            answer = answer_to(error)
            code = answer.status.name
            self._report(call, error, code, unexpected=answer is UNEXPECTED)
            raise
        finally:
            seconds = time.perf_counter() - begun
            self._telemetry.ended(call.method, code=code, seconds=seconds)
            if code == "OK":
                self._log.debug("rpc", code=code, milliseconds=round(seconds * 1000, 1), user_id=call.caller.user_id)

    def _report(self, call: Call, error: Exception, code: str, *, unexpected: bool) -> None:
        user_id = call.caller.user_id
        if unexpected:
            self._log.error("rpc_failed", code=code, user_id=user_id, exc_info=error)
        else:
            reason = error.reason if isinstance(error, DomainError) else ""
            self._log.info("rpc_refused", code=code, reason=reason, user_id=user_id)


class Authenticated:
    """Finds out who calls and whether the RPC's policy admits them; ends the call when that is revoked."""

    def __init__(self, authenticator: Authenticator, revocations: Revocations) -> None:
        self._authenticator = authenticator
        self._revocations = revocations

    @asynccontextmanager
    async def around(self, call: Call) -> AsyncIterator[None]:
        if not call.policy.public:
            call.caller = await self._authenticator.caller(call.metadata)
        with self._revocations.watching(call.caller, call.end):
            call.policy.admit(call.caller)  # after it, so that what was revoked learns nothing of the policy
            if not call.policy.public:  # or else the call itself may ask for a credential, as signing in does
                call.believed()
            set_caller(call.caller)
            yield


class RateLimit:
    """A token bucket for each user and for each peer that calls without a credential. Services are not limited."""

    def __init__(self, *, per_second: float, burst: int, now: Callable[[], float] = time.monotonic) -> None:
        self._per_second = per_second
        self._burst = float(burst)
        self._now = now
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()  # tokens, when they were counted

    @asynccontextmanager
    async def around(self, call: Call) -> AsyncIterator[None]:
        if call.caller.kind is not Kind.SERVICE:
            self.take(call.caller.user_id or network_of(call.peer))
        yield

    def take(self, key: str) -> None:
        """Raises RateLimited if the bucket is empty."""
        now = self._now()
        tokens, counted = self._buckets.pop(key, (self._burst, now))
        tokens = min(self._burst, tokens + (now - counted) * self._per_second)
        allowed = tokens >= 1
        self._buckets[key] = (tokens - 1 if allowed else tokens, now)
        if len(self._buckets) > _MOST_BUCKETS:
            self._buckets.popitem(last=False)
        if not allowed:
            wait = timedelta(seconds=(1 - tokens) / self._per_second)
            raise RateLimited("too many calls: wait a moment", retry_after=wait)

    def give_back(self, key: str) -> None:
        """What was taken was not used."""
        if key in self._buckets:
            tokens, counted = self._buckets[key]
            self._buckets[key] = (min(self._burst, tokens + 1), counted)


class Guesses:
    """Stands before authentication: a peer whose credentials keep being refused is refused itself for a while.

    Each call takes a token before its credential is looked at, so that many at once are no way around the limit, and
    gives it back as soon as the caller is known, or whatever else it ends with. Our own services are not limited.
    """

    def __init__(self, limit: RateLimit) -> None:
        self._limit = limit

    @asynccontextmanager
    async def around(self, call: Call) -> AsyncIterator[None]:
        if call.peer.startswith("unix:"):
            yield
            return
        taken, key = True, network_of(call.peer)
        self._limit.take(key)

        def give_back() -> None:
            nonlocal taken
            if taken:
                self._limit.give_back(key)
            taken = False

        call.believed = give_back
        try:
            yield
        except Unauthenticated:
            taken = False
            raise
        finally:
            give_back()


class Deadline:
    """Lets a unary call that brings no deadline take so long at most; streams may stay."""

    def __init__(self, unary: timedelta) -> None:
        self._unary = unary.total_seconds()

    @asynccontextmanager
    async def around(self, call: Call) -> AsyncIterator[None]:
        seconds = self._unary if call.unary and call.time_remaining is None else None
        async with call.limited(seconds, DeadlineExceeded("the call took too long")):
            yield


class Overloaded(ResourceExhausted):
    """The server has more calls in flight than it can serve."""

    reason = "OVERLOADED"


class Overload:
    """Refuses calls beyond so many in flight; calls between services always pass, for they finish what is in flight."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._in_flight = 0

    @asynccontextmanager
    async def around(self, call: Call) -> AsyncIterator[None]:
        ours = call.peer.startswith("unix:") or call.policy.scope == INTERNAL
        if self._in_flight >= self._most and not ours:
            raise Overloaded("the server is busy: try again in a moment", retry_after=timedelta(seconds=1))
        self._in_flight += 1
        try:
            yield
        finally:
            self._in_flight -= 1


class Watches:
    """Knows the calls that last for as long as their callers like (WatchEvents, ...), to end them with the server."""

    def __init__(self) -> None:
        self._open: set[Call] = set()

    @asynccontextmanager
    async def around(self, call: Call) -> AsyncIterator[None]:
        if not call.method.rpartition("/")[2].startswith("Watch"):
            yield
            return
        self._open.add(call)
        try:
            yield
        finally:
            self._open.discard(call)

    def end(self) -> None:
        """End them all with UNAVAILABLE."""
        for call in list(self._open):
            call.end(Unavailable("the server goes away: watch another one"))
