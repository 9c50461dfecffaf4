"""Wires the workers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Final

from tintype.analysis.adapters.catalog_client import RpcCatalog
from tintype.analysis.adapters.prometheus_meter import PrometheusMeter
from tintype.analysis.consumer import AnalysisConsumer
from tintype.analysis.handlers import EmbedHandlers
from tintype.analysis.ports import CatalogUnavailable
from tintype.analysis.service.analyse import Analysis
from tintype.analysis.service.embed import Embedder
from tintype.analysis.service.offer import Offer
from tintype.analysis.settings import AnalysisSettings
from tintype.blobs.connect import Store
from tintype.blobs.connect import shared as shared_blobs
from tintype.events import connect as events
from tintype.events.consumer import Blocked, Limits
from tintype.events.hear import consumer_name, work
from tintype.events.hearing import hearing
from tintype.events.ports import EventStream
from tintype.imaging import connect as imaging
from tintype.imaging.statements import check_sandbox
from tintype.kit.app import App, Host
from tintype.kit.clock import Clock, SystemClock
from tintype.kit.doctor import LocalCheck
from tintype.kit.fact import Priority
from tintype.kit.operations.domain import ConsumerStatus, Finding
from tintype.kit.operations.registry import Check
from tintype.kit.urls import Urls
from tintype.v1 import events_pb2
from tintype.v1.embed_service_pb2_grpc import add_EmbedServiceServicer_to_server
from tintype.vision import connect as vision
from tintype.vision.commands import COMMANDS as MODEL_COMMANDS
from tintype.vision.ports import Vision
from tintype.vision.settings import VisionSettings
from tintype.vision.statements import check_installed, findings, packs

Work = Callable[[], Awaitable[None]]

POOL: Final = "analysis"
COMMANDS: Final = MODEL_COMMANDS  # what operators run beside hosting
_WORKERS: Final = 16  # how many processes may share the pool before one waits for another's places


@asynccontextmanager
async def build(
    urls: Urls, settings: AnalysisSettings, host: Host, *, clock: Clock | None = None
) -> AsyncIterator[App]:
    """One worker, and EmbedService."""
    pictures = await imaging.shared(urls)
    models = await vision.shared(urls)
    catalog = RpcCatalog(host.peers.channel("catalog"))
    analysis = Analysis(
        catalog=catalog,
        originals=await shared_blobs(urls, Store.ORIGINALS),
        derived=await shared_blobs(urls, Store.DERIVED),
        imaging=pictures,
        vision=models,
        clock=clock or SystemClock(),
        step=host.step,
        meter=PrometheusMeter(host.telemetry.registry),
    )
    offer, blocked = Offer(catalog=catalog, vision=models), Blocked()
    stream = await events.connect(urls)
    app = App(POOL, stream=stream)
    app.serve(add_EmbedServiceServicer_to_server, EmbedHandlers(Embedder(imaging=pictures, vision=models)))
    app.models(lambda: packs(models.status()))
    app.check("models", checking(models))
    app.consumers(lambda: [ConsumerStatus(consumer_name(POOL, priority), blocked.by) for priority in Priority])
    app.background(
        "worker", working(stream, AnalysisConsumer(analysis), offer, settings, blocked, probing(catalog, models))
    )
    app.background("offer", keep_stating(offer, settings))
    yield app


def working(
    stream: EventStream,
    consumer: AnalysisConsumer,
    offer: Offer,
    settings: AnalysisSettings,
    blocked: Blocked,
    probe: Work,
) -> Work:
    """Hear what is asked for; only once the catalog knows what this worker has, or it would drop the results."""
    hearings = [
        hearing(events_pb2.PhotoRegistered, consumer.photo_registered),
        hearing(events_pb2.AnalysisRequested, consumer.analysis_requested),
    ]

    async def run() -> None:
        await until_stated(offer, settings)
        await work(
            stream,
            POOL,
            hearings,
            limits=Limits(settings.jobs_in_flight, least_urgent=settings.deferred_in_flight),
            max_ack_pending=_WORKERS * settings.jobs_in_flight,
            ack_wait=settings.ack_wait,
            blocked=blocked,
            probe=probe,
        )

    return run


def probing(catalog: RpcCatalog, models: Vision) -> Work:
    """Whether what jobs depend on is back: a model that fails its canary is loaded again by this."""

    async def probe() -> None:
        await catalog.check()
        await models.check()

    return probe


def checking(models: Vision) -> Check:
    """Ask whether the wanted models serve."""

    async def check() -> Sequence[Finding]:
        return findings(POOL, models.status())

    return check


async def check_machine() -> Sequence[Finding]:
    """What `doctor` asks this machine: whether decoders can be confined, and models be had."""
    return [*await check_sandbox(POOL), *check_installed(POOL, VisionSettings())]


async def until_stated(offer: Offer, settings: AnalysisSettings) -> None:
    """State the models for the first time, however long the catalog takes to answer."""
    while True:
        try:
            await offer.state()
            return
        except CatalogUnavailable:
            await asyncio.sleep(settings.offer_every.total_seconds())


def keep_stating(offer: Offer, settings: AnalysisSettings) -> Work:
    """State the models again whenever another pack serves."""

    async def state() -> None:
        while True:
            await asyncio.sleep(settings.offer_every.total_seconds())
            with suppress(CatalogUnavailable):
                await offer.state()

    return state


LOCAL_CHECKS: Final[Sequence[LocalCheck]] = (check_machine,)
