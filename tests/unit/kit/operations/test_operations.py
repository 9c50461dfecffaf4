"""Operations from start to end: run, resumed, cancelled, failed, taken over."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import timedelta

import pytest
from tests.unit.kit.operations.bench import REINDEX, Bench, forever, running

from tintype.kit.errors import InvalidInput, NotFound, Unavailable
from tintype.kit.operations.domain import OperationKind, OperationState, Progress
from tintype.kit.operations.ports import OperationEnded, OperationNotFound
from tintype.kit.operations.runner import AWAY, CRASHES, LEASE, Run
from tintype.kit.operations.service import KEPT


async def test_an_operation_runs_to_its_end_and_is_watched(bench: Bench) -> None:
    async def work(run: Run) -> Mapping[str, int]:
        run.report(Progress(done=2, total=2, unit="photos"))
        return {"photos": int(run.operation.arguments)}

    runner = bench.runner()
    runner.register(REINDEX, work)
    bench.operations.listen(runner.wake)
    async with running(runner):
        started = await bench.start(arguments="7")
        seen = [each async for each in bench.operations.watch(owner_id="ann", operation_id=started.operation_id)]
    assert seen[-1].state is OperationState.SUCCEEDED
    assert seen[-1].counts == {"photos": 7}
    assert seen[-1].progress == Progress(done=2, total=2, unit="photos")
    assert [each.revision for each in seen] == sorted({each.revision for each in seen})


@pytest.mark.parametrize(
    ("kind", "state", "left"),
    [
        (OperationKind.ERASE_USER, OperationState.SUCCEEDED, ""),
        (OperationKind.ERASE_USER, OperationState.FAILED, "bob"),  # whoever looks into it has to know
        (OperationKind.BATCH, OperationState.SUCCEEDED, "bob"),
    ],
)
async def test_an_operation_that_erased_somebody_forgets_whom(
    bench: Bench, kind: OperationKind, state: OperationState, left: str
) -> None:
    started = await bench.operations.start(owner_id="ann", kind=kind, arguments="bob")
    assert started.ended(state, now=bench.clock.now()).arguments == left


async def test_the_same_request_is_started_once(bench: Bench) -> None:
    first = await bench.start(arguments="1", request_id="r")
    assert await bench.start(arguments="1", request_id="r") == first
    with pytest.raises(InvalidInput):
        await bench.start(arguments="2", request_id="r")
    assert len((await bench.operations.list(owner_id="ann", limit=5)).items) == 1


async def test_cancelling_stops_the_work_and_keeps_what_it_did(bench: Bench) -> None:
    stopped = asyncio.Event()

    async def work(run: Run) -> Mapping[str, int]:
        try:
            return await forever(run)
        finally:
            stopped.set()

    runner = bench.runner()
    runner.register(REINDEX, work)
    started = await bench.start()
    assert await runner.pick_up() == 1
    assert (await bench.cancel(started)).cancel_requested
    await asyncio.wait_for(runner.finished(), 5)
    ended = await bench.get(started)
    assert stopped.is_set()
    assert ended.state is OperationState.CANCELLED
    assert ended.progress.done == 1
    assert (await bench.cancel(started)).state is OperationState.CANCELLED


async def test_cancelling_what_waits_ends_it_and_what_has_ended_is_refused(bench: Bench) -> None:
    runner = bench.runner()
    runner.register(REINDEX, nothing)
    waiting = await bench.start()
    assert (await bench.cancel(waiting)).state is OperationState.CANCELLED
    assert await runner.pick_up() == 0
    done = await bench.start()
    await runner.pick_up()
    await runner.finished()
    with pytest.raises(OperationEnded):
        await bench.cancel(done)
    with pytest.raises(OperationNotFound):
        await bench.operations.cancel(owner_id="bob", operation_id=done.operation_id)


async def nothing(run: Run) -> Mapping[str, int]:
    return {}


@pytest.mark.parametrize(
    ("error", "said"), [(NotFound("no photo"), "no photo"), (KeyError("secret"), "internal error")]
)
async def test_work_that_fails_says_why_but_never_a_bugs_words(bench: Bench, error: Exception, said: str) -> None:
    async def work(run: Run) -> Mapping[str, int]:
        raise error

    runner = bench.runner()
    runner.register(REINDEX, work)
    started = await bench.start()
    await runner.pick_up()
    await runner.finished()
    ended = await bench.get(started)
    assert (ended.state, ended.error) == (OperationState.FAILED, said)


async def test_work_whose_dependency_is_away_goes_on_later(bench: Bench) -> None:
    seen: list[str] = []

    async def work(run: Run) -> Mapping[str, int]:
        seen.append(run.operation.checkpoint)
        run.report(Progress(done=1), checkpoint="half")
        if len(seen) == 1:
            raise Unavailable("the index is away")
        return {}

    runner = bench.runner()
    runner.register(REINDEX, work)
    started = await bench.start()
    await runner.pick_up()
    await runner.finished()
    assert (await bench.get(started)).state is OperationState.WAITING
    assert await runner.pick_up() == 0
    bench.clock.pass_(AWAY)
    assert await runner.pick_up() == 1
    await runner.finished()
    assert (await bench.get(started)).state is OperationState.SUCCEEDED
    assert seen == ["", "half"]


async def test_a_runner_that_stops_puts_back_what_it_has(bench: Bench) -> None:
    first, second = bench.runner(), bench.runner()
    first.register(REINDEX, forever)
    started = await bench.start()
    async with running(first):
        await bench.half_done(started)
    assert (await bench.get(started)).state is OperationState.WAITING
    second.register(REINDEX, checkpoint_length)
    await second.pick_up()
    await second.finished()
    assert (await bench.get(started)).counts == {"length": len("half")}


async def checkpoint_length(run: Run) -> Mapping[str, int]:
    return {"length": len(run.operation.checkpoint)}


async def test_after_a_crash_another_run_goes_on_and_the_first_one_stops(bench: Bench) -> None:
    first, second = bench.runner(), bench.runner()
    first.register(REINDEX, forever)
    second.register(REINDEX, checkpoint_length)
    started = await bench.start()
    await first.pick_up()
    await bench.half_done(started)
    assert await second.pick_up() == 0
    stale = await bench.get(started)
    await bench.repository.replace(stale.begun(holder="dead", now=bench.clock.now(), lease=LEASE))
    await asyncio.wait_for(first.finished(), 5)
    bench.clock.pass_(LEASE)
    assert await second.pick_up() == 1
    await second.finished()
    ended = await bench.get(started)
    assert (ended.state, ended.counts) == (OperationState.SUCCEEDED, {"length": len("half")})


async def test_what_kills_its_process_each_time_is_given_up(bench: Bench) -> None:
    runner = bench.runner()
    runner.register(REINDEX, nothing)
    started = await bench.start()
    for _ in range(CRASHES):
        claimed = await bench.get(started)
        await bench.repository.replace(claimed.begun(holder="dead", now=bench.clock.now(), lease=LEASE))
        bench.clock.pass_(LEASE)
    assert await runner.pick_up() == 0
    assert (await bench.get(started)).state is OperationState.FAILED


async def test_a_runner_leaves_alone_what_it_does_not_own(bench: Bench) -> None:
    runner = bench.runner()
    runner.register(OperationKind.SWEEP, nothing, subject="S1")
    await bench.start()
    await bench.operations.start(owner_id="ann", kind=OperationKind.SWEEP, subject="S2")
    assert await runner.pick_up() == 0


async def test_ended_operations_are_kept_for_a_while(bench: Bench) -> None:
    await bench.cancel(await bench.start())
    assert await bench.operations.forget_ended() == 0
    bench.clock.pass_(KEPT + timedelta(seconds=1))
    assert await bench.operations.forget_ended() == 1
