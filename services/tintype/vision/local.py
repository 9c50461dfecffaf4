"""Vision on this machine: the wanted pack when it is here, `builtin` until then and beside it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Final

import numpy as np

from tintype.vision.background import beside
from tintype.vision.builtin import descriptor
from tintype.vision.keeper import PackKeeper
from tintype.vision.manifest import load_manifest
from tintype.vision.model_vision import EncoderPair, ModelVision
from tintype.vision.ocr import MODEL as TEXT_MODEL
from tintype.vision.ocr import TextReader
from tintype.vision.pack_store import InstalledPack
from tintype.vision.ports import (
    Ability,
    Calibration,
    Capability,
    Engine,
    Face,
    Label,
    Labels,
    Matrix,
    ModelsUnavailable,
    NotInPack,
    RgbImage,
    Space,
    Status,
    TextLine,
)
from tintype.vision.settings import VisionSettings

BUILTIN: Final = "builtin"
# A word that half of the picture shows is as likely meant as not (descriptor.CONCEPT_WEIGHT is the most there is).
BUILTIN_CALIBRATION: Final = Calibration(midpoint=0.19, slope=28.0)


def _content() -> str:
    """Nothing to complain of."""
    return ""


class LocalVision:
    """Vision whose pictures are prepared and answers read in this process; an engine runs the models.

    Args:
        engine: here, or on a server.
        host: makes the models of a pack known to the engine.
        keeper: of the wanted pack.
        settings: which pack, and what it may cost.
        complaint: what is wrong with the engine that only a person can mend, empty if nothing is.
    """

    def __init__(
        self,
        engine: Engine,
        host: Callable[[InstalledPack], None],
        keeper: PackKeeper,
        settings: VisionSettings,
        complaint: Callable[[], str] = _content,
    ) -> None:
        self._engine = engine
        self._host = host
        self._complaint = complaint
        self._keeper = keeper
        self._settings = settings
        self._pack: ModelVision | None = None
        manifest = load_manifest(BUILTIN)
        self._builtin_limits = manifest.limits
        self._builtin = Space(manifest.space, descriptor.SIZE, BUILTIN_CALIBRATION, " ".join(manifest.limits))
        self._text = TextReader(
            gate_side_px=settings.text_gate_side_px,
            confidence=settings.text_confidence,
            threads=settings.threads,
            idle_s=settings.idle_unload.total_seconds(),
        )

    @asynccontextmanager
    async def running(self) -> AsyncIterator[LocalVision]:
        """Serve what is at hand, bring the rest in the background."""
        installed = None if self._settings.model_pack == BUILTIN else await self._keeper.at_hand()
        if installed:
            self._serve(installed)
        bring = [] if installed or self._settings.model_pack == BUILTIN else [self._bring()]
        try:
            async with beside(self._text.unload_idle_for_ever(), *bring):
                yield self
        finally:
            self._text.close()

    async def _bring(self) -> None:
        self._serve(await self._keeper.bring())

    def _serve(self, installed: InstalledPack) -> None:
        self._host(installed)
        self._pack = ModelVision(self._engine, installed, self._settings)

    async def embed_images(self, images: Sequence[RgbImage], *, space: str = "") -> Matrix:
        if pair := self._pair(space):
            return await pair.images(images)
        rows = await asyncio.gather(*(asyncio.to_thread(descriptor.embed_picture, image) for image in images))
        return np.stack(rows) if rows else np.zeros((0, descriptor.SIZE), np.float32)

    async def embed_text(self, texts: Sequence[str], *, space: str = "") -> Matrix:
        if pair := self._pair(space):
            return await pair.texts(texts)
        rows = [descriptor.embed_words(text) for text in texts]
        return np.stack(rows) if rows else np.zeros((0, descriptor.SIZE), np.float32)

    async def detect_faces(self, image: RgbImage) -> tuple[Face, ...]:
        return await self._models().faces(image)

    async def detect_objects(self, image: RgbImage) -> tuple[Label, ...]:
        return await self._models().objects(image)

    async def labels(self, image: RgbImage) -> Labels:
        return await self._models().labels(image)

    async def read_text(self, image: RgbImage) -> tuple[TextLine, ...]:
        return await self._text.read(image)

    def spaces(self) -> tuple[Space, ...]:
        encoder = self._pack.encoder if self._pack else None
        return (encoder.space, self._builtin) if encoder else (self._builtin,)

    def capabilities(self) -> tuple[Capability, ...]:
        pack = self._pack
        name = pack.pack.manifest.space if pack else ""
        no_faces = f"The pack {self._serving_name} finds no faces."
        no_labels = f"The pack {self._serving_name} gives no labels."
        text = self._text.missing()
        return (
            Capability(Ability.EMBED, self.spaces()[0].name),
            Capability(Ability.FACES, name) if pack and pack.has_faces else Capability(Ability.FACES, "", no_faces),
            Capability(Ability.LABELS, name) if pack and pack.has_labels else Capability(Ability.LABELS, "", no_labels),
            Capability(Ability.TEXT, "" if text else TEXT_MODEL, text),
        )

    def status(self) -> Status:
        manifest = self._pack.pack.manifest if self._pack else None
        loaded = (*self._engine.loaded(), *self._text.loaded())
        return Status(
            wanted_pack=self._settings.model_pack,
            serving_pack=self._serving_name,
            why_not=self._complaint() if self._serving_name == self._settings.model_pack else self._keeper.why_not,
            limits=manifest.limits if manifest else self._builtin_limits,
            capabilities=self.capabilities(),
            download=self._keeper.download,
            retry_in_s=self._keeper.retry_in_s,
            loaded=loaded,
            memory_bytes=sum(model.size_bytes for model in loaded),
            licences=(manifest.licence,) if manifest else (),
        )

    async def check(self) -> None:
        for model in self._engine.loaded():
            try:
                await self._engine.check(model.name)
            except ModelsUnavailable:
                await self._engine.reload(model.name)
                await self._engine.check(model.name)

    @property
    def _serving_name(self) -> str:
        return self._pack.pack.manifest.name if self._pack else BUILTIN

    def _pair(self, space: str) -> EncoderPair | None:
        """The encoder pair of a space; None for the built-in one. Raises: NotInPack."""
        encoder = self._pack.encoder if self._pack else None
        if encoder and space in ("", encoder.space.name):
            return encoder
        if space in ("", self._builtin.name):
            return None
        raise NotInPack(f"the space {space} is not served", space=space)

    def _models(self) -> ModelVision:
        if self._pack:
            return self._pack
        if self._settings.model_pack == BUILTIN:
            raise NotInPack("the pack builtin has no models")
        raise NotInPack(f"the pack {self._settings.model_pack} is not here yet, and builtin has no models")
