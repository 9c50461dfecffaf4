"""Photos as they are shown, kept beside their documents in the form of the contract.

A page of hits needs 50 of them from all over a library. To read and convert their documents takes 6 ms on a machine
that is searching, which is half of what a search of 100,000 photos takes besides comparing vectors.

A card goes when its photo changes, by triggers: an older version of the program, which knows no cards, sets them off
too. So a card that is there is good, and nothing is read of the photos themselves, which took three times as long.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from datetime import timedelta
from typing import Final
from zlib import crc32

from tintype.catalog.convert.photo import photo_to_proto
from tintype.catalog.domain.photo import Photo
from tintype.v1 import photo_pb2

# Cards of another form are not read. Count up wherever `photo_to_proto` makes something else of the same photo.
_VERSION: Final = 1
_FORM: Final = crc32(photo_pb2.DESCRIPTOR.serialized_pb, _VERSION)
_NOT_IN_TRASH: Final = timedelta(0)  # no card says when a photo is purged

_TABLE: Final = """CREATE TABLE IF NOT EXISTS photo_cards (
    owner_id TEXT NOT NULL, id TEXT NOT NULL, revision INTEGER NOT NULL, form INTEGER NOT NULL, card BLOB NOT NULL,
    PRIMARY KEY (owner_id, id)) WITHOUT ROWID"""


_STALE: Final = """DELETE FROM photo_cards AS card WHERE NOT EXISTS (SELECT 1 FROM photos AS photo
    WHERE (photo.owner_id, photo.id, photo.revision) = (card.owner_id, card.id, card.revision))"""
_TRIGGERS: Final = {
    "photo_cards_changed": """CREATE TRIGGER photo_cards_changed AFTER UPDATE OF revision ON photos BEGIN
        DELETE FROM photo_cards WHERE owner_id = OLD.owner_id AND id = OLD.id; END""",
    "photo_cards_gone": """CREATE TRIGGER photo_cards_gone AFTER DELETE ON photos BEGIN
        DELETE FROM photo_cards WHERE owner_id = OLD.owner_id AND id = OLD.id; END""",
}


def make_table(connection: sqlite3.Connection) -> None:
    """Make it where it is not there, beside the table of photos.

    Photos that were written before get their card when they are next written.
    """
    connection.execute(_TABLE)
    there = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")}
    if missing := _TRIGGERS.keys() - there:
        connection.execute(_STALE)  # what changed while there was no trigger
        for name in missing:
            connection.execute(_TRIGGERS[name])


def put(connection: sqlite3.Connection, photo: Photo) -> None:
    """Keep the card of a photo, in the transaction that stores it; what is in the trash or deleted has none."""
    if photo.trash_time is not None or photo.deletion is not None:
        drop(connection, photo.owner_id, photo.photo_id)
        return
    card = photo_to_proto(photo, retention=_NOT_IN_TRASH).SerializeToString()
    values = (photo.owner_id, photo.photo_id, photo.revision, _FORM, card)
    connection.execute("INSERT OR REPLACE INTO photo_cards VALUES (?, ?, ?, ?, ?)", values)


def drop(connection: sqlite3.Connection, owner_id: str, photo_id: str = "") -> None:
    """Forget the card of a photo, or all of an owner."""
    one, key = (" AND id = ?", (owner_id, photo_id)) if photo_id else ("", (owner_id,))
    connection.execute(f"DELETE FROM photo_cards WHERE owner_id = ?{one}", key)


def count_owner(connection: sqlite3.Connection, owner_id: str) -> int:
    """How many there are of an owner."""
    row = connection.execute("SELECT count(*) FROM photo_cards WHERE owner_id = ?", (owner_id,)).fetchone()
    return int(row[0])


def load(connection: sqlite3.Connection, owner_id: str, photo_ids: Sequence[str]) -> dict[str, bytes]:
    """By photo id, those of the form that is shown now."""
    query = """SELECT id, card FROM photo_cards
        WHERE owner_id = ? AND id IN (SELECT value FROM json_each(?)) AND form = ?"""
    return dict(connection.execute(query, (owner_id, json.dumps(list(photo_ids)), _FORM)))
