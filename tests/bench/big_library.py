"""A library of many synthetic photos of one owner, written through the repositories; everything comes from a seed."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt
from tests.bench.library import library, signed_in
from tests.bench.measure import Progress
from tests.builders import make_capture_time, make_metadata, make_photo

from tintype.analysis.domain import CODE_MODEL, FROM_FILE
from tintype.analysis.service.analyse import ABILITIES
from tintype.catalog.adapters.sqlite_photo import SqlitePhotoRepository
from tintype.catalog.domain.photo import Photo, Picture
from tintype.catalog.domain.result import Variant
from tintype.catalog.domain.stage import REQUIRED, Stage, StageState, StageStatus
from tintype.kit.clock import SystemClock
from tintype.kit.store.sqlite import Database
from tintype.kit.urls import Url
from tintype.search.adapters.snowball_analyzer import SnowballAnalyzer
from tintype.search.bootstrap import INDEXES
from tintype.search.domain.document import Captured, Field, IndexDocument, PhotoFacts, PhotoState
from tintype.search.ports import PhotoIndex
from tintype.search.settings import SearchSettings
from tintype.vision.ports import Vision

SEED = 20_261_121
CLUSTERS = 400  # scenes and days that look alike; a person's photos are no uniform cloud
VOCABULARY = 3_000
WORDS = 10  # a photo
BATCH = 2_000
NEIGHBOURS = 9
SWEPT_S = 5.0  # the sweeps of a new library have run: the next ones are due in an hour, and would miss the files
BEGIN = datetime(2006, 1, 1, 12, tzinfo=UTC)
SYLLABLES = ["ba", "de", "fi", "go", "lu", "ma", "ne", "pi", "ro", "su", "ta", "ve", "wi", "ko", "zu", "ha"]

Vectors = npt.NDArray[np.float32]


@dataclass(frozen=True)
class BigLibrary:
    """What is in it: a row of `vectors`, of `words` and of `days` for each photo."""

    user_name: str
    space: str
    photo_ids: list[str]
    vectors: Vectors
    words: npt.NDArray[np.int64]
    days: npt.NDArray[np.int64]  # since BEGIN
    vocabulary: list[str]
    tokens: list[frozenset[str]]  # of each word of the vocabulary

    @cached_property
    def half(self) -> datetime:
        """Half of the photos were taken before. Found once: asking takes 1 ms, which is none of the library's."""
        return BEGIN + timedelta(days=float(np.median(self.days)))

    def tokens_of(self, place: int) -> tuple[str, ...]:
        """What a photo is found by."""
        return tuple(sorted(frozenset[str]().union(*(self.tokens[word] for word in self.words[place]))))

    def queries(self, seed: int) -> Iterator[str]:
        """Three words each that stand in some hundred to some thousand photos; no query comes twice."""
        rng = np.random.default_rng(seed)
        seen: set[tuple[int, ...]] = set()
        while True:
            chosen = tuple(sorted(rng.choice(np.arange(10, 200), 3, replace=False)))
            if chosen not in seen:
                seen.add(chosen)
                yield " ".join(self.vocabulary[word] for word in chosen)


def vocabulary() -> list[str]:
    """Words that are no dates, no places and in no language, so that all of them are looked for."""
    return ["".join(parts) for parts in itertools.islice(itertools.product(SYLLABLES, repeat=3), VOCABULARY)]


