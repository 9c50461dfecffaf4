"""Vectors for programs: texts and pictures in the space that the library uses now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tintype.analysis.domain import MODEL_PX
from tintype.imaging.ports import DecodeFailed, DecoderDied, FitWithin, Imaging, Request, UnsupportedMedia
from tintype.kit.errors import InvalidInput
from tintype.vision.ports import Matrix, Vision


class PictureUnreadable(InvalidInput):
    """A picture of the request cannot be decoded; `index` says which."""

    reason = "PICTURE_UNREADABLE"


@dataclass(frozen=True, slots=True, eq=False)
class Vectors:
    """float32 [n, size], unit rows in the order of the request, and the space they belong to."""

    space: str
    rows: Matrix


class Embedder:
    """Turns words and pictures into vectors."""

    def __init__(self, *, imaging: Imaging, vision: Vision) -> None:
        self._imaging = imaging
        self._vision = vision

    async def embed_text(self, texts: Sequence[str]) -> Vectors:
        """Raises ModelsUnavailable."""
        space = self._vision.spaces()[0].name
        return Vectors(space, await self._vision.embed_text(texts, space=space))

    async def embed_images(self, images: Sequence[bytes]) -> Vectors:
        """One after the other, so that a batch of one caller cannot take every decoder.

        Raises PictureUnreadable, ImageTooLarge, ModelsUnavailable.
        """
        space = self._vision.spaces()[0].name
        request = Request(derived=False, variants={"small": FitWithin(MODEL_PX)})
        pictures = []
        for index, data in enumerate(images):
            try:
                decoded = await self._imaging.process(data, request)
            except (UnsupportedMedia, DecodeFailed, DecoderDied) as error:
                raise PictureUnreadable(f"picture {index}: {error.message}", index=str(index)) from error
            pictures.append(decoded.variants["small"])
        return Vectors(space, await self._vision.embed_images(pictures, space=space))
