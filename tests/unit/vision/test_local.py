"""Vision without weights: what `builtin` can do, what it says that it cannot, and what it says of a pack on its way."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError

from tintype.kit.urls import InvalidUrl, Url
from tintype.vision.connect import connect
from tintype.vision.manifest import PackNotFound
from tintype.vision.ports import Ability, NotInPack
from tintype.vision.settings import VisionSettings

RED = np.full((40, 60, 3), (220, 20, 20), np.uint8)
BLUE = np.full((40, 60, 3), (20, 40, 220), np.uint8)
ONNX = Url("onnx:")


def settings(home: Path, **changes: object) -> VisionSettings:
    return VisionSettings.model_validate({"model_pack": "builtin", "models_home": home, "download": False, **changes})


async def test_builtin_puts_words_and_pictures_into_one_space(tmp_path: Path) -> None:
    async with connect(ONNX, settings(tmp_path)) as vision:
        pictures = await vision.embed_images([RED, BLUE])
        words = await vision.embed_text(["rot", "blue"])
        assert ((words @ pictures.T).argmax(axis=1)).tolist() == [0, 1]
        [space] = vision.spaces()
        assert (space.name, space.size) == ("builtin-1", pictures.shape[1])
        similarity = words @ pictures.T
        assert space.calibration.relevance(float(similarity[0, 0])) > 0.9
        assert space.calibration.relevance(float(similarity[0, 1])) < 0.1


async def test_builtin_says_what_it_cannot(tmp_path: Path) -> None:
    async with connect(ONNX, settings(tmp_path)) as vision:
        can = {capability.ability: capability.available for capability in vision.capabilities()}
        assert can == {Ability.EMBED: True, Ability.FACES: False, Ability.LABELS: False, Ability.TEXT: True}
        with pytest.raises(NotInPack):
            await vision.detect_faces(RED)
        with pytest.raises(NotInPack):
            await vision.labels(RED)
        status = vision.status()
        assert (status.wanted_pack, status.serving_pack, status.why_not) == ("builtin", "builtin", "")
        assert status.limits
        assert vision.spaces()[0].limits


async def test_a_pack_that_cannot_be_had_leaves_builtin_serving_and_says_so(tmp_path: Path) -> None:
    async with connect(ONNX, settings(tmp_path, model_pack="development", models_mirror=tmp_path)) as vision:
        assert (await vision.embed_text(["red"])).shape == (1, vision.spaces()[0].size)
        status = vision.status()
        assert (status.wanted_pack, status.serving_pack) == ("development", "builtin")
        assert status.why_not


async def test_an_unknown_pack_scheme_or_space_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PackNotFound):
        async with connect(ONNX, settings(tmp_path, model_pack="wonderful")):
            pass
    with pytest.raises(InvalidUrl):
        async with connect(Url("carrier-pigeon://roof"), settings(tmp_path)):
            pass
    async with connect(ONNX, settings(tmp_path)) as vision:
        with pytest.raises(NotInPack):
            await vision.embed_text(["red"], space="clip-9")


async def test_nothing_in_is_nothing_out(tmp_path: Path) -> None:
    async with connect(ONNX, settings(tmp_path)) as vision:
        assert (
            (await vision.embed_images([])).shape == (await vision.embed_text([])).shape == (0, vision.spaces()[0].size)
        )


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TINTYPE_MODEL_PACK", "quality")
    monkeypatch.setenv("TINTYPE_MODELS_HOME", str(tmp_path))
    monkeypatch.setenv("TINTYPE_VISION_ACCEPTED_LICENCES", "insightface, quality")
    monkeypatch.setenv("TINTYPE_VISION_IDLE_UNLOAD", "PT10M")
    read = VisionSettings()
    assert (read.model_pack, read.models_home, read.idle_unload.total_seconds()) == ("quality", tmp_path, 600)
    assert read.accepted_licences == {"insightface", "quality"}
    with pytest.raises(ValidationError):
        VisionSettings(threads=0)
