"""Triton against the contract of engines."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import ClassVar

import pytest
from tests.contract.engine import EngineSuite
from tests.servers import Servers, own_namespace
from tests.triton_models import put_scale, repository
from tests.vision_models import SCALE

from tintype.kit.urls import Url
from tintype.vision.engines.triton import TritonEngine
from tintype.vision.engines.triton_models import TritonModel
from tintype.vision.ports import Engine, ModelsUnavailable

pytestmark = pytest.mark.servers

FACTORS = {"double": 2.0, "nan": float("nan"), "broken": None}


class TestTritonEngine(EngineSuite):
    options = ""
    url: ClassVar[Url]
    models: ClassVar[Mapping[str, TritonModel]]

    @pytest.fixture(autouse=True, scope="class")
    @classmethod
    def hosted(cls, servers: Servers) -> Iterator[None]:
        """Models of this suite's own in the repository that the server looks into; it runs them no longer than this."""
        prefix = own_namespace()
        cls.url = Url(f"{servers.inference}{cls.options}")
        cls.models = {name: TritonModel(f"{prefix}-{name}", SCALE, SCALE.max_batch) for name in FACTORS}
        try:
            for name, factor in FACTORS.items():
                put_scale(repository() / f"{prefix}-{name}", factor)
            yield
        finally:
            asyncio.run(unloaded(cls.url, cls.models))
            for name in FACTORS:
                shutil.rmtree(repository() / f"{prefix}-{name}", ignore_errors=True)

    def connect(self, home: Path) -> AbstractAsyncContextManager[Engine]:
        return connected(self.url, self.models)


class TestTritonEngineOverSharedMemory(TestTritonEngine):
    options = "?shared_memory=true"


@asynccontextmanager
async def connected(url: Url, models: Mapping[str, TritonModel]) -> AsyncIterator[TritonEngine]:
    async with TritonEngine.open(url, deadline=timedelta(seconds=20)) as engine:
        engine.serve(models)
        yield engine


async def unloaded(url: Url, models: Mapping[str, TritonModel]) -> None:
    async with connected(url, models) as engine:
        for name in models:
            with suppress(ModelsUnavailable):
                await engine.unload(name)
