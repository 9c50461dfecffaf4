"""What can be counted of the photos in MongoDB; every count but that of tags runs over an index alone."""

from __future__ import annotations

from typing import Final

from tintype.catalog.adapters.photo_keys import Shelf
from tintype.catalog.domain.timeline import DayCount
from tintype.catalog.ports.photo import Statistics, TagCount, Usage
from tintype.kit.store.mongo import Collection, Row

_LAST: Final = "\U0010ffff"
_LIVE: Final = {"$lt": int(Shelf.TOMBSTONES)}
_TOTALS: Final = "totals_by_day"
_COUNT: Final = {"$sum": 1}
_KNOWN: Final = {"$gt": ""}  # what a replica of schema 1 adds during an upgrade has no day before the next start


async def days(photos: Collection, owner_id: str, *, archived: bool) -> list[DayCount]:
    """See `PhotoRepository.count_days`."""
    shelves = {"$lte": int(Shelf.ARCHIVE if archived else Shelf.LIBRARY)}
    steps: list[Row] = [
        {"$match": {"owner_id": owner_id, "shelf": shelves, "day": _KNOWN}},
        {"$group": {"_id": "$day", "photos": _COUNT}},
        {"$sort": {"_id": -1}},
    ]
    return [DayCount(row["_id"], row["photos"]) for row in await _run(photos, steps, _TOTALS)]


async def tags(photos: Collection, owner_id: str, prefix: str, *, limit: int, skip: int) -> list[TagCount]:
    """See `PhotoRepository.count_tags`. No index of array elements answers alone: it reads the tagged photos."""
    wanted = {"tags.key": {"$gte": prefix, "$lt": prefix + _LAST}}
    shelves = {"$in": [int(Shelf.LIBRARY), int(Shelf.ARCHIVE)]}
    steps: list[Row] = [
        {"$match": {"owner_id": owner_id, "shelf": shelves, **wanted}},
        {"$project": {"tags": 1}},
        {"$unwind": "$tags"},
        {"$match": wanted},
        {"$group": {"_id": "$tags.key", "name": {"$max": "$tags.name"}, "photos": _COUNT}},
        {"$sort": {"photos": -1, "_id": 1}},
        {"$skip": skip},
        {"$limit": limit},
    ]
    return [TagCount(row["name"], row["photos"]) for row in await _run(photos, steps, "tagged")]


async def usage(photos: Collection, owner_id: str) -> Usage:
    """See `PhotoRepository.usage`."""
    steps: list[Row] = [
        {"$match": {"owner_id": owner_id, "shelf": _LIVE}},
        {"$group": {"_id": "$shelf", "photos": _COUNT, "bytes": {"$sum": "$size_bytes"}}},
    ]
    rows = await _run(photos, steps, _TOTALS)
    return Usage(
        used_bytes=sum(row["bytes"] for row in rows),
        photos=sum(row["photos"] for row in rows),
        trashed_photos=sum(row["photos"] for row in rows if row["_id"] == Shelf.TRASH),
    )


async def statistics(photos: Collection) -> Statistics:
    """See `PhotoRepository.statistics`."""
    by_owner = {"owner_id": "$owner_id", "shelf": "$shelf", "state": "$state"}
    sums = {"photos": _COUNT, "bytes": {"$sum": "$size_bytes"}, "corrupt": {"$sum": "$corrupt"}}
    rows = await _run(photos, [{"$group": {"_id": by_owner, **sums}}], _TOTALS)
    live = [row for row in rows if row["_id"]["shelf"] < Shelf.TOMBSTONES]
    states: dict[str, int] = {}
    for row in live:
        states[row["_id"]["state"]] = states.get(row["_id"]["state"], 0) + row["photos"]
    return Statistics(
        photos=sum(row["photos"] for row in live),
        trashed_photos=sum(row["photos"] for row in live if row["_id"]["shelf"] == Shelf.TRASH),
        corrupt_photos=sum(row["corrupt"] for row in live),
        tombstones=sum(row["photos"] for row in rows) - sum(row["photos"] for row in live),
        owners=len({row["_id"]["owner_id"] for row in live}),
        used_bytes=sum(row["bytes"] for row in live),
        states=states,
    )


async def _run(photos: Collection, steps: list[Row], hint: str) -> list[Row]:
    return await (await photos.aggregate(steps, hint=hint)).to_list()
