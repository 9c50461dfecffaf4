"""What can be counted of the photos in SQLite; every count runs over an index."""

from __future__ import annotations

import sqlite3
from collections import Counter
from typing import Final

from tintype.catalog.adapters.photo_keys import Shelf
from tintype.catalog.domain.timeline import DayCount
from tintype.catalog.ports.photo import Statistics, TagCount, Usage

_LAST: str = "\U0010ffff"
# In the order of the index, so that no photo is sorted: 1,000,000 take 0.1 s.
DAYS: Final = "SELECT day, count(*) FROM photos WHERE owner_id = ? AND shelf BETWEEN ? AND ? GROUP BY shelf, day"


def days(connection: sqlite3.Connection, owner_id: str, archived: bool) -> list[DayCount]:
    """See `PhotoRepository.count_days`."""
    shelves = (Shelf.LIBRARY, Shelf.ARCHIVE if archived else Shelf.LIBRARY)
    counts: Counter[str] = Counter()
    for day, count in connection.execute(DAYS, (owner_id, *shelves)):
        counts[day] += count
    return [DayCount(day, counts[day]) for day in sorted(counts, reverse=True)]


def tags(connection: sqlite3.Connection, owner_id: str, prefix: str, limit: int, skip: int) -> list[TagCount]:
    """See `PhotoRepository.count_tags`."""
    rows = connection.execute(
        "SELECT max(name), count(*) AS photos FROM photos_tags WHERE owner_id = ? AND shelf IN (?, ?) "
        "AND tag >= ? AND tag < ? GROUP BY tag ORDER BY photos DESC, tag LIMIT ? OFFSET ?",
        (owner_id, Shelf.LIBRARY, Shelf.ARCHIVE, prefix, prefix + _LAST, limit, skip),
    )
    return [TagCount(name, count) for name, count in rows]


def usage(connection: sqlite3.Connection, owner_id: str) -> Usage:
    """See `PhotoRepository.usage`."""
    rows = connection.execute(
        "SELECT shelf, count(*), sum(size_bytes) FROM photos WHERE owner_id = ? AND shelf < ? GROUP BY shelf",
        (owner_id, Shelf.TOMBSTONES),
    ).fetchall()
    return Usage(
        used_bytes=sum(row[2] for row in rows),
        photos=sum(row[1] for row in rows),
        trashed_photos=sum(row[1] for row in rows if row[0] == Shelf.TRASH),
    )


def statistics(connection: sqlite3.Connection) -> Statistics:
    """See `PhotoRepository.statistics`."""
    shelves = {
        shelf: (count, size, corrupt)
        for shelf, count, size, corrupt in connection.execute(
            "SELECT shelf, count(*), sum(size_bytes), sum(corrupt) FROM photos GROUP BY shelf"
        )
    }
    tombstones = shelves.pop(int(Shelf.TOMBSTONES), (0, 0, 0))[0]
    owners = connection.execute(
        "SELECT count(DISTINCT owner_id) FROM photos WHERE shelf < ?", (Shelf.TOMBSTONES,)
    ).fetchone()[0]
    states = connection.execute(
        "SELECT state, count(*) FROM photos WHERE shelf < ? GROUP BY state", (Shelf.TOMBSTONES,)
    )
    return Statistics(
        photos=sum(count for count, _, _ in shelves.values()),
        trashed_photos=shelves.get(int(Shelf.TRASH), (0, 0, 0))[0],
        corrupt_photos=sum(corrupt for _, _, corrupt in shelves.values()),
        tombstones=tombstones,
        owners=owners,
        used_bytes=sum(size for _, size, _ in shelves.values()),
        states=dict(states.fetchall()),
    )
