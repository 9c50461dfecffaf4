"""The interceptor: every call of every shape goes through the same layers, and every failure out by the same door."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, aclosing
from typing import Final, TypeAlias, cast

import grpc
from google.protobuf.message import Message

from tintype.kit.auth.policy import MethodPolicy
from tintype.kit.cancelling import told_to_stop
from tintype.kit.grpc.calls import Call, Context, Layer, call_of
from tintype.kit.grpc.errors import DETAILS, status_of
from tintype.kit.grpc.local import Guarded
from tintype.kit.grpc.proxies import TrustedProxies
from tintype.kit.grpc.validation import validate

REQUEST_ID: Final = "x-request-id"
Handler: TypeAlias = "grpc.RpcMethodHandler[Message, Message]"  # the class is generic in its stub only
Behaviour = Callable[..., object]

_CODES: Final = {code.value[0]: code for code in grpc.StatusCode}


class Pipeline(grpc.aio.ServerInterceptor):
    """Runs the layers in their order around each call, validates what comes in, translates what goes wrong.

    An AbortError and a cancellation pass untouched. Everything of a call runs in one task.
    """

    def __init__(
        self, policies: Mapping[str, MethodPolicy], layers: Sequence[Layer], proxies: TrustedProxies | None = None
    ) -> None:
        self._policies = policies
        self._proxies = proxies or TrustedProxies()
        self._layers = layers

    async def intercept_service(  # type: ignore[override]  # the stub's version is generic over each method's messages
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[Handler | None]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> Handler | None:
        handler = await continuation(handler_call_details)
        policy = self._policies.get(handler_call_details.method)
        if handler is None or policy is None:
            return None  # UNIMPLEMENTED: nothing is served that has no policy
        return self._wrapped(handler, handler_call_details.method, policy)

    def unary(self, method: str, handler: Handler) -> Guarded:
        """What answers a unary call that comes without a socket. Raises KeyError if the method has no policy."""
        return cast(Guarded, self._wrapped(handler, method, self._policies[method]).unary_unary)

    def _wrapped(self, handler: Handler, method: str, policy: MethodPolicy) -> Handler:
        shapes = {
            (False, False): ("unary_unary", grpc.unary_unary_rpc_method_handler),
            (False, True): ("unary_stream", grpc.unary_stream_rpc_method_handler),
            (True, False): ("stream_unary", grpc.stream_unary_rpc_method_handler),
            (True, True): ("stream_stream", grpc.stream_stream_rpc_method_handler),
        }
        name, make = shapes[handler.request_streaming, handler.response_streaming]
        behaviour = cast(Behaviour, getattr(handler, name))
        respond = _stream if handler.response_streaming else _answer
        unary = not handler.request_streaming and not handler.response_streaming

        async def guarded(request: Message | AsyncIterator[Message], context: Context) -> object:
            call = call_of(method, policy, context, unary=unary, proxies=self._proxies)
            try:
                async with AsyncExitStack() as stack:
                    for layer in self._layers:
                        await stack.enter_async_context(layer.around(call))
                    return await _not_cancelled_by_itself(respond(behaviour, _valid(request), context))
            except (asyncio.CancelledError, grpc.aio.AbortError):
                raise
            except Exception as error:
                return await _abort(call, error, context)

        return cast(Handler, make(guarded, handler.request_deserializer, handler.response_serializer))


class HandlerCancelled(RuntimeError):
    """Something that a handler awaited was cancelled, and nobody told the call to stop."""


async def _not_cancelled_by_itself(answer: Awaitable[object]) -> object:
    """gRPC answers nothing to a call whose handler was cancelled: its caller would wait until its deadline."""
    try:
        return await answer
    except asyncio.CancelledError as error:
        if told_to_stop():
            raise
        raise HandlerCancelled from error


async def _answer(behaviour: Behaviour, request: Message | AsyncIterator[Message], context: Context) -> object:
    return await cast(Awaitable[object], behaviour(request, context))


async def _stream(behaviour: Behaviour, request: Message | AsyncIterator[Message], context: Context) -> object:
    """Write the answers here rather than yield them: so a cancelled call ends its generator before it ends itself."""
    answers = behaviour(request, context)
    if inspect.isawaitable(answers):
        return await answers
    async with aclosing(cast(AsyncGenerator[Message, None], answers)) as messages:
        async for message in messages:
            await context.write(message)
    return None


def _valid(request: Message | AsyncIterator[Message]) -> Message | AsyncIterator[Message]:
    if isinstance(request, Message):
        validate(request)
        return request
    return _each_valid(request)


async def _each_valid(requests: AsyncIterator[Message]) -> AsyncIterator[Message]:
    async for request in requests:
        validate(request)
        yield request


async def _abort(call: Call, error: BaseException, context: Context) -> object:
    status = status_of(error, request_id=call.request_id)
    details = ((DETAILS, status.SerializeToString()), (REQUEST_ID, call.request_id))
    return await context.abort(_CODES[status.code], status.message, details)
