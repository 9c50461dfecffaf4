"""`search_100k`: words and a date filter that keeps half, over 100,000 photos of one owner, as a client sees it.

The reference does the same in this process without any service: text encoding, an exact scan of the vectors, an FTS5
query. Both sides get the same queries, none twice, so that no remembered vector helps. The client shares the cores.
"""

from __future__ import annotations

import asyncio
import itertools
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Protocol

import numpy as np
from tests.bench.big_library import BigLibrary, Vectors, build
from tests.bench.library import Library, fresh_home, library, signed_in
from tests.bench.measure import Progress, Row, Samples
from tests.bench.pictures import MODELS

from tintype.kit.urls import Url
from tintype.v1 import photo_filter_pb2
from tintype.v1 import search_service_pb2 as pb
from tintype.vision import connect as vision
from tintype.vision.ports import Vision
from tintype.vision.settings import VisionSettings
from tintype_sdk import Client

PHOTOS: Final = 100_000
PAIRS: Final = 7
QUERIES: Final = 30  # of each side in a pair
WARM_UP: Final = 20
TOP: Final = 50
OPEN_RATE: Final = 10.0  # searches begun each second, whether or not the last has ended
OPEN_QUERIES: Final = 300
PACK: Final = {
    "TINTYPE_MODEL_PACK": "development",
    "TINTYPE_MODELS_MIRROR": str(MODELS),
    "TINTYPE_CATALOG_TEXT": "false",
}
MARK: Final = 1.5


class Reference(Protocol):
    """What a search through the service is compared with."""

    async def search(self, words: str) -> float:
        """Milliseconds of the same search."""


class ExactScan:
    """The vectors in a matrix, and the text encoder."""

    def __init__(self, made: BigLibrary, models: Vision) -> None:
        self._made = made
        self._models = models
        self._old = made.days < np.median(made.days)

    async def encoded(self, words: str) -> Vectors:
        """The vector of the words."""
        vector: Vectors = (await self._models.embed_text([words], space=self._made.space))[0]
        return vector

    async def nearest(self, words: str) -> list[str]:
        """The photos nearest to the vector of the words among those that the date filter keeps."""
        scores = self._made.vectors @ await self.encoded(words)
        scores[~self._old] = -1
        best = np.argpartition(-scores, TOP)[:TOP]
        return [self._made.photo_ids[place] for place in best[np.argsort(-scores[best])]]


class Bare:
    """The reference: an exact scan and a table of words."""

    def __init__(self, made: BigLibrary, scan: ExactScan) -> None:
        self._scan = scan
        self._words = sqlite3.connect(":memory:")
        self._words.execute(
            "CREATE VIRTUAL TABLE words USING fts5(tokens, content='', detail=none, columnsize=0, tokenize='ascii')"
        )
        rows = ((place, " ".join(made.tokens_of(place))) for place in range(len(made.photo_ids)))
        self._words.executemany("INSERT INTO words (rowid, tokens) VALUES (?, ?)", rows)
        self._tokens = dict(zip(made.vocabulary, made.tokens, strict=True))

    def having(self, words: str) -> list[np.ndarray[tuple[int], np.dtype[np.int64]]]:
        """The photos that have each of the words."""
        query = "SELECT group_concat(rowid) FROM words WHERE words MATCH ?"
        matches = (" OR ".join(f'"{token}"' for token in self._tokens[word]) for word in words.split())
        return [np.fromstring(self._words.execute(query, (m,)).fetchone()[0], np.int64, sep=",") for m in matches]

    async def search(self, words: str) -> float:
        """Milliseconds."""
        start = time.perf_counter()
        await self._scan.nearest(words)
        self.having(words)
        return (time.perf_counter() - start) * 1000


def request(made: BigLibrary, words: str, *, vector_only: bool = False) -> pb.SearchPhotosRequest:
    """A page of 50, no facets, older half."""
    asked = pb.SearchPhotosRequest(words=words, page_size=TOP, filter=photo_filter_pb2.PhotoFilter())
    asked.filter.before.FromDatetime(made.half)
    if vector_only:
        asked.weights.CopyFrom(pb.LegWeights(vector=1))
    return asked


async def served(client: Client, made: BigLibrary, words: str) -> float:
    """Milliseconds of the same search through the service, from the client's call to its answer."""
    start = time.perf_counter()
    answer = await client.search.photos(request=request(made, words))
    assert len(answer.hits) == TOP
    return (time.perf_counter() - start) * 1000


