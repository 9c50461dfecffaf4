"""Making the rows of the destination those of the source: again and again the same, wherever it was interrupted."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final

from tintype.accounts.ports import RevocationLog
from tintype.catalog.ports.result import ResultRepository
from tintype.kit.store.records import RecordKey, Records, Stamp
from tintype.moving.ends import Audit, Kept

PAGE: Final = 1_000
BATCH: Final = 200  # photos of 2 kB, results of 5 kB
_AHEAD: Final = timedelta(days=1)  # results are asked for by the time when they were stored

Report = Callable[[str, int], None]  # what, and how many are done


async def copy_rows(source: Kept, target: Kept, *, now: datetime, report: Report) -> None:
    """Bring every row over; what is there already, unchanged, is left alone."""
    targets = {records.name: records for records in target.records}
    await copy_results(source.results, target.results, now=now, report=report)  # photos name them, so they go first
    for records in source.records:
        await copy_records(records, targets[records.name], report)
    await _copy_audit(source.audit, target.audit)
    await _copy_revocations(source.revocations, target.revocations)


async def differing(source: Kept, target: Kept) -> dict[str, int]:
    """How many rows of each kind are not the same in both; the kinds where all are, left out."""
    targets = {records.name: records for records in target.records}
    found: dict[str, int] = {}
    for records in source.records:
        wrong = 0
        async for behind, surplus in _differences(records, targets[records.name]):
            wrong += len(behind) + len(surplus)
        if wrong:
            found[records.name] = wrong
    ours, theirs = await source.audit.newest(before=0, limit=1), await target.audit.newest(before=0, limit=1)
    if [each.hash for each in ours] != [each.hash for each in theirs]:
        found["audit"] = 1
    return found


async def copy_records(source: Records, target: Records, report: Report) -> None:
    """Write what is missing or older, take away what the source has no longer."""
    done = 0
    report(source.name, done)
    async for behind, surplus in _differences(source, target):
        if behind:
            await target.write(await source.read(behind))
        if surplus:
            await target.remove(surplus)
        done += len(behind) + len(surplus)
        report(source.name, done)


async def copy_results(source: ResultRepository, target: ResultRepository, *, now: datetime, report: Report) -> None:
    """Results never change, so those that are there are the same."""
    after, done, until = None, 0, now + _AHEAD
    report("results", done)
    while keys := await source.page_keys(until=until, limit=BATCH, after=after):
        for owner_id, group in groupby(keys, key=lambda each: each[0]):
            await target.add_many(await source.load_many(owner_id, [key for _, key in group]))
        after, done = keys[-1], done + len(keys)
        report("results", done)


async def _copy_audit(source: Audit, target: Audit) -> None:
    last = await target.newest(before=0, limit=1)
    after = last[0].sequence if last else 0
    while events := await source.oldest(after=after, limit=BATCH):
        await target.restore(events)
        after = events[-1].sequence


async def _copy_revocations(source: RevocationLog, target: RevocationLog) -> None:
    """What was revoked in the last hour. The copy counts anew, for all its processes begin anew too."""
    ours, _ = await source.after(0)
    theirs, _ = await target.after(0)
    await target.append(ours[len(theirs) :])


async def _differences(source: Records, target: Records) -> AsyncIterator[tuple[list[RecordKey], list[RecordKey]]]:
    """Keys to write and keys to remove, in batches; both sides are read in the order of their keys."""
    behind: list[RecordKey] = []
    surplus: list[RecordKey] = []
    theirs = _stamps(target)
    their = await anext(theirs, None)
    async for our in _stamps(source):
        while their is not None and their.key < our.key:
            surplus.append(their.key)
            their = await anext(theirs, None)
        if their is not None and their.key == our.key:
            if their != our:
                behind.append(our.key)
            their = await anext(theirs, None)
        else:
            behind.append(our.key)
        if len(behind) + len(surplus) >= BATCH:
            yield behind, surplus
            behind, surplus = [], []
    while their is not None:
        surplus.append(their.key)
        their = await anext(theirs, None)
    if behind or surplus:
        yield behind, surplus


async def _stamps(records: Records) -> AsyncIterator[Stamp]:
    after: RecordKey | None = None
    while page := await records.stamps(after=after, limit=PAGE):
        for stamp in page:
            yield stamp
        after = page[-1].key
