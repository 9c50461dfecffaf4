"""What an installed pack can do, by its models on an engine."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Sequence

import numpy as np

from tintype.vision.manifest import Encoder
from tintype.vision.model_faces import FaceFinder
from tintype.vision.model_labels import Classifier, ObjectFinder, ZeroShot, chosen
from tintype.vision.pack_store import InstalledPack
from tintype.vision.ports import Engine, Face, Label, Labels, Matrix, NotInPack, RgbImage, Space
from tintype.vision.processing.resample import centre_square, squashed
from tintype.vision.processing.words import Words
from tintype.vision.settings import VisionSettings
from tintype.vision.shared_looks import SharedLooks


class EncoderPair:
    """Pictures and texts in one space; the vectors of recent texts are kept."""

    def __init__(self, engine: Engine, pack: InstalledPack, encoder: Encoder, cache: int) -> None:
        self._engine = engine
        self._encoder = encoder
        self._image = pack.model_name(encoder.image)
        self._text = pack.model_name(encoder.text)
        outputs = (pack.manifest.models[name].outputs for name in (encoder.image, encoder.text))
        self._image_output, self._text_output = (next(iter(names)) for names in outputs)
        self._tokenizer = pack.path(encoder.tokenizer)
        self._words: Words | None = None
        self._recent: OrderedDict[str, Matrix] = OrderedDict()
        self._cache = cache
        self._looks = SharedLooks(lambda image: self._encode([image]))
        limits = " ".join(pack.manifest.limits)
        self.space = Space(pack.manifest.space, encoder.size, encoder.calibration, limits)

    async def images(self, images: Sequence[RgbImage]) -> Matrix:
        if not images:
            return np.zeros((0, self.space.size), np.float32)
        return await (self._looks.of(images[0]) if len(images) == 1 else self._encode(images))

    async def _encode(self, images: Sequence[RgbImage]) -> Matrix:
        fit = squashed if self._encoder.squash else centre_square
        side = self._encoder.side_px
        shown = await asyncio.gather(*(asyncio.to_thread(fit, image, side) for image in images))
        rows = await self._engine.infer(self._image, {"pixels": np.stack(shown)})
        return _units(np.asarray(rows[self._image_output], np.float32))

    async def texts(self, texts: Sequence[str]) -> Matrix:
        new = [text for text in dict.fromkeys(texts) if text not in self._recent]
        made: dict[str, Matrix] = {}
        if new:
            if self._words is None:
                self._words = await asyncio.to_thread(Words, self._tokenizer, self._encoder)
            rows = await self._engine.infer(self._text, self._words.tokens(new))
            made = dict(zip(new, _units(np.asarray(rows[self._text_output], np.float32)), strict=True))
        vectors = [made[text] if text in made else self._recent[text] for text in texts]
        for text, vector in zip(texts, vectors, strict=True):
            self._recent[text] = vector
            self._recent.move_to_end(text)
        while len(self._recent) > self._cache:
            self._recent.popitem(last=False)
        return np.stack(vectors) if vectors else np.zeros((0, self.space.size), np.float32)


def _units(rows: Matrix) -> Matrix:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.maximum(lengths, np.finfo(np.float32).tiny), np.float32)


class ModelVision:
    """The abilities of one pack; what it lacks raises NotInPack."""

    def __init__(self, engine: Engine, pack: InstalledPack, settings: VisionSettings) -> None:
        manifest = pack.manifest
        self.pack = pack
        self._settings = settings
        self.encoder = EncoderPair(engine, pack, manifest.encoder, settings.text_cache) if manifest.encoder else None
        self._faces = FaceFinder(engine, pack, manifest.faces) if manifest.faces else None
        self._objects = ObjectFinder(engine, pack, manifest.objects) if manifest.objects else None
        self._things: list[Classifier | ZeroShot] = []
        if manifest.classifier:
            self._things.append(Classifier(engine, pack, manifest.classifier))
        if manifest.encoder and manifest.encoder.zero_shot and self.encoder:
            self._things.append(ZeroShot(pack, manifest.encoder, self.encoder.images, self.encoder.texts))

    @property
    def has_faces(self) -> bool:
        return self._faces is not None

    @property
    def has_labels(self) -> bool:
        return bool(self._objects or self._things)

    async def faces(self, image: RgbImage) -> tuple[Face, ...]:
        if not self._faces:
            raise NotInPack(f"the pack {self.pack.manifest.name} finds no faces")
        return await self._faces.find(image)

    async def objects(self, image: RgbImage) -> tuple[Label, ...]:
        if not self._objects:
            raise NotInPack(f"the pack {self.pack.manifest.name} has no detector of objects")
        return await self._objects.find(image)

    async def labels(self, image: RgbImage) -> Labels:
        finders = [*([self._objects] if self._objects else []), *self._things]
        if not finders:
            raise NotInPack(f"the pack {self.pack.manifest.name} gives no labels")
        found = await asyncio.gather(*(finder.find(image) for finder in finders))
        return chosen(
            (label for labels in found for label in labels),
            confidence=self._settings.label_confidence,
            most=self._settings.labels_per_photo,
        )
