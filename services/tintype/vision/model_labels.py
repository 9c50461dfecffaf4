"""Labels by the models of a pack: objects with boxes, things and scenes without."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence

import numpy as np

from tintype.vision.manifest import ClassifierModel, Encoder, ObjectModel
from tintype.vision.pack_store import InstalledPack
from tintype.vision.ports import Calibration, Engine, Label, Labels, Matrix, RgbImage
from tintype.vision.processing import yolox, zeroshot
from tintype.vision.processing.boxes import fraction_box
from tintype.vision.processing.resample import centre_square, letterboxed
from tintype.vision.processing.words import class_names, plain_name

MOST_RAW = 50


class ObjectFinder:
    """Things with boxes, by a YOLOX detector."""

    def __init__(self, engine: Engine, pack: InstalledPack, model: ObjectModel) -> None:
        self._engine = engine
        self._model = model
        self._name = pack.model_name(model.model)
        self._output = next(iter(pack.manifest.models[model.model].outputs))
        names = class_names(pack.path(model.names)) if model.names else tuple(map(plain_name, model.classes))
        self._classes = names

    async def find(self, image: RgbImage) -> tuple[Label, ...]:
        model = self._model
        shown, scale = await asyncio.to_thread(letterboxed, image, model.side_px)
        outputs = await self._engine.infer(self._name, {"pixels": shown[None]})
        rows = np.asarray(outputs[self._output], np.float32)[0]
        found = yolox.decode(rows, side=model.side_px, floor=model.floor, overlap=model.overlap)
        height, width = image.shape[:2]
        return tuple(
            Label(
                name=self._classes[index],
                confidence=model.calibration.relevance(float(score)),
                model=self._name,
                box=fraction_box(corners / scale, width=width, height=height),
            )
            for corners, score, index in zip(found.corners, found.scores, found.classes, strict=True)
        )[:MOST_RAW]


class Classifier:
    """Things without boxes, by a classifier of whole pictures."""

    def __init__(self, engine: Engine, pack: InstalledPack, model: ClassifierModel) -> None:
        self._engine = engine
        self._model = model
        self._name = pack.model_name(model.model)
        self._classes = class_names(pack.path(model.names))

    async def find(self, image: RgbImage) -> tuple[Label, ...]:
        shown = await asyncio.to_thread(centre_square, image, self._model.side_px, quick=True)
        outputs = await self._engine.infer(self._name, {"pixels": shown[None]})
        chances = np.asarray(outputs[self._model.output], np.float32)[0].copy()
        chances[: self._model.skip] = 0
        return _likely(chances, self._classes, self._model.calibration, self._model.floor, self._name)


class ZeroShot:
    """Things without boxes, by an encoder pair that is fit for it, over a word list of ours."""

    def __init__(
        self,
        pack: InstalledPack,
        encoder: Encoder,
        images: Callable[[Sequence[RgbImage]], Awaitable[Matrix]],
        texts: Callable[[Sequence[str]], Awaitable[Matrix]],
    ) -> None:
        self._name = pack.model_name(encoder.image)
        self._encoder = encoder
        self._images = images
        self._texts = texts
        self._words: Matrix | None = None

    async def find(self, image: RgbImage) -> tuple[Label, ...]:
        if self._words is None:
            prompts = [zeroshot.PROMPT.format(thing) for thing in zeroshot.THINGS]
            self._words = await self._texts([*prompts, *zeroshot.NOTHING])
        [vector] = await self._images([image])
        chances = zeroshot.chances(vector, self._words, scale=self._encoder.logit_scale)[: len(zeroshot.THINGS)]
        return _likely(chances, zeroshot.THINGS, ZERO_SHOT, ZERO_SHOT_FLOOR, self._name)


# A softmax over 300 words says how far ahead a word is; 0.75 is reached where it takes four fifths of the whole.
ZERO_SHOT = Calibration(midpoint=0.62, slope=6.0)
ZERO_SHOT_FLOOR = 0.05


def _likely(
    chances: Matrix, names: Sequence[str], calibration: Calibration, floor: float, model: str
) -> tuple[Label, ...]:
    best = np.argsort(-chances, kind="stable")[:MOST_RAW]
    return tuple(
        Label(name=names[index], confidence=calibration.relevance(float(chances[index])), model=model)
        for index in best
        if chances[index] >= floor
    )


def chosen(found: Iterable[Label], *, confidence: float, most: int) -> Labels:
    """What counts as a tag: sure enough, each name once (by its surest answer), at most so many."""
    raw = sorted(found, key=lambda label: -label.confidence)
    accepted: dict[str, Label] = {}
    for label in raw:
        if label.confidence >= confidence and label.name:
            accepted.setdefault(label.name, label)
    return Labels(accepted=tuple(accepted.values())[:most], raw=tuple(raw[:MOST_RAW]))
