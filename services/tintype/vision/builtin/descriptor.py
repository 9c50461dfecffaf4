"""A picture as how much it shows of each concept that words can name, and how its colours are laid out."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from tintype.vision.builtin.colours import NAMES, lab_of, names_of
from tintype.vision.builtin.vocabulary import CONCEPTS, concepts_of
from tintype.vision.ports import Matrix, RgbImage
from tintype.vision.processing.resample import resized

SIDE: Final = 64
GRID: Final = 4
LAYOUT: Final = GRID * GRID * 3 + 1
SIZE: Final = len(CONCEPTS) + LAYOUT + 1  # the last dimension is for words that are not known, and no picture has it
CONCEPT_WEIGHT: Final = 0.35  # so that concepts together stay below a length of 1; the layout gets the rest
_INDEX: Final = {name: index for index, name in enumerate(CONCEPTS)}


def embed_picture(image: RgbImage) -> Matrix:
    """Unit vector float32 [SIZE].

    The similarity to one word is CONCEPT_WEIGHT times how much of it the picture shows, because the length is filled up
    in dimensions that no word has: by the layout, which tells pictures apart.
    """
    lab = lab_of(resized(image, width=SIDE, height=SIDE, quick=True))
    shown = np.zeros(len(CONCEPTS), np.float32)
    for name, strength in strengths(lab).items():
        shown[_INDEX[name]] = CONCEPT_WEIGHT * min(1.0, max(0.0, strength))
    length = float((shown**2).sum())
    layout = _layout(lab) * np.sqrt(max(0.0, 1 - length))
    vector = np.concatenate([shown, layout, np.zeros(1)])
    return np.asarray(vector / np.linalg.norm(vector), np.float32)


def embed_words(text: str) -> Matrix:
    """Unit vector float32 [SIZE]; of words that are not known, one that is at right angles to every picture."""
    vector = np.zeros(SIZE, np.float32)
    for name in concepts_of(text):
        vector[_INDEX[name]] = 1.0
    if not vector.any():
        vector[-1] = 1.0
    return np.asarray(vector / np.linalg.norm(vector), np.float32)


def _layout(lab: Matrix) -> npt.NDArray[np.float64]:
    cell = SIDE // GRID
    means = lab.reshape(GRID, cell, GRID, cell, 3).mean(axis=(1, 3)).astype(np.float64)
    means = (means - [50, 0, 0]) / [50, 60, 60]
    values = np.append(means.ravel(), 0.2)  # never nothing, not even for plain grey
    return np.asarray(values / np.linalg.norm(values))


def strengths(lab: Matrix) -> dict[str, float]:
    """How much of each concept a picture shows, from 0 to about 1.

    Args:
        lab: CIELAB [SIDE, SIDE, 3].
    """
    names = names_of(lab)
    third = SIDE // 3
    whole, top, bottom = (_shares(part) for part in (names, names[: 2 * third], names[-third:]))
    found = {name: float(np.sqrt(2 * share)) for name, share in whole.items()}
    found |= _light(lab, whole)
    found |= _scenes(lab, whole, top, bottom)
    return found


def _shares(names: npt.NDArray[np.intp]) -> dict[str, float]:
    counts = np.bincount(names.ravel(), minlength=len(NAMES)) / names.size
    return {name: float(counts[index]) for index, name in enumerate(NAMES)}


def _rising(value: float, low: float, high: float) -> float:
    """0 up to `low`, 1 from `high` on, straight between."""
    return float(np.clip((value - low) / (high - low), 0, 1))


def _light(lab: Matrix, whole: dict[str, float]) -> dict[str, float]:
    light, chroma = lab[..., 0], np.hypot(lab[..., 1], lab[..., 2])
    mean, colour = float(light.mean()), float(chroma.mean())
    warmth = float((lab[..., 1] + lab[..., 2]).mean())
    grey = 1 - _rising(colour, 2, 7)
    return {
        "dark": 1 - _rising(mean, 18, 42),
        "bright": _rising(mean, 60, 85),
        "colourful": _rising(colour, 25, 50),
        "muted": (1 - _rising(colour, 7, 20)) * (1 - grey),
        "contrast": _rising(float(light.std()), 22, 36),
        "fog": (1 - _rising(float(light.std()), 6, 14)) * (1 - _rising(colour, 6, 14)) * _rising(mean, 40, 60),
        "warm": _rising(warmth, 10, 45),
        "cold": _rising(-warmth, 5, 30),
        "monochrome": grey,
        "night": (1 - _rising(mean, 12, 32)) * _rising(whole["black"] + whole["blue"] + whole["grey"], 0.3, 0.6),
    }


def _scenes(lab: Matrix, whole: dict[str, float], top: dict[str, float], bottom: dict[str, float]) -> dict[str, float]:
    light = lab[..., 0]
    third = SIDE // 3
    low = lab[-third:]
    low_light, top_light = float(low[..., 0].mean()), float(light[:third].mean())
    glow = _share_of(lab[: 2 * third], light=(42, 101), a=(4, 90), b=(8, 100)) + 0.4 * top["purple"]
    clear = top["blue"] + 0.4 * top["white"] + 0.2 * top["grey"]
    texture = float(np.abs(np.diff(light, axis=0)).mean())
    sand = _share_of(low, light=(45, 92), a=(-6, 18), b=(8, 45))
    snow = _share_of(low, light=(72, 101), a=(-8, 8), b=(-20, 9))
    middle = _shares(names_of(lab[third:]))
    above_ground = _rising(top_light - low_light, -5, 15)
    return {
        "sunset": _rising(glow, 0.15, 0.5) * (1 - _rising(low_light, 45, 75)) * _rising(top_light, 15, 30),
        "sky": _rising(clear, 0.25, 0.7) * _rising(top_light, 35, 60) * (0.5 + 0.5 * above_ground),
        "nature": _rising(whole["green"], 0.12, 0.5),
        "forest": _rising(whole["green"], 0.3, 0.7)
        * (0.6 + 0.4 * _rising(texture, 1, 6))
        * (1 - _rising(top["blue"], 0.1, 0.4)),
        "meadow": _rising(bottom["green"], 0.4, 0.8) * _rising(clear, 0.15, 0.4),
        "sea": _rising(middle["blue"], 0.2, 0.55) * _rising(whole["blue"], 0.25, 0.55),
        "beach": _rising(sand, 0.3, 0.7) * _rising(whole["blue"], 0.15, 0.4),
        "desert": _rising(sand, 0.5, 0.9)
        * (1 - _rising(whole["green"], 0.05, 0.2))
        * (1 - _rising(middle["blue"], 0.02, 0.15)),
        "snow": _rising(snow, 0.4, 0.8) * (0.4 + 0.6 * _rising(clear + top["green"] + top["white"], 0.2, 0.6)),
        "autumn": _rising(whole["orange"] + whole["brown"] + 0.5 * (whole["yellow"] + whole["red"]), 0.35, 0.8)
        * _rising(texture, 1, 4),
        "fire": _rising(whole["orange"] + whole["yellow"] + whole["red"], 0.1, 0.4) * _rising(whole["black"], 0.3, 0.6),
        "paper": _rising(whole["white"], 0.5, 0.8) * _rising(texture, 0.5, 3),
    }


def _share_of(lab: Matrix, *, light: tuple[int, int], a: tuple[int, int], b: tuple[int, int]) -> float:
    inside = np.ones(lab.shape[:2], bool)
    for channel, (low, high) in enumerate((light, a, b)):
        inside &= (lab[..., channel] >= low) & (lab[..., channel] < high)
    return float(inside.mean())
