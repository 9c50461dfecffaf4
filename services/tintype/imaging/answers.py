"""Reads what a sandbox answered. It may have been taken over by a picture, so every word is checked."""

from __future__ import annotations

from collections.abc import Mapping
from mmap import mmap
from typing import TYPE_CHECKING, Annotated, Final, Literal, NoReturn

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from tintype.imaging.metadata import bounded
from tintype.imaging.ports import (
    Decoded,
    DecodeFailed,
    DecoderCrashed,
    Derived,
    ImageTooLarge,
    MediaFormat,
    Metadata,
)
from tintype.imaging.text import clean

if TYPE_CHECKING:
    from tintype.imaging.ports import RgbImage

_Offset = Annotated[int, Field(ge=0)]
_Side = Annotated[int, Field(ge=1, le=2**31 - 1)]
_LONGEST_REASON: Final = 300


class _Refusal(BaseModel):
    model_config = ConfigDict(extra="forbid")
    error: Literal["DecodeFailed", "ImageTooLarge", "MemoryError"]
    message: str
    metadata: dict[str, Annotated[str, Field(max_length=40)]]


class _Answer(BaseModel):
    model_config = ConfigDict(extra="forbid")
    width_px: _Side
    height_px: _Side
    metadata: Metadata
    arrays: dict[str, tuple[_Offset, _Offset, _Side, _Side]]
    derived: tuple[tuple[_Offset, _Offset], tuple[_Offset, _Offset], tuple[_Offset, _Offset]] | None


def read_answer(answer: Mapping[str, object], memory: mmap, media: MediaFormat) -> Decoded:
    """Copy everything out of the shared memory.

    Raises what the decoder answered, or DecoderCrashed if the answer makes no sense.
    """
    try:
        if "error" in answer:
            _refuse(_Refusal.model_validate(answer))
        return _decoded(_Answer.model_validate(answer), memory, media)
    except (ValidationError, KeyError) as error:
        raise DecoderCrashed("the decoder answered nonsense") from error


def _refuse(refusal: _Refusal) -> NoReturn:
    message = clean(refusal.message, longest=_LONGEST_REASON)
    if refusal.error == "MemoryError":
        raise DecoderCrashed(message)
    if refusal.error == "ImageTooLarge":
        raise ImageTooLarge(message, pixels=refusal.metadata["pixels"], limit=refusal.metadata["limit"])
    raise DecodeFailed(message)


def _decoded(answer: _Answer, memory: mmap, media: MediaFormat) -> Decoded:
    arrays: dict[str, RgbImage] = {}  # all within the region, whatever the sandbox says
    for name, (start, end, height, width) in answer.arrays.items():
        data = _slice(memory, start, end)
        if len(data) != height * width * 3:
            raise DecoderCrashed("the decoder answered nonsense")
        arrays[name] = np.frombuffer(data, dtype=np.uint8).reshape(height, width, 3)
    derived = None
    if answer.derived is not None:
        preview, thumbnail, thumbhash = (_slice(memory, start, end) for start, end in answer.derived)
        derived = Derived(preview, thumbnail, thumbhash)
    preview_pixels = arrays.pop("", None)
    return Decoded(media, answer.width_px, answer.height_px, bounded(answer.metadata), derived, preview_pixels, arrays)


def _slice(memory: mmap, start: int, end: int) -> bytes:
    if not start <= end <= len(memory):
        raise DecoderCrashed("the decoder answered nonsense")
    return memory[start:end]
