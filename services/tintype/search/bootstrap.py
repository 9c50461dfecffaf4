"""Wires search."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Final, Protocol

from tintype.events import connect as events
from tintype.events.consumer import Limits
from tintype.events.hear import consuming
from tintype.events.ports import EventStream, UnknownConsumer
from tintype.imaging import connect as imaging
from tintype.kit.app import App, Host
from tintype.kit.clock import Clock, SystemClock
from tintype.kit.operations.domain import OperationKind, Progress
from tintype.kit.operations.runner import Run, Work
from tintype.kit.urls import InvalidUrl, Url, Urls
from tintype.search.adapters.dateparser_reader import DateparserReader
from tintype.search.adapters.rpc_catalog import RpcCatalog
from tintype.search.adapters.rpc_erasures import RpcErasures
from tintype.search.adapters.snowball_analyzer import SnowballAnalyzer
from tintype.search.adapters.sqlite.index import SqlitePhotoIndex
from tintype.search.consumer import SearchConsumer, photo_of
from tintype.search.handlers import SearchHandlers
from tintype.search.ports import PhotoIndex
from tintype.search.service.asking import AlbumTitles, Asking
from tintype.search.service.indexing import BATCH, Indexing
from tintype.search.service.searching import Searching
from tintype.search.service.status import IndexCare
from tintype.search.service.suggesting import Suggesting
from tintype.search.service.sweeping import Sweeping
from tintype.search.service.understanding import Understander
from tintype.search.settings import SearchSettings
from tintype.v1 import events_pb2
from tintype.v1.search_service_pb2_grpc import add_SearchServiceServicer_to_server
from tintype.vision import connect as vision

NAME: Final = "search"


class Opener(Protocol):
    """Opens an index."""

    def __call__(
        self, url: Url, *, clock: Clock, settings: SearchSettings
    ) -> AbstractAsyncContextManager[PhotoIndex]: ...


def open_sqlite(url: Url, *, clock: Clock, settings: SearchSettings) -> AbstractAsyncContextManager[PhotoIndex]:
    """The file of the URL."""
    return SqlitePhotoIndex.connect(url, clock=clock, memory_limit_bytes=settings.index_memory_bytes)


def open_elasticsearch(url: Url, *, clock: Clock, settings: SearchSettings) -> AbstractAsyncContextManager[PhotoIndex]:
    """The server of the URL. Its client is imported only here: it costs who has no such server time and memory."""
    from tintype.search.adapters.elasticsearch.index import ElasticsearchPhotoIndex

    return ElasticsearchPhotoIndex.connect(url, clock=clock, own_index_from=settings.own_index_from)


INDEXES: Final[Mapping[str, Opener]] = {
    "sqlite": open_sqlite,
    "elasticsearch+http": open_elasticsearch,
    "elasticsearch+https": open_elasticsearch,
}


@asynccontextmanager
async def build(urls: Urls, settings: SearchSettings, host: Host, *, clock: Clock | None = None) -> AsyncIterator[App]:
    """Search on what the URLs say."""
    clock = clock or SystemClock()
    index = await open_index(urls, settings, clock)
    catalog = RpcCatalog(host.peers.channel("catalog"))
    erasures = RpcErasures(host.peers.channel("accounts"))
    stream = await events.connect(urls)
    analyzer = SnowballAnalyzer()
    indexing = Indexing(index=index, catalog=catalog, erasures=erasures, analyzer=analyzer, step=host.step)
    care = IndexCare(index=index, operations=host.operations, pending=lambda: pending(stream))
    sweeping = Sweeping(index=index, catalog=catalog, indexing=indexing, clock=clock, ask_rebuild=care.ask_repair)
    limits = Limits(settings.indexing_in_flight, ahead=BATCH)
    app = App(
        NAME, stream=stream, consume=consuming(stream, limits=limits, ack_wait=settings.ack_wait, coalesce=photo_of)
    )
    app.serve(add_SearchServiceServicer_to_server, await handlers(urls, index, catalog, analyzer, care, clock))
    consumer = SearchConsumer(indexing)
    app.subscribe(events_pb2.PhotoChanged, consumer.photo_changed)
    app.subscribe(events_pb2.PhotoDeleted, consumer.photo_deleted)
    app.subscribe(events_pb2.UserDeleted, consumer.user_deleted)
    app.sweep("S3", "photos against the index", every=settings.sweep_every, run=sweeping.sweep)
    app.operation(OperationKind.REINDEX, rebuilding(sweeping))
    yield app


async def handlers(
    urls: Urls, index: PhotoIndex, catalog: RpcCatalog, analyzer: SnowballAnalyzer, care: IndexCare, clock: Clock
) -> SearchHandlers:
    """What answers the calls."""
    titles = AlbumTitles(catalog, clock)
    understander = Understander(await asyncio.to_thread(DateparserReader))
    asking = Asking(
        index=index,
        catalog=catalog,
        analyzer=analyzer,
        titles=titles,
        vision=await vision.shared(urls),
        imaging=await imaging.shared(urls),
    )
    searching = Searching(
        index=index,
        catalog=catalog,
        asking=asking,
        titles=titles,
        understander=understander,
        clock=clock,
    )
    return SearchHandlers(searching=searching, suggesting=Suggesting(index=index, titles=titles), care=care)


async def open_index(urls: Urls, settings: SearchSettings, clock: Clock) -> PhotoIndex:
    """The index behind `urls.index`. Raises InvalidUrl for a scheme without an adapter."""
    opener = INDEXES.get(urls.index.scheme)
    if opener is None:
        raise InvalidUrl(f"TINTYPE_INDEX_URL: {urls.index.scheme}: is none of {', '.join(sorted(INDEXES))}")
    return await urls.open(urls.index, lambda url: opener(url, clock=clock, settings=settings), part=NAME)


async def pending(stream: EventStream) -> int:
    """How many facts search has still to do; none while it never listened."""
    try:
        return await stream.pending(NAME)
    except UnknownConsumer:
        return 0


def rebuilding(sweeping: Sweeping) -> Work:
    """The work of a rebuild."""

    async def rebuild(run: Run) -> Mapping[str, int]:
        def report(done: int, total: int) -> None:
            run.report(Progress(done=done, total=total, unit="photos", step="indexing"))

        return {"photos": await sweeping.rebuild(report)}

    return rebuild