async def build(
    home: Path,
    progress: Progress,
    models: Vision,
    *,
    photos: int,
    environment: Mapping[str, str],
    index_url: Url | None = None,
    neighbours: int = 0,
) -> BigLibrary:
    """Sign a user up, end the library at `home`, then write the photos as if `models` had seen them.

    The index is that of the library unless another is given; so many photos of each of nine other owners are in it.
    """
    space = models.spaces()[0]
    user_name = "big"
    async with library(home, environment=environment) as at, signed_in(at.address, user_name) as client:
        owner_id = (await client.accounts.show()).user_id
        await asyncio.sleep(SWEPT_S)
    rng = np.random.default_rng(SEED)
    words, analyzer = vocabulary(), SnowballAnalyzer()
    made = BigLibrary(
        user_name,
        space.name,
        [make_photo(str(number), owner_id=owner_id).photo_id for number in range(photos)],
        clustered(rng, photos, space.size),
        (VOCABULARY * rng.power(0.35, (photos, WORDS))).astype(np.int64) % VOCABULARY,
        rng.integers(0, 20 * 365, photos),
        words,
        [analyzer.tokens(word) for word in words],
    )
    url = index_url or Url(f"sqlite:///{home}/index.db")
    async with (
        Database.open(home / "library.db") as database,
        INDEXES[url.scheme](url, clock=SystemClock(), settings=SearchSettings()) as index,
    ):
        await _write_neighbours(index, made, neighbours)
        catalog = await SqlitePhotoRepository.open(database)
        wanted = _wanted(models)
        for first in range(0, photos, BATCH):
            places = range(first, min(first + BATCH, photos))
            await asyncio.gather(*(catalog.add(_photo(made, place, owner_id, wanted), facts=[]) for place in places))
            await index.put([_document(made, place, owner_id) for place in places])
            if first % (10 * BATCH) == 0:
                progress.say(f"search: {places.stop} of {photos} photos written")
    return made


async def _write_neighbours(index: PhotoIndex, made: BigLibrary, photos: int) -> None:
    """Photos of other owners, on both sides of the big one in the order of their ids."""
    for owner in range(NEIGHBOURS if photos else 0):
        owner_id = f"{'~' if owner % 2 else '!'}neighbour-{owner}"
        places = np.random.default_rng(SEED + 1 + owner).choice(len(made.photo_ids), photos, replace=False)
        await index.put([_document(made, int(place), owner_id) for place in places])


def clustered(rng: np.random.Generator, photos: int, dimensions: int) -> Vectors:
    """Unit vectors around common centres, which share a direction as those of real encoders do."""
    centres = rng.standard_normal((CLUSTERS, dimensions)).astype(np.float32) + 0.5
    vectors = centres[rng.integers(0, CLUSTERS, photos)]
    vectors += 0.7 * rng.standard_normal((photos, dimensions)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors


def _wanted(models: Vision) -> dict[Stage, str]:
    """What analysis will say that the library wants, or it would analyse all of this anew."""
    offered = dict.fromkeys(FROM_FILE, CODE_MODEL)
    capabilities = {each.ability: each.model for each in models.capabilities()}
    offered |= {stage: capabilities[ability] for stage, ability in ABILITIES.items()}
    return {Stage(stage.value): model for stage, model in offered.items() if stage.value in set(Stage)}


def _photo(made: BigLibrary, place: int, owner_id: str, models: Mapping[Stage, str]) -> Photo:
    """As big a document as that of a photo of which everything is known."""
    taken = BEGIN + timedelta(days=int(made.days[place]))
    time = make_capture_time(taken.replace(tzinfo=None).isoformat(), hours=0)
    done = tuple(
        StageStatus(
            stage=stage,
            state=StageState.DONE,
            request_time=taken,
            model=models[stage],
            job_id=f"job-{place}",
            end_time=taken,
        )
        for stage in REQUIRED
    )
    picture = Picture(width_px=4000, height_px=3000, thumbhash=bytes(24), variants=(Variant.PREVIEW, Variant.THUMBNAIL))
    metadata = make_metadata(capture_time=time)
    return make_photo(str(place), owner_id=owner_id, stages=done, metadata=metadata, picture=picture)


def _document(made: BigLibrary, place: int, owner_id: str) -> IndexDocument:
    taken = BEGIN + timedelta(days=int(made.days[place]))
    return IndexDocument(
        owner_id,
        made.photo_ids[place],
        1,
        PhotoFacts(
            captured=Captured(taken, taken.replace(tzinfo=None)), media_type="image/jpeg", state=PhotoState.READY
        ),
        {Field.LABELS: made.tokens_of(place)},
        {made.space: made.vectors[place]},
    )
