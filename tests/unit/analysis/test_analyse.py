"""What a worker makes of a job: one decode, results by stage, failures that are counted, and waiting that is not."""

from __future__ import annotations

import asyncio
import hashlib
import io
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tests.clocks import FixedClock

from tintype.analysis.domain import ATTEMPTS, CODE_MODEL, FROM_FILE, REQUIRED, SANDBOX_ATTEMPTS, Job, Stage, Subject
from tintype.analysis.ports import Derivation, Embedding, FileMetadata, PhotoGone, StageResult
from tintype.analysis.service.analyse import Analysis, StageFailed, StageToRetry
from tintype.analysis.service.offer import Offer
from tintype.blobs.file_store import FileBlobStore
from tintype.blobs.ports import PREVIEW, THUMBNAIL, BlobStore, derived_key, original_key
from tintype.imaging.in_process import InProcessImaging
from tintype.imaging.ports import Decoded, DecoderCrashed, MoreBytes, Place, Probe, Request
from tintype.vision.ports import (
    Ability,
    Calibration,
    Capability,
    DegenerateFace,
    Face,
    Label,
    Labels,
    Matrix,
    ModelsUnavailable,
    RgbImage,
    Space,
    Status,
    TextLine,
)

OWNER, PHOTO = "ann", "p1"
REGISTERED = Job("job-1", OWNER, PHOTO, REQUIRED)


@dataclass
class RememberingCatalog:
    """One photo, its pending stages, and what was recorded of it."""

    sha256: bytes
    attempts: int = 0
    gone: bool = False
    going: bool = False  # gone once it is looked at
    recorded: list[StageResult] = field(default_factory=list)
    calls: list[frozenset[Stage]] = field(default_factory=list)
    told: asyncio.Event = field(default_factory=asyncio.Event)
    offers: list[tuple[dict[Stage, str], int]] = field(default_factory=list)

    async def subject(self, job: Job) -> Subject:
        if self.gone:
            raise PhotoGone("gone")
        ended = {result.stage for result in self.recorded if result.failure is None or result.failure.final}
        failed = {result.stage for result in self.recorded if result.failure is not None and result.failure.final}
        pending = dict.fromkeys(job.stages - ended, self.attempts)
        return Subject(self.sha256, "a.jpg", pending, failed=bool(failed & job.stages))

    async def record(self, job: Job, results: Sequence[StageResult]) -> None:
        if self.going:
            raise PhotoGone("gone")
        self.recorded += results
        self.calls.append(frozenset(result.stage for result in results))
        self.told.set()

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


def picture() -> bytes:
    """A small JPEG."""
    stream = io.BytesIO()
    Image.new("RGB", (80, 60), (200, 30, 40)).save(stream, "JPEG")
    return stream.getvalue()


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    data = picture()
    async with AsyncExitStack() as stack:
        originals = await stack.enter_async_context(FileBlobStore.open(tmp_path / "originals"))
        derived = await stack.enter_async_context(FileBlobStore.open(tmp_path / "derived"))
        sha256 = hashlib.sha256(data).digest()
        await originals.put(original_key(owner_id=OWNER, sha256=sha256), data)
        catalog, vision, imaging = RememberingCatalog(sha256), GivenVision(), CountingImaging()
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


async def test_a_new_photo_gets_every_required_stage_from_one_decode(bench: Bench) -> None:
    await bench.analysis.analyse(REGISTERED)
    found = bench.catalog.by_stage()
    assert found.keys() == REQUIRED
    assert found[Stage.DERIVE].model == CODE_MODEL
    derivation = found[Stage.DERIVE].content
    assert isinstance(derivation, Derivation)
    assert (derivation.width_px, derivation.height_px) == (80, 60)
    assert isinstance(found[Stage.METADATA].content, FileMetadata)
    assert isinstance(found[Stage.EMBED].content, Embedding)
    assert found[Stage.FACES].content == ()
    assert bench.imaging.decodes == 1
    for variant in (PREVIEW, THUMBNAIL):
        key = derived_key(owner_id=OWNER, sha256=bench.catalog.sha256, variant=variant)
        assert (await bench.derived.load(key))[:2] == b"\xff\xd8"


async def test_quick_models_are_told_of_together_with_the_file(bench: Bench) -> None:
    await bench.analysis.analyse(REGISTERED)
    assert bench.catalog.calls == [REQUIRED]
    assert dict(bench.meter.outcomes) == dict.fromkeys(REQUIRED, "done")
    assert set(bench.meter.timed) == REQUIRED - {Stage.METADATA}


async def test_slow_models_do_not_hold_the_thumbnail_up(bench: Bench) -> None:
    bench.vision.ready = asyncio.Event()
    job = asyncio.create_task(bench.analysis.analyse(REGISTERED))
    async with asyncio.timeout(10):
        await bench.catalog.told.wait()
        assert bench.catalog.calls == [FROM_FILE], "while the models still look"
        bench.vision.ready.set()
        await job
    assert bench.catalog.calls == [FROM_FILE, REQUIRED - FROM_FILE]


async def test_a_job_that_comes_again_does_nothing_twice(bench: Bench) -> None:
    await bench.analysis.analyse(REGISTERED)
    recorded = len(bench.catalog.recorded)
    await bench.analysis.analyse(REGISTERED)
    assert len(bench.catalog.recorded) == recorded
    assert bench.imaging.decodes == 1


