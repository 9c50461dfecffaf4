"""The importer against a library in memory that answers as the contract says."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import cast

import pytest

from tintype.v1 import upload_service_pb2 as pb
from tintype_sdk.errors import InvalidArgument, ResourceExhausted, Unavailable
from tintype_sdk.importer import Importer, Outcome, Watcher
from tintype_sdk.uploads import Uploaded, Uploads, hash_file


class MemoryUploads:
    """Keeps hashes; `meanwhile(path)` may raise what a server would answer."""

    def __init__(self) -> None:
        self.kept: dict[str, int] = {}
        self.sent: list[str] = []
        self.at_a_time = self.most_at_a_time = 0
        self.meanwhile: Callable[[Path], None] = lambda path: None

    async def check(self, sha256s: Sequence[str]) -> dict[str, pb.PhotoCheck]:
        return {
            each: pb.PhotoCheck(sha256=each, presence=self.kept.get(each, pb.PRESENCE_ABSENT))  # type: ignore[arg-type]
            for each in sha256s
        }

    async def upload_file(self, file: Path, *, sha256: str, backlog: bool, progress: Callable[[int], None]) -> Uploaded:
        assert backlog
        self.at_a_time += 1
        self.most_at_a_time = max(self.most_at_a_time, self.at_a_time)
        try:
            await asyncio.sleep(0)
            self.meanwhile(file)
        finally:
            self.at_a_time -= 1
        progress(size_of(file))
        existed = sha256 in self.kept
        self.kept[sha256] = pb.PRESENCE_PRESENT
        self.sent.append(file.name)
        return Uploaded(pb.UploadPhotoResponse().photo, existed)


def size_of(file: Path) -> int:
    return file.stat().st_size


class Sums(Watcher):
    def __init__(self) -> None:
        self.files = self.bytes = self.moved_bytes = 0
        self.outcomes: list[Outcome] = []

    def found(self, files: int, size_bytes: int) -> None:
        self.files += files
        self.bytes += size_bytes

    def moved(self, size_bytes: int) -> None:
        self.moved_bytes += size_bytes

    def ended(self, path: Path, outcome: Outcome) -> None:
        self.outcomes.append(outcome)


def importer(
    uploads: MemoryUploads, *, jobs: int = 3, dry_run: bool = False, watcher: Watcher | None = None
) -> Importer:
    return Importer(cast(Uploads, uploads), jobs=jobs, dry_run=dry_run, watcher=watcher)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for number in range(250):
        (tmp_path / f"{number:03}.jpg").write_bytes(f"picture {number}".encode())
    return tmp_path


async def test_everything_is_sent_once_and_nothing_twice(folder: Path) -> None:
    uploads = MemoryUploads()
    first = await importer(uploads).run([folder])
    assert (first.new, first.already_there, first.files) == (250, 0, 250)
    again = await importer(uploads).run([folder])
    assert (again.new, again.already_there, len(uploads.sent)) == (0, 250, 250)
    assert uploads.most_at_a_time == 3


async def test_equal_files_are_sent_once(tmp_path: Path) -> None:
    for name in ("a.jpg", "b.jpg"):
        (tmp_path / name).write_bytes(b"the same")
    report = await importer(uploads := MemoryUploads()).run([tmp_path])
    assert (report.new, report.already_there, len(uploads.sent)) == (1, 1, 1)


async def test_the_trash_is_left_alone_and_what_cannot_be_decoded_is_counted(tmp_path: Path) -> None:
    uploads = MemoryUploads()
    for name, presence in (
        ("t.jpg", pb.PRESENCE_TRASHED),
        ("f.jpg", pb.PRESENCE_FAILED),
        ("u.jpg", pb.PRESENCE_UPLOADING),
    ):
        (tmp_path / name).write_bytes(name.encode())
        uploads.kept[hash_file(tmp_path / name)] = presence
    report = await importer(uploads).run([tmp_path])
    assert (report.in_trash, report.already_there, report.undecodable) == (1, 2, 1)
    assert uploads.sent == ["u.jpg"], "an upload under way is gone on with"


async def test_a_refused_file_is_one_refusal_and_the_bar_still_ends_full(folder: Path) -> None:
    def refuse(path: Path) -> None:
        if path.name == "007.jpg":
            raise InvalidArgument("no picture", reason="UNSUPPORTED_MEDIA")
        if path.name == "008.jpg":
            raise PermissionError(13, "Permission denied", str(path))

    uploads, sums = MemoryUploads(), Sums()
    uploads.meanwhile = refuse
    (folder / "empty.jpg").touch()
    report = await importer(uploads, watcher=sums).run([folder])
    assert (report.new, report.refused) == (248, 3)
    reasons = {refusal.path.name: refusal.reason for refusal in report.refusals}
    assert reasons == {"007.jpg": "UNSUPPORTED_MEDIA", "008.jpg": "FILE_UNREADABLE", "empty.jpg": "FILE_EMPTY"}
    assert len(sums.outcomes) == 251
    assert (
        sums.moved_bytes == sums.bytes == report.new_bytes + size_of(folder / "007.jpg") + size_of(folder / "008.jpg")
    )


@pytest.mark.parametrize("error", [Unavailable("away"), ResourceExhausted("full", reason="QUOTA_EXCEEDED")])
async def test_what_fails_for_every_file_ends_the_import_and_the_next_goes_on(folder: Path, error: Exception) -> None:
    def fail(path: Path) -> None:
        if len(uploads.sent) >= 20:
            raise error

    uploads = MemoryUploads()
    uploads.meanwhile = fail
    broken = importer(uploads)
    with pytest.raises(type(error)):
        await broken.run([folder])
    assert broken.report.new == len(uploads.sent)
    uploads.meanwhile = lambda path: None
    report = await importer(uploads).run([folder])
    assert report.new + broken.report.new == 250


async def test_a_busy_server_is_waited_for(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"a")
    uploads, answers = MemoryUploads(), [ResourceExhausted("busy", reason="OVERLOADED", retry_after_s=0.001)]

    def busy(path: Path) -> None:
        if answers:
            raise answers.pop()

    uploads.meanwhile = busy
    assert (await importer(uploads).run([tmp_path])).new == 1


async def test_a_dry_run_sends_nothing(folder: Path) -> None:
    report = await importer(uploads := MemoryUploads(), dry_run=True).run([folder])
    assert (report.new, uploads.sent) == (250, [])
