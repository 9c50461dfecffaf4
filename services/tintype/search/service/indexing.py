"""Keeping the index at the catalog's current revision of every photo."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

from tintype.kit.steps import Step, no_step
from tintype.search.domain.document import DocumentKey, IndexDocument, SourcePhoto
from tintype.search.ports import Analyzer, Catalog, Erasures, PhotoIndex

BATCH: Final = 64  # photos of one fetch: some 400 kB of vectors and texts
_STORE: Final = "index"


class Indexing:
    """Indexes photos by their facts. Photos that change at the same time are fetched and written together."""

    def __init__(
        self,
        *,
        index: PhotoIndex,
        catalog: Catalog,
        erasures: Erasures,
        analyzer: Analyzer,
        step: Step = no_step,
    ) -> None:
        self._step = step
        self._index = index
        self._catalog = catalog
        self._erasures = erasures
        self._analyzer = analyzer
        self._waiting: dict[DocumentKey, asyncio.Future[None]] = {}
        self._worker: asyncio.Task[None] | None = None

    async def index_photo(self, key: DocumentKey) -> None:
        """Bring a photo to the catalog's current revision, which is that of `key` or above. Returns once it is found.

        Raises: Unavailable if the catalog or the index is away.
        """
        if (done := self._waiting.get(key)) is None:
            done = self._waiting[key] = asyncio.get_running_loop().create_future()
        if self._worker is None or self._worker.done():
            self._worker = asyncio.create_task(self._work())
        await asyncio.shield(done)
        await self._step("indexed")

    async def delete_photo(self, key: DocumentKey) -> None:
        """Remove a photo that is gone for good."""
        await self._step("delete/index")
        await self._index.delete([key])
        await self._step("delete/indexed")

    async def erase_owner(self, *, user_id: str, operation_id: str) -> None:
        """Remove everything of an owner, and report it."""
        await self._step("erase/index")
        await self._index.remove_owner(user_id)
        left = {_STORE: await self._index.count_owner(user_id)}
        await self._erasures.report_erased(operation_id=operation_id, user_id=user_id, left=left)

    async def index_now(self, keys: Sequence[DocumentKey]) -> int:
        """Bring photos to their current revisions; returns how many changed in the index."""
        documents, gone = self.documents(await self._catalog.load_sources(keys))
        changed = await self._index.put(documents) if documents else 0
        return changed + (await self._index.delete(gone) if gone else 0)

    def documents(self, sources: Sequence[SourcePhoto]) -> tuple[list[IndexDocument], list[DocumentKey]]:
        """What to index, and what is deleted."""
        kept = [self._document(source) for source in sources if not source.deleted]
        return kept, [source.key for source in sources if source.deleted]

    def _document(self, source: SourcePhoto) -> IndexDocument:
        tokens = {
            field: frozenset[str]().union(*(self._analyzer.tokens(text) for text in texts))
            for field, texts in source.texts.items()
        }
        return IndexDocument(
            owner_id=source.key.owner_id,
            photo_id=source.key.photo_id,
            revision=source.key.revision,
            facts=source.facts,
            tokens={field: tuple(sorted(values)) for field, values in tokens.items() if values},
            vectors=source.vectors,
        )

    async def _work(self) -> None:
        """One batch after another: what came in during one is the next."""
        while self._waiting:
            batch = dict(list(self._waiting.items())[:BATCH])
            for key in batch:
                del self._waiting[key]
            await self._index_batch(batch)

    async def _index_batch(self, batch: dict[DocumentKey, asyncio.Future[None]]) -> None:
        newest = {(key.owner_id, key.photo_id): key for key in sorted(batch, key=lambda key: key.revision)}
        outcome = asyncio.create_task(self.index_now(list(newest.values())))
        await asyncio.wait([outcome])
        for done in batch.values():
            if done.done():
                continue
            if outcome.cancelled():
                done.cancel()
            elif (error := outcome.exception()) is not None:
                done.set_exception(error)
            else:
                done.set_result(None)
