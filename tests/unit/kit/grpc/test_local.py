"""Calls between services of one process, which meet the same layers without a socket."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import cast

import grpc
import pytest
from tests.rpc_world import AUDIENCE, DECODE, DECODE_REQUEST, ENCODE, ENCODE_RESPONSE, Request, Response, World

from tintype.kit.auth.caller import Context, Kind, caller_of, caller_under_way
from tintype.kit.auth.policy import MethodPolicy
from tintype.kit.errors import NotFound
from tintype.kit.grpc.client import PeerChannels
from tintype.kit.grpc.errors import error_of
from tintype.kit.grpc.interceptors import Handler, Pipeline
from tintype.kit.scopes import INTERNAL
from tintype.kit.settings import Settings

METHOD = "/t.T/Unary"
Behave = Callable[[Request, Context], Awaitable[Response]]
Stub = Callable[..., "grpc.aio.UnaryUnaryCall[Request, Response]"]


@asynccontextmanager
async def peer(home: Path, behave: Behave, *, scope: str = INTERNAL) -> AsyncIterator[Stub]:
    """A method of a service in this process; no socket is there at all."""
    world = World()
    await world.revocations.poll(world.accounts)
    pipeline = Pipeline({METHOD: MethodPolicy(scope=scope)}, world.layers())
    handler = grpc.unary_unary_rpc_method_handler(behave, DECODE_REQUEST, ENCODE_RESPONSE)
    settings = Settings(home=home, audience=AUDIENCE)
    peers = PeerChannels(settings, socket=home / "no", here=("catalog",), key=world.service, clock=world.clock)
    peers.local.serve({METHOD: pipeline.unary(METHOD, cast(Handler, handler))})
    try:
        yield peers.channel("catalog").unary_unary(METHOD, ENCODE, DECODE)
    finally:
        await peers.close()


async def test_the_handler_is_told_which_service_calls_and_the_caller_is_not_changed(tmp_path: Path) -> None:
    async def behave(request: Request, context: Context) -> Response:
        assert (caller_of(context).kind, caller_of(context).service) == (Kind.SERVICE, "catalog")
        return Response(next_page_token=request.page_token)

    async with peer(tmp_path, behave) as stub:
        assert (await stub(Request(page_token="a"))).next_page_token == "a"
    assert caller_under_way().kind is Kind.ANONYMOUS


async def test_neither_side_sees_what_the_other_does_to_its_messages(tmp_path: Path) -> None:
    kept = Response(next_page_token="kept")

    async def behave(request: Request, context: Context) -> Response:
        request.page_token = "changed"
        return kept

    async with peer(tmp_path, behave) as stub:
        request = Request(page_token="a")
        answer = await stub(request)
        answer.next_page_token = "changed"
    assert (request.page_token, kept.next_page_token) == ("a", "kept")


async def test_a_failure_comes_with_its_kind_reason_and_metadata(tmp_path: Path) -> None:
    async def behave(request: Request, context: Context) -> Response:
        raise NotFound("not here", photo_id="p1")

    async with peer(tmp_path, behave) as stub:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await stub(Request())
    told = error_of(caught.value, peer="catalog")
    assert (type(told), told.message, dict(told.metadata)) == (NotFound, "not here", {"photo_id": "p1"})


async def test_a_service_may_not_call_what_is_for_users(tmp_path: Path) -> None:
    async def behave(request: Request, context: Context) -> Response:
        raise AssertionError("it was called")

    async with peer(tmp_path, behave, scope="photos.read") as stub:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await stub(Request())
    assert caught.value.code() is grpc.StatusCode.PERMISSION_DENIED


async def test_what_breaks_a_rule_of_the_contract_is_refused(tmp_path: Path) -> None:
    async def behave(request: Request, context: Context) -> Response:
        raise AssertionError("it was called")

    async with peer(tmp_path, behave) as stub:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await stub(Request(page_size=-1))
    assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT


async def test_a_call_ends_at_its_deadline(tmp_path: Path) -> None:
    ended = asyncio.Event()

    async def behave(request: Request, context: Context) -> Response:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()
        return Response()

    async with peer(tmp_path, behave) as stub:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await stub(Request(), timeout=0.02)
    assert caught.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED
    assert ended.is_set()


@pytest.mark.parametrize("by", ["its caller", "the call itself"])
async def test_cancelling_a_call_ends_its_work(by: str, tmp_path: Path) -> None:
    begun, ended = asyncio.Event(), asyncio.Event()

    async def behave(request: Request, context: Context) -> Response:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()
        return Response()

    async with peer(tmp_path, behave) as stub:
        call = stub(Request())

        async def caller() -> None:
            await call

        calling = asyncio.create_task(caller())
        await begun.wait()
        if by == "its caller":
            calling.cancel()
        else:
            call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await calling
        async with asyncio.timeout(10):
            await ended.wait()