async def shares_found(client: Client, scan: ExactScan, made: BigLibrary, queries: Iterator[str]) -> list[float]:
    """Of some queries, how much of the exact scan the leg of vectors finds through the service."""
    shares = []
    for words in itertools.islice(queries, WARM_UP):
        answer = await client.search.photos(request=request(made, words, vector_only=True))
        assert answer.pack == made.space, answer.degraded
        shares.append(len({hit.photo.photo_id for hit in answer.hits} & set(await scan.nearest(words))) / TOP)
    return shares


async def warmed_up(client: Client, bare: Reference, made: BigLibrary, queries: Iterator[str]) -> None:
    """Both sides, by some queries."""
    for words in itertools.islice(queries, WARM_UP):
        await bare.search(words)
        await served(client, made, words)


async def in_turn(
    client: Client, bare: Reference, made: BigLibrary, queries: Iterator[str], *, mark: float = MARK, what: str = ""
) -> Row:
    """One search at a time, both sides in turn; ratios of the p50 of each pair."""
    references: list[float] = []
    candidates: list[float] = []
    ratios: list[float] = []
    for pair in range(PAIRS):
        begun = len(references)
        for number, words in enumerate(itertools.islice(queries, QUERIES)):
            if (pair + number) % 2:
                references.append(await bare.search(words))
                candidates.append(await served(client, made, words))
            else:
                candidates.append(await served(client, made, words))
                references.append(await bare.search(words))
        ratios.append(_p50(candidates[begun:]) / _p50(references[begun:]))
    ratio = Samples(tuple(ratios))
    return Row(
        "search_100k",
        "ms",
        Samples(tuple(candidates)),
        Samples(tuple(references)),
        ratio,
        mark=f"<= {mark} at p50",
        met=ratio.median <= mark,
        latencies=True,
        note=f"warm, one at a time; page of {TOP} photos; reference p50 {_p50(references):.1f} ms{what}",
    )


async def open_loop(client: Client, made: BigLibrary, queries: Iterator[str]) -> Row:
    """Percentiles at a stated rate: a slow answer does not hold the next question back."""
    found: list[float] = []

    async def one(words: str, due: float) -> None:
        await client.search.photos(request=request(made, words))
        found.append((time.perf_counter() - due) * 1000)

    begin = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for number, words in enumerate(itertools.islice(queries, OPEN_QUERIES)):
            due = begin + number / OPEN_RATE
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            group.create_task(one(words, due))
    return Row(
        "search_100k_open",
        "ms",
        Samples(tuple(found)),
        latencies=True,
        note=f"warm, open loop of {OPEN_RATE:.0f}/s",
    )


async def cold(at: Library, client: Client, made: BigLibrary, words: str) -> list[Row]:
    """The first search of a process: it reads the owner's vectors and loads the model."""
    before = at.resident_mib()
    first = await served(client, made, words)
    return [
        Row("search_100k_cold", "ms", Samples((first,)), note="first search after the start"),
        Row(
            "memory_100k",
            "MiB",
            Samples((at.resident_mib(),)),
            note=f"resident after the first search; {before:.0f} before it",
        ),
    ]


def _p50(values: list[float]) -> float:
    return Samples(tuple(values)).percentile(0.5)


async def run(progress: Progress, *, photos: int = PHOTOS) -> list[Row]:
    """Rows of search; none where there is no pack."""
    if not MODELS.is_dir():
        progress.say("search: no models here, left out")
        return []
    settings = VisionSettings(model_pack="development", models_mirror=MODELS)
    with fresh_home() as folder:
        home = Path(folder)
        async with vision.connect(Url("onnx:"), settings) as models:
            made = await build(home, progress, models, photos=photos, environment=PACK)
            scan = ExactScan(made, models)
            bare = Bare(made, scan)
            progress.say(f"search: {PAIRS} pairs of {QUERIES} searches, then {OPEN_QUERIES} at {OPEN_RATE:.0f}/s")
            async with library(home, environment=PACK) as at, signed_in(at.address, made.user_name) as client:
                queries = made.queries(seed=1)
                rows = await cold(at, client, made, next(queries))
                found = await shares_found(client, scan, made, queries)
                assert min(found) >= 1 - 1 / TOP, found  # the last may tie within rounding
                await warmed_up(client, bare, made, queries)
                rows.insert(0, await in_turn(client, bare, made, queries))
                rows.insert(1, await open_loop(client, made, queries))
                return rows