async def test_a_gone_photo_is_no_work(bench: Bench) -> None:
    bench.catalog.gone = True
    await bench.analysis.analyse(REGISTERED)
    assert bench.imaging.decodes == 0


async def test_a_photo_that_goes_meanwhile_leaves_no_pictures(bench: Bench) -> None:
    bench.catalog.going = True
    await bench.analysis.analyse(REGISTERED)
    assert bench.imaging.decodes == 1
    assert [stored.key async for stored in bench.derived.list()] == []


async def test_what_the_pack_lacks_is_skipped(bench: Bench) -> None:
    bench.vision.missing = frozenset({Ability.FACES})
    await bench.analysis.analyse(REGISTERED)
    result = bench.catalog.by_stage()[Stage.FACES]
    assert (result.model, result.content, result.failure) == ("", None, None)


async def test_a_file_that_cannot_be_decoded_fails_at_once_with_the_reason(bench: Bench) -> None:
    key = original_key(owner_id=OWNER, sha256=bench.catalog.sha256)
    await bench.originals.overwrite(key, picture()[:300])
    with pytest.raises(StageFailed):
        await bench.analysis.analyse(REGISTERED)
    failure = bench.catalog.by_stage()[Stage.DERIVE].failure
    assert failure is not None
    assert failure.final
    assert bench.catalog.by_stage().keys() == REQUIRED


@pytest.mark.parametrize("attempts", range(SANDBOX_ATTEMPTS))
async def test_a_decoder_that_dies_gets_two_attempts(bench: Bench, attempts: int) -> None:
    bench.imaging.error = DecoderCrashed("the decoder crashed")
    bench.catalog.attempts = attempts
    last = attempts + 1 == SANDBOX_ATTEMPTS
    with pytest.raises(StageFailed if last else StageToRetry):
        await bench.analysis.analyse(REGISTERED)
    failure = bench.catalog.by_stage()[Stage.DERIVE].failure
    assert failure is not None
    assert failure.final is last


async def test_one_failed_model_leaves_the_others_their_results(bench: Bench) -> None:
    bench.vision.error = DegenerateFace("no scale")
    with pytest.raises(StageFailed):
        await bench.analysis.analyse(REGISTERED)
    found = bench.catalog.by_stage()
    assert found[Stage.FACES].failure is not None
    assert found[Stage.EMBED].content is not None
    assert found[Stage.LABELS].content is not None


async def test_models_that_are_away_count_no_attempt(bench: Bench) -> None:
    bench.vision.error = ModelsUnavailable("loading")
    with pytest.raises(ModelsUnavailable):
        await bench.analysis.analyse(REGISTERED)
    assert bench.catalog.calls == [FROM_FILE], "what the file gave is not lost with them"
    bench.vision.error = None
    await bench.analysis.analyse(REGISTERED)
    assert bench.catalog.by_stage().keys() == REQUIRED


async def test_text_is_read_from_the_derived_preview(bench: Bench) -> None:
    await bench.analysis.analyse(REGISTERED)
    await bench.originals.delete(original_key(owner_id=OWNER, sha256=bench.catalog.sha256))
    await bench.analysis.analyse(Job("job-2", OWNER, PHOTO, frozenset({Stage.TEXT})))
    assert bench.catalog.by_stage()[Stage.TEXT].content == ()


async def test_a_missing_original_is_tried_five_times(bench: Bench) -> None:
    await bench.originals.delete(original_key(owner_id=OWNER, sha256=bench.catalog.sha256))
    with pytest.raises(StageToRetry):
        await bench.analysis.analyse(REGISTERED)
    bench.catalog.attempts = ATTEMPTS - 1
    with pytest.raises(StageFailed):
        await bench.analysis.analyse(REGISTERED)


async def test_a_failed_job_whose_worker_died_before_giving_it_up_is_given_up_when_it_comes_again(bench: Bench) -> None:
    await bench.analysis.give_up(REGISTERED, "it broke")
    with pytest.raises(StageFailed):
        await bench.analysis.analyse(REGISTERED, again=True)


async def test_a_fact_replayed_by_a_person_is_not_given_up_for_what_failed_before(bench: Bench) -> None:
    await bench.analysis.give_up(REGISTERED, "it broke")
    await bench.analysis.analyse(REGISTERED)


async def test_a_job_given_up_fails_what_it_still_waits_for(bench: Bench) -> None:
    await bench.analysis.give_up(REGISTERED, "the worker died of it")
    failures = [result.failure for result in bench.catalog.recorded]
    assert {result.stage for result in bench.catalog.recorded} == REQUIRED
    assert all(failure is not None and failure.final for failure in failures)


async def test_models_are_offered_once_and_again_when_the_pack_changes(bench: Bench) -> None:
    bench.vision.pack = "builtin"
    offer = Offer(catalog=bench.catalog, vision=bench.vision)
    assert await offer.state()
    assert not await offer.state()
    bench.vision.pack, bench.vision.missing = "default", frozenset({Ability.TEXT})
    assert await offer.state()
    (first, first_rank), (second, second_rank) = bench.catalog.offers
    assert first_rank < second_rank
    assert first[Stage.DERIVE] == CODE_MODEL
    assert second[Stage.TEXT] == ""
