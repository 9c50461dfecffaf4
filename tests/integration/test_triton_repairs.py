"""A Triton of these tests' own whose models, or which itself, is killed: requests go on, and no photo pays for it."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from deploy.native.build import Missing
from deploy.native.instance import Instance
from deploy.native.servers.triton import Triton
from tests.library import running
from tests.triton_models import put_scale
from tests.vision_models import SCALE

from tintype.kit.urls import Url
from tintype.v1 import photo_pb2
from tintype.vision.engines.triton import TritonEngine
from tintype.vision.engines.triton_client import TritonClient
from tintype.vision.engines.triton_memory import FOLDER, PREFIX
from tintype.vision.engines.triton_models import TritonModel
from tintype.vision.manifest import load_manifest
from tintype.vision.pack_store import PackStore
from tintype.vision.ports import ModelsUnavailable, TensorMismatch
from tintype.vision.triton_repository import install
from tintype_sdk import Client

pytestmark = [pytest.mark.servers, pytest.mark.faults, pytest.mark.timeout(300)]

MODELS = {name: TritonModel(name, SCALE, SCALE.max_batch) for name in ("double", "missing")}
WELL_WITHIN_S = 10.0
PHOTOS = 40
STUB = b"triton_python_backend_stub"


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    """A server that may be killed."""
    instance = Instance(Triton(), tmp_path_factory.mktemp("triton"))
    put_scale(instance.folder / "models" / "double", 2.0)
    try:
        instance.start()
    except Missing as missing:
        pytest.skip(str(missing))
    try:
        yield instance
    finally:
        instance.kill()


@pytest.fixture(params=["", "?shared_memory=true"])
async def engine(request: pytest.FixtureRequest, own: Instance) -> AsyncIterator[TritonEngine]:
    own.start()
    async with opened(f"{own.urls()['inference']}{request.param}") as engine:
        yield engine


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[TritonEngine]:
    async with TritonEngine.open(Url(url), deadline=timedelta(seconds=10)) as engine:
        engine.serve(MODELS)
        yield engine


async def doubled(engine: TritonEngine, number: float) -> float:
    rows = np.full((2, 3), number, np.float32)
    return float((await engine.infer("double", {"x": rows}))["y"][1, 2])


def stubs(own: Instance, model: str) -> list[int]:
    """The processes that run a model."""
    folder, found = os.fsencode(own.folder / "models" / model), []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            arguments = (process / "cmdline").read_bytes()
        except OSError:
            continue
        if STUB in arguments and folder in arguments:
            found.append(int(process.name))
    return found


def kill_stub(own: Instance, model: str) -> None:
    newest = max(stubs(own, model))  # one that was unloaded may still be on its way out
    os.kill(newest, signal.SIGKILL)


async def kill_once_ready(own: Instance, model: str) -> None:
    """One that is killed while it loads is loaded for ever, and only a restart of the server helps."""
    async with TritonClient.open(Url(own.urls()["inference"]), deadline_s=10) as client, asyncio.timeout(90):
        while not await client.ready(model):  # noqa: ASYNC110 - another process says nothing of its start
            await asyncio.sleep(0.05)
    kill_stub(own, model)


async def test_a_dead_model_is_mended_while_requests_wait(engine: TritonEngine, own: Instance) -> None:
    assert await doubled(engine, 1) == 2
    [before] = stubs(own, "double")
    kill_stub(own, "double")
    start = time.monotonic()
    assert await asyncio.gather(*(doubled(engine, number) for number in range(20))) == [2 * n for n in range(20)]
    assert time.monotonic() - start < WELL_WITHIN_S
    assert stubs(own, "double") not in ([], [before])
    assert engine.complaint() == ""


async def test_a_dead_model_is_mended_though_nobody_asks(engine: TritonEngine, own: Instance) -> None:
    assert await doubled(engine, 1) == 2
    [before] = stubs(own, "double")
    kill_stub(own, "double")
    async with asyncio.timeout(WELL_WITHIN_S):
        while stubs(own, "double") in ([], [before]):  # noqa: ASYNC110 - another process says nothing of its end
            await asyncio.sleep(0.05)
    await engine.check("double")


async def test_two_processes_that_see_the_same_model_die_both_get_their_answers(own: Instance) -> None:
    own.start()
    url = own.urls()["inference"]
    async with opened(url) as first, opened(url) as second:
        assert [await doubled(each, 1) for each in (first, second)] == [2, 2]
        kill_stub(own, "double")
        start = time.monotonic()
        assert await asyncio.gather(*(doubled(each, n) for n in range(8) for each in (first, second)))
        assert time.monotonic() - start < WELL_WITHIN_S


async def test_a_check_finds_a_dead_model_and_reloading_is_its_repair(own: Instance) -> None:
    own.start()
    url = own.urls()["inference"]
    async with opened(url) as user:
        assert await doubled(user, 1) == 2
    for pid in stubs(own, "double"):  # one of an earlier test may be on its way out
        os.kill(pid, signal.SIGKILL)
    async with opened(url) as engine:  # it has not used the model, so it does not watch, and mend, it by itself
        with pytest.raises(ModelsUnavailable):
            await engine.check("double")
        await engine.reload("double")
        await engine.check("double")


async def test_a_server_that_is_back_is_used_again(engine: TritonEngine, own: Instance) -> None:
    assert await doubled(engine, 1) == 2
    own.kill()
    with pytest.raises(ModelsUnavailable) as away:
        await doubled(engine, 1)
    assert away.value.metadata["dependency"] == "triton"
    await asyncio.to_thread(own.start)
    async with asyncio.timeout(WELL_WITHIN_S):
        while True:
            try:
                assert await doubled(engine, 3) == 6
                break
            except ModelsUnavailable:
                await asyncio.sleep(0.1)


async def test_a_model_that_is_not_there_is_told_to_people(engine: TritonEngine) -> None:
    with pytest.raises(ModelsUnavailable):
        await engine.infer("missing", {"x": np.ones((1, 3), np.float32)})
    assert "install-triton" in engine.complaint()
    with pytest.raises(TensorMismatch):
        await engine.infer("double", {"x": np.ones((1, 4), np.float32)})


async def test_a_region_of_a_killed_process_is_removed(own: Instance) -> None:
    own.start()
    left = FOLDER / f"{PREFIX}left-over"
    left.write_bytes(b"pixels")
    os.utime(left, (0, 0))
    async with opened(f"{own.urls()['inference']}?shared_memory=true") as engine:
        assert not left.exists()
        [region] = [file for file in FOLDER.glob(f"{PREFIX}*") if file.stat().st_uid == os.getuid()][-1:]
        assert await doubled(engine, 1) == 2
        async with opened(f"{own.urls()['inference']}?shared_memory=true") as other:
            os.utime(region, (0, 0))
            assert await doubled(other, 1) == 2
            assert region.exists(), "its owner lives"


async def test_no_photo_fails_for_a_dead_model(own: Instance, tmp_path: Path, models: Path, samples: Path) -> None:
    """The image encoder is killed while photos come in: all of them end READY."""
    own.start()
    home, manifest = tmp_path / "packs", load_manifest("development")
    store = PackStore(home, mirror=models)
    pack = await store.install(manifest, downloader=None, progress=lambda *_: None)
    install(pack, own.folder / "models", digests=store.digests(manifest))
    settings = {
        "TINTYPE_INFERENCE_URL": f"{own.urls()['inference']}?shared_memory=true",
        "TINTYPE_MODEL_PACK": "development",
        "TINTYPE_MODELS_MIRROR": str(models),
        "TINTYPE_MODELS_HOME": str(home),
    }
    files = sorted((samples / "captioned").glob("c*.jpg"))[:PHOTOS]
    async with running(tmp_path / "home", **settings) as library, Client.open(library.address) as client:
        await client.accounts.sign_up("ann", "correct horse battery")
        for number, file in enumerate(files):
            await client.uploads.upload_file(file)
            if number in (PHOTOS // 3, 2 * PHOTOS // 3):
                await kill_once_ready(own, "clip_image-development-1")
        states: set[int] = set()
        async with asyncio.timeout(150):
            while states != {photo_pb2.PHOTO_STATE_READY}:
                await asyncio.sleep(0.2)
                states = {photo.state async for photo in client.photos.all()}
                assert states <= {photo_pb2.PHOTO_STATE_PROCESSING, photo_pb2.PHOTO_STATE_READY}
        await library.stopped()
        assert "triton_repair" in library.log.read_text(), "the fault happened"
