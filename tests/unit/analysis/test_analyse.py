"""What a worker makes of a job: one decode, results by stage, failures that are counted, and waiting that is not."""

from __future__ import annotations

import asyncio

import pytest
from tests.unit.analysis.conftest import OWNER, PHOTO, REGISTERED, Bench, picture

from tintype.analysis.domain import ATTEMPTS, CODE_MODEL, FROM_FILE, REQUIRED, SANDBOX_ATTEMPTS, Job, Stage
from tintype.analysis.ports import Derivation, Embedding, FileMetadata
from tintype.analysis.service.analyse import StageFailed, StageToRetry
from tintype.analysis.service.offer import Offer
from tintype.blobs.ports import PREVIEW, THUMBNAIL, derived_key, original_key
from tintype.imaging.ports import DecoderCrashed
from tintype.vision.ports import Ability, DegenerateFace, ModelsUnavailable


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
