"""`retrieval`: photos found by what people said of them, through the service, against the bare encoders ranked exactly.

The vector leg alone has to be what the encoders can do; fused with the words it may not be worse. Captions are taken
literally: dates and places in them are no filters, for these photos have neither.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
from tests.bench.library import fresh_home, library, signed_in, until_ready
from tests.bench.measure import Progress, Row, Samples
from tests.bench.pictures import MODELS, SAMPLES

from tintype.imaging.decode import decode
from tintype.imaging.ports import FitWithin, Probe, Request
from tintype.imaging.probe import probe
from tintype.imaging.settings import ImagingSettings
from tintype.kit.urls import Url
from tintype.v1 import search_service_pb2 as pb
from tintype.vision import connect as vision
from tintype.vision.ports import Vision
from tintype.vision.settings import VisionSettings
from tintype_sdk import Client

DEPTHS: Final = (1, 5, 10)
SMALL_PX: Final = 640  # the picture that analysis shows to its models
IN_FLIGHT: Final = 4
EQUAL: Final = 0.005
PACK: Final = {
    "TINTYPE_MODEL_PACK": "development",
    "TINTYPE_MODELS_MIRROR": str(MODELS),
    "TINTYPE_CATALOG_TEXT": "false",
}

Ranks = list[int]  # of the right photo for each caption, from 1; beyond the page if it is not on it


@dataclass(frozen=True)
class Captioned:
    """A photo and what people said of it."""

    file: Path
    captions: tuple[str, ...]


def captioned(folder: Path) -> list[Captioned]:
    """The photos of `captions.jsonl`."""
    lines = [json.loads(line) for line in (folder / "captioned" / "captions.jsonl").read_text().splitlines()]
    return [Captioned(folder / line["file"], tuple(line["captions"])) for line in lines]


def recall(ranks: Ranks, depth: int) -> float:
    """The share of captions whose photo is among the first."""
    return sum(rank <= depth for rank in ranks) / len(ranks)


async def bare_ranks(photos: Sequence[Captioned], models: Vision) -> Ranks:
    """The encoders alone: every photo compared with every caption."""
    shown = np.stack([await _image_vector(photo.file, models) for photo in photos])
    ranks: Ranks = []
    for place, photo in enumerate(photos):
        scores = await models.embed_text(photo.captions) @ shown.T
        ranks += [int(np.count_nonzero(row > row[place])) + 1 for row in scores]
    return ranks


async def _image_vector(file: Path, models: Vision) -> npt.NDArray[np.float32]:
    data, pixels = await asyncio.to_thread(file.read_bytes), ImagingSettings().most_pixels
    header = probe(data, file_name=file.name, complete=True, most_pixels=pixels)
    assert isinstance(header, Probe)
    wanted = Request(derived=False, variants={"small": FitWithin(SMALL_PX)})
    decoded = await asyncio.to_thread(decode, data, header.format, wanted, most_pixels=pixels)
    vector: npt.NDArray[np.float32] = (await models.embed_images([decoded.variants["small"]]))[0]
    return vector


async def upload(client: Client, photos: Sequence[Captioned]) -> dict[Path, str]:
    """Put the photos into the library and wait until they are analysed and searchable; returns their ids."""
    ids: dict[Path, str] = {}
    queue = iter(photos)

    async def stream() -> None:
        for photo in queue:
            uploaded = await client.uploads.upload_file(photo.file, backlog=True)
            ids[photo.file] = uploaded.photo.photo_id

    async with asyncio.TaskGroup() as group:
        for _ in range(IN_FLIGHT):
            group.create_task(stream())
    await until_ready(client)
    while True:
        if sum((await client.search.status()).spaces.values()) >= len(set(ids.values())):
            return ids
        await asyncio.sleep(0.2)


async def served_ranks(
    client: Client, photos: Sequence[Captioned], ids: Mapping[Path, str], *, weights: pb.LegWeights | None
) -> Ranks:
    """The same captions through SearchPhotos, with these weights of the legs."""
    asked = [(photo, caption) for photo in photos for caption in photo.captions]
    ranks: Ranks = [0] * len(asked)
    queue = iter(enumerate(asked))

    async def stream() -> None:
        for number, (photo, caption) in queue:
            request = pb.SearchPhotosRequest(words=caption, literal=True, page_size=max(DEPTHS), weights=weights)
            answer = await client.search.photos(request=request)
            found = [hit.photo.photo_id for hit in answer.hits]
            ranks[number] = found.index(ids[photo.file]) + 1 if ids[photo.file] in found else len(found) + 1

    async with asyncio.TaskGroup() as group:
        for _ in range(IN_FLIGHT):
            group.create_task(stream())
    return [rank if rank <= max(DEPTHS) else max(DEPTHS) + 1 for rank in ranks]


async def all_ranks(
    home: Path, photos: Sequence[Captioned], *, environment: Mapping[str, str] | None = None
) -> tuple[Ranks, Ranks, Ranks]:
    """Of the bare encoders, of the leg of vectors alone, and of all legs fused; `environment` is the library's."""
    settings = VisionSettings(model_pack="development", models_mirror=MODELS)
    async with vision.connect(Url("onnx:"), settings) as models:
        bare = await bare_ranks(photos, models)
    given = {**PACK, **(environment or {})}
    async with library(home, environment=given) as at, signed_in(at.address, "retrieval") as client:
        ids = await upload(client, photos)
        alone = await served_ranks(client, photos, ids, weights=pb.LegWeights(vector=1))
        fused = await served_ranks(client, photos, ids, weights=None)
    return bare, alone, fused


async def run(progress: Progress) -> list[Row]:
    """Rows of R@1, R@5 and R@10; none where there are no photos or no pack."""
    if not (SAMPLES / "captioned").is_dir() or not MODELS.is_dir():
        progress.say("retrieval: no captioned photos or models here, left out")
        return []
    photos = captioned(SAMPLES)
    progress.say(f"retrieval: {len(photos)} photos, {sum(len(photo.captions) for photo in photos)} captions")
    with fresh_home() as home:
        bare, alone, fused = await all_ranks(Path(home), photos)
    rows = []
    for depth in DEPTHS:
        reference = recall(bare, depth)
        rows.append(_row(f"retrieval_vector_{depth}", reference, recall(alone, depth), equal=True))
        rows.append(_row(f"retrieval_fused_{depth}", reference, recall(fused, depth), equal=False))
    return rows


def _row(name: str, reference: float, candidate: float, *, equal: bool) -> Row:
    met = abs(candidate - reference) <= EQUAL if equal else candidate >= reference
    return Row(
        name,
        "recall",
        Samples((candidate,)),
        Samples((reference,)),
        mark=f"equal within {EQUAL}" if equal else "not below",
        met=met,
        note="pack development",
    )
