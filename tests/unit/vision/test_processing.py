"""What is done before and after the models, on arrays whose answer is known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tintype.vision.model_labels import chosen
from tintype.vision.ports import Calibration, DegenerateFace, Label, Matrix, Tensor
from tintype.vision.processing import yolox, yunet
from tintype.vision.processing.align import TEMPLATE, align_face, frontality, quality, similarity
from tintype.vision.processing.boxes import fraction_box, keep_best, keep_best_by_class
from tintype.vision.processing.resample import PAD, centre_square, letterboxed, padded, squashed
from tintype.vision.processing.words import class_names, plain_name

NOISE = np.random.default_rng(7)


def test_suppression_keeps_the_better_of_two_that_overlap() -> None:
    boxes = np.array([[0, 0, 10, 10], [1, 1, 11, 11], [20, 20, 30, 30]], np.float32)
    assert keep_best(boxes, np.array([0.5, 0.9, 0.7], np.float32), overlap=0.3).tolist() == [1, 2]


def test_boxes_of_different_classes_do_not_suppress_each_other() -> None:
    boxes = np.array([[0, 0, 10, 10], [0, 0, 10, 10], [0, 0, 10, 10]], np.float32)
    scores = np.array([0.5, 0.9, 0.8], np.float32)
    assert keep_best_by_class(boxes, scores, np.array([0, 1, 1]), overlap=0.45).tolist() == [1, 0]


def test_boxes_are_cut_at_the_edges_of_the_picture() -> None:
    box = fraction_box(np.array([-10, 5, 150, 60], np.float32), width=100, height=50)
    assert (box.left, box.top, box.width, box.height) == pytest.approx((0, 0.1, 1, 0.9))


def yunet_outputs(height: int, width: int) -> dict[str, Tensor]:
    sizes = {"cls": 1, "obj": 1, "bbox": 4, "kps": 10}
    return {
        f"{name}_{stride}": np.zeros((1, (height // stride) * (width // stride), size), np.float32)
        for stride in yunet.STRIDES
        for name, size in sizes.items()
    }


def test_yunet_is_decoded_where_the_picture_is_not_square() -> None:
    outputs = yunet_outputs(64, 128)
    cell = 2 * (128 // 16) + 5  # third row, sixth column at stride 16
    for name in ("cls_16", "obj_16"):
        outputs[name][0, cell] = 0.81
    outputs["bbox_16"][0, cell] = [0.5, 0.25, np.log(2), 0]
    found = yunet.decode(outputs, height=64, width=128, score=0.6, overlap=0.3)
    assert found.scores.tolist() == pytest.approx([0.81])
    assert found.corners[0].tolist() == pytest.approx([5.5 * 16 - 16, 2.25 * 16 - 8, 5.5 * 16 + 16, 2.25 * 16 + 8])
    assert found.points[0].tolist() == [[80, 32]] * 5


def test_nothing_above_the_threshold_is_no_face() -> None:
    found = yunet.decode(yunet_outputs(64, 64), height=64, width=64, score=0.6, overlap=0.3)
    assert (found.corners.shape, found.points.shape, found.scores.shape) == ((0, 4), (0, 5, 2), (0,))


def test_yolox_is_decoded() -> None:
    output: Matrix = np.zeros((64 * 64 // 64 + 16 + 4, 7), np.float32)
    output[10] = [0.5, 0.5, np.log(2), np.log(4), 0.9, 0.1, 0.8]  # stride 8, row 1, column 2
    found = yolox.decode(output, side=64, floor=0.1, overlap=0.45)
    assert found.classes.tolist() == [1]
    assert found.scores.tolist() == pytest.approx([0.72])
    assert found.corners[0].tolist() == pytest.approx([20 - 8, 12 - 16, 20 + 8, 12 + 16])


@pytest.mark.parametrize("angle", [0.0, 0.5, -1.2, 3.0])
@pytest.mark.parametrize("scale", [0.3, 1.0, 4.0])
def test_alignment_undoes_any_turn_shift_and_scale(angle: float, scale: float) -> None:
    turn = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    points = (TEMPLATE @ turn.T + [300, 200]).astype(np.float32)
    matrix = similarity(points)
    assert np.allclose(points @ matrix[:, :2].T + matrix[:, 2], TEMPLATE, atol=1e-2)


@pytest.mark.parametrize("scale", [1.0, 2.0, 4.0])
def test_aligned_pixels_are_where_the_template_says(scale: float) -> None:
    upright = Image.fromarray(NOISE.integers(0, 255, (14, 14, 3), np.uint8)).resize(
        (112, 112), Image.Resampling.BICUBIC
    )
    side = round(112 * scale)
    canvas = np.zeros((side + 100, side + 120, 3), np.uint8)
    canvas[40 : 40 + side, 70 : 70 + side] = np.asarray(upright.resize((side, side), Image.Resampling.BICUBIC))
    points = ((TEMPLATE + 0.5) * scale - 0.5 + [70, 40]).astype(np.float32)
    difference = align_face(canvas, points).astype(int) - np.asarray(upright).astype(int)
    assert np.abs(difference[4:-4, 4:-4]).mean() < 4


@pytest.mark.parametrize(
    "points", [np.zeros((5, 2)), np.full((5, 2), 40.0), np.full((5, 2), np.nan), np.full((5, 2), np.inf)]
)
def test_points_that_coincide_are_degenerate(points: Matrix) -> None:
    with pytest.raises(DegenerateFace):
        align_face(np.zeros((100, 100, 3), np.uint8), points.astype(np.float32))


def test_a_face_outside_the_picture_can_be_aligned() -> None:
    assert align_face(np.zeros((50, 50, 3), np.uint8), TEMPLATE + 500).shape == (112, 112, 3)


def test_a_sharp_big_frontal_face_is_better_than_a_blurred_small_or_turned_one() -> None:
    sharp = NOISE.integers(0, 255, (112, 112, 3), np.uint8)
    flat = np.full((112, 112, 3), 90, np.uint8)
    turned = TEMPLATE.copy()
    turned[2, 0] = 39
    best = quality(sharp, TEMPLATE, 0.9)
    assert best > 0.9
    assert (
        max(quality(flat, TEMPLATE, 0.9), quality(sharp, TEMPLATE / np.float32(5), 0.9), quality(sharp, turned, 0.9))
        < best
    )
    assert frontality(TEMPLATE) > 0.9 > 0.3 > frontality(turned)


def test_the_centre_square_of_clip_is_what_pillow_gives() -> None:
    picture = NOISE.integers(0, 255, (300, 500, 3), np.uint8)
    fitted = Image.fromarray(picture).resize((373, 224), Image.Resampling.BICUBIC)
    wanted = np.asarray(fitted.crop((74, 0, 298, 224)))
    assert np.array_equal(centre_square(picture, 224), wanted)


@pytest.mark.parametrize(("height", "width"), [(1, 1), (3, 2000), (2000, 3), (224, 224), (500, 400)])
def test_pictures_of_any_shape_fit_the_models(height: int, width: int) -> None:
    picture = NOISE.integers(0, 255, (height, width, 3), np.uint8)
    assert centre_square(picture, 224).shape == squashed(picture, 224).shape == (224, 224, 3)
    assert letterboxed(picture, 416)[0].shape == (416, 416, 3)
    shown, scale = padded(picture, long_side=640, multiple=32)
    assert scale <= 1
    assert [side % 32 for side in shown.shape[:2]] == [0, 0]
    assert max(shown.shape) <= 640


def test_a_letterbox_is_grey_and_starts_in_the_top_left() -> None:
    shown, scale = letterboxed(np.full((100, 200, 3), 200, np.uint8), 416)
    assert (scale, shown[0, 0, 0], shown[300, 0, 0]) == (2.08, 200, PAD)


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("tench, Tinca tinca", "tench"),
        ("tabby, tabby cat", "tabby cat"),
        ("cock", "cock"),
        ("Komodo dragon, Komodo lizard, dragon lizard", "komodo dragon"),
        ("traffic_light", "traffic light"),
        ("crane (machine), crane", "crane"),
        ("", ""),
    ],
)
def test_class_names_become_plain_words(line: str, name: str, tmp_path: Path) -> None:
    (tmp_path / "names.txt").write_text(f"{line}\nhen\n")
    assert plain_name(line) == name
    assert class_names(tmp_path / "names.txt") == (name, "hen")


def test_labels_are_the_surest_of_each_name_above_the_threshold() -> None:
    found = [Label("dog", 0.8, "a"), Label("cat", 0.74, "a"), Label("dog", 0.95, "b"), Label("ball", 0.76, "a")]
    labels = chosen(found, confidence=0.75, most=10)
    assert [(label.name, label.confidence) for label in labels.accepted] == [("dog", 0.95), ("ball", 0.76)]
    assert [label.name for label in labels.raw] == ["dog", "dog", "ball", "cat"]
    assert len(chosen(found, confidence=0.75, most=1).accepted) == 1


def test_relevance_rises_from_0_to_1_and_never_overflows() -> None:
    calibration = Calibration(midpoint=0.3, slope=20.0)
    assert calibration.relevance(0.3) == 0.5
    assert 0 <= calibration.relevance(-1e6) < calibration.relevance(0.2) < calibration.relevance(0.4) <= 1
