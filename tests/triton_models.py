"""Tiny models in a Triton repository, for tests of the engine."""

from __future__ import annotations

from pathlib import Path

from tests.vision_models import SCALE, scale_model

from tintype.vision.engines.triton_models import CLIP_TEXT
from tintype.vision.triton_config import FILE, configuration


def put_scale(folder: Path, factor: float | None) -> None:
    """A model y = factor * x in its folder of the repository; None writes one that cannot be loaded."""
    version = folder / "1"
    version.mkdir(parents=True)
    if factor is None:
        (version / FILE).write_bytes(b"no graph")
    else:
        scale_model(version / FILE, factor)
    (folder / "config.pbtxt").write_text(configuration(CLIP_TEXT, SCALE, outputs=SCALE.outputs), "utf-8")
