"""Turning a face upright for an embedder, and how good the picture of it is."""

from __future__ import annotations

from typing import Final

import numpy as np
from PIL import Image

from tintype.vision.ports import DegenerateFace, Matrix, RgbImage

SIDE: Final = 112
TEMPLATE: Final[Matrix] = np.array(
    [[38.2946, 51.6963], [73.5318, 51.5014], [56.0252, 71.7366], [41.5493, 92.3655], [70.7299, 92.2041]], np.float32
)
LEAST_SPREAD_PX: Final = 1.0
GOOD_EYES_PX: Final = 35.0  # between the eyes of the template; below it a face is enlarged
SHARP: Final = 60.0  # variance of the Laplacian at 112 px that counts as sharp; Ente calls faces below 50 poor


def similarity(points: Matrix) -> Matrix:
    """The similarity transform that puts five points closest to the template.

    Args:
        points: float32 [5, 2], (x, y) in pixels: right eye, left eye, nose, right and left mouth corner.

    Returns: float32 [2, 3], from pixels of the picture to pixels of the template.
    Raises: DegenerateFace if the points coincide or are not numbers, so that there is no scale.
    Source: Umeyama, "Least-squares estimation of transformation parameters", PAMI 1991.
    """
    if not np.isfinite(points).all():
        raise DegenerateFace("the points of the face are no numbers")
    source, target = points.astype(np.float64), TEMPLATE.astype(np.float64)
    source_mean, target_mean = source.mean(axis=0), target.mean(axis=0)
    centred = source - source_mean
    variance = float((centred**2).sum() / len(source))
    if variance < LEAST_SPREAD_PX:
        raise DegenerateFace("the points of the face coincide")
    u, strengths, vt = np.linalg.svd((target - target_mean).T @ centred / len(source))
    if strengths[0] < LEAST_SPREAD_PX:
        raise DegenerateFace("the points of the face lie in no order that a face has")
    flip = np.array([1.0, np.sign(np.linalg.det(u @ vt)) or 1.0])
    rotation = u @ np.diag(flip) @ vt
    scale = float((strengths * flip).sum() / variance)
    if scale <= 0:
        raise DegenerateFace("the points of the face lie in no order that a face has")
    shift = target_mean - scale * rotation @ source_mean
    return np.concatenate([scale * rotation, shift[:, None]], axis=1).astype(np.float32)


def align_face(image: RgbImage, points: Matrix) -> RgbImage:
    """Warp one face upright for the embedder.

    Args:
        image: uint8 [height, width, 3].
        points: float32 [5, 2], (x, y) in pixels of `image`.

    Returns: uint8 [112, 112, 3].
    Raises: DegenerateFace.
    Source: the five-point template of ArcFace (Deng et al., CVPR 2019).
    """
    matrix = similarity(points).astype(np.float64)
    scale = float(np.hypot(matrix[0, 0], matrix[1, 0]))
    crop, shift = _surroundings(image, points, scale)
    matrix[:, 2] += matrix[:, :2] @ shift
    picture = Image.fromarray(crop)
    if (factor := int(0.5 / scale)) > 1:  # bilinear sampling skips pixels of big faces: shrink those first
        picture = picture.reduce(factor)
        matrix[:, 2] += matrix[:, :2] @ np.full(2, (factor - 1) / 2)
        matrix[:, :2] *= factor
    inverse = np.linalg.inv(np.vstack([matrix, [0, 0, 1]]))
    # Pillow takes the middle of a pixel as 0.5, the template as 0.
    offset = inverse[:2, :2] @ np.full(2, -0.5) + inverse[:2, 2] + 0.5
    data = (*inverse[0, :2], offset[0], *inverse[1, :2], offset[1])
    return np.asarray(picture.transform((SIDE, SIDE), Image.Transform.AFFINE, data, Image.Resampling.BILINEAR))


def _surroundings(image: RgbImage, points: Matrix, scale: float) -> tuple[RgbImage, Matrix]:
    """The part of the picture that the template can show, and where it begins."""
    reach = SIDE / scale
    centre = points.mean(axis=0)
    height, width = image.shape[:2]
    left, top = (int(np.clip(centre[axis] - reach, 0, limit - 1)) for axis, limit in ((0, width), (1, height)))
    right, bottom = (
        int(np.clip(centre[axis] + reach, low + 1, limit)) for axis, low, limit in ((0, left, width), (1, top, height))
    )
    return np.ascontiguousarray(image[top:bottom, left:right]), np.array([left, top], np.float64).astype(np.float32)


def quality(aligned: RgbImage, points: Matrix, score: float) -> float:
    """Size, sharpness, pose and the detector's score together, in [0, 1].

    Args:
        aligned: uint8 [112, 112, 3].
        points: float32 [5, 2] in pixels of the picture that was shown to the detector in full size.
    """
    eyes = float(np.hypot(*(points[1] - points[0])))
    size = min(1.0, eyes / GOOD_EYES_PX)
    grey = aligned.astype(np.float32).mean(axis=2)
    laplacian = 4 * grey[1:-1, 1:-1] - grey[:-2, 1:-1] - grey[2:, 1:-1] - grey[1:-1, :-2] - grey[1:-1, 2:]
    sharpness = min(1.0, float(laplacian.var()) / SHARP)
    return float((size * sharpness * frontality(points) * min(1.0, max(0.0, score))) ** 0.25)


def frontality(points: Matrix) -> float:
    """1 for a face that looks into the camera, towards 0 for a profile: the nose between the eyes and mouth corners."""
    right, left = (points[0] + points[3]) / 2, (points[1] + points[4]) / 2
    width = float(np.hypot(*(left - right)))
    if width <= 0:
        return 0.0
    along = float((points[2] - right) @ (left - right)) / width**2
    return float(np.clip(1 - 2 * abs(along - 0.5), 0, 1))
