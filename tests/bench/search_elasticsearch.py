"""`search_100k` and `recall_50` on Elasticsearch: 100,000 photos of one owner among ten, as a client sees it.

The reference is what nobody can do without: encoding the words, and the `took` that Elasticsearch states for the same
multi search (250 hits of the words, 250 of the vectors by exact comparison), asked by a bare client. Both
sides get queries that none of them has seen. Everything but the index is embedded; client and servers share the cores.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from elasticsearch import AsyncElasticsearch
from tests.bench.big_library import NEIGHBOURS, BigLibrary, build
from tests.bench.library import fresh_home, library, signed_in
from tests.bench.measure import Progress, Row, Samples
from tests.bench.pictures import MODELS
from tests.bench.search import PACK, ExactScan, in_turn, shares_found, warmed_up
from tests.elastic import remove_indices

from tintype.kit.urls import Url
from tintype.search.adapters.elasticsearch.connection import opened, prefix_of
from tintype.search.adapters.elasticsearch.generations import Names
from tintype.search.adapters.elasticsearch.legs import Question
from tintype.search.adapters.elasticsearch.mapping import vector_field
from tintype.search.adapters.elasticsearch.words import OwnerWords
from tintype.search.adapters.snowball_analyzer import SnowballAnalyzer
from tintype.search.domain.fusion import WINDOW
from tintype.search.domain.photo_filter import PhotoFilter
from tintype.search.domain.query import IndexQuery, Leg, QueryWord, VectorQuery
from tintype.vision import connect as vision
from tintype.vision.settings import VisionSettings
from tintype_sdk import Client

PHOTOS: Final = 100_000
NEIGHBOURS_PHOTOS: Final = 5_000  # of each of the nine others
MARK: Final = 1.6
RECALL_MARK: Final = 0.98


class Bare:
    """The reference: the text encoder, and a client that asks what the service asks."""

    def __init__(
        self, made: BigLibrary, scan: ExactScan, client: AsyncElasticsearch, *, index: str, owner: str
    ) -> None:
        self._made = made
        self._scan = scan
        self._client = client
        self._index = index
        self._owner = owner
        self._analyzer = SnowballAnalyzer()
        self._known = OwnerWords()
        self._fields = frozenset({vector_field(made.space, made.vectors.shape[1])})

    async def search(self, words: str) -> float:
        """Milliseconds of encoding plus `took`."""
        start = time.perf_counter()
        vector = await self._scan.encoded(words)
        encoding = (time.perf_counter() - start) * 1000
        query = IndexQuery(
            self._owner,
            filters=(PhotoFilter(before=self._made.half),),
            words=tuple(QueryWord(word.text, word.tokens) for word in self._analyzer.words(words)),
            vectors=(VectorQuery(Leg.VECTOR, self._made.space, vector),),
            depth=WINDOW,
        )
        self._known.note(len(self._made.photo_ids), query.words, [1_000] * len(query.words))  # counts nothing
        bodies = Question(query, self._known, self._fields).searches
        lines = [line for body in bodies for line in ({}, body)]
        answer = await self._client.msearch(index=self._index, routing=self._owner, searches=lines, filter_path="took")
        return encoding + float(answer["took"])


async def recall(client: Client, scan: ExactScan, made: BigLibrary, queries: Iterator[str]) -> Row:
    """The leg of vectors through the service against the exact order, one segment in the index."""
    found = Samples(tuple(await shares_found(client, scan, made, queries)))
    met = statistics.mean(found.values) >= RECALL_MARK
    return Row("recall_50", "recall", found, mark=f">= {RECALL_MARK}", met=met, note="after a force merge")


async def run(progress: Progress, *, url: Url, photos: int = PHOTOS) -> list[Row]:
    """The rows, on the index behind `url`, which is removed at the end; none where there is no pack."""
    if not MODELS.is_dir():
        progress.say("search: no models here, left out")
        return []
    settings = VisionSettings(model_pack="development", models_mirror=MODELS)
    environment = {**PACK, "TINTYPE_INDEX_URL": url.secret}
    try:
        with fresh_home() as folder:
            home = Path(folder)
            async with vision.connect(Url("onnx:"), settings) as models, opened(url) as elasticsearch:
                made = await build(
                    home,
                    progress,
                    models,
                    photos=photos,
                    environment=environment,
                    index_url=url,
                    neighbours=min(NEIGHBOURS_PHOTOS, photos),
                )
                index = Names(prefix_of(url)).searched
                progress.say(f"search: {photos} photos and {NEIGHBOURS} other owners, merging")
                await elasticsearch.options(request_timeout=300).indices.forcemerge(index=index, max_num_segments=1)
                async with (
                    library(home, environment=environment) as at,
                    signed_in(at.address, made.user_name) as client,
                ):
                    owner = (await client.accounts.show()).user_id
                    scan = ExactScan(made, models)
                    bare = Bare(made, scan, elasticsearch, index=index, owner=owner)
                    queries = made.queries(seed=1)
                    found = await recall(client, scan, made, queries)
                    await warmed_up(client, bare, made, queries)
                    row = await in_turn(client, bare, made, queries, mark=MARK, what=": encoding + took")
                    return [row, found]
    finally:
        await remove_indices(url)
