"""The tables of index.db and the statements on them. A shard is one owner in one generation of the index."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tintype.search.adapters.sqlite.records import pack_names, pack_record, pack_vector, unpack_names
from tintype.search.domain.document import DocumentKey, Field, IndexDocument
from tintype.search.domain.query import MatchedWord, QueryWord

COMPONENT: Final = "search"
STEPS: Final = (
    """
    CREATE TABLE generations (generation INTEGER PRIMARY KEY AUTOINCREMENT, active INTEGER NOT NULL);
    INSERT INTO generations (active) VALUES (1);
    CREATE TABLE shards (
        shard INTEGER PRIMARY KEY AUTOINCREMENT, owner_id TEXT NOT NULL, generation INTEGER NOT NULL,
        update_ms INTEGER NOT NULL DEFAULT 0, UNIQUE (owner_id, generation));
    CREATE TABLE documents (
        number INTEGER PRIMARY KEY AUTOINCREMENT, shard INTEGER NOT NULL, photo_id TEXT NOT NULL,
        revision INTEGER NOT NULL, record BLOB NOT NULL, names TEXT NOT NULL, tokens TEXT NOT NULL,
        spaces TEXT NOT NULL,
        UNIQUE (shard, photo_id));
    CREATE TABLE vectors (
        shard INTEGER NOT NULL, space TEXT NOT NULL, number INTEGER NOT NULL, vector BLOB NOT NULL,
        PRIMARY KEY (shard, space, number)) WITHOUT ROWID;
    CREATE TABLE deletes (
        owner_id TEXT NOT NULL, photo_id TEXT NOT NULL, revision INTEGER NOT NULL, time_ms INTEGER NOT NULL,
        PRIMARY KEY (owner_id, photo_id)) WITHOUT ROWID;
    CREATE INDEX deletes_by_time ON deletes (time_ms);
    """,
)

# Contentless: the tokens lie in `documents`, where a delete finds them again (SQLite 3.40 has no contentless_delete).
# detail=none and columnsize=0 leave out what only phrases and bm25 need. The tokenizer keeps every token of ours whole.
_FTS: Final = "USING fts5(tokens, content='', detail=none, columnsize=0, tokenize='ascii')"


_ALBUM: Final = "album:"  # no token holds a colon


@dataclass(frozen=True, slots=True)
class Stored:
    """A document that was written: where it lies, and what it is."""

    number: int
    document: IndexDocument


def generations(connection: sqlite3.Connection) -> tuple[int, int | None]:
    """The generation that searches see, and the one that is being built."""
    rows = dict(connection.execute("SELECT active, max(generation) FROM generations GROUP BY active"))
    return rows[1], rows.get(0)


def find_shard(connection: sqlite3.Connection, owner_id: str, generation: int) -> int | None:
    """The shard of an owner, if anything was ever written to it."""
    row = connection.execute(
        "SELECT shard FROM shards WHERE owner_id = ? AND generation = ?", (owner_id, generation)
    ).fetchone()
    return None if row is None else int(row[0])


def make_shard(connection: sqlite3.Connection, owner_id: str, generation: int) -> int:
    """The shard of an owner, made if it is not there."""
    if (found := find_shard(connection, owner_id, generation)) is not None:
        return found
    insert = "INSERT INTO shards (owner_id, generation) VALUES (?, ?) RETURNING shard"
    shard = int(connection.execute(insert, (owner_id, generation)).fetchone()[0])
    connection.execute(f"CREATE VIRTUAL TABLE words_{shard} {_FTS}")
    return shard


def put(
    connection: sqlite3.Connection, generation: int, documents: Iterable[IndexDocument], now_ms: int
) -> list[Stored]:
    """Write the documents that are newer than what is there or was deleted."""
    written: list[Stored] = []
    for document in documents:
        deleted = connection.execute(
            "SELECT revision FROM deletes WHERE owner_id = ? AND photo_id = ?", (document.owner_id, document.photo_id)
        ).fetchone()
        if deleted is not None and deleted[0] >= document.revision:
            continue
        shard = make_shard(connection, document.owner_id, generation)
        number = _put_one(connection, shard, document)
        if number is not None:
            written.append(Stored(number, document))
            connection.execute("UPDATE shards SET update_ms = ? WHERE shard = ?", (now_ms, shard))
    return written


def _put_one(connection: sqlite3.Connection, shard: int, document: IndexDocument) -> int | None:
    """Returns the document's number, or None if it is not newer."""
    before = connection.execute(
        "SELECT number, revision, tokens, spaces FROM documents WHERE shard = ? AND photo_id = ?",
        (shard, document.photo_id),
    ).fetchone()
    tokens = {field.value: sorted(values) for field, values in document.tokens.items() if values}
    row = (
        document.revision,
        pack_record(document.facts),
        pack_names(document.facts),
        json.dumps(tokens, ensure_ascii=False, separators=(",", ":")),
        json.dumps(sorted(document.vectors)),
    )
    if before is None:
        insert = """INSERT INTO documents (shard, photo_id, revision, record, names, tokens, spaces)
            VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING number"""
        number = int(connection.execute(insert, (shard, document.photo_id, *row)).fetchone()[0])
    elif before[1] >= document.revision:
        return None
    else:
        number = int(before[0])
        _drop_words(connection, shard, number, before[2])
        _drop_vectors(connection, shard, number, set(json.loads(before[3])) - document.vectors.keys())
        update = "UPDATE documents SET revision = ?, record = ?, names = ?, tokens = ?, spaces = ? WHERE number = ?"
        connection.execute(update, (*row, number))
    if text := _words_text(row[3]):
        connection.execute(f"INSERT INTO words_{shard} (rowid, tokens) VALUES (?, ?)", (number, text))
    connection.executemany(
        "INSERT OR REPLACE INTO vectors VALUES (?, ?, ?, ?)",
        [(shard, space, number, pack_vector(vector)) for space, vector in document.vectors.items()],
    )
    return number


