"""A process passes calls on to the one that serves them: nothing is lost, nothing of ours is added."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Never

import grpc
import pytest
from tests.rpc_world import Request, Response  # messages of ListPhotos

from tintype import host
from tintype.kit.auth.policy import policies_of
from tintype.kit.grpc.calls import Context
from tintype.kit.grpc.errors import reason_of
from tintype.kit.grpc.forwarding import forwarded
from tintype.kit.grpc.interceptors import Pipeline
from tintype.v1 import catalog_service_pb2_grpc, event_service_pb2, event_service_pb2_grpc, upload_service_pb2_grpc
from tintype.v1 import upload_service_pb2 as uploads

CATALOG = "tintype.v1.CatalogService"
EVENTS = "tintype.v1.EventService"
UPLOAD = "tintype.v1.UploadService"
MODULES = {"CatalogService": "catalog_service", "EventService": "event_service", "UploadService": "upload_service"}


class Behind(
    catalog_service_pb2_grpc.CatalogServiceServicer,
    event_service_pb2_grpc.EventServiceServicer,
    upload_service_pb2_grpc.UploadServiceServicer,
):
    """The process that serves: says what came with a call, counts chunks, watches until it is told to stop."""

    def __init__(self) -> None:
        self.metadata: dict[str, str] = {}
        self.watching = asyncio.Event()
        self.ended = asyncio.Event()

    async def ListPhotos(self, request: Request, context: Context) -> Response:
        self.metadata = {str(key): str(value) for key, value in context.invocation_metadata() or ()}
        if request.page_token == "refuse":
            await context.abort(grpc.StatusCode.OUT_OF_RANGE, "no such page", (("detail-bin", b"\x00\x01"),))
        return Response(next_page_token=f"{request.page_size} {context.time_remaining() is None}")

    async def AppendUpload(
        self, request_iterator: AsyncIterator[uploads.AppendUploadRequest], context: Context
    ) -> uploads.AppendUploadResponse:
        return uploads.AppendUploadResponse(
            durable_offset=sum([len(each.chunk.data) async for each in request_iterator])
        )

    async def WatchEvents(
        self, request: event_service_pb2.WatchEventsRequest, context: Context
    ) -> AsyncIterator[event_service_pb2.WatchEventsResponse]:
        self.watching.set()
        try:
            yield event_service_pb2.WatchEventsResponse(cursor="1")
            yield event_service_pb2.WatchEventsResponse(cursor="2")
            await asyncio.Event().wait()
        finally:
            self.ended.set()


@asynccontextmanager
async def front(tmp_path: Path, behind: Behind | None) -> AsyncIterator[grpc.aio.Channel]:
    """A channel to a process that serves none of them, but knows the one that does."""
    server, address = grpc.aio.server(), f"unix:{tmp_path}/behind.sock"
    if behind is not None:
        catalog_service_pb2_grpc.add_CatalogServiceServicer_to_server(behind, server)
        event_service_pb2_grpc.add_EventServiceServicer_to_server(behind, server)
        upload_service_pb2_grpc.add_UploadServiceServicer_to_server(behind, server)
        server.add_insecure_port(address)
    await server.start()
    passing = grpc.aio.server(interceptors=[Pipeline(policies_of([CATALOG, EVENTS, UPLOAD]), [])])
    async with grpc.aio.insecure_channel(address) as channel:
        for service, module in MODULES.items():
            handlers = forwarded("catalog", module, service, channel)
            passing.add_registered_method_handlers(f"tintype.v1.{service}", dict(handlers))
        passing.add_insecure_port(f"unix:{tmp_path}/front.sock")
        await passing.start()
        async with grpc.aio.insecure_channel(f"unix:{tmp_path}/front.sock") as client:
            yield client
        await passing.stop(0)
    await server.stop(0)


async def test_an_answer_comes_back_and_the_credential_goes_on(tmp_path: Path) -> None:
    behind = Behind()
    async with front(tmp_path, behind) as channel:
        stub = catalog_service_pb2_grpc.CatalogServiceStub(channel)
        sent = (("authorization", "Bearer t"), ("x-forwarded-for", "192.0.2.9"), ("cookie", "c"))
        answer = await stub.ListPhotos(Request(page_size=7), metadata=sent)
        assert answer.next_page_token == "7 True"
        assert (await stub.ListPhotos(Request(page_size=7), timeout=5)).next_page_token == "7 False"
        await stub.ListPhotos(Request(), metadata=sent)
    assert behind.metadata["authorization"] == "Bearer t"
    assert "x-forwarded-for" not in behind.metadata  # a caller without an address of its own has none to pass on
    assert "cookie" not in behind.metadata


async def test_an_error_keeps_its_code_its_words_and_its_details(tmp_path: Path) -> None:
    async with front(tmp_path, Behind()) as channel:
        with pytest.raises(grpc.aio.AioRpcError) as raised:
            await catalog_service_pb2_grpc.CatalogServiceStub(channel).ListPhotos(Request(page_token="refuse"))
    assert raised.value.code() is grpc.StatusCode.OUT_OF_RANGE
    assert raised.value.details() == "no such page"
    assert ("detail-bin", b"\x00\x01") in tuple(raised.value.trailing_metadata())


async def test_a_stream_goes_in_whole(tmp_path: Path) -> None:
    chunk = uploads.AppendUploadRequest(upload_id="u", chunk=uploads.Chunk(data=b"x" * 100_000))

    async def chunks() -> AsyncIterator[uploads.AppendUploadRequest]:
        for _ in range(20):
            yield chunk

    async with front(tmp_path, Behind()) as channel:
        answer = await upload_service_pb2_grpc.UploadServiceStub(channel).AppendUpload(chunks())
    assert answer.durable_offset == 2_000_000


async def test_a_watch_comes_as_it_happens_and_ends_with_its_caller(tmp_path: Path) -> None:
    behind = Behind()
    async with front(tmp_path, behind) as channel:
        watch = event_service_pb2_grpc.EventServiceStub(channel).WatchEvents(event_service_pb2.WatchEventsRequest())
        seen = [(await watch.read()).cursor, (await watch.read()).cursor]
        watch.cancel()
        async with asyncio.timeout(5):
            await behind.ended.wait()
    assert seen == ["1", "2"]


async def test_a_process_that_is_away_is_unavailable(tmp_path: Path) -> None:
    async with front(tmp_path, None) as channel:
        with pytest.raises(grpc.aio.AioRpcError) as raised:
            await catalog_service_pb2_grpc.CatalogServiceStub(channel).ListPhotos(Request())
        watch = event_service_pb2_grpc.EventServiceStub(channel).WatchEvents(event_service_pb2.WatchEventsRequest())
        with pytest.raises(grpc.aio.AioRpcError) as broken:
            await watch.read()
    for error in (raised.value, broken.value):
        assert error.code() is grpc.StatusCode.UNAVAILABLE
        assert error.details() == (
            "this process passes the call on to catalog, which does not answer: try again in a moment"
        )
        assert reason_of(error) == ("UNAVAILABLE", {"dependency": "catalog"})


async def test_a_stream_that_cannot_be_sent_on_is_unavailable_and_not_cancelled(tmp_path: Path) -> None:
    """grpc.aio cancels a call of its own accord when its connection breaks under a chunk."""

    class Broken(grpc.aio.StreamUnaryClientInterceptor):
        async def intercept_stream_unary(self, *_: object, **__: object) -> Never:
            raise asyncio.CancelledError

    async with grpc.aio.insecure_channel(f"unix:{tmp_path}/nowhere.sock", interceptors=[Broken()]) as behind:
        passing = grpc.aio.server(interceptors=[Pipeline(policies_of([UPLOAD]), [])])
        passing.add_registered_method_handlers(
            UPLOAD, dict(forwarded("upload", "upload_service", "UploadService", behind))
        )
        passing.add_insecure_port(f"unix:{tmp_path}/front.sock")
        await passing.start()
        async with grpc.aio.insecure_channel(f"unix:{tmp_path}/front.sock") as channel:
            with pytest.raises(grpc.aio.AioRpcError) as raised:
                await upload_service_pb2_grpc.UploadServiceStub(channel).AppendUpload(
                    iter([uploads.AppendUploadRequest()]), timeout=5
                )
        await passing.stop(0)
    assert raised.value.code() is grpc.StatusCode.UNAVAILABLE
    assert reason_of(raised.value) == ("UNAVAILABLE", {"dependency": "upload"})


def test_every_public_service_of_the_contract_can_be_passed_on() -> None:
    for name in host.installed():
        bootstrap = Path(host.__file__).parent.joinpath(name, "bootstrap.py").read_text()
        for service, module in host.SERVED_BY[name].items():
            assert f"from tintype.v1.{module}_pb2_grpc import add_{service}Servicer_to_server" in bootstrap
        served = bootstrap.count("Servicer_to_server\n") - bootstrap.count("InternalServiceServicer_to_server\n")
        assert len(host.SERVED_BY[name]) == served, name
