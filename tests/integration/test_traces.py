"""Spans of calls arrive where TINTYPE_OTLP_ENDPOINT says, below the span of whoever called."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import grpc
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2 as otlp
from opentelemetry.proto.collector.trace.v1.trace_service_pb2_grpc import (
    TraceServiceServicer,
    add_TraceServiceServicer_to_server,
)
from opentelemetry.proto.trace.v1.trace_pb2 import Span
from tests.drawn import draw
from tests.integration.test_media_urls import library
from tests.isolation.world import PASSWORD, bearer, upload

from tintype.kit.settings import Settings
from tintype.v1 import accounts_service_pb2
from tintype.v1.accounts_service_pb2_grpc import AccountsServiceStub
from tintype.v1.upload_service_pb2_grpc import UploadServiceStub

TRACE_ID, SPAN_ID = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"


class Collector(TraceServiceServicer):
    """Keeps what it is sent, by the name of the service that sent it."""

    def __init__(self) -> None:
        self.spans: list[tuple[str, Span]] = []

    def Export(
        self, request: otlp.ExportTraceServiceRequest, context: grpc.ServicerContext
    ) -> otlp.ExportTraceServiceResponse:
        for resource in request.resource_spans:
            (service,) = [each for each in resource.resource.attributes if each.key == "service.name"]
            for scope in resource.scope_spans:
                self.spans += [(service.value.string_value, span) for span in scope.spans]
        return otlp.ExportTraceServiceResponse()


@contextmanager
def collecting() -> Iterator[tuple[Collector, str]]:
    """In threads of its own, for the last spans are sent while the library's loop ends."""
    collector, server = Collector(), grpc.server(ThreadPoolExecutor(2))
    add_TraceServiceServicer_to_server(collector, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield collector, f"http://127.0.0.1:{port}"
    finally:
        server.stop(None).wait()


async def test_the_spans_of_a_call_and_of_what_it_calls_arrive_in_the_trace_of_the_caller(tmp_path: Path) -> None:
    with collecting() as (collector, endpoint):
        settings = Settings(home=tmp_path / "home", port=0, http_port=0, drain=timedelta(0), otlp_endpoint=endpoint)
        async with library(settings) as (_, channel):
            sign_up = accounts_service_pb2.SignUpRequest(user_name="ada", password=PASSWORD)
            token = (await AccountsServiceStub(channel).SignUp(sign_up, timeout=30)).tokens.access_token
            metadata = (*bearer(token), ("traceparent", f"00-{TRACE_ID}-{SPAN_ID}-01"))
            await UploadServiceStub(channel).UploadPhoto(iter(upload(draw(1))), metadata=metadata)
    assert {service for service, _ in collector.spans} == {"tintype"}
    spans = {span.name.rpartition(".")[2]: span for _, span in collector.spans if span.trace_id.hex() == TRACE_ID}
    uploaded, registered = spans["UploadService/UploadPhoto"], spans["CatalogInternalService/RegisterPhoto"]
    assert uploaded.parent_span_id.hex() == SPAN_ID
    assert registered.parent_span_id == uploaded.span_id
    assert uploaded.kind == Span.SPAN_KIND_SERVER
    assert uploaded.end_time_unix_nano >= registered.end_time_unix_nano
    assert token not in str(collector.spans)
