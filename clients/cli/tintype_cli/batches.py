"""Changing many photos at once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

import typer

from tintype.v1 import catalog_service_pb2 as pb
from tintype_cli.exits import Exit
from tintype_cli.terminal import Terminal, json_of
from tintype_sdk.errors import TintypeError


async def one_by_one(photo_ids: Sequence[str], change: Callable[[str], Awaitable[object]]) -> list[pb.BatchFailure]:
    """Do something to each photo; a single one fails as itself. Returns what failed of several."""
    failures: list[pb.BatchFailure] = []
    for photo_id in photo_ids:
        try:
            await change(photo_id)
        except TintypeError as error:
            if len(photo_ids) == 1:
                raise
            failures.append(pb.BatchFailure(photo_id=photo_id, reason=error.reason, message=error.message))
    return failures


def print_batch(out: Terminal, asked: int, done: str, failures: Sequence[pb.BatchFailure]) -> None:
    """How a change of many photos went; ends the program with the code of what failed."""
    if out.as_json:
        out.json({"changed": asked - len(failures), "failures": [json_of(failure) for failure in failures]})
    else:
        out.say(f"{asked - len(failures)} {done}.")
    for failure in failures:
        out.note(f"{failure.photo_id}: {failure.message}")
    if failures:
        missing = all(failure.reason.endswith("_NOT_FOUND") for failure in failures)
        raise typer.Exit(Exit.NOT_FOUND if missing else Exit.FAILED)
