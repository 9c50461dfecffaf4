"""Carrying originals and derived pictures; every original is hashed on its way."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final

from tintype.blobs.ports import BlobMismatch, BlobStat, BlobStore, PutOutcome, key_parts
from tintype.moving.copying import Report

AT_ONCE: Final = 8  # blobs under way; one of 500 MiB takes no more memory than its chunks


@dataclass(slots=True)
class Carried:
    """What came of it; `damaged` are keys whose bytes are not those of their hash."""

    count: int = 0
    size_bytes: int = 0
    damaged: list[str] = field(default_factory=list)


async def copy_originals(source: BlobStore, target: BlobStore, report: Report) -> Carried:
    """Copy those that are not there with the same size; one whose bytes do not have its hash is not copied.

    What lies at a key of the target has been hashed before, by this move: nothing else may lie there.
    """
    async for staged in target.list_staged():  # left by a move that was interrupted
        await target.discard(staged.handle)

    async def carry(stat: BlobStat) -> bool:
        return await _copy_original(stat, source, target)

    return await _carry(source, target, carry, "originals", report)


async def copy_derived(source: BlobStore, target: BlobStore, report: Report) -> Carried:
    """Copy those that are not there with the same size."""

    async def carry(stat: BlobStat) -> bool:
        await target.overwrite(stat.key, await source.load(stat.key))
        return True

    return await _carry(source, target, carry, "derived", report)


async def _carry(
    source: BlobStore, target: BlobStore, carry: Callable[[BlobStat], Awaitable[bool]], what: str, report: Report
) -> Carried:
    carried, limit, working = Carried(), asyncio.Semaphore(AT_ONCE), set[asyncio.Task[None]]()
    report(what, 0)

    async def work(stat: BlobStat) -> None:
        try:
            if not await carry(stat):
                carried.damaged.append(stat.key)
                return
            carried.count += 1
            carried.size_bytes += stat.size_bytes
            report(what, carried.count)
        finally:
            limit.release()

    try:
        async for stat in _missing(source, target):
            await limit.acquire()
            task = asyncio.create_task(work(stat))
            working.add(task)
            for done in [each for each in working if each.done()]:
                working.discard(done)
                done.result()
        await asyncio.gather(*working)
    finally:
        for task in working:
            task.cancel()
    carried.damaged.sort()
    return carried


async def _missing(source: BlobStore, target: BlobStore) -> AsyncIterator[BlobStat]:
    """Those that the target has not, or in another size; both are listed in the order of their keys."""
    theirs = target.list()
    their = await anext(theirs, None)
    async for our in source.list():
        while their is not None and their.key < our.key:
            their = await anext(theirs, None)
        if their is None or their.key != our.key or their.size_bytes != our.size_bytes:
            yield our


async def _copy_original(stat: BlobStat, source: BlobStore, target: BlobStore) -> bool:
    """Whether its bytes had its hash, and lie in the target now."""
    expected = key_parts(stat.key).sha256
    digest, size_bytes = hashlib.sha256(), 0
    handle = await target.stage(stat.key, lasting=False)
    async with target.writer(handle, offset=0) as writer:
        async for chunk in source.read(stat.key):
            digest.update(chunk)
            size_bytes += len(chunk)
            await writer.write(chunk)
        await writer.finish()
    if digest.digest() != expected:
        await target.discard(handle)
        return False
    try:
        outcome = await target.promote(handle, stat.key, sha256=expected, size_bytes=size_bytes, overwrite=True)
    except BlobMismatch:
        await target.discard(handle)
        return False
    if outcome is PutOutcome.EXISTED:
        await target.discard(handle)
    stored = await target.stat(stat.key)
    return stored.size_bytes == size_bytes and stored.sha256 in (None, expected)
