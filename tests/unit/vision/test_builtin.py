"""The pack without weights: words in four languages find drawn scenes by colour, light and layout."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw

from tintype.vision.builtin.descriptor import SIZE, embed_picture, embed_words
from tintype.vision.ports import Matrix, RgbImage

WIDTH, HEIGHT = 160, 120


def gradient(top: str, bottom: str) -> Image.Image:
    ramp = np.linspace(0, 1, HEIGHT)[:, None, None]
    colours = [np.array(list(bytes.fromhex(colour)), np.float64) for colour in (top, bottom)]
    rows = colours[0] * (1 - ramp) + colours[1] * ramp
    return Image.fromarray(np.broadcast_to(rows, (HEIGHT, WIDTH, 3)).astype(np.uint8))


def scene(top: str, bottom: str, *shapes: tuple[str, str, tuple[int, int, int, int]]) -> RgbImage:
    picture = gradient(top, bottom)
    draw = ImageDraw.Draw(picture)
    for kind, colour, box in shapes:
        (draw.ellipse if kind == "ellipse" else draw.rectangle)(box, fill=f"#{colour}")
    return np.asarray(picture)


def trees() -> RgbImage:
    rng = np.random.default_rng(1)
    picture = gradient("2a4a24", "18300f")
    draw = ImageDraw.Draw(picture)
    for x, y, size in zip(rng.integers(0, 160, 90), rng.integers(0, 120, 90), rng.integers(6, 18, 90), strict=True):
        green = int(rng.integers(70, 150))
        draw.ellipse((x - size, y - size, x + size, y + size), fill=(green // 3, green, green // 4))
    return np.asarray(picture)


SCENES = {
    "sunset over the sea": scene(
        "4a2a5a", "f08030", ("ellipse", "ffd060", (65, 55, 95, 85)), ("rect", "201828", (0, 85, 160, 120))
    ),
    "beach": scene("4a90d8", "a8d0ee", ("rect", "1a78b0", (0, 50, 160, 75)), ("rect", "e8d4a0", (0, 75, 160, 120))),
    "forest": trees(),
    "meadow": scene("5b9bd5", "a8d0ee", ("rect", "5aa040", (0, 60, 160, 120))),
    "snow": scene("b8d0e8", "e0ecf8", ("rect", "f6f8fc", (0, 55, 160, 120)), ("rect", "2e5d34", (20, 35, 30, 70))),
    "night city": scene(
        "060810", "101830", *[("rect", "ffe080", (x, y, x + 3, y + 3)) for x in range(10, 150, 25) for y in (70, 90)]
    ),
    "red car": scene(
        "a8b0b8", "707070", ("rect", "d01c1c", (30, 45, 130, 95)), ("ellipse", "101010", (40, 85, 65, 110))
    ),
    "yellow flowers": scene(
        "3a7a3a",
        "2e5d34",
        *[("ellipse", "ffd700", (x, y, x + 26, y + 26)) for x in range(5, 150, 32) for y in range(10, 100, 32)],
    ),
    "purple wall": scene("6a3d9a", "8a2be2"),
    "pink dress": scene("f4f4f4", "e8e8e8", ("rect", "ff69b4", (50, 20, 110, 115))),
    "wooden table": scene("8b4513", "654321", ("rect", "a0522d", (20, 20, 140, 60))),
    "old photograph": scene("d8d8d8", "303030", ("ellipse", "909090", (50, 30, 110, 100))),
}
VECTORS = np.stack([embed_picture(picture) for picture in SCENES.values()])


def best_three(words: str) -> list[str]:
    similarity = VECTORS @ embed_words(words)
    return [list(SCENES)[index] for index in np.argsort(-similarity)[:3]]


@pytest.mark.parametrize(
    ("words", "picture"),
    [
        ("red", "red car"),
        ("yellow flowers", "yellow flowers"),
        ("green", "forest"),
        ("blue sky", "beach"),
        ("purple", "purple wall"),
        ("pink", "pink dress"),
        ("brown", "wooden table"),
        ("orange", "sunset over the sea"),
        ("white", "snow"),
        ("grey", "old photograph"),
        ("black and white", "old photograph"),
        ("dark", "night city"),
        ("bright", "snow"),
        ("sunset", "sunset over the sea"),
        ("beach", "beach"),
        ("forest", "forest"),
        ("meadow", "meadow"),
        ("snow", "snow"),
        ("night", "night city"),
        ("sea", "beach"),
        ("ein rotes Auto", "red car"),
        ("Sonnenuntergang am Meer", "sunset over the sea"),
        ("verschneite Berge im Schnee", "snow"),
        ("grüner Wald", "forest"),
        ("playa", "beach"),
        ("flores amarillas", "yellow flowers"),
        ("coucher de soleil", "sunset over the sea"),
        ("une robe rose", "pink dress"),
    ],
)
def test_words_find_their_scene_among_the_first_three(words: str, picture: str) -> None:
    assert picture in best_three(words)


def test_vectors_are_units_of_the_stated_size() -> None:
    both: list[Matrix] = [*VECTORS, embed_words("red"), embed_words("xylophone")]
    assert {vector.shape for vector in both} == {(SIZE,)}
    assert np.allclose([np.linalg.norm(vector) for vector in both], 1, atol=1e-5)


def test_unknown_words_are_like_nothing() -> None:
    assert np.abs(VECTORS @ embed_words("xylophone quartet")).max() < 1e-6


def test_a_picture_is_most_like_itself_and_its_copy() -> None:
    picture = SCENES["beach"]
    copy = np.asarray(Image.fromarray(picture).resize((400, 300)))
    similarity = VECTORS @ embed_picture(copy)
    assert list(SCENES)[int(similarity.argmax())] == "beach"
    assert similarity.max() > 0.98


@pytest.mark.parametrize("shape", [(1, 1), (1, 500), (700, 2)])
def test_pictures_of_any_shape_have_a_vector(shape: tuple[int, int]) -> None:
    assert np.isfinite(embed_picture(np.zeros((*shape, 3), np.uint8))).all()
