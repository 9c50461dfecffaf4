"""Search on a real index, with a catalog and models that a test fills by hand."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from tests.clocks import FixedClock
from tests.search_builders import OWNER, unit_vector

from tintype.imaging.ports import Decoded, DecodeFailed, Imaging, MediaFormat, Metadata, MoreBytes, Place, Probe
from tintype.imaging.ports import Request as DecodeRequest
from tintype.kit.errors import Unavailable
from tintype.kit.urls import Url
from tintype.search.adapters.dateparser_reader import DateparserReader
from tintype.search.adapters.snowball_analyzer import SnowballAnalyzer
from tintype.search.bootstrap import INDEXES
from tintype.search.domain.answer import PagePhoto
from tintype.search.domain.document import DocumentKey, Field, PhotoFacts, SourcePhoto, Vector
from tintype.search.ports import CatalogRevision, PhotoIndex
from tintype.search.service.asking import AlbumTitles, Asking
from tintype.search.service.indexing import Indexing
from tintype.search.service.searching import Searching
from tintype.search.service.suggesting import Suggesting
from tintype.search.service.sweeping import Sweeping
from tintype.search.service.understanding import Understander
from tintype.search.settings import SearchSettings
from tintype.vision.ports import Calibration, Matrix, ModelsUnavailable, RgbImage, Space

NOW = datetime(2024, 8, 15, 12, tzinfo=UTC)
LONG_AGO = datetime(2024, 1, 1, tzinfo=UTC)
SPACE = "pack-1"
ANGLES: Mapping[str, float] = {"dog": 0.0, "cat": 1.0, "beach": 2.0}


@dataclass
class HandCatalog:
    """Catalog whose photos a test states."""

    photos: dict[DocumentKey, SourcePhoto] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)
    loads: list[list[DocumentKey]] = field(default_factory=list)
    pages: int = 0
    away: bool = False

    def add(
        self, photo_id: str, *, revision: int = 1, owner_id: str = OWNER, deleted: bool = False, **parts: object
    ) -> DocumentKey:
        """State what a photo is now."""
        self.photos = {k: v for k, v in self.photos.items() if (k.owner_id, k.photo_id) != (owner_id, photo_id)}
        key = DocumentKey(owner_id, photo_id, revision)
        self.photos[key] = replace(SourcePhoto(key, deleted=deleted), **parts)  # type: ignore[arg-type]
        return key

    def now(self, owner_id: str, photo_id: str) -> SourcePhoto | None:
        """A photo as it is."""
        found = [v for k, v in self.photos.items() if (k.owner_id, k.photo_id) == (owner_id, photo_id)]
        return found[0] if found else None

    async def load_sources(self, keys: Sequence[DocumentKey]) -> Sequence[SourcePhoto]:
        if self.away:
            raise Unavailable("the catalog is away")
        self.loads.append(list(keys))
        return [photo for key in keys if (photo := self.now(key.owner_id, key.photo_id))]

    async def load_page(
        self, owner_id: str, photo_ids: Sequence[str], *, thumbnail_urls: bool
    ) -> Mapping[str, PagePhoto]:
        self.pages += 1
        photos = [photo for photo_id in photo_ids if (photo := self.now(owner_id, photo_id)) and not photo.deleted]
        return {
            photo.key.photo_id: PagePhoto(photo.key.photo_id, photo.facts.archived, photo.facts.trashed, photo.key)
            for photo in photos
        }

    async def album_titles(self, owner_id: str) -> Mapping[str, str]:
        if self.away:
            raise Unavailable("the catalog is away")
        return self.titles

    async def revisions(self, *, page_token: str, limit: int) -> tuple[Sequence[CatalogRevision], str]:
        keys = sorted(self.photos, key=lambda key: (key.owner_id, key.photo_id))
        start = int(page_token or 0)
        page = [CatalogRevision(key, self.photos[key].deleted, LONG_AGO) for key in keys[start : start + 2]]
        return page, str(start + 2) if start + 2 < len(keys) else ""


async def nothing() -> None:
    """What comes before encoding unless a test says otherwise."""


@dataclass
class HandVision:
    """The text half of Vision: the angle of the first word it knows."""

    served: tuple[Space, ...] = (Space(SPACE, 8, Calibration(0.5, 10.0), limits="knows three words"),)
    missing: bool = False
    asked: list[str] = field(default_factory=list)
    before: Callable[[], Awaitable[None]] = nothing

    def spaces(self) -> tuple[Space, ...]:
        return self.served

    async def embed_text(self, texts: Sequence[str], *, space: str = "") -> Matrix:
        self.asked += texts
        await self.before()
        if self.missing:
            raise ModelsUnavailable("no models yet")
        angles = [next((ANGLES[word] for word in text.split() if word in ANGLES), 3.0) for text in texts]
        return np.stack([unit_vector(angle) for angle in angles])

    async def embed_images(self, images: Sequence[RgbImage], *, space: str = "") -> Matrix:
        return np.stack([unit_vector(float(image[0, 0, 0])) for image in images])


class HandImaging:
    """Imaging of which a byte is a picture of its own value, and two are none."""

    def probe(self, head: bytes, *, file_name: str, complete: bool) -> Probe | MoreBytes:
        return Probe(MediaFormat.JPEG, 1, 1)

    def check_name(self, file_name: str) -> None:
        pass

    async def process(self, source: Path | bytes, request: DecodeRequest) -> Decoded:
        if isinstance(source, Path) or len(source) != 1:
            raise DecodeFailed("not a picture")
        picture = np.full((1, 1, 3), source[0], np.uint8)
        return Decoded(MediaFormat.JPEG, 1, 1, Metadata(), variants={name: picture for name in request.variants})

    async def place_of(self, latitude_deg: float, longitude_deg: float) -> Place | None:
        return None


@dataclass
class HandErasures:
    """Erasures that remembers."""

    reports: list[tuple[str, str, Mapping[str, int]]] = field(default_factory=list)

    async def report_erased(self, *, operation_id: str, user_id: str, left: Mapping[str, int]) -> None:
        self.reports.append((operation_id, user_id, left))


@dataclass
class World:
    """Search, wired."""

    index: PhotoIndex
    catalog: HandCatalog
    vision: HandVision
    erasures: HandErasures
    indexing: Indexing
    searching: Searching
    suggesting: Suggesting
    sweeping: Sweeping
    clock: FixedClock
    rebuilds: list[str]

    async def photo(
        self, photo_id: str, *words: str, angle: float | None = None, facts: PhotoFacts | None = None, revision: int = 1
    ) -> DocumentKey:
        """A photo with labels and a vector, in the catalog and in the index."""
        vectors: dict[str, Vector] = {} if angle is None else {SPACE: unit_vector(angle)}
        key = self.catalog.add(
            photo_id,
            revision=revision,
            facts=facts or PhotoFacts(),
            texts={Field.LABELS: words} if words else {},
            vectors=vectors,
        )
        await self.indexing.index_photo(key)
        return key


@asynccontextmanager
async def search_world(home: Path, *, url: Url | None = None) -> AsyncIterator[World]:
    """Everything that search needs, in a folder; the index behind `url` if one is given."""
    catalog, vision, erasures, clock, rebuilds = HandCatalog(), HandVision(), HandErasures(), FixedClock(NOW), []
    imaging: Imaging = HandImaging()
    analyzer = SnowballAnalyzer()

    async def ask_rebuild() -> None:
        rebuilds.append("asked")

    open_index = INDEXES["sqlite" if url is None else url.scheme]
    async with open_index(url or Url(f"sqlite://{home}/index.db"), clock=clock, settings=SearchSettings()) as index:
        indexing = Indexing(index=index, catalog=catalog, erasures=erasures, analyzer=analyzer)
        titles = AlbumTitles(catalog, clock)
        asking = Asking(index=index, catalog=catalog, analyzer=analyzer, titles=titles, vision=vision, imaging=imaging)
        yield World(
            index=index,
            catalog=catalog,
            vision=vision,
            erasures=erasures,
            indexing=indexing,
            searching=Searching(
                index=index,
                catalog=catalog,
                asking=asking,
                titles=titles,
                understander=Understander(DateparserReader()),
                clock=clock,
            ),
            suggesting=Suggesting(index=index, titles=titles),
            sweeping=Sweeping(index=index, catalog=catalog, indexing=indexing, clock=clock, ask_rebuild=ask_rebuild),
            clock=clock,
            rebuilds=rebuilds,
        )
