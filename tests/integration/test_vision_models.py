"""The development pack on real photos: faces, labels, text, and the encoders against bare ONNX Runtime."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from collections.abc import AsyncIterator
from itertools import combinations, pairwise
from pathlib import Path

import numpy as np
import onnxruntime as ort
import pytest
from PIL import Image
from tests.servers import running_servers
from tests.triton_models import triton_with
from tokenizers import Tokenizer

from tintype.kit.urls import Url
from tintype.vision.connect import connect
from tintype.vision.ports import Ability, Matrix, RgbImage, Vision
from tintype.vision.processing.resample import centre_square
from tintype.vision.settings import VisionSettings

MEAN = np.array([0.48145466, 0.4578275, 0.40821073])
STD = np.array([0.26862954, 0.26130258, 0.27577711])
# Flickr and COCO captions speak of people and animals in many words.
SAME = {
    "person": "man men woman women boy girl child children people person player kid guy lady baby couple crowd group",
    "dog": "dog dogs puppy",
    "car": "car cars street traffic road vehicle",
}


@pytest.fixture(params=["onnx", pytest.param("triton", marks=pytest.mark.servers)])
async def vision(
    request: pytest.FixtureRequest, models: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Vision]:
    """The same pack on both engines."""
    home = tmp_path_factory.getbasetemp() / "vision-home"  # shared by the tests of this run
    settings = VisionSettings(model_pack="development", models_mirror=models, models_home=home, download=False)
    url = "onnx:" if request.param == "onnx" else await triton_with(settings, running_servers())
    async with connect(Url(url), settings) as opened:
        yield opened


def picture(path: Path) -> RgbImage:
    with Image.open(path) as opened:
        return np.asarray(opened.convert("RGB"))


def lines(path: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


async def test_the_pack_serves_everything(vision: Vision) -> None:
    status = vision.status()
    assert (status.serving_pack, status.why_not) == ("development", "")
    assert [space.name for space in vision.spaces()] == ["development-1", "builtin-1"]
    assert all(capability.available for capability in vision.capabilities())
    assert {capability.ability for capability in vision.capabilities()} == set(Ability)


async def test_encoders_give_what_the_bare_float_graphs_give(vision: Vision, models: Path, samples: Path) -> None:
    files = sorted((samples / "captioned").glob("*.jpg"))[:24]
    pictures = [picture(file) for file in files]
    bare = ort.InferenceSession(str(models / "standin_image_encoder.onnx"))
    shown = np.stack([centre_square(each, 224) for each in pictures])
    floats = ((shown / 255 - MEAN) / STD).transpose(0, 3, 1, 2).astype(np.float32)
    [wanted] = bare.run(None, {"pixel_values": floats})
    assert np.abs(await vision.embed_images(pictures) - wanted).max() < 1e-4

    texts = ["a black dog in the snow", "Two Boys playing", "", "word " * 200]
    tokenizer = Tokenizer.from_file(str(models / "tokenizer.json"))
    rows = np.zeros((len(texts), 77), np.int64)
    for row, text in zip(rows, texts, strict=True):
        ids = tokenizer.encode(text.lower()).ids[:77]
        row[: len(ids)] = ids
    [wanted] = ort.InferenceSession(str(models / "standin_text_encoder.onnx")).run(None, {"input_ids": rows})
    assert np.abs(await vision.embed_text(texts) - wanted).max() < 1e-4
    assert np.array_equal(await vision.embed_text(texts[::-1]), (await vision.embed_text(texts))[::-1])


async def test_captions_find_their_photos(vision: Vision, samples: Path) -> None:
    rows = lines(samples / "captioned" / "captions.jsonl")[:200]
    vectors = await vision.embed_images([picture(samples / row["file"]) for row in rows])
    texts = await vision.embed_text([row["captions"][0] for row in rows])
    own = (texts * vectors).sum(axis=1)
    ranks = (texts @ vectors.T > own[:, None]).sum(axis=1)
    recall = {k: float((ranks < k).mean()) for k in (1, 5, 10)}
    print(f"\ncaptioned, 200 photos, first caption: {recall}")
    assert recall[10] > 0.4


async def test_faces_of_one_person_are_closer_than_of_two(vision: Vision, samples: Path) -> None:
    persons: dict[str, list[Matrix]] = defaultdict(list)
    found = 0
    rows = lines(samples / "faces" / "persons.jsonl")[:240]
    for row in rows:
        faces = await vision.detect_faces(picture(samples / row["file"]))
        found += bool(faces)
        central = sorted(faces, key=lambda face: abs(face.box.left + face.box.width / 2 - 0.5))
        if central and central[0].vector is not None:
            persons[row["person"]].append(central[0].vector)
    same = np.array([a @ b for vectors in persons.values() for a, b in combinations(vectors, 2)])
    other = np.array([a[0] @ b[0] for a, b in combinations(persons.values(), 2)])
    hit, false = float((same > 0.42).mean()), float((other > 0.42).mean())
    print(f"\nfaces: found in {found}/{len(rows)}; same {np.median(same):.2f}, other {np.median(other):.2f}; ", end="")
    print(f"at 0.42: {hit:.3f} of {len(same)} same, {false:.4f} of {len(other)} other")
    assert found / len(rows) > 0.98
    assert hit > 0.8
    assert false < 0.02


async def test_labels_are_right(vision: Vision, samples: Path) -> None:
    """By the one true class of `labelled`; what a detector adds beside it cannot be judged there, so captions do."""
    right = wrong = 0
    for row in lines(samples / "labelled" / "labels.jsonl"):
        labels = await vision.labels(picture(samples / row["file"]))
        assert len(labels.accepted) <= 10
        assert all(label.confidence >= 0.75 for label in labels.accepted)
        names = {label.name for label in labels.accepted if label.box is None}
        hit = any(row["label"].lower() in name or name in row["label"].lower() for name in names)
        right, wrong = right + hit, wrong + len(names) - hit
    precision = right / (right + wrong)
    print(f"\nlabelled: precision {precision:.3f} over {right + wrong} labels of {120} photos")
    assert precision >= 0.93
    assert right >= 60


async def test_objects_are_in_the_captions(vision: Vision, samples: Path) -> None:
    right = wrong = 0
    for row in lines(samples / "captioned" / "captions.jsonl")[::4]:
        words = set(" ".join(row["captions"]).lower().split())
        for label in (await vision.labels(picture(samples / row["file"]))).accepted:
            if label.name in SAME:
                hit = bool(words & set(SAME[label.name].split()))
                right, wrong = right + hit, wrong + (not hit)
    print(f"\ncaptioned: {right}/{right + wrong} of person, dog and car are in the captions")
    assert right / (right + wrong) > 0.9


async def test_objects_have_boxes_inside_the_picture(vision: Vision, samples: Path) -> None:
    found = await vision.detect_objects(picture(samples / "captioned" / "c0000.jpg"))
    assert found == tuple(sorted(found, key=lambda label: -label.confidence))
    for label in found:
        assert label.box
        assert 0 <= label.box.left <= label.box.left + label.box.width <= 1.0001
        assert 0 <= label.box.top <= label.box.top + label.box.height <= 1.0001


async def test_receipts_are_read_and_the_gate_spares_photos_without_text(vision: Vision, samples: Path) -> None:
    wanted = found = 0
    for path in sorted((samples / "ocr").glob("*.jpg"))[:6]:
        truth = path.with_suffix(".boxes.csv").read_text("utf-8", errors="replace").splitlines()
        words = {word for line in truth for word in folded(line.split(",", 8)[8]).split() if len(word) > 2}
        read = {word for line in await vision.read_text(picture(path)) for word in folded(line.text).split()}
        joined = " ".join(read)
        wanted, found = wanted + len(words), found + sum(word in joined for word in words)
    print(f"\nocr: {found}/{wanted} words of 6 receipts ({found / wanted:.3f})")
    assert found / wanted > 0.75
    sky = np.full((300, 400, 3), (120, 160, 220), np.uint8)
    assert await vision.read_text(sky) == ()


def folded(text: str) -> str:
    return "".join(char if char.isalnum() else " " for char in text.lower())


async def test_lines_come_in_reading_order(vision: Vision, samples: Path) -> None:
    read = await vision.read_text(picture(samples / "ocr" / "000.jpg"))
    tops = [line.box.top for line in read]
    assert len(tops) > 5
    assert sum(later >= earlier - 0.02 for earlier, later in pairwise(tops)) >= 0.9 * (len(tops) - 1)


async def test_cancelling_an_embed_leaves_the_engine_free(vision: Vision) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (64, 300, 300, 3), np.uint8)
    task = asyncio.create_task(vision.embed_images(list(noise)))
    await asyncio.sleep(0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (await vision.embed_images([noise[0]])).shape == (1, 512)
    await vision.check()
