"""A copy that is not whole is not started: what people put into it would be lost when the move goes on."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing, suppress
from pathlib import Path

from tintype.kit.errors import FailedPrecondition
from tintype.kit.settings import Settings
from tintype.kit.store.shared import MONGO, SQLITE
from tintype.kit.urls import Url
from tintype.moving.journal import NAME


class MoveUnfinished(FailedPrecondition):
    """The library is the destination of a move that has not come to its end."""

    def __init__(self) -> None:
        super().__init__(
            "this library is being moved here and is not whole yet: run `tintype admin move` again until it says that "
            "everything is there"
        )


async def refuse_unfinished(settings: Settings) -> None:
    """Raises MoveUnfinished; makes nothing."""
    url = settings.url("database")
    note: Mapping[str, object] | None = None
    if url.scheme in MONGO:
        note = await _in_mongo(url)
    elif url.scheme in SQLITE:
        with suppress(sqlite3.Error):  # whoever opens it for use says what is wrong with the file
            note = await asyncio.to_thread(_in_sqlite, url.file)
    if note is not None and note.get("end_time") is None:
        raise MoveUnfinished


def _in_sqlite(file: Path) -> Mapping[str, object] | None:
    if not file.exists():
        return None
    with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as connection:
        there = connection.execute("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?", (NAME,)).fetchone()
        row = connection.execute(f"SELECT doc FROM {NAME}").fetchone() if there else None
    found: Mapping[str, object] | None = json.loads(row[0]) if row else None
    return found


async def _in_mongo(url: Url) -> Mapping[str, object] | None:
    from tintype.kit.store.mongo import DEFAULT_NAME, connected
    from tintype.kit.store.mongo_errors import translated

    async with connected(url) as client:
        with translated(NAME):
            row = await client.get_default_database(DEFAULT_NAME)[NAME].find_one()
    found: Mapping[str, object] | None = row["content"] if row else None
    return found
