"""The move: refuse what would destroy something, copy, check, and only then say that it is whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from tintype.blobs.ports import BlobStore, original_key
from tintype.catalog.stores import open_repositories
from tintype.kit.clock import Clock
from tintype.kit.settings import Settings
from tintype.moving.blobs import Carried, copy_derived, copy_originals
from tintype.moving.copying import Report, copy_rows, differing
from tintype.moving.ends import (
    Destination,
    Source,
    counts,
    destination_of,
    refuse_same_place,
    rows_at,
    source_of,
    told,
)
from tintype.moving.errors import DestinationInUse
from tintype.moving.indexing import build_index, count_indexed
from tintype.moving.journal import Move

_PAGE: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of a move. It is whole only if nothing is damaged, missing or different."""

    rows: dict[str, int]
    originals: Carried = field(default_factory=Carried)
    derived: Carried = field(default_factory=Carried)
    indexed: int = 0
    missing: Sequence[str] = ()  # photos whose original is not there, as <owner_id>/<photo_id>
    different: dict[str, int] = field(default_factory=dict)
    repeated: bool = False  # it was whole before, and nothing was done
    there: int = 0  # rows that lay at the destination when it was only looked at

    @property
    def whole(self) -> bool:
        """Whether the destination has everything."""
        return not (self.originals.damaged or self.derived.damaged or self.missing or self.different)


async def look(source: Settings, destination: Settings, clock: Clock) -> Outcome:
    """What a move would carry; writes nothing. Raises what a move raises before it begins, as far as it can tell."""
    refuse_same_place(source, destination)
    async with source_of(source, clock) as opened:
        carried = Carried()
        async for stat in opened.originals.list():
            carried.count += 1
            carried.size_bytes += stat.size_bytes
        there = await rows_at(destination, clock)
        return Outcome(rows=await counts(opened.kept), originals=carried, there=sum(there.values()))


async def move(source: Settings, destination: Settings, clock: Clock, report: Report) -> Outcome:
    """Carry everything over, or go on where an earlier one stopped.

    Raises: NoLibrary, LibraryRuns, SamePlace, DestinationInUse, and what the stores raise.
    """
    refuse_same_place(source, destination)
    async with source_of(source, clock) as ours, destination_of(destination, clock) as theirs:
        begun = await _begun(told(source), theirs, clock)
        if begun.end_time is not None:
            return Outcome(rows=await counts(theirs.kept), repeated=True)
        outcome = await _carry(ours, theirs, clock, report)
        if outcome.whole:
            await theirs.journal.replace(begun.ended(clock.now()))
        return outcome


async def _carry(ours: Source, theirs: Destination, clock: Clock, report: Report) -> Outcome:
    originals = await copy_originals(ours.originals, theirs.originals, report)
    derived = await copy_derived(ours.derived, theirs.derived, report)
    await copy_rows(ours.kept, theirs.kept, now=clock.now(), report=report)
    indexed = await build_index(theirs.urls, clock, report)
    return Outcome(
        rows=await counts(theirs.kept),
        originals=originals,
        derived=derived,
        indexed=indexed,
        missing=await _missing(theirs, clock),
        different=await differing(ours.kept, theirs.kept),
    )


async def _begun(source: str, theirs: Destination, clock: Clock) -> Move:
    """The note of this move, made now if nothing lies there. Raises DestinationInUse."""
    found = await theirs.journal.load()
    if found is not None:
        if found.source != source:
            raise DestinationInUse("the destination holds a move of another library: choose an empty one")
        return found
    used = [name for name, count in (await counts(theirs.kept)).items() if count]
    if await _has_any(theirs.originals) or await _has_any(theirs.derived):
        used.append("blobs")
    if await count_indexed(theirs.urls, clock):
        used.append("index")
    if used:
        raise DestinationInUse(f"the destination is not empty ({', '.join(used)}): nothing is ever overwritten")
    await theirs.journal.add(begun := Move(source=source, begin_time=clock.now()))
    return begun


async def _missing(theirs: Destination, clock: Clock) -> list[str]:
    """Photos without their original; one owner's keys are held at a time."""
    photos = (await open_repositories(theirs.urls, clock)).photos
    missing: list[str] = []
    owner_id, keys = "", frozenset[str]()
    page = await photos.page_all(limit=_PAGE)
    while True:
        for photo in page.photos:
            if photo.owner_id != owner_id:
                owner_id = photo.owner_id
                keys = frozenset([stat.key async for stat in theirs.originals.list(f"{owner_id}/")])
            key = original_key(owner_id=owner_id, sha256=bytes.fromhex(photo.file.sha256))
            if photo.deletion is None and key not in keys:
                missing.append(f"{owner_id}/{photo.photo_id}")
        if page.after is None:
            return missing
        page = await photos.page_all(limit=_PAGE, after=page.after)


async def _has_any(blobs: BlobStore) -> bool:
    async for _ in blobs.list():
        return True
    return False
