"""Putting pictures into a library, waiting for them, and looking for them: what `run` and `demo` both show."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rich import box
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text
from tools.library import ROOT

from tintype.v1 import catalog_service_pb2, photo_pb2
from tintype_sdk import Client
from tintype_sdk.importer import Importer, Outcome, Report, Watcher

PICTURES: Final = ROOT / "demo" / "pictures"
QUERIES: Final = ROOT / "demo" / "queries.json"
FIRST: Final = 3  # a query has found its picture if it is among so many
_POLL_S: Final = 0.25
_ENDED: Final = (photo_pb2.STAGE_STATE_DONE, photo_pb2.STAGE_STATE_SKIPPED, photo_pb2.STAGE_STATE_FAILED)


class NotInTime(Exception):
    """The library did not get done with its photos."""


@dataclass(frozen=True, slots=True)
class Query:
    """Something to look for. `packs` is empty if every pack can find it."""

    words: str
    file: str
    shows: str
    packs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a query found. `rank` counts from 1; 0 means not found."""

    query: Query
    rank: int
    files: tuple[str, ...]
    took_ms: float


def queries_for(pack: str) -> list[Query]:
    """The demo's queries that a pack can answer honestly."""
    stated = json.loads(QUERIES.read_text("utf-8"))["queries"]
    queries = [Query(each["words"], each["file"], each["shows"], tuple(each.get("packs", ()))) for each in stated]
    return [query for query in queries if not query.packs or pack in query.packs]


def bars(console: Console) -> Progress:
    """Bars for what takes longer than a second."""
    columns = (TextColumn("{task.description:<22}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=console)


class FilesBar(Watcher):
    """Shows an import by its files."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._task = progress.add_task("Importing", total=None)
        self._files = 0

    def found(self, files: int, size_bytes: int) -> None:
        self._files += files
        self._progress.update(self._task, total=self._files)

    def ended(self, path: Path, outcome: Outcome) -> None:
        self._progress.advance(self._task)


async def import_pictures(client: Client, folders: Sequence[Path], progress: Progress) -> Report:
    """Import folders, with a bar."""
    return await Importer(client.uploads, watcher=FilesBar(progress)).run(folders)


async def until_searchable(client: Client, progress: Progress, *, timeout_s: float, with_text: bool) -> None:
    """Wait until every photo is analysed and in the index; `with_text` waits for the text in them too.

    Raises NotInTime.
    """
    analysing = progress.add_task("Analysing", total=None)
    reading = progress.add_task("Reading text", total=None) if with_text else None
    indexing = progress.add_task("Making searchable", total=None)
    deadline = time.monotonic() + timeout_s
    while True:
        photos = [photo async for photo in client.photos.all(order=catalog_service_pb2.PHOTO_ORDER_UPLOAD_TIME)]
        ready = sum(photo.state != photo_pb2.PHOTO_STATE_PROCESSING for photo in photos)
        read = sum(_text_ended(photo) for photo in photos)
        status = await client.search.status()
        indexed = status.indexed_photos
        _show(progress, analysing, ready, len(photos))
        if reading is not None:
            _show(progress, reading, read, len(photos))
        _show(progress, indexing, indexed, len(photos))
        done = ready == len(photos) <= indexed and not status.pending
        if done and (not with_text or read == len(photos)):
            return
        if time.monotonic() > deadline:
            waiting = f"{len(photos) - ready} to analyse, {len(photos) - read} to read, {status.pending} to index"
            raise NotInTime(f"not done within {timeout_s:.0f} s: {waiting}")
        await asyncio.sleep(_POLL_S if len(photos) < 1000 else 2)


def _text_ended(photo: photo_pb2.Photo) -> bool:
    """Also for a photo that no text is asked of, because it cannot be decoded."""
    text = [status.state for status in photo.stages if status.stage == photo_pb2.STAGE_TEXT]
    return photo.state == photo_pb2.PHOTO_STATE_FAILED or any(state in _ENDED for state in text)


def _show(progress: Progress, task: TaskID, done: int, total: int) -> None:
    progress.update(task, completed=done, total=total)


async def ask(client: Client, query: Query) -> Answer:
    """Run one query."""
    begin = time.perf_counter()
    found = await client.search.photos(query.words)
    took_ms = (time.perf_counter() - begin) * 1000
    files = tuple(hit.photo.file_name for hit in found.hits)
    return Answer(query, files.index(query.file) + 1 if query.file in files else 0, files[:FIRST], took_ms)


def table_of(answers: Sequence[Answer], title: str) -> Table:
    """What was looked for and what came."""
    table = Table(title=title, box=box.SIMPLE_HEAD, title_justify="left")
    for header in ("words", "shows", "rank", "found first", "ms"):
        table.add_column(header, justify="right" if header in ("rank", "ms") else "left", overflow="fold")
    for answer in answers:
        good = not answer.query.file or 1 <= answer.rank <= FIRST
        place = str(answer.rank or "-") if answer.query.file else ""
        rank = Text(place, style="green" if good else "bold red")
        table.add_row(
            Text(answer.query.words),
            answer.query.shows,
            rank,
            Text(answer.files[0] if answer.files else "-"),
            f"{answer.took_ms:.0f}",
        )
    return table
