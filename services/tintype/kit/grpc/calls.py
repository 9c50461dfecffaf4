"""One call on its way through the layers, whatever its shape."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

import grpc
from google.protobuf.message import Message

from tintype.kit.auth.caller import ANONYMOUS, Caller, set_peer
from tintype.kit.auth.policy import MethodPolicy
from tintype.kit.errors import DomainError
from tintype.kit.grpc.proxies import TrustedProxies

Context: TypeAlias = "grpc.aio.ServicerContext[Message, Message]"


def _nothing() -> None:
    """Nobody waits for it."""


@dataclass(slots=True, eq=False)
class Call:
    """What the layers know of a call. `end` breaks it off from outside with an error, as a revocation does.

    `believed` is called once it is known whose call it is.
    """

    method: str
    policy: MethodPolicy
    unary: bool
    metadata: Mapping[str, str]
    peer: str
    time_remaining: float | None
    caller: Caller = ANONYMOUS
    request_id: str = ""
    believed: Callable[[], None] = _nothing
    ended_by: DomainError | None = None
    _scope: asyncio.Timeout | None = field(default=None, repr=False)

    def end(self, error: DomainError) -> None:
        """Break the call off; its caller gets `error`."""
        if self._scope is not None and self.ended_by is None:
            self.ended_by = error
            self._scope.reschedule(asyncio.get_running_loop().time())

    @asynccontextmanager
    async def limited(self, seconds: float | None, late: DomainError) -> AsyncIterator[None]:
        """Let the block run for so long at most, or until `end`; raises the reason."""
        try:
            async with asyncio.timeout(seconds) as self._scope:
                yield
        except TimeoutError:
            if self._scope is not None and self._scope.expired():
                raise self.ended_by or late from None
            raise
        finally:
            self._scope = None


class Layer(Protocol):
    """Something that stands around every call: it may refuse it, watch it, or end it."""

    def around(self, call: Call) -> AbstractAsyncContextManager[None]:
        """Entered before the handler and left after it; a DomainError refuses the call."""


def call_of(method: str, policy: MethodPolicy, context: Context, *, unary: bool, proxies: TrustedProxies) -> Call:
    """The call that a context belongs to; from here on this task works for it."""
    pairs = context.invocation_metadata() or ()
    metadata = {str(key): value for key, value in pairs if isinstance(value, str)}
    peer = proxies.peer_beyond(context.peer(), metadata)
    set_peer(peer)
    return Call(method, policy, unary, metadata, peer, context.time_remaining())
