"""Manifests, fronts of graphs, and packs that come from a mirror."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import onnxruntime as ort
import pytest
from tests.vision_models import float_picture_graph

from tintype.vision.digest import sha256_of
from tintype.vision.keeper import PackKeeper
from tintype.vision.manifest import (
    MANIFEST,
    Front,
    Manifest,
    ManifestInvalid,
    ModelSpec,
    PackFile,
    PackNotFound,
    TensorSpec,
    load_manifest,
    pack_names,
    read_manifest,
)
from tintype.vision.pack_store import LicenceNotAccepted, PackStore, PackUnavailable
from tintype.vision.packing import PackingFailed, main, make_pack, put_front

PICTURE = np.random.default_rng(3).integers(0, 255, (2, 5, 4, 3), np.uint8)
FRONT = Front(order="BGR", mean=(10.0, 20.0, 30.0), std=(2.0, 4.0, 8.0))


def tiny_manifest(folder: Path, *, sha256: str = "", must_accept: bool = False) -> Manifest:
    """A pack of one graph that averages the blue channel, whose file lies in `folder`."""
    path = float_picture_graph(folder / "mean.onnx", channel=0)
    model = ModelSpec(
        file="mean.onnx",
        front=FRONT,
        inputs={"pixels": TensorSpec("uint8", ("batch", "height", "width", 3))},
        outputs={"mean": TensorSpec("float32", ("batch",))},
        canary={"height": 8, "width": 8},
    )
    file = PackFile("mean.onnx", "MIT", size=path.stat().st_size, sha256=sha256 or sha256_of(path))
    return Manifest(1, "tiny", "1", "for tests", "MIT", files=(file,), models={"mean": model}, must_accept=must_accept)


@pytest.fixture
def mirror(tmp_path: Path) -> Path:
    folder = tmp_path / "mirror"
    folder.mkdir()
    return folder


def silent(file: str, done: int, total: int) -> None:
    """Nobody watches."""


@pytest.mark.parametrize("name", pack_names())
def test_every_manifest_of_ours_can_be_read(name: str) -> None:
    manifest = load_manifest(name)
    assert manifest.name == name
    assert manifest.licence
    assert all(file.licence for file in manifest.files)


@pytest.mark.parametrize("name", ["", "nothing", "../packs/default", "default.json"])
def test_a_pack_that_is_not_known_is_not_found(name: str) -> None:
    with pytest.raises(PackNotFound):
        load_manifest(name)


@pytest.mark.parametrize(
    "change",
    [{"schema": 2}, {"surprise": 1}, {"models": {"a": {"file": "b", "inputs": {}, "outputs": {}}}}, {"files": 3}],
)
def test_a_manifest_that_does_not_fit_is_refused(change: dict[str, object], tmp_path: Path) -> None:
    values = MANIFEST.dump_python(load_manifest("builtin"), mode="json") | change
    (tmp_path / "bad.json").write_text(json.dumps(values))
    with pytest.raises(ManifestInvalid):
        read_manifest(tmp_path / "bad.json")


def test_a_front_normalises_as_it_says(tmp_path: Path) -> None:
    put_front(float_picture_graph(tmp_path / "f.onnx", channel=0), tmp_path / "u.onnx", FRONT)
    [mean] = ort.InferenceSession(str(tmp_path / "u.onnx")).run(None, {"pixels": PICTURE})
    assert np.allclose(mean, ((PICTURE[..., 2].astype(np.float64) - 10) / 2).mean(axis=(1, 2)), atol=1e-4)


def test_a_pack_is_installed_from_a_mirror_and_stays_without_it(tmp_path: Path, mirror: Path) -> None:
    manifest = tiny_manifest(mirror)
    store = PackStore(tmp_path / "home", mirror=mirror)
    assert store.installed(manifest) is None
    seen: list[tuple[str, int, int]] = []
    pack = asyncio.run(store.install(manifest, downloader=None, progress=lambda *told: seen.append(told)))
    size = manifest.files[0].size
    assert seen == [("mean.onnx", size, size)]
    assert PackStore(tmp_path / "home").installed(manifest) == pack
    assert store.verify(manifest) == ()
    hosted = pack.hosted()["tiny-1/mean"]
    [mean] = ort.InferenceSession(str(hosted.path)).run(None, {"pixels": PICTURE})
    assert mean.shape == (2,)


def test_a_damaged_file_is_found_and_repaired(tmp_path: Path, mirror: Path) -> None:
    manifest = tiny_manifest(mirror)
    store = PackStore(tmp_path / "home", mirror=mirror)
    pack = asyncio.run(store.install(manifest, downloader=None, progress=silent))
    damaged = pack.path("mean.onnx")
    damaged.write_bytes(bytes(damaged.stat().st_size))
    assert store.verify(manifest) == ("mean.onnx",)
    asyncio.run(store.install(manifest, downloader=None, progress=silent))
    assert store.verify(manifest) == ()
    damaged.unlink()
    assert store.installed(manifest) is None


def test_wrong_bytes_in_a_mirror_are_not_taken(tmp_path: Path, mirror: Path) -> None:
    manifest = tiny_manifest(mirror, sha256="0" * 64)
    with pytest.raises(PackUnavailable):
        asyncio.run(PackStore(tmp_path / "home", mirror=mirror).install(manifest, downloader=None, progress=silent))


def test_a_licence_must_be_accepted(tmp_path: Path, mirror: Path) -> None:
    manifest = tiny_manifest(mirror, must_accept=True)
    with pytest.raises(LicenceNotAccepted):
        asyncio.run(PackStore(tmp_path / "home", mirror=mirror).install(manifest, downloader=None, progress=silent))
    accepting = PackStore(tmp_path / "home", mirror=mirror, accepted=frozenset({"tiny"}))
    assert asyncio.run(accepting.install(manifest, downloader=None, progress=silent)).manifest is manifest


def test_a_graph_that_is_not_what_the_manifest_says_is_not_installed(tmp_path: Path, mirror: Path) -> None:
    manifest = tiny_manifest(mirror)
    wrong = replace(manifest.models["mean"], outputs={"mean": TensorSpec("float32", ("batch", 512))})
    store = PackStore(tmp_path / "home", mirror=mirror)
    with pytest.raises(PackingFailed):
        asyncio.run(store.install(replace(manifest, models={"mean": wrong}), downloader=None, progress=silent))
    assert store.installed(manifest) is None


def test_the_packing_tool_makes_a_pack_that_can_be_installed(tmp_path: Path, mirror: Path) -> None:
    draft = replace(tiny_manifest(mirror), files=(PackFile("mean.onnx", "MIT"),))
    (tmp_path / "draft.json").write_text(json.dumps(MANIFEST.dump_python(draft, mode="json")))
    assert main([str(tmp_path / "draft.json"), str(mirror), str(tmp_path / "made")]) == 0
    packed = read_manifest(tmp_path / "made" / "manifest.json")
    assert packed.models["mean"].front is None
    assert packed.files[0].sha256 == sha256_of(tmp_path / "made" / "mean.onnx")
    store = PackStore(tmp_path / "home", mirror=tmp_path / "made")
    assert asyncio.run(store.install(packed, downloader=None, progress=silent)).hosted()
    with pytest.raises(PackingFailed):
        make_pack(draft, tmp_path / "nowhere", tmp_path / "made")


async def test_the_pack_is_tried_again_with_longer_waits_until_it_is_there(tmp_path: Path, mirror: Path) -> None:
    manifest = tiny_manifest(mirror)
    (mirror / "mean.onnx").rename(tmp_path / "away.onnx")
    waits: list[tuple[float, float | None, str]] = []

    async def pause(seconds: float) -> None:
        waits.append((seconds, keeper.retry_in_s, keeper.why_not))
        if len(waits) == 4:
            (tmp_path / "away.onnx").rename(mirror / "mean.onnx")

    keeper = PackKeeper(
        PackStore(tmp_path / "home", mirror=mirror),
        manifest,
        downloader=None,
        first=timedelta(seconds=60),
        longest=timedelta(seconds=200),
        pause=pause,
    )
    assert await keeper.at_hand() is None
    assert (await keeper.bring()).manifest is manifest
    assert [wait[:2] for wait in waits] == [(60, 60), (120, 120), (200, 200), (200, 200)]
    assert "mean.onnx of the pack tiny is not here" in waits[0][2]
    assert keeper.why_not == ""
