"""What every engine is held to: the contract of `tintype.vision.ports.Engine`."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import numpy as np
import pytest

from tintype.vision.ports import Engine, ModelsUnavailable, TensorMismatch


class EngineSuite(ABC):
    """A subclass hosts three models: `double` (y = 2x, rows of 3 floats, batches of 4), `broken` (cannot be loaded) and
    `nan` (answers with numbers that are none)."""

    @abstractmethod
    def connect(self, home: Path) -> AbstractAsyncContextManager[Engine]: ...

    async def test_outputs_come_by_name_in_the_order_of_rows(self, tmp_path: Path) -> None:
        async with self.connect(tmp_path) as engine:
            rows = np.arange(6, dtype=np.float32).reshape(2, 3)
            assert (await engine.infer("double", {"x": rows}))["y"].tolist() == (2 * rows).tolist()

    async def test_more_rows_than_a_batch_holds_come_back_whole(self, tmp_path: Path) -> None:
        async with self.connect(tmp_path) as engine:
            rows = np.arange(33, dtype=np.float32).reshape(11, 3)
            assert (await engine.infer("double", {"x": rows}))["y"].tolist() == (2 * rows).tolist()

    async def test_many_callers_at_once_each_get_their_own_rows(self, tmp_path: Path) -> None:
        async with self.connect(tmp_path) as engine:
            asked = [np.full((1 + number % 3, 3), number, np.float32) for number in range(40)]
            answers = await asyncio.gather(*(engine.infer("double", {"x": rows}) for rows in asked))
            assert all(np.array_equal(answer["y"], 2 * rows) for answer, rows in zip(answers, asked, strict=True))

    @pytest.mark.parametrize(
        "inputs",
        [
            {},
            {"z": np.zeros((1, 3), np.float32)},
            {"x": np.zeros((1, 4), np.float32)},
            {"x": np.zeros((1, 3), np.float64)},
            {"x": np.zeros((0, 3), np.float32)},
        ],
    )
    async def test_tensors_that_do_not_fit_are_refused(self, tmp_path: Path, inputs: dict[str, np.ndarray]) -> None:
        async with self.connect(tmp_path) as engine:
            with pytest.raises(TensorMismatch):
                await engine.infer("double", inputs)

    @pytest.mark.parametrize("model", ["broken", "never heard of"])
    async def test_a_model_that_cannot_be_had_is_unavailable(self, tmp_path: Path, model: str) -> None:
        async with self.connect(tmp_path) as engine:
            with pytest.raises(ModelsUnavailable):
                await engine.infer(model, {"x": np.zeros((1, 3), np.float32)})

    async def test_the_canary_tells_a_model_that_runs_from_one_that_does_not(self, tmp_path: Path) -> None:
        async with self.connect(tmp_path) as engine:
            await engine.check("double")
            for model in ("nan", "broken"):
                with pytest.raises(ModelsUnavailable):
                    await engine.check(model)

    async def test_models_load_at_first_use_and_unload(self, tmp_path: Path) -> None:
        async with self.connect(tmp_path) as engine:
            before = [model.name for model in engine.loaded()]
            await engine.infer("double", {"x": np.ones((1, 3), np.float32)})
            during = [model.name for model in engine.loaded()]
            await engine.unload("double")
            await engine.unload("double")
            assert ("double" in before, "double" in during) == (False, True)
            assert "double" not in [model.name for model in engine.loaded()]
            assert (await engine.infer("double", {"x": np.ones((1, 3), np.float32)}))["y"].tolist() == [[2, 2, 2]]

    async def test_reloading_is_a_repair(self, tmp_path: Path) -> None:
        async with self.connect(tmp_path) as engine:
            await engine.infer("double", {"x": np.ones((1, 3), np.float32)})
            await engine.reload("double")
            await engine.check("double")

    async def test_a_cancelled_request_does_not_harm_its_neighbours(self, tmp_path: Path) -> None:
        async with self.connect(tmp_path) as engine:
            rows = np.ones((1, 3), np.float32)
            tasks = [asyncio.create_task(engine.infer("double", {"x": rows * number})) for number in range(8)]
            await asyncio.sleep(0)
            for task in tasks[::2]:
                task.cancel()
            answers = await asyncio.gather(*tasks, return_exceptions=True)
            assert [isinstance(answer, asyncio.CancelledError) for answer in answers[::2]] == [True] * 4
            kept = [answer for answer in answers[1::2] if isinstance(answer, dict)]
            assert [float(answer["y"][0, 0]) for answer in kept] == [2, 6, 10, 14]
