"""Calls between services of one process: the same layers, validation and errors as over its socket, without it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Final, NoReturn, TypeVar, cast

import grpc
from google.protobuf.message import Message
from grpc.aio import AbortError, AioRpcError, ClientCallDetails, Metadata

from tintype.kit.grpc.calls import Context

M = TypeVar("M", bound=Message)

PEER: Final = "unix:"  # as the server sees those who call over its own socket
Guarded = Callable[[Message, Context], Awaitable[object]]  # a handler behind all layers


class LocalCalls:
    """The unary calls that this process answers itself; none until its server is made."""

    def __init__(self) -> None:
        self._served: Mapping[str, Guarded] = {}

    def serve(self, handlers: Mapping[str, Guarded]) -> None:
        """Answer these, by "/service/Method"."""
        self._served = handlers

    def serves(self, details: ClientCallDetails) -> bool:
        """Whether the call needs no socket."""
        return _name(details) in self._served

    async def answer(self, details: ClientCallDetails, request: Message) -> Message:
        """Make a call that `serves` accepts. Run it in a task of its own: the layers say in it who calls.

        Both sides have messages of their own, as over a socket. Raises AioRpcError.
        """
        context = _LocalContext(details)
        try:
            async with asyncio.timeout(details.timeout):
                answer = await self._served[_name(details)](_copied(request), cast(Context, context))
        except AbortError:
            if context.error is None:
                raise
            raise context.error from None
        except TimeoutError:
            late = "Deadline Exceeded"
            raise AioRpcError(grpc.StatusCode.DEADLINE_EXCEEDED, Metadata(), Metadata(), details=late) from None
        return _copied(cast(Message, answer))


class _LocalContext:
    """As much of a ServicerContext as the layers and handlers of unary calls use."""

    def __init__(self, details: ClientCallDetails) -> None:
        self._metadata = details.metadata or Metadata()
        self._end = None if details.timeout is None else time.monotonic() + details.timeout
        self.error: AioRpcError | None = None

    def invocation_metadata(self) -> Metadata:
        return self._metadata

    def peer(self) -> str:
        return PEER

    def time_remaining(self) -> float | None:
        return None if self._end is None else max(0.0, self._end - time.monotonic())

    async def abort(
        self, code: grpc.StatusCode, details: str = "", trailing_metadata: Sequence[tuple[str, str | bytes]] = ()
    ) -> NoReturn:
        self.error = AioRpcError(code, Metadata(), Metadata(*trailing_metadata), details=details)
        raise AbortError


def _name(details: ClientCallDetails) -> str:
    method: str | bytes = details.method  # gRPC has it in bytes, whatever its stub says
    return method.decode() if isinstance(method, bytes) else method


def _copied(message: M) -> M:
    copy = type(message)()
    copy.CopyFrom(message)
    return copy
