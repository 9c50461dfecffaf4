"""`upload_1`, `upload_4`: 40 files of 5 MB, against a bare gRPC stream into hash, write and fsync.

Both sides run the client in a process of its own, on the same two cores as the server. The hashes are known
beforehand on both sides: an import computes them before it asks what is missing. The library hosts no workers here.
"""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from statistics import median

from tests.bench.library import ROOT, fresh_home, library
from tests.bench.measure import Progress, Row, Samples, compared, paired
from tests.bench.pictures import synthetic_photo, varied

FILES = 40
PAIRS = 5


def write_files(folder: Path) -> None:
    """The files to upload; each is a photo of its own."""
    picture = synthetic_photo(1, width=4800, height=3600)
    for number in range(FILES):
        (folder / f"{number:03}.jpg").write_bytes(varied(picture, number))


async def client(*arguments: str) -> float:
    """MB/s as a client process states it."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bench.upload_client", *arguments, cwd=ROOT, stdout=subprocess.PIPE
    )
    out, _ = await process.communicate()
    if process.returncode:
        raise RuntimeError("a client of the benchmark failed")
    return float(json.loads(out)["mb_per_s"])


async def sdk_client(address: str, folder: str, streams: int, users: Iterator[int]) -> float:
    """MB/s of the SDK; each time as another user, to whom all files are new."""
    return await client("sdk", address, folder, str(streams), f"upload{next(users)}")


@asynccontextmanager
async def bare_server(target: Path, *most_files: str) -> AsyncIterator[str]:
    """The reference as a process; with a number it writes over that many old files instead of keeping all."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bench.upload_bare", str(target), *most_files, cwd=ROOT, stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    address = (await process.stdout.readline()).decode().strip()
    try:
        yield address
    finally:
        process.send_signal(signal.SIGTERM)
        await process.wait()


def bare_file(folder: Path, target: Path) -> float:
    """MB/s of one process without any gRPC: read, hash, write, fsync."""
    start, total = time.perf_counter(), 0
    for file in sorted(folder.iterdir()):
        data = file.read_bytes()
        hashlib.sha256(data).hexdigest()
        with (target / file.name).open("wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        total += len(data)
    return total / 1e6 / (time.perf_counter() - start)


async def run_on_servers(progress: Progress, *, environment: Mapping[str, str], blobs: str) -> list[Row]:
    """Against a client that puts the same files into a bucket of the same S3 server; `blobs` is the URL of that."""
    progress.say(f"upload: {FILES} files of 5 MB into buckets, 1 and 4 streams, {PAIRS} pairs each")
    rows: list[Row] = []
    users = itertools.count()
    with fresh_home() as files, fresh_home() as home:
        await asyncio.to_thread(write_files, Path(files))
        settings = {"TINTYPE_MODEL_PACK": "builtin", **environment}
        async with library(Path(home), "accounts", "catalog", "upload", environment=settings) as at:
            for streams, least in ((1, 0.6), (4, 0.7)):
                reference, candidate = await paired(
                    partial(client, "s3", blobs, files, str(streams)),
                    partial(sdk_client, at.address, files, streams, users),
                    pairs=PAIRS,
                )
                note = "bare: minio-py, put_object from memory; all services in one process"
                rows.append(compared(f"upload_{streams}", "MB/s", reference, candidate, least=least, note=note))
    return rows


async def run(progress: Progress) -> list[Row]:
    progress.say(f"upload: {FILES} files of 5 MB, 1 and 4 streams, {PAIRS} pairs each")
    rows: list[Row] = []
    users = itertools.count()
    with fresh_home() as files, fresh_home() as target, fresh_home() as home:
        await asyncio.to_thread(write_files, Path(files))
        plain = Samples(tuple([await asyncio.to_thread(bare_file, Path(files), Path(target)) for _ in range(PAIRS)]))
        environment = {"TINTYPE_MODEL_PACK": "builtin"}
        async with (
            bare_server(Path(target)) as bare,
            bare_server(Path(target), str(FILES)) as overwriting,
            library(Path(home), "accounts", "catalog", "upload", environment=environment) as at,
        ):
            for streams in (1, 4):
                reference, candidate = await paired(
                    partial(client, "bare", bare, files, str(streams)),
                    partial(sdk_client, at.address, files, streams, users),
                    pairs=PAIRS,
                )
                old = [await client("bare", overwriting, files, str(streams)) for _ in range(PAIRS)]
                note = f"bare file {plain.median:.0f} MB/s, of which {candidate.median / plain.median:.2f}"
                note += f"; bare stream over old files {median(old[1:]):.0f}, {candidate.median / median(old[1:]):.2f}"
                rows.append(compared(f"upload_{streams}", "MB/s", reference, candidate, least=0.7, note=note))
    return rows
