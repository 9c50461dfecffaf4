"""Reading text, by the models inside the rapidocr package; nothing is fetched."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from tintype.kit.threads import thread_pool
from tintype.vision.ports import LoadedModel, ModelsUnavailable, RgbImage, TextLine
from tintype.vision.processing.boxes import fraction_box
from tintype.vision.processing.resample import resized

if TYPE_CHECKING:
    from rapidocr import RapidOCR

MODEL: Final = f"rapidocr-{version('rapidocr')}"
FILES: Final = {
    "Det": "PP-OCRv6_det_small.onnx",
    "Rec": "PP-OCRv6_rec_small.onnx",
    "Cls": "ch_ppocr_mobile_v2.0_cls_mobile.onnx",
}
LONGEST_PX: Final = 1440  # of the preview; a receipt gains nothing from more


class TextReader:
    """Reads lines behind a gate: a look at a small copy, which costs a tenth (50 ms) and passes a quarter of photos.

    One picture at a time: text is the dearest stage and has the lowest priority. Loaded at the first picture (+270 MB).

    Args:
        gate_side_px: the longer side of the small copy.
        confidence: the least that a line is kept with.
        threads: of its inference.
        idle_s: after how long without a picture the models leave memory.
        monotonic: seconds that only rise.
    """

    def __init__(
        self,
        *,
        gate_side_px: int,
        confidence: float,
        threads: int,
        idle_s: float,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._idle_s = idle_s
        self._monotonic = monotonic
        self._last_used = 0.0
        self._gate_side_px = gate_side_px
        self._confidence = confidence
        self._threads = threads
        self._thread = thread_pool(1, "vision-text")
        self._complete = False
        self._busy = 0
        self._engines: tuple[RapidOCR, RapidOCR] | None = None

    async def read(self, image: RgbImage) -> tuple[TextLine, ...]:
        """Raises: ModelsUnavailable if the package lacks its weights."""
        self._busy += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, self._read, image)
        finally:
            self._busy -= 1
            self._last_used = self._monotonic()

    def missing(self) -> str:
        """Why nothing can be read; empty where it can. Asked for every photo: once the weights were there, they are."""
        if self._complete:
            return ""
        lacking = [name for name in FILES.values() if not (_folder() / name).is_file()]
        self._complete = not lacking
        return f"the rapidocr package lacks {', '.join(lacking)}" if lacking else ""

    def loaded(self) -> tuple[LoadedModel, ...]:
        """What is in memory: one entry for all three models, none while they are not."""
        if self._engines is None:
            return ()
        size = sum((_folder() / name).stat().st_size for name in FILES.values())
        return (LoadedModel(MODEL, size, max(0.0, self._monotonic() - self._last_used)),)

    def unload_idle(self) -> None:
        """Free the memory once nobody has come for the idle time; the next picture loads again."""
        if not self._busy and self._monotonic() - self._last_used >= self._idle_s:
            self._engines = None

    async def unload_idle_for_ever(self) -> None:
        while True:
            await asyncio.sleep(self._idle_s / 10)
            self.unload_idle()

    def close(self) -> None:
        """Wait for what runs."""
        self._thread.shutdown(cancel_futures=True)

    def _read(self, image: RgbImage) -> tuple[TextLine, ...]:
        engines = self._engines
        if engines is None:  # only this thread loads, so nobody does it twice
            self._engines = engines = self._load()
        gate, reader = engines
        return _lines(reader, image, self._confidence) if _finds_text(gate, image, self._gate_side_px) else ()

    def _load(self) -> tuple[RapidOCR, RapidOCR]:
        from rapidocr import RapidOCR  # costs a second and 100 MB: only when a picture comes

        if problem := self.missing():
            raise ModelsUnavailable(problem)
        settings: dict[str, object] = {f"{part}.model_path": str(_folder() / name) for part, name in FILES.items()}
        settings |= {
            "Global.log_level": "critical",
            "EngineConfig.onnxruntime.intra_op_num_threads": self._threads,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        }
        small = {**settings, "Det.limit_type": "max", "Det.limit_side_len": 4 * self._gate_side_px}
        return RapidOCR(params=small), RapidOCR(params=settings)


def _folder() -> Path:
    return Path(str(files("rapidocr"))) / "models"


def _fitted(image: RgbImage, side: int) -> RgbImage:
    height, width = image.shape[:2]
    scale = min(1.0, side / max(height, width))
    return resized(image, width=max(1, round(width * scale)), height=max(1, round(height * scale)))


def _bgr(image: RgbImage) -> RgbImage:
    return np.ascontiguousarray(image[..., ::-1])


def _finds_text(gate: RapidOCR, image: RgbImage, side: int) -> bool:
    """The copy has as many pixels as 4:3 at `side`, whatever its shape: a long receipt would be unreadable."""
    height, width = image.shape[:2]
    longer = max(height, width) * (side * side * 3 / 4 / (height * width)) ** 0.5
    found = gate(_bgr(_fitted(image, round(longer))), use_det=True, use_cls=False, use_rec=False)
    return getattr(found, "boxes", None) is not None


def _lines(reader: RapidOCR, image: RgbImage, confidence: float) -> tuple[TextLine, ...]:
    picture = _fitted(image, LONGEST_PX)
    found = reader(_bgr(picture), use_det=True, use_cls=True, use_rec=True)
    boxes, texts, scores = (getattr(found, name, None) for name in ("boxes", "txts", "scores"))
    if boxes is None or texts is None or scores is None:
        return ()
    height, width = picture.shape[:2]
    return tuple(
        TextLine(
            text=text.strip(),
            confidence=min(1.0, float(score)),
            box=fraction_box(np.concatenate([corners.min(axis=0), corners.max(axis=0)]), width=width, height=height),
        )
        for corners, text, score in zip(np.asarray(boxes, np.float32), texts, scores, strict=True)
        if text.strip() and score >= confidence
    )
