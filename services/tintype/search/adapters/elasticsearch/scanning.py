"""Reading an index page by page, and what only such reading can do: copying and removing by a query."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Final, cast

from elasticsearch import AsyncElasticsearch

from tintype.search.adapters.elasticsearch.connection import translated
from tintype.search.adapters.elasticsearch.documents import Write
from tintype.search.adapters.elasticsearch.responses import Body, Found, Hit, hits_of
from tintype.search.adapters.elasticsearch.writing import Refresh, Writer
from tintype.search.domain.document import DocumentKey

_COPIED: Final = 200  # whole documents of a page: 2 MB
_REMOVED: Final = 1_000
# One of the owners is missing in every document, and two owners may have photos of the same id.
_SORT: Final = [{name: {"order": "asc", "missing": ""}} for name in ("owner", "gone_owner", "photo")]


def anything_of(owner_id: str) -> Body:
    """All that there is of an owner, remembered deletes too."""
    return {"bool": {"should": [{"term": {"owner": owner_id}}, {"term": {"gone_owner": owner_id}}]}}


def deletes_before(gone_ms: int) -> Body:
    """The deletes that are remembered since before an instant."""
    return {"range": {"gone_ms": {"lt": gone_ms}}}


ALL_DELETES: Final[Body] = {"exists": {"field": "gone_ms"}}


class Scanner:
    """Reads, copies and removes by a query. What is written meanwhile is written to every live index anyway."""

    def __init__(self, client: AsyncElasticsearch, writer: Writer, *, page: int = _COPIED) -> None:
        self._client = client
        self._writer = writer
        self._page = page

    async def copy(self, query: Body, *, source: str, target: str) -> int:
        """Write what a query finds in one index to another, older nowhere over newer; returns how many were read."""
        done = 0
        async for page in self._pages(source, query):
            await self._writer.write(target, [_write_of(hit) for hit in page], refresh="false")
            done += len(page)
        return done

    async def remove(self, index: str, query: Body, *, refresh: Refresh) -> int:
        """Remove what a query finds until it finds nothing; returns how many were removed."""
        removed = 0
        while found := await self._some(index, query):
            removed += await self._writer.remove(index, found, refresh=refresh)
        return removed

    async def _some(self, index: str, query: Body) -> Sequence[Hit]:
        with translated():
            answer = await self._client.search(
                index=index, query=query, size=_REMOVED, source=False, seq_no_primary_term=True
            )
        return hits_of(cast(Found, answer.body))

    async def _pages(self, index: str, query: Body) -> AsyncIterator[Sequence[Hit]]:
        after: list[float | str] = ["" for _ in _SORT]
        while True:
            with translated():
                answer = await self._client.search(
                    index=index,
                    query=query,
                    size=self._page,
                    sort=_SORT,
                    search_after=after,
                    source_exclude_vectors=False,
                )
            page = hits_of(cast(Found, answer.body))
            if not page:
                return
            yield page
            after = list(page[-1]["sort"])


def _write_of(hit: Hit) -> Write:
    source = hit["_source"]
    key = DocumentKey(hit["_routing"], source["photo"], source["revision"])
    return Write(key, cast(Body, source), deletes="owner" not in source)
