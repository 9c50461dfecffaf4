"""The Triton repository, the packs and the code say the same."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest
from google.protobuf import text_format
from tests.vision_models import float_picture_graph
from tools.triton_models import FOLDER, configurations
from tritonclient.grpc import model_config_pb2

from tintype.vision.digest import sha256_of
from tintype.vision.engines.triton_models import MOST_ROWS, on_triton, roles, takes_batches
from tintype.vision.manifest import (
    ONLY,
    Encoder,
    Front,
    Manifest,
    ModelSpec,
    PackFile,
    TensorSpec,
    load_manifest,
    pack_names,
)
from tintype.vision.pack_store import InstalledPack, PackStore
from tintype.vision.ports import Calibration
from tintype.vision.triton_config import configuration
from tintype.vision.triton_repository import GraphDamaged, install

TYPES = {"uint8": "TYPE_UINT8", "float32": "TYPE_FP32", "int64": "TYPE_INT64"}
NAMES = {"clip_image", "clip_text", "face_detect", "face_embed", "objects", "labels"}


def parsed(text: str) -> model_config_pb2.ModelConfig:
    """Raises text_format.ParseError if Triton would not read it."""
    return text_format.Parse(text, model_config_pb2.ModelConfig())


def rows_and_dims(tensor: TensorSpec, *, batches: bool) -> list[int]:
    shape = tensor.shape[1:] if batches else tensor.shape
    return [dim if isinstance(dim, int) else -1 for dim in shape]


def test_the_folder_holds_what_the_code_writes() -> None:
    there = {str(file.relative_to(FOLDER)): file.read_text() for file in FOLDER.rglob("config.pbtxt")}
    assert there == configurations(), "run python -m tools.triton_models"
    assert {name.removeprefix("gpu/").split("/")[0] for name in there} == NAMES == set(MOST_ROWS)


@pytest.mark.parametrize("gpu", [False, True])
@pytest.mark.parametrize("pack", pack_names())
def test_every_model_of_every_pack_has_a_configuration_that_agrees_with_its_manifest(pack: str, gpu: bool) -> None:
    manifest = load_manifest(pack)
    assert roles(manifest).keys() == manifest.models.keys()
    for model, role in roles(manifest).items():
        spec = manifest.models[model]
        config = parsed(configuration(role, spec, outputs=spec.outputs, gpu=gpu))
        batches = takes_batches(spec)
        for tensors, wanted in ((config.input, spec.inputs), (config.output, spec.outputs)):
            found = [(each.name, model_config_pb2.DataType.Name(each.data_type), list(each.dims)) for each in tensors]
            assert found == [
                (name, TYPES[tensor.type], rows_and_dims(tensor, batches=batches)) for name, tensor in wanted.items()
            ]
        assert config.backend == "onnxruntime"
        assert config.instance_group[0].kind == (
            model_config_pb2.ModelInstanceGroup.KIND_GPU if gpu else model_config_pb2.ModelInstanceGroup.KIND_CPU
        )
        assert config.HasField("dynamic_batching") == batches
        assert on_triton(manifest)[f"{manifest.space}/{model}"].rows <= max(1, config.max_batch_size)
        if batches:
            policy = config.dynamic_batching.default_queue_policy
            assert config.dynamic_batching.max_queue_delay_microseconds == 0
            assert max(config.dynamic_batching.preferred_batch_size) <= config.max_batch_size
            assert policy.max_queue_size > 0
            assert policy.timeout_action == model_config_pb2.ModelQueuePolicy.REJECT
        assert set(config.model_warmup[0].inputs) == set(spec.inputs)


def test_all_six_have_dynamic_batching_where_the_graphs_allow_it() -> None:
    assert all(parsed(text).HasField("dynamic_batching") for text in configurations().values())


def test_a_gpu_gets_larger_batches_and_no_settings_of_a_cpu() -> None:
    for name, text in configurations().items():
        if name.startswith("gpu/"):
            gpu, cpu = parsed(text), parsed(configurations()[name.removeprefix("gpu/")])
            assert max(gpu.dynamic_batching.preferred_batch_size) > max(cpu.dynamic_batching.preferred_batch_size)
            assert not gpu.parameters


def tiny_pack(folder: Path) -> Manifest:
    """A pack of one encoder, whose only output the manifest leaves open."""
    graph = float_picture_graph(folder / "mean.onnx", channel=0)
    spec = ModelSpec(
        file="mean.onnx",
        front=Front(),
        inputs={"pixels": TensorSpec("uint8", ("batch", "height", "width", 3))},
        outputs={ONLY: TensorSpec("float32", ("batch",))},
        canary={"height": 8, "width": 8},
    )
    encoder = Encoder("sees", "sees", "", 1, Calibration(0.2, 1.0))
    file = PackFile("mean.onnx", "MIT", size=graph.stat().st_size, sha256=sha256_of(graph))
    return Manifest(1, "tiny", "1", "for tests", "MIT", files=(file,), models={"sees": spec}, encoder=encoder)


async def installed(folder: Path, manifest: Manifest) -> tuple[InstalledPack, dict[str, str]]:
    store = PackStore(folder / "home", mirror=folder)
    pack = await store.install(manifest, downloader=None, progress=lambda *_: None)
    return pack, store.digests(manifest)


async def test_a_pack_is_put_beside_others_and_a_second_time_changes_nothing(tmp_path: Path) -> None:
    manifest, repository = tiny_pack(tmp_path), tmp_path / "repository"
    later = replace(manifest, version="2")
    for each in (manifest, later):
        pack, digests = await installed(tmp_path, each)
        assert [model.changed for model in install(pack, repository, digests=digests)] == [True]
        assert [model.changed for model in install(pack, repository, digests=digests)] == [False]
    assert {folder.name for folder in repository.iterdir()} == {"clip_text-tiny-1", "clip_text-tiny-2"}
    folder = repository / "clip_text-tiny-1"
    config = parsed((folder / "config.pbtxt").read_text())
    [output] = onnx.load(str(folder / "1" / "model.onnx")).graph.output
    assert [each.name for each in config.output] == [output.name], "the name in the graph, not the open one"
    assert not config.name, "so the folder names it"
    (folder / "config.pbtxt").write_text("backend: 'another'")
    pack, digests = await installed(tmp_path, manifest)
    assert [model.changed for model in install(pack, repository, digests=digests)] == [True]


async def test_a_damaged_graph_is_not_put_there(tmp_path: Path) -> None:
    manifest, repository = tiny_pack(tmp_path), tmp_path / "repository"
    pack, digests = await installed(tmp_path, manifest)
    [graph] = pack.folder.glob("*.u8.onnx")
    graph.write_bytes(np.random.default_rng(0).bytes(graph.stat().st_size))
    with pytest.raises(GraphDamaged):
        install(pack, repository, digests=digests)
    assert not list(repository.glob("clip*"))
    shutil.rmtree(pack.folder)
    pack, digests = await installed(tmp_path, manifest)
    assert [model.changed for model in install(pack, repository, digests=digests)] == [True]
    assert not list(repository.glob(".*"))


async def test_without_graphs_a_pack_brings_words_and_names_only(tmp_path: Path) -> None:
    manifest = tiny_pack(tmp_path)
    words = tmp_path / "words.txt"
    words.write_text("a\n")
    named = replace(manifest, files=(*manifest.files, PackFile("words.txt", "MIT", 2, sha256_of(words))))
    store = PackStore(tmp_path / "home", mirror=tmp_path, graphs=False)
    (tmp_path / "mean.onnx").unlink()
    assert store.missing(named) == ()
    pack = await store.install(named, downloader=None, progress=lambda *_: None)
    assert pack.manifest == named
    assert store.installed(named) == pack
    assert {file.name for file in pack.folder.iterdir()} == {"words.txt", "installed.json"}
