"""`text_stage`: photos a second whose text is read, through the library against the bare reader; `text_recall`."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Mapping
from pathlib import Path

from tests.bench.ingest import PACK, PIXELS
from tests.bench.library import Library, fresh_home, library, signed_in, stored_texts, until_ready
from tests.bench.measure import Progress, Row, Samples, compared
from tests.bench.pictures import MODELS, SAMPLES, real_photos

from tintype.imaging.decode import decode
from tintype.imaging.ports import Probe, Request
from tintype.imaging.probe import probe
from tintype.kit.urls import Url
from tintype.v1 import photo_pb2
from tintype.vision import connect as vision
from tintype.vision.ports import RgbImage, Vision
from tintype.vision.settings import VisionSettings
from tintype_sdk import Client

RECEIPTS = 4  # beside three times as many photos without text: the gate decides the rate of a real library
PHOTOS = 12
PAIRS = 3
POLL_S = 0.2
SHORTEST_WORD = 3

Texts = Mapping[str, Iterable[str]]


async def bare(files: list[Path], models: Vision) -> float:
    """Photos a second of a plain loop: decode, read."""
    start = time.perf_counter()
    for file in files:
        await models.read_text(await asyncio.to_thread(preview, file))
    return len(files) / (time.perf_counter() - start)


def preview(file: Path) -> RgbImage:
    """What the stage looks at."""
    data = file.read_bytes()
    header = probe(data, file_name=file.name, complete=True, most_pixels=PIXELS)
    assert isinstance(header, Probe)
    pixels = decode(data, header.format, Request(derived=False, preview=True), most_pixels=PIXELS).preview
    assert pixels is not None
    return pixels


async def through(files: list[Path], at: Library, user_name: str, names: dict[str, str]) -> tuple[list[Path], float]:
    """The files whose text was left to read once all else was done, and how many of them a second the library read."""
    async with signed_in(at.address, user_name) as client:
        for file in files:
            uploaded = await client.uploads.upload_file(file, backlog=True)
            names[uploaded.photo.photo_id] = file.name
        await until_ready(client)
        start = time.perf_counter()
        left = waiting = await unread(client)
        while waiting:
            await asyncio.sleep(POLL_S)
            waiting = await unread(client)
        seconds = time.perf_counter() - start
        found = {names[photo_id] for photo_id in left}
        return [file for file in files if file.name in found], len(left) / seconds


async def unread(client: Client) -> set[str]:
    """The photos whose text waits to be read."""
    pending, text = photo_pb2.STAGE_STATE_PENDING, photo_pb2.STAGE_TEXT
    return {
        photo.photo_id
        async for photo in client.photos.all()
        if any(stage.stage == text and stage.state == pending for stage in photo.stages)
    }


async def run(progress: Progress) -> list[Row]:
    receipts = sorted((SAMPLES / "ocr").glob("*.jpg"))
    if not receipts or not MODELS.is_dir():
        progress.say("text: no receipts or models here, left out")
        return []
    files = [*receipts[:RECEIPTS], *real_photos(PHOTOS)]
    progress.say(
        f"text: {len(files)} pictures, {RECEIPTS} of them receipts, {PAIRS} pairs; then {len(receipts)} receipts"
    )
    settings = VisionSettings(model_pack="development", models_mirror=MODELS)
    names: dict[str, str] = {}
    references: list[float] = []
    candidates: list[float] = []
    with fresh_home() as home:
        async with (
            library(Path(home), environment=PACK) as at,
            vision.connect(Url("onnx:"), settings) as models,
        ):
            await models.read_text(await asyncio.to_thread(preview, receipts[0]))  # loads them
            for number in range(PAIRS):
                left, rate = await through(files, at, f"text{number}", names)
                candidates.append(rate)
                references.append(await bare(left, models))
            await through(receipts, at, "recall", names)
            texts = {names[photo_id]: lines for photo_id, lines in (await asyncio.to_thread(stored_texts, at)).items()}
    samples = Samples(tuple(references)), Samples(tuple(candidates))
    note = f"one receipt in {len(files) // RECEIPTS}; one picture at a time"
    return [compared("text_stage", "photos/s", *samples, note=note), recall(receipts, texts)]


def recall(receipts: list[Path], texts: Texts) -> Row:
    """The part of the printed words that was read."""
    wanted = found = 0
    for file in receipts:
        truth = file.with_suffix(".boxes.csv").read_text("utf-8", errors="replace").splitlines()
        words = {word for line in truth for word in folded(line.split(",", 8)[8]) if len(word) >= SHORTEST_WORD}
        read = " ".join(word for line in texts.get(file.name, ()) for word in folded(line))
        wanted, found = wanted + len(words), found + sum(word in read for word in words)
    note = f"{found} of {wanted} words of {len(receipts)} receipts, as stored"
    return Row("text_recall", "part", Samples((found / wanted,)), note=note)


def folded(text: str) -> list[str]:
    """Its words, without case and signs."""
    return "".join(char if char.isalnum() else " " for char in text.lower()).split()
