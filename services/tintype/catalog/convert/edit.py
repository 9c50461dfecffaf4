"""What a client wants changed on many photos, and what became of it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum

from google.protobuf.json_format import MessageToJson, Parse

from tintype.catalog.domain.editing import PhotoEdit
from tintype.catalog.domain.stage import Stage
from tintype.v1 import catalog_service_pb2 as pb

Position = tuple[str | int, ...]


class BatchAction(StrEnum):
    """What an operation does to many photos."""

    EDIT = "edit"
    TRASH = "trash"
    RESTORE = "restore"
    ADD_TO_ALBUM = "add_to_album"


def action_of(request: pb.StartBatchRequest) -> BatchAction:
    """What to do."""
    return BatchAction[pb.BatchAction.Name(request.action).removeprefix("BATCH_ACTION_")]


def edit_of(edit: pb.PhotoEdit) -> PhotoEdit:
    """One change to many photos; what is unset stays."""
    return PhotoEdit(
        favourite=edit.favourite if edit.HasField("favourite") else None,
        archived=edit.archived if edit.HasField("archived") else None,
        rating=edit.rating if edit.HasField("rating") else None,
        add_tags=tuple(edit.add_tags),
        remove_tags=tuple(edit.remove_tags),
        shift_minutes=edit.shift_minutes if edit.HasField("shift_minutes") else None,
    )


def arguments_of(request: pb.StartBatchRequest) -> str:
    """The request as the arguments of an operation: without its id, so that a retry compares equal."""
    kept = pb.StartBatchRequest()
    kept.CopyFrom(request)
    kept.ClearField("request_id")
    return MessageToJson(kept, indent=None, preserving_proto_field_name=True)


def request_of(arguments: str) -> pb.StartBatchRequest:
    """The request of an operation's arguments."""
    return Parse(arguments, pb.StartBatchRequest(), ignore_unknown_fields=True)


@dataclass(frozen=True, slots=True)
class Reanalysis:
    """What an administrator wants analysed again."""

    stages: tuple[Stage, ...]
    failed_only: bool
    user_id: str


def reanalysis_of(arguments: str) -> Reanalysis:
    """The arguments of an operation of kind REANALYSE."""
    given = json.loads(arguments)
    stages = tuple(Stage(name) for name in given["stages"])
    return Reanalysis(stages, bool(given["failed_only"]), str(given["user_id"]))


def checkpoint_of(position: Position) -> str:
    """A place among the photos as the checkpoint of an operation."""
    return json.dumps(position)


def position_of(checkpoint: str) -> Position:
    """The place of a checkpoint; the beginning if it is empty."""
    return tuple(json.loads(checkpoint)) if checkpoint else ()
