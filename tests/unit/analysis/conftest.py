"""A worker on a catalog, models and a decoder of which a test says what they do."""

from __future__ import annotations

import asyncio
import hashlib
import io
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tests.clocks import FixedClock

from tintype.analysis.domain import REQUIRED, Job, Stage, Subject
from tintype.analysis.ports import CatalogUnavailable, PhotoGone, StageResult
from tintype.analysis.service.analyse import Analysis
from tintype.blobs.file_store import FileBlobStore
from tintype.blobs.ports import BlobStore, original_key
from tintype.imaging.in_process import InProcessImaging
from tintype.imaging.ports import Decoded, MoreBytes, Place, Probe, Request
from tintype.vision.ports import (
    Ability,
    Calibration,
    Capability,
    Face,
    Label,
    Labels,
    Matrix,
    RgbImage,
    Space,
    Status,
    TextLine,
)

OWNER, PHOTO = "ann", "p1"
REGISTERED = Job("job-1", OWNER, PHOTO, REQUIRED)


@dataclass
class RememberingCatalog:
    """Photos that are all the same file, their pending stages, and what was recorded of them."""

    sha256: bytes
    attempts: int = 0
    gone: bool = False
    going: bool = False  # gone once it is looked at
    unanswered: int = 0  # so many records are kept, and nobody is told
    recorded: list[StageResult] = field(default_factory=list)
    recorded_of: list[str] = field(default_factory=list)  # the photo_id of each
    calls: list[frozenset[Stage]] = field(default_factory=list)
    told: asyncio.Event = field(default_factory=asyncio.Event)
    offers: list[tuple[dict[Stage, str], int]] = field(default_factory=list)

    async def subject(self, job: Job) -> Subject:
        if self.gone:
            raise PhotoGone("gone")
        known = zip(self.recorded, self.recorded_of, strict=True)
        results = [result for result, photo_id in known if photo_id == job.photo_id]
        ended = {result.stage for result in results if result.failure is None or result.failure.final}
        failed = {result.stage for result in results if result.failure is not None and result.failure.final}
        pending = dict.fromkeys(job.stages - ended, self.attempts)
        return Subject(self.sha256, "a.jpg", pending, failed=bool(failed & job.stages))

    async def record(self, job: Job, results: Sequence[StageResult]) -> None:
        if self.going:
            raise PhotoGone("gone")
        self.recorded += results
        self.recorded_of += [job.photo_id] * len(results)
        self.calls.append(frozenset(result.stage for result in results))
        self.told.set()
        if self.unanswered:
            self.unanswered -= 1
            raise CatalogUnavailable("the catalog does not answer")

    async def check(self) -> None:
        return None

    async def offer(self, models: Mapping[Stage, str], *, rank: int) -> None:
        self.offers.append((dict(models), rank))

    def by_stage(self) -> dict[Stage, StageResult]:
        """What was recorded last of each stage."""
        return {result.stage: result for result in self.recorded}


@dataclass
class RememberingMeter:
    """What was counted."""

    outcomes: list[tuple[Stage, str]] = field(default_factory=list)
    timed: list[Stage] = field(default_factory=list)

    def ended(self, stage: Stage, outcome: str) -> None:
        self.outcomes.append((stage, outcome))

    def took(self, stage: Stage, seconds: float) -> None:
        self.timed.append(stage)


@dataclass
class GivenVision:
    """Models that answer the same to everything; `missing` are not in the pack, `error` comes out of faces.

    Faces come once `ready` is set.
    """

    missing: frozenset[Ability] = frozenset()
    ready: asyncio.Event | None = None
    error: Exception | None = None
    pack: str = "test"

    async def embed_images(self, images: Sequence[RgbImage], *, space: str = "") -> Matrix:
        return np.full((len(images), 4), 0.5, np.float32)

    async def embed_text(self, texts: Sequence[str], *, space: str = "") -> Matrix:
        return np.full((len(texts), 4), 0.5, np.float32)

    async def detect_faces(self, image: RgbImage) -> tuple[Face, ...]:
        if self.ready is not None:
            await self.ready.wait()
        if self.error is not None:
            raise self.error
        return ()

    async def detect_objects(self, image: RgbImage) -> tuple[Label, ...]:
        return ()

    async def labels(self, image: RgbImage) -> Labels:
        return Labels((Label("beach", 0.9, "m"),), ())

    async def read_text(self, image: RgbImage) -> tuple[TextLine, ...]:
        return ()

    def spaces(self) -> tuple[Space, ...]:
        return (Space(f"{self.pack}/1", 4, Calibration(0.2, 10)),)

    def capabilities(self) -> tuple[Capability, ...]:
        return tuple(
            Capability(each, "", "not in the pack") if each in self.missing else Capability(each, f"{each}/1")
            for each in Ability
        )

    def status(self) -> Status:
        return Status(self.pack, self.pack, "", (), self.capabilities(), None, None, (), 0, ())

    async def check(self) -> None:
        return None


class CountingImaging(InProcessImaging):
    """Counts decodes; `error` comes instead of the next ones."""

    def __init__(self) -> None:
        super().__init__()
        self.decodes = 0
        self.error: Exception | None = None

    async def process(self, source: Path | bytes, request: Request) -> Decoded:
        self.decodes += 1
        if self.error is not None:
            raise self.error
        return await super().process(source, request)

    def probe(self, head: bytes, *, file_name: str, complete: bool) -> Probe | MoreBytes:
        return super().probe(head, file_name=file_name, complete=complete)

    async def place_of(self, latitude_deg: float, longitude_deg: float) -> Place | None:
        return None


@dataclass
class Bench:
    """Everything that a test of analysis touches."""

    analysis: Analysis
    catalog: RememberingCatalog
    vision: GivenVision
    imaging: CountingImaging
    originals: BlobStore
    derived: BlobStore
    meter: RememberingMeter

    async def spoil(self) -> None:
        """Make the file one that cannot be decoded."""
        await self.originals.overwrite(original_key(owner_id=OWNER, sha256=self.catalog.sha256), picture()[:300])


def picture() -> bytes:
    """A small JPEG."""
    stream = io.BytesIO()
    Image.new("RGB", (80, 60), (200, 30, 40)).save(stream, "JPEG")
    return stream.getvalue()


@asynccontextmanager
async def opened_bench(
    folder: Path, catalog_of: Callable[[bytes], RememberingCatalog] = RememberingCatalog
) -> AsyncIterator[Bench]:
    """A photo that can be decoded, and a worker."""
    data = picture()
    async with AsyncExitStack() as stack:
        originals = await stack.enter_async_context(FileBlobStore.open(folder / "originals"))
        derived = await stack.enter_async_context(FileBlobStore.open(folder / "derived"))
        sha256 = hashlib.sha256(data).digest()
        await originals.put(original_key(owner_id=OWNER, sha256=sha256), data)
        catalog, vision, imaging = catalog_of(sha256), GivenVision(), CountingImaging()
        meter = RememberingMeter()
        analysis = Analysis(
            catalog=catalog,
            originals=originals,
            derived=derived,
            imaging=imaging,
            vision=vision,
            clock=FixedClock(),
            meter=meter,
        )
        yield Bench(analysis, catalog, vision, imaging, originals, derived, meter)


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with opened_bench(tmp_path) as opened:
        yield opened
