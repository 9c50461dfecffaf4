"""Answers to other services."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from tintype.catalog.convert.enums import PRESENCES, STAGE_OF, STAGES
from tintype.catalog.convert.photo import photo_to_proto, tombstone_to_proto
from tintype.catalog.convert.result import result_to_proto
from tintype.catalog.domain.hash_check import HashCheck
from tintype.catalog.domain.model import StageModel
from tintype.catalog.domain.photo import Photo
from tintype.catalog.domain.result import StageResult
from tintype.kit.timestamps import timestamp_of
from tintype.v1 import catalog_internal_service_pb2 as pb
from tintype.v1 import result_pb2, upload_service_pb2


def results_to_proto(photo: Photo, results: Iterable[StageResult], *, retention: timedelta) -> result_pb2.PhotoResults:
    """A photo with its results in force; of a tombstone ids and revision only."""
    if photo.deletion is not None:
        return result_pb2.PhotoResults(photo=tombstone_to_proto(photo), deleted=True)
    return result_pb2.PhotoResults(
        photo=photo_to_proto(photo, retention=retention), results=[result_to_proto(result) for result in results]
    )


def shown_to_proto(shown: Photo | bytes, *, retention: timedelta) -> result_pb2.PhotoResults:
    """A photo without results; what is bytes is a photo as it goes over the wire."""
    if isinstance(shown, Photo):
        return results_to_proto(shown, (), retention=retention)
    message = result_pb2.PhotoResults()
    message.photo.MergeFromString(shown)
    return message


def revision_to_proto(photo: Photo) -> pb.PhotoRevision:
    """What a sweep compares."""
    return pb.PhotoRevision(
        owner_id=photo.owner_id,
        photo_id=photo.photo_id,
        revision=photo.revision,
        deleted=photo.deletion is not None,
        change_time=timestamp_of(photo.change_time),
    )


def model_of(model: pb.StageModel) -> StageModel:
    """What a worker has for a stage."""
    return StageModel(stage=STAGE_OF[model.stage], model=model.model, rank=model.rank)


def model_to_proto(model: StageModel) -> pb.StageModel:
    """What the library wants for a stage."""
    return pb.StageModel(stage=STAGES[model.stage], model=model.model, rank=model.rank)


def check_to_proto(check: HashCheck) -> upload_service_pb2.PhotoCheck:
    """A hash that is a photo."""
    return upload_service_pb2.PhotoCheck(sha256=check.sha256, photo_id=check.photo_id, presence=PRESENCES[check.state])