def _drop_vectors(connection: sqlite3.Connection, shard: int, number: int, spaces: Iterable[str]) -> None:
    connection.executemany(
        "DELETE FROM vectors WHERE shard = ? AND space = ? AND number = ?", [(shard, space, number) for space in spaces]
    )


def delete(connection: sqlite3.Connection, generation: int, keys: Iterable[DocumentKey]) -> list[DocumentKey]:
    """Remove what is not newer than its key; returns the keys of what was there."""
    gone: list[DocumentKey] = []
    for key in keys:
        shard = find_shard(connection, key.owner_id, generation)
        if shard is not None and _delete_one(connection, shard, key):
            gone.append(key)
    return gone


def _delete_one(connection: sqlite3.Connection, shard: int, key: DocumentKey) -> bool:
    row = connection.execute(
        "SELECT number, tokens, spaces FROM documents WHERE shard = ? AND photo_id = ? AND revision <= ?",
        (shard, key.photo_id, key.revision),
    ).fetchone()
    if row is None:
        return False
    number = int(row[0])
    _drop_words(connection, shard, number, row[1])
    _drop_vectors(connection, shard, number, json.loads(row[2]))
    connection.execute("DELETE FROM documents WHERE number = ?", (number,))
    return True


def remember_deletes(connection: sqlite3.Connection, keys: Sequence[DocumentKey], now_ms: int) -> None:
    """Keep the revisions of deletes, so that no late write brings a photo back."""
    connection.executemany(
        "INSERT INTO deletes VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE"
        " SET revision = excluded.revision, time_ms = excluded.time_ms WHERE excluded.revision > revision",
        [(key.owner_id, key.photo_id, key.revision, now_ms) for key in keys],
    )


def holds(connection: sqlite3.Connection, generation: int, key: DocumentKey) -> bool:
    """Whether a photo is stored at exactly this revision."""
    query = """SELECT 1 FROM documents JOIN shards USING (shard)
        WHERE owner_id = ? AND generation = ? AND photo_id = ? AND revision = ?"""
    return connection.execute(query, (key.owner_id, generation, key.photo_id, key.revision)).fetchone() is not None


