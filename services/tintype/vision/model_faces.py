"""Faces by the models of a pack: found, turned upright, embedded, judged."""

from __future__ import annotations

import asyncio

import numpy as np

from tintype.vision.manifest import FaceModels
from tintype.vision.pack_store import InstalledPack
from tintype.vision.ports import DegenerateFace, Engine, Face, Matrix, RgbImage, Tensor
from tintype.vision.processing import yunet
from tintype.vision.processing.align import align_face, quality
from tintype.vision.processing.boxes import fraction_box
from tintype.vision.processing.resample import padded


class FaceFinder:
    """Faces of one picture, embedded in one batch."""

    def __init__(self, engine: Engine, pack: InstalledPack, models: FaceModels) -> None:
        self._engine = engine
        self._models = models
        self._detector = pack.model_name(models.detector)
        self._embedder = pack.model_name(models.embedder)
        self._embedded_as = next(iter(pack.manifest.models[models.embedder].outputs))

    async def find(self, image: RgbImage) -> tuple[Face, ...]:
        models = self._models
        shown, scale = await asyncio.to_thread(
            padded, image, long_side=models.long_side_px, multiple=yunet.MULTIPLE, square=models.fixed_side
        )
        outputs = await self._engine.infer(self._detector, {"pixels": shown[None]})
        found = yunet.decode(
            outputs, height=shown.shape[0], width=shown.shape[1], score=models.score, overlap=models.overlap
        )
        big = np.flatnonzero(
            (found.corners[:, 2:] - found.corners[:, :2]).min(axis=1, initial=np.inf) >= models.least_px
        )
        if not len(big):
            return ()
        points = found.points[big] / scale
        aligned = await asyncio.to_thread(lambda: [_aligned(image, row) for row in points])
        vectors = await self._embed([face for face in aligned if face is not None])
        return _faces(image, found.corners[big] / scale, points, found.scores[big], aligned, vectors)

    async def _embed(self, faces: list[RgbImage]) -> list[Matrix]:
        if not faces:
            return []
        pixels: Tensor = np.stack(faces)
        rows = np.asarray((await self._engine.infer(self._embedder, {"pixels": pixels}))[self._embedded_as], np.float32)
        return list(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), np.finfo(np.float32).tiny))


def _aligned(image: RgbImage, points: Matrix) -> RgbImage | None:
    try:
        return align_face(image, points)
    except DegenerateFace:
        return None


def _faces(
    image: RgbImage,
    corners: Matrix,
    points: Matrix,
    scores: Matrix,
    aligned: list[RgbImage | None],
    vectors: list[Matrix],
) -> tuple[Face, ...]:
    height, width = image.shape[:2]
    waiting = iter(vectors)
    return tuple(
        Face(
            box=fraction_box(box, width=width, height=height),
            points=(row / [width, height]).astype(np.float32),
            score=float(score),
            quality=0.0 if face is None else quality(face, row, float(score)),
            aligned=face,
            vector=None if face is None else next(waiting),
        )
        for box, row, score, face in zip(corners, points, scores, aligned, strict=True)
    )
