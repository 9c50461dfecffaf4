"""Importing folders: hash, ask what is missing, send only that. Run again after anything, it goes on.

Memory does not grow with the number of files: a scan runs ahead of the hashing by two batches, the hashing ahead of the
uploads by a few files.
"""

from __future__ import annotations

import asyncio
import itertools
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Final, TypeVar

from tintype.v1 import upload_service_pb2 as pb
from tintype_sdk.errors import PermissionDenied, ResourceExhausted, TintypeError, Unauthenticated, Unavailable
from tintype_sdk.scanning import Found, Scan
from tintype_sdk.uploads import Uploads, hash_file

T = TypeVar("T")

BATCH: Final = 100  # files hashed and asked about at once: few enough that the first upload begins soon
JOBS: Final = 4
REFUSALS_KEPT: Final = 10_000  # reasons kept for the report; all of them are counted
_WAITS: Final = 20  # how often a file is tried again when the server says that it has too much to do
_WAIT_S: Final = 1.0


class Outcome(Enum):
    """What became of a file."""

    NEW = "new"
    ALREADY_THERE = "already_there"
    IN_TRASH = "in_trash"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A file that did not get in. `reason` is a value of `ErrorReason`, or FILE_UNREADABLE, FILE_EMPTY."""

    path: Path
    reason: str
    message: str


@dataclass(slots=True)
class Report:
    """How an import went. With `dry_run`, `new` counts what would be sent."""

    new: int = 0
    new_bytes: int = 0
    already_there: int = 0
    in_trash: int = 0
    undecodable: int = 0  # of those already there: the library has them and cannot decode them
    refused: int = 0
    refusals: list[Refusal] = field(default_factory=list)
    others: Counter[str] = field(default_factory=Counter)
    links: int = 0

    @property
    def files(self) -> int:
        """All pictures that were looked at."""
        return self.new + self.already_there + self.in_trash + self.refused


class Watcher:
    """Told how an import goes on; override what matters. Called in the event loop: be quick."""

    def found(self, files: int, size_bytes: int) -> None:
        """So many pictures were found, with more to come."""

    def counted(self) -> None:
        """All were found."""

    def moved(self, size_bytes: int) -> None:
        """So many more bytes need no more work, because they were sent, or need not be."""

    def ended(self, path: Path, outcome: Outcome) -> None:
        """A file is done."""


@dataclass(frozen=True, slots=True)
class _Hashed:
    found: Found
    sha256: str


class Importer:
    """Imports through `uploads`, with `jobs` files on their way at a time.

    What would fail for every file (no server, no right, no space) ends the import with its error; anything else is a
    refusal of one file.
    """

    def __init__(
        self, uploads: Uploads, *, jobs: int = JOBS, dry_run: bool = False, watcher: Watcher | None = None
    ) -> None:
        self._uploads = uploads
        self._jobs = jobs
        self._dry_run = dry_run
        self._watcher = watcher or Watcher()
        self.report = Report()

    async def run(self, paths: Sequence[Path]) -> Report:
        """Import files and folders. Raises TintypeError; `report` holds what was done until then."""
        counting = asyncio.create_task(self._count(paths))
        ready: asyncio.Queue[_Hashed | None] = asyncio.Queue(2 * self._jobs)
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(self._jobs):
                    group.create_task(self._send_all(ready))
                group.create_task(self._prepare(paths, ready))
        except* TintypeError as errors:
            raise _first(errors) from errors
        finally:
            counting.cancel()
        return self.report

    async def _count(self, paths: Sequence[Path]) -> None:
        """A first walk, so that the bar knows how far it is; the import does not wait for it."""
        async for batch in _in_thread(_batches(Scan(paths), 1000)):
            self._watcher.found(len(batch), sum(found.size_bytes for found in batch))
        self._watcher.counted()

    async def _prepare(self, paths: Sequence[Path], ready: asyncio.Queue[_Hashed | None]) -> None:
        scan = Scan(paths, others=self.report.others)
        async for batch in _in_thread(_batches(scan, BATCH)):
            for hashed in await self._missing(await self._hash_all(batch)):
                await ready.put(hashed)
            self._tell_failures(scan)
        self._tell_failures(scan)
        self.report.links = scan.links
        for _ in range(self._jobs):
            await ready.put(None)

    def _tell_failures(self, scan: Scan) -> None:
        for path, error in scan.failures:
            self._refuse(path, 0, "FILE_UNREADABLE", error.strerror or str(error))
        scan.failures.clear()

    async def _hash_all(self, batch: Sequence[Found]) -> list[_Hashed]:
        room = asyncio.Semaphore(self._jobs)

        async def hash_one(found: Found) -> _Hashed | None:
            if not found.size_bytes:
                self._refuse(found.path, 0, "FILE_EMPTY", "the file is empty")
                return None
            try:
                async with room:
                    return _Hashed(found, await asyncio.to_thread(hash_file, found.path))
            except OSError as error:
                self._refuse(found.path, found.size_bytes, "FILE_UNREADABLE", error.strerror or str(error))
                return None

        return [hashed for hashed in await asyncio.gather(*map(hash_one, batch)) if hashed is not None]

    async def _missing(self, batch: Sequence[_Hashed]) -> list[_Hashed]:
        """What is to be sent of a batch; the rest is done with."""
        if not batch:
            return []
        checks = await self._patiently(lambda: self._uploads.check(list({hashed.sha256 for hashed in batch})))
        missing: dict[str, _Hashed] = {}
        for hashed in batch:
            presence = checks[hashed.sha256].presence
            if presence == pb.PRESENCE_TRASHED:
                self._end(hashed.found, Outcome.IN_TRASH)
            elif presence in (pb.PRESENCE_PRESENT, pb.PRESENCE_FAILED) or hashed.sha256 in missing:
                self.report.undecodable += presence == pb.PRESENCE_FAILED
                self._end(hashed.found, Outcome.ALREADY_THERE)
            else:
                missing[hashed.sha256] = hashed
        return list(missing.values())

    async def _send_all(self, ready: asyncio.Queue[_Hashed | None]) -> None:
        while (hashed := await ready.get()) is not None:
            if self._dry_run:
                self._end(hashed.found, Outcome.NEW)
            else:
                await self._send(hashed)

    async def _send(self, hashed: _Hashed) -> None:
        path, moved = hashed.found.path, 0

        def progress(sent: int) -> None:
            nonlocal moved
            self._watcher.moved(sent - moved)
            moved = sent

        try:
            uploaded = await self._patiently(
                lambda: self._uploads.upload_file(path, sha256=hashed.sha256, backlog=True, progress=progress)
            )
        except OSError as error:
            self._refuse(path, hashed.found.size_bytes - moved, "FILE_UNREADABLE", error.strerror or str(error))
        except TintypeError as error:
            if _ends_import(error):
                raise
            self._refuse(path, hashed.found.size_bytes - moved, error.reason, error.message)
        else:
            outcome = Outcome.ALREADY_THERE if uploaded.already_existed else Outcome.NEW
            self._end(hashed.found, outcome, moved=moved)

    async def _patiently(self, call: Callable[[], Awaitable[T]]) -> T:
        """Wait while the server has too much to do: an import has time."""
        for _ in range(_WAITS):
            try:
                return await call()
            except ResourceExhausted as error:
                if error.reason not in ("RATE_LIMITED", "OVERLOADED"):
                    raise
                await asyncio.sleep(error.retry_after_s or _WAIT_S)
        return await call()

    def _end(self, found: Found, outcome: Outcome, *, moved: int = 0) -> None:
        match outcome:
            case Outcome.NEW:
                self.report.new += 1
                self.report.new_bytes += found.size_bytes
            case Outcome.IN_TRASH:
                self.report.in_trash += 1
            case _:
                self.report.already_there += 1
        self._watcher.moved(found.size_bytes - moved)
        self._watcher.ended(found.path, outcome)

    def _refuse(self, path: Path, left_bytes: int, reason: str, message: str) -> None:
        self.report.refused += 1
        if len(self.report.refusals) < REFUSALS_KEPT:
            self.report.refusals.append(Refusal(path, reason, message))
        self._watcher.moved(left_bytes)
        self._watcher.ended(path, Outcome.REFUSED)


def _ends_import(error: TintypeError) -> bool:
    """Whether the next file would fail like this one."""
    away = isinstance(error, (Unavailable, Unauthenticated, PermissionDenied))
    return away or error.reason in ("QUOTA_EXCEEDED", "ACCOUNT_CLOSED", "RATE_LIMITED", "OVERLOADED")


def _first(errors: BaseExceptionGroup[TintypeError]) -> TintypeError:
    first = errors.exceptions[0]
    return _first(first) if isinstance(first, BaseExceptionGroup) else first


def _batches(scan: Iterable[Found], size: int) -> Iterator[list[Found]]:
    walk = iter(scan)
    while batch := list(itertools.islice(walk, size)):
        yield batch


async def _in_thread(batches: Iterator[list[Found]]) -> AsyncIterator[list[Found]]:
    """A blocking iterator, each step of which runs beside the loop."""
    while batch := await asyncio.to_thread(next, batches, None):
        yield batch