def drop_shard(connection: sqlite3.Connection, shard: int) -> None:
    """Remove everything of an owner in one generation."""
    connection.execute("DELETE FROM vectors WHERE shard = ?", (shard,))
    connection.execute("DELETE FROM documents WHERE shard = ?", (shard,))
    connection.execute(f"DROP TABLE IF EXISTS words_{shard}")
    connection.execute("DELETE FROM shards WHERE shard = ?", (shard,))


def drop_owner(connection: sqlite3.Connection, owner_id: str) -> None:
    """Remove everything of an owner."""
    for (shard,) in connection.execute("SELECT shard FROM shards WHERE owner_id = ?", (owner_id,)).fetchall():
        drop_shard(connection, shard)
    connection.execute("DELETE FROM deletes WHERE owner_id = ?", (owner_id,))


def drop_generation(connection: sqlite3.Connection, generation: int) -> None:
    """Remove a generation and all that is in it."""
    shards = connection.execute("SELECT shard FROM shards WHERE generation = ?", (generation,)).fetchall()
    for (shard,) in shards:
        drop_shard(connection, shard)
    connection.execute("DELETE FROM generations WHERE generation = ?", (generation,))


def begin_generation(connection: sqlite3.Connection) -> int:
    """Begin a generation, dropping any that was begun before."""
    _, building = generations(connection)
    if building is not None:
        drop_generation(connection, building)
    return int(connection.execute("INSERT INTO generations (active) VALUES (0) RETURNING generation").fetchone()[0])


def activate(connection: sqlite3.Connection, generation: int) -> bool:
    """Make a generation that is being built the one that is seen; False if it was dropped."""
    active, building = generations(connection)
    if building != generation:
        return False
    connection.execute("UPDATE generations SET active = 1 WHERE generation = ?", (generation,))
    drop_generation(connection, active)
    return True


def count_owner(connection: sqlite3.Connection, owner_id: str) -> int:
    """How many rows of any kind an owner has."""
    query = """SELECT (SELECT count(*) FROM shards WHERE owner_id = :owner)
        + (SELECT count(*) FROM documents JOIN shards USING (shard) WHERE owner_id = :owner)
        + (SELECT count(*) FROM vectors WHERE shard IN (SELECT shard FROM shards WHERE owner_id = :owner))
        + (SELECT count(*) FROM deletes WHERE owner_id = :owner)"""
    return int(connection.execute(query, {"owner": owner_id}).fetchone()[0])


def matched_words(
    connection: sqlite3.Connection, shard: int, photo_ids: Sequence[str], words: Sequence[QueryWord]
) -> dict[str, tuple[MatchedWord, ...]]:
    """Which of the words each photo has, and in which fields."""
    query = "SELECT tokens, names FROM documents WHERE shard = ? AND photo_id = ?"
    matched: dict[str, tuple[MatchedWord, ...]] = {}
    for photo_id in photo_ids:
        row = connection.execute(query, (shard, photo_id)).fetchone()
        if row is not None:
            tokens = {Field(name): frozenset(values) for name, values in json.loads(row[0]).items()}
            tokens[Field.ALBUMS] = frozenset(f"{_ALBUM}{album_id}" for album_id in unpack_names(row[1])[4])
            found = [MatchedWord(word.text, _fields_of(word, tokens)) for word in words]
            matched[photo_id] = tuple(each for each in found if each.fields)
    return {photo_id: found for photo_id, found in matched.items() if found}


def _fields_of(word: QueryWord, tokens: Mapping[Field, frozenset[str]]) -> tuple[Field, ...]:
    wanted = frozenset(word.tokens).union(f"{_ALBUM}{album_id}" for album_id in word.album_ids)
    return tuple(field for field in Field if wanted & tokens.get(field, frozenset()))


def _words_text(stored: str) -> str:
    """What the words table is given; the same text again is what its delete needs."""
    return " ".join(sorted({token for values in json.loads(stored).values() for token in values}))


def _drop_words(connection: sqlite3.Connection, shard: int, number: int, stored: str) -> None:
    if text := _words_text(stored):
        delete_row = f"INSERT INTO words_{shard} (words_{shard}, rowid, tokens) VALUES ('delete', ?, ?)"
        connection.execute(delete_row, (number, text))
