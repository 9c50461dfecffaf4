"""Building the destination's index from the photos that were copied."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final

from tintype.catalog.convert.answer import results_to_proto, revision_to_proto
from tintype.catalog.convert.enums import STAGE_OF
from tintype.catalog.service.reading import Reading
from tintype.catalog.stores import open_repositories
from tintype.kit.clock import Clock
from tintype.kit.urls import Urls
from tintype.moving.copying import Report
from tintype.search.adapters.snowball_analyzer import SnowballAnalyzer
from tintype.search.bootstrap import open_index
from tintype.search.convert.source import STAGES, catalog_revision_of, source_of
from tintype.search.domain.answer import PagePhoto
from tintype.search.domain.document import DocumentKey, SourcePhoto
from tintype.search.ports import CatalogRevision
from tintype.search.service.indexing import Indexing
from tintype.search.service.sweeping import Sweeping
from tintype.search.settings import SearchSettings

_UNUSED: Final = timedelta(days=30)  # when a photo in the trash goes is told to people, not to an index


class ReadCatalog:
    """The catalog, as search asks it, without the service: its rows, read here."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading

    async def load_sources(self, keys: Sequence[DocumentKey]) -> Sequence[SourcePhoto]:
        """See `Catalog`."""
        found = await self._reading.batch_get_results(
            keys=[(key.owner_id, key.photo_id) for key in keys],
            stages=[STAGE_OF[stage] for stage in STAGES],
        )
        return [source_of(results_to_proto(each.photo, each.results, retention=_UNUSED)) for each in found]

    async def load_page(
        self, owner_id: str, photo_ids: Sequence[str], *, thumbnail_urls: bool
    ) -> Mapping[str, PagePhoto]:
        """See `Catalog`; nobody asks it here."""
        return {}

    async def album_titles(self, owner_id: str) -> Mapping[str, str]:
        """See `Catalog`; nobody asks it here."""
        return {}

    async def revisions(self, *, page_token: str, limit: int) -> tuple[Sequence[CatalogRevision], str]:
        """See `Catalog`; the token is the key of the last one."""
        after = tuple(page_token.split("/")) if page_token else ()
        page = await self._reading.list_revisions(owner_id="", limit=limit, after=after)
        token = "/".join(map(str, page.after)) if page.after else ""
        return [catalog_revision_of(revision_to_proto(photo)) for photo in page.photos], token


class NobodyErases:
    """Erasures, of which there are none in a library that does not run."""

    async def report_erased(self, *, operation_id: str, user_id: str, left: Mapping[str, int]) -> None:
        """See `Erasures`."""


async def build_index(urls: Urls, clock: Clock, report: Report) -> int:
    """A new generation of the index of all photos, seen by searches once it is whole; returns how many it has."""
    repositories = await open_repositories(urls, clock)
    index = await open_index(urls, SearchSettings(), clock)
    catalog = ReadCatalog(Reading(repositories.photos, repositories.results))
    indexing = Indexing(index=index, catalog=catalog, erasures=NobodyErases(), analyzer=SnowballAnalyzer())

    async def nobody() -> None:
        """The index cannot be ahead of what it is built from."""

    sweeping = Sweeping(index=index, catalog=catalog, indexing=indexing, clock=clock, ask_rebuild=nobody)
    return await sweeping.rebuild(lambda done, _: report("index", done))


async def count_indexed(urls: Urls, clock: Clock) -> int:
    """How many photos the index has."""
    return await (await open_index(urls, SearchSettings(), clock)).count()
