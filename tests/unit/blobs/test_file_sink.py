"""Appending to a file around the page cache: what comes out is what went in, wherever the syncs fall."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from tintype.blobs import file_sink
from tintype.blobs.file_sink import BUFFER_BYTES, Buffers, FileSink

BYTES = os.urandom(3 * BUFFER_BYTES)


def opened(file: Path, buffers: Buffers) -> FileSink:
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT, 0o600)
    return FileSink(descriptor, os.lseek(descriptor, 0, os.SEEK_END), buffers)


@pytest.mark.parametrize("end", ["sync", "reopen"])
@pytest.mark.parametrize(
    "sizes",
    [
        [0],
        [1, 4095],
        [5000, 300],
        [BUFFER_BYTES],
        [BUFFER_BYTES, 4096, BUFFER_BYTES],
        [BUFFER_BYTES, 1, BUFFER_BYTES],
        [BUFFER_BYTES + 4096, BUFFER_BYTES + 5],
        [BUFFER_BYTES - 1, 1, 1, 2 * BUFFER_BYTES - 1],
        [100_000] * 30,
    ],
)
def test_a_file_holds_what_was_appended(sizes: Sequence[int], end: str, tmp_path: Path) -> None:
    """After each of them a sync, or another sink that goes on."""
    file, buffers, offset = tmp_path / "file", Buffers(), 0
    sink = opened(file, buffers)
    for size in sizes:
        sink.append(BYTES[offset : offset + size])
        offset += size
        sink.sync()
        assert file.stat().st_size == offset
        if end == "reopen":
            sink.close()
            sink = opened(file, buffers)
    sink.close()
    assert file.read_bytes() == BYTES[:offset]


def test_chunks_of_any_size_between_two_syncs(tmp_path: Path) -> None:
    sink, offset = opened(tmp_path / "file", Buffers()), 0
    for size in (7, 700_000, BUFFER_BYTES, 350_000, 9):
        sink.append(BYTES[offset : offset + size])
        offset += size
    sink.sync()
    sink.close()
    assert (tmp_path / "file").read_bytes() == BYTES[:offset]


@pytest.mark.parametrize("flag", [0, os.O_APPEND | os.O_DIRECTORY])
def test_a_system_without_direct_writes_stores_the_same(
    flag: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_sink, "_DIRECT", flag)
    sink = opened(tmp_path / "file", Buffers())
    sink.append(BYTES)
    sink.sync()
    sink.close()
    assert (tmp_path / "file").read_bytes() == BYTES


def test_after_a_failure_nothing_is_left_beyond_what_is_wanted(tmp_path: Path) -> None:
    sink = opened(tmp_path / "file", Buffers())
    sink.append(BYTES[: BUFFER_BYTES + 10])
    sink.cut(BUFFER_BYTES + 10)
    assert (tmp_path / "file").stat().st_size == BUFFER_BYTES
    sink.cut(100)
    sink.close()
    assert (tmp_path / "file").read_bytes() == BYTES[:100]


def test_few_buffers_are_kept_for_the_next_files() -> None:
    buffers = Buffers()
    taken = [buffers.take() for _ in range(20)]
    for each in taken:
        buffers.give(each)
    again = [buffers.take() for _ in range(20)]
    assert len({id(each) for each in taken} & {id(each) for each in again}) == 8
