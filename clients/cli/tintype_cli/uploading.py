"""tintype upload: a few files, now."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress, TaskID

from tintype_cli.bars import byte_bar
from tintype_cli.exits import Exit, failure_of
from tintype_cli.session import Session, session_of
from tintype_cli.terminal import Json, json_of
from tintype_sdk import Client
from tintype_sdk.errors import DataLoss, FailedPrecondition, InvalidArgument, ResourceExhausted
from tintype_sdk.uploads import Uploaded


def upload(
    context: typer.Context,
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE", exists=True, dir_okay=False, help="Pictures to upload.")
    ],
) -> None:
    """Upload single files; they are analysed before any import that is under way. A file in the trash is restored."""
    session = session_of(context)
    answers, refused = session.run(lambda client: _send(session, client, files))
    if session.out.as_json:
        session.out.json([*answers, *refused])
    if refused:
        raise typer.Exit(Exit.REFUSED)


async def _send(session: Session, client: Client, files: list[Path]) -> tuple[list[Json], list[Json]]:
    answers: list[Json] = []
    refused: list[Json] = []
    with byte_bar(session.out) as bar:
        for number, file in enumerate(files, start=1):
            task = bar.add_task(file.name, total=file.stat().st_size, files=f"{number} of {len(files)}")
            try:
                uploaded = await client.uploads.upload_file(file, progress=_moving(bar, task))
            except (InvalidArgument, DataLoss, FailedPrecondition, ResourceExhausted) as error:
                if error.reason == "QUOTA_EXCEEDED":
                    raise
                session.out.note(f"refused {file}: {failure_of(error).sentence}")
                refused.append({"path": str(file), "reason": error.reason, "message": error.message})
            else:
                answers.append(_told(session, file, uploaded))
            bar.remove_task(task)
    return answers, refused


def _moving(bar: Progress, task: TaskID) -> Callable[[int], None]:
    return lambda sent: bar.update(task, completed=sent)


def _told(session: Session, file: Path, uploaded: Uploaded) -> Json:
    what = "already there" if uploaded.already_existed else "uploaded"
    session.out.say(f"{uploaded.photo.photo_id}  {what}  {file}")
    return {
        "path": str(file),
        "already_existed": uploaded.already_existed,
        "photo": json_of(uploaded.photo),
    }
