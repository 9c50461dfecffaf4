"""Metrics and traces of a process."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import SpanKind
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.process_collector import ProcessCollector

_SECONDS: Final = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)


class Telemetry:
    """The metrics of this process; services register theirs in `registry`. Traces go out if there is an endpoint."""

    def __init__(self, *, otlp_endpoint: str = "", service: str = "tintype") -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        labels = ("method",)
        self._calls = Counter("tintype_rpc", "Calls that ended.", ("method", "code"), registry=self.registry)
        self._seconds = Histogram(
            "tintype_rpc_seconds", "How long calls took.", labels, buckets=_SECONDS, registry=self.registry
        )
        self._in_flight = Gauge("tintype_rpc_in_flight", "Calls under way.", labels, registry=self.registry)
        self._traces = _provider(otlp_endpoint, service) if otlp_endpoint else None

    def began(self, method: str) -> None:
        """A call has begun."""
        self._in_flight.labels(method).inc()

    def ended(self, method: str, *, code: str, seconds: float) -> None:
        """A call has ended."""
        self._in_flight.labels(method).dec()
        self._calls.labels(method, code).inc()
        self._seconds.labels(method).observe(seconds)

    @contextmanager
    def span(self, method: str, metadata: Mapping[str, str]) -> Iterator[None]:
        """A span around a call, below the one that the caller names in `traceparent`; nothing where traces are off."""
        if self._traces is None:
            yield
            return
        parent: Context = TraceContextTextMapPropagator().extract(dict(metadata))
        tracer = self._traces.get_tracer("tintype")
        with tracer.start_as_current_span(
            method, context=parent, kind=SpanKind.SERVER, record_exception=False, set_status_on_exception=True
        ):
            yield

    def rendered(self) -> bytes:
        """All metrics in the text form of Prometheus."""
        return generate_latest(self.registry)

    def close(self) -> None:
        """Send what is left of the traces."""
        if self._traces is not None:
            self._traces.shutdown()


def trace_headers() -> dict[str, str]:
    """What a call of ours to another service carries on, so that its span stands below the present one."""
    headers: dict[str, str] = {}
    TraceContextTextMapPropagator().inject(headers)
    return headers


def _provider(endpoint: str, service: str) -> TracerProvider:
    provider = TracerProvider(resource=Resource.create({"service.name": service}))
    exporter = OTLPSpanExporter(endpoint=endpoint, insecure=endpoint.startswith("http://"))
    provider.add_span_processor(BatchSpanProcessor(exporter))
    return provider
