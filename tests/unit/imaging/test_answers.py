"""What a sandbox says that a picture has taken over: it can lie about pixels, and about nothing else."""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from dataclasses import asdict

import pytest

from tintype.imaging.answers import read_answer
from tintype.imaging.ports import DecodeFailed, DecoderCrashed, ImageTooLarge, MediaFormat, Metadata

Answer = dict[str, object]


@pytest.fixture
def memory() -> Iterator[mmap.mmap]:
    with mmap.mmap(-1, 4096) as region:
        region[:12] = bytes(range(12))
        yield region


def _answer(**changes: object) -> Answer:
    answer: Answer = {
        "width_px": 2,
        "height_px": 2,
        "metadata": {**asdict(Metadata()), "camera": {}},
        "arrays": {"x": [0, 12, 2, 2]},
        "derived": [[0, 4], [4, 8], [8, 12]],
    }
    return {**answer, **changes}


def test_an_honest_answer_is_copied_out(memory: mmap.mmap) -> None:
    decoded = read_answer(_answer(), memory, MediaFormat.JPEG)
    memory[:12] = bytes(12)
    assert decoded.variants["x"].tobytes() == bytes(range(12))
    assert decoded.derived is not None
    assert decoded.derived.thumbnail_jpeg == bytes([4, 5, 6, 7])


@pytest.mark.parametrize(
    "lie",
    [
        {},
        _answer(arrays={"x": [0, 5000, 2, 2]}),  # behind the end
        _answer(arrays={"x": [8, 4, 2, 2]}),
        _answer(arrays={"x": [-4, 8, 2, 2]}),
        _answer(arrays={"x": [0, 12, 2, 3]}),  # fewer bytes than pixels
        _answer(arrays={"x": [0, 12, 2]}),
        _answer(arrays=None),
        _answer(derived=[[0, 4], [4, 5000], [0, 1]]),
        _answer(width_px=0),
        _answer(metadata={"capture_time": "yesterday"}),
        _answer(more="than asked"),
        {"error": "SystemExit", "message": "", "metadata": {}},
        {"error": "ImageTooLarge", "message": "", "metadata": {}},
        {"error": "DecodeFailed", "message": 5, "metadata": {}},
    ],
)
def test_nonsense_is_a_crash(lie: Answer, memory: mmap.mmap) -> None:
    with pytest.raises(DecoderCrashed):
        read_answer(lie, memory, MediaFormat.JPEG)


def test_metadata_is_held_to_its_bounds_again(memory: mmap.mmap) -> None:
    metadata = {
        "title": "a\x00b" + "x" * 9999,
        "location": {"latitude_deg": float("nan"), "longitude_deg": 5.0},
        "camera": {"make": "Canon\x1b", "f_number": float("inf")},
        "rating": 99,
        "orientation": 12,
    }
    found = read_answer(_answer(metadata=metadata), memory, _JPEG).metadata
    assert (found.location, found.rating, found.orientation) == (None, None, 1)
    assert (found.camera.make, found.camera.f_number) == ("Canon", None)
    assert len(found.title) == 200


def test_refusals_come_as_what_they_are_with_clean_text(memory: mmap.mmap) -> None:
    with pytest.raises(DecodeFailed) as caught:
        read_answer({"error": "DecodeFailed", "message": "bad\x00\x1b[31m" + "x" * 9999, "metadata": {}}, memory, _JPEG)
    assert caught.value.message == "bad[31m" + "x" * 293
    with pytest.raises(ImageTooLarge):
        read_answer({"error": "ImageTooLarge", "message": "", "metadata": {"pixels": "9", "limit": "8"}}, memory, _JPEG)
    with pytest.raises(DecoderCrashed, match="memory"):
        read_answer({"error": "MemoryError", "message": "no memory", "metadata": {}}, memory, _JPEG)


_JPEG = MediaFormat.JPEG
