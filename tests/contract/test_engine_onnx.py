"""ONNX Runtime against the contract of engines, and what is its own: cancelling a run, batches, idle unloading."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from tests.contract.engine import EngineSuite
from tests.vision_models import SCALE, scale_model, slow_model

from tintype.vision.engines.batching import Batcher
from tintype.vision.engines.onnx import OnnxEngine
from tintype.vision.ports import Engine
from tintype.vision.tensors import HostedModel


class TestOnnxEngine(EngineSuite):
    def connect(self, home: Path) -> AbstractAsyncContextManager[Engine]:
        return connected(home)


@asynccontextmanager
async def connected(home: Path) -> AsyncIterator[OnnxEngine]:
    (home / "broken.onnx").write_bytes(b"no graph")
    async with OnnxEngine.open(threads=1, idle=timedelta(minutes=5), batch_delay=timedelta()) as engine:
        engine.serve(
            {
                "double": scale_model(home / "double.onnx", 2.0),
                "nan": scale_model(home / "nan.onnx", float("nan")),
                "broken": HostedModel(SCALE, home / "broken.onnx"),
            }
        )
        yield engine


async def test_cancelling_ends_the_run(tmp_path: Path) -> None:
    async with connected(tmp_path) as engine:
        engine.serve({"slow": slow_model(tmp_path / "slow.onnx", rounds=4000)})
        rows = np.ones((1, 1024), np.float32)
        await engine.infer("slow", {"x": rows})
        start = time.process_time()  # of work: the machine may have other things to do
        await engine.infer("slow", {"x": rows})
        whole = time.process_time() - start
        start = time.process_time()
        task = asyncio.create_task(engine.infer("slow", {"x": rows}))
        while time.process_time() - start < whole / 20:  # noqa: ASYNC110 - work that is done wakes nobody
            await asyncio.sleep(whole / 200)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await engine.close()  # waits for what runs
        assert time.process_time() - start < whole / 2


async def test_what_waits_while_a_model_is_busy_becomes_one_batch() -> None:
    sizes: list[int] = []
    first_runs, go_on = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def run(inputs: object, _: object) -> dict[str, np.ndarray]:
        assert isinstance(inputs, dict)
        sizes.append(len(inputs["x"]))
        if len(sizes) == 1:
            loop.call_soon_threadsafe(first_runs.set)
            asyncio.run_coroutine_threadsafe(go_on.wait(), loop).result(10)
        return {"y": inputs["x"] * 2}

    with ThreadPoolExecutor(1) as pool:
        batcher = Batcher(run, pool=pool, max_batch=4, delay_s=0.0, lanes=1)
        row = np.ones((1, 3), np.float32)
        tasks = [asyncio.create_task(batcher.submit({"x": row}, 1))]
        await first_runs.wait()
        tasks += [asyncio.create_task(batcher.submit({"x": row}, 1)) for _ in range(6)]
        tasks.append(asyncio.create_task(batcher.submit({"x": np.ones((1, 5), np.float32)}, 1)))
        await asyncio.sleep(0)
        tasks[1].cancel()
        await asyncio.sleep(0)
        go_on.set()
        await asyncio.gather(*tasks, return_exceptions=True)
    assert sizes == [1, 4, 1, 1]  # the cancelled one is not run, another form not joined


async def test_a_model_that_nobody_asks_leaves_memory(tmp_path: Path) -> None:
    now = [0.0]
    engine = OnnxEngine(threads=1, idle=timedelta(seconds=300), batch_delay=timedelta(), monotonic=lambda: now[0])
    engine.serve({"double": scale_model(tmp_path / "double.onnx", 2.0)})
    await engine.infer("double", {"x": np.ones((1, 3), np.float32)})
    now[0] = 299.0
    await engine.unload_idle()
    assert [model.idle_s for model in engine.loaded()] == [299.0]
    now[0] = 300.0
    await engine.unload_idle()
    assert engine.loaded() == ()
    await engine.close()
