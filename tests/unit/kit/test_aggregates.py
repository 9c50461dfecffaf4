"""Aggregates in SQLite: revisions, the outbox inside the row, indexes and their rebuilding."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from tintype.kit.errors import AlreadyExists, Conflict, NotFound
from tintype.kit.outbox import Unpublished
from tintype.kit.store.aggregate_shape import EVERYTHING, OWNED, Column, Entries, Index, Key, Shape
from tintype.kit.store.documents import Codec, FactCodec
from tintype.kit.store.errors import NewerSchema
from tintype.kit.store.sqlite import Database
from tintype.kit.store.sqlite_aggregates import SqliteAggregates

NOON = datetime(2024, 5, 1, 12, tzinfo=UTC)
LATER = NOON + timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Book:
    owner_id: str
    book_id: str
    title: str
    shelf: int = 0
    words: tuple[str, ...] = ()
    revision: int = 1


@dataclass(frozen=True, slots=True)
class BookChanged:
    book_id: str
    revision: int = 0


@dataclass(frozen=True, slots=True)
class BookLent(BookChanged):
    pass


class TitleTaken(AlreadyExists):
    pass


class Noon:
    def now(self) -> datetime:
        return NOON


SHAPE = Shape[Book, BookChanged](
    table="books",
    codec=Codec(Book),
    facts=FactCodec(BookChanged),
    aggregate_id=lambda book: book.book_id,
    not_found=NotFound,
    already_exists=AlreadyExists,
    conflict=Conflict,
    columns=[
        Column("title", "TEXT", lambda book: book.title),
        Column("shelf", "INTEGER", lambda book: book.shelf),
    ],
    indexes=[
        Index(
            "by_title",
            ("owner_id", "title"),
            unique=True,
            taken=lambda book: TitleTaken(book.title),
        ),
        Index("by_shelf", ("owner_id",), ("shelf",)),
        Index("everywhere", (), ("shelf",)),
    ],
    entries=[
        Entries(
            "words",
            (("word", "TEXT"), ("place", "INTEGER")),
            lambda book: [(word, place) for place, word in enumerate(book.words)],
            (Index("by_word", ("owner_id", "word"), ("place",)),),
        )
    ],
)

Books: TypeAlias = SqliteAggregates[Book, BookChanged]


def book(number: int, **overrides: Any) -> Book:
    return replace(Book("o", f"b{number}", f"title {number}", shelf=number // 2), **overrides)


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with Database.open(tmp_path / "library.db") as opened:
        yield opened


@pytest.fixture
async def books(database: Database) -> Books:
    return await SqliteAggregates.open(database, SHAPE, clock=Noon())


async def test_what_was_added_is_loaded_by_its_owner_only(books: Books) -> None:
    await books.add(book(1))
    assert await books.load(owner_id="o", aggregate_id="b1") == book(1)
    with pytest.raises(NotFound):
        await books.load(owner_id="other", aggregate_id="b1")


async def test_a_taken_id_and_a_taken_unique_key_are_told_apart(books: Books) -> None:
    await books.add(book(1))
    with pytest.raises(AlreadyExists) as by_id:
        await books.add(book(1, title="new"))
    with pytest.raises(TitleTaken):
        await books.add(book(2, title="title 1"))
    assert not isinstance(by_id.value, TitleTaken)


async def test_replace_goes_to_the_next_revision_and_stamps_it_on_the_facts(
    books: Books,
) -> None:
    told: list[Unpublished[BookChanged]] = []
    books.listen(told.extend)
    await books.add(book(1))
    stored = await books.replace(book(1, title="x"), facts=[BookChanged("b1")])
    assert stored == book(1, title="x", revision=2)
    assert await books.load(owner_id="o", aggregate_id="b1") == stored
    assert [entry.fact for entry in told] == [BookChanged("b1", revision=2)]


async def test_replace_of_an_older_revision_is_a_conflict_and_changes_nothing(
    books: Books,
) -> None:
    await books.add(book(1))
    stored = await books.replace(book(1, title="x"), facts=[BookChanged("b1")])
    with pytest.raises(Conflict):
        await books.replace(book(1, title="y"), facts=[BookChanged("b1")])
    assert await books.load(owner_id="o", aggregate_id="b1") == stored
    assert len(await books.unpublished(older_than=LATER, limit=10)) == 1


async def test_facts_stay_until_marked_through_later_replaces(books: Books) -> None:
    await books.add(book(1), facts=[BookChanged("b1")])
    await books.replace(book(1), facts=[BookChanged("b1")])
    waiting = await books.unpublished(older_than=LATER, limit=10)
    assert [entry.fact.revision for entry in waiting] == [1, 2]
    await books.mark_published(waiting[:1])
    await books.mark_published(waiting[:1])
    assert await books.unpublished(older_than=LATER, limit=10) == waiting[1:]
    assert await books.unpublished(older_than=NOON, limit=10) == []
    assert await books.count_unpublished(older_than=LATER) == 1
    assert (await books.load(owner_id="o", aggregate_id="b1")).revision == 2


async def test_pages_walk_an_index_once_through_both_ways(books: Books) -> None:
    for number in range(7):
        await books.add(book(number))
    for descending in (False, True):
        seen: list[str] = []
        after: tuple[Key, ...] | None = ()
        while after is not None:
            page = await books.page("by_shelf", "o", limit=3, after=after, descending=descending)
            seen += [each.book_id for each in page.items]
            after = page.after
        assert seen == sorted((f"b{number}" for number in range(7)), reverse=descending)


async def test_a_page_ends_where_it_is_told_and_may_cross_owners(books: Books) -> None:
    await books.add(book(1))
    await books.add(book(9))
    await books.add(book(2, owner_id="p"))
    page = await books.page("everywhere", limit=10, until=(1,))
    assert [(each.owner_id, each.book_id) for each in page.items] == [
        ("o", "b1"),
        ("p", "b2"),
    ]
    assert await books.count("everywhere", until=(1,)) == 2


async def test_entries_follow_their_aggregate(books: Books) -> None:
    await books.add(book(1, words=("sea", "sun")))
    await books.add(book(2, words=("sun",)))
    assert [each.book_id for each in (await books.page("by_word", "o", "sun", limit=5)).items] == ["b2", "b1"]
    changed = await books.replace(book(2, words=("sea",)))
    assert [each.book_id for each in (await books.page("by_word", "o", "sun", limit=5)).items] == ["b1"]
    await books.remove(changed)
    assert await books.count("by_word", "o", "sea") == 1


class Titles:
    """A table beside the books, which takes no book of shelf 9."""

    def put(self, connection: sqlite3.Connection, aggregate: Book) -> None:
        if aggregate.shelf == 9:
            raise Conflict("no")
        connection.execute("INSERT OR REPLACE INTO titles VALUES (?, ?)", (aggregate.book_id, aggregate.title))

    def drop(self, connection: sqlite3.Connection, owner_id: str, aggregate_id: str = "") -> None:
        connection.execute("DELETE FROM titles WHERE ? IN (id, '')", (aggregate_id,))


async def test_what_lies_beside_is_written_in_the_same_transactions(database: Database) -> None:
    await database.write(lambda connection: connection.execute("CREATE TABLE titles (id TEXT PRIMARY KEY, title TEXT)"))

    async def titles() -> list[str]:
        return await database.read(lambda connection: [row[0] for row in connection.execute("SELECT id FROM titles")])

    books = await SqliteAggregates.open(database, SHAPE, clock=Noon(), beside=Titles())
    with pytest.raises(Conflict):
        await books.add(book(1, shelf=9), facts=[BookChanged("b1")])
    assert await books.load_many(owner_id="o", aggregate_ids=["b1"]) == []
    for number in (1, 2, 3):
        await books.add(book(number))
    await books.remove(book(1))
    assert await titles() == ["b2", "b3"]
    assert await books.discard(owner_id="o", aggregate_id="b2")
    assert await titles() == ["b3"]
    await books.remove_owner("o")
    assert await titles() == []


async def test_a_range_is_removed_with_its_entries(books: Books) -> None:
    for number in (1, 2, 4, 6):
        await books.add(book(number, words=("sea",)))
    assert await books.remove_range("by_shelf", "o", until=(2,)) == 3
    assert await books.values("title") == ["title 6"]
    assert await books.count("by_word", "o", "sea") == 1
    assert not await books.discard(owner_id="o", aggregate_id="b1")


async def test_facts_that_only_a_newer_version_knows_hold_up_no_others(database: Database, books: Books) -> None:
    newer = await SqliteAggregates.open(database, replace(SHAPE, facts=FactCodec(BookChanged, BookLent)), clock=Noon())
    await newer.add(book(1), facts=[BookLent("b1"), BookChanged("b1")])
    await newer.add(book(2), facts=[BookLent("b2")])
    await books.add(book(3), facts=[BookChanged("b3")])
    left = await books.unpublished(older_than=LATER, limit=9)
    assert [each.fact for each in left] == [BookChanged("b1", 1), BookChanged("b3", 1)]
    await books.mark_published(left)
    assert await books.unpublished(older_than=LATER, limit=1) == []
    assert [each.fact for each in await newer.unpublished(older_than=LATER, limit=9)] == [
        BookLent("b1", 1),
        BookLent("b2", 1),
    ]
    await books.add(book(4), facts=[BookChanged("b4")])
    assert [each.aggregate_id for each in await books.unpublished(older_than=LATER, limit=1)] == ["b4"]


async def test_all_and_those_of_an_owner_are_paged_by_the_primary_key(books: Books) -> None:
    for number, owner_id in enumerate(("p", "o", "o")):
        await books.add(book(number, owner_id=owner_id))
    page = await books.page(EVERYTHING, limit=2)
    assert [each.book_id for each in page.items] == ["b1", "b2"]
    assert page.after is not None
    assert [each.book_id for each in (await books.page(EVERYTHING, limit=2, after=page.after)).items] == ["b0"]
    assert await books.count(OWNED, "o") == 2


async def test_erasing_an_owner_leaves_the_others(books: Books) -> None:
    await books.add(book(1, words=("a",)))
    await books.add(book(2, owner_id="p"))
    assert await books.remove_owner("o") == 1
    assert await books.count("everywhere") == 1
    assert await books.count("by_word", "o", "a") == 0


async def test_a_changed_shape_is_made_anew_from_the_documents(database: Database, books: Books) -> None:
    await books.add(book(1, words=("sea",)), facts=[BookChanged("b1")])
    longer = replace(
        SHAPE,
        columns=[
            *SHAPE.columns,
            Column("length", "INTEGER", lambda each: len(each.title)),
        ],
        indexes=[*SHAPE.indexes, Index("by_length", ("owner_id", "length"))],
    )
    again = await SqliteAggregates.open(database, longer, clock=Noon())
    assert await again.find("by_length", "o", 7) == book(1, words=("sea",))
    assert await again.count("by_word", "o", "sea") == 1
    assert len(await again.unpublished(older_than=LATER, limit=5)) == 1
    back = await SqliteAggregates.open(database, SHAPE)
    assert await back.find("by_title", "o", "title 1") == book(1, words=("sea",))


async def test_documents_of_an_older_schema_are_written_in_the_new_one_when_tables_are_made_anew(
    database: Database, books: Books
) -> None:
    await books.add(book(1))
    newer = replace(
        SHAPE,
        codec=Codec(Book, migrations=[lambda document: {**document, "title": "new"}]),
        indexes=[*SHAPE.indexes, Index("by_title_and_shelf", ("owner_id", "title", "shelf"))],
    )
    again = await SqliteAggregates.open(database, newer)
    assert await again.find("by_title_and_shelf", "o", "new", 0) == book(1, title="new")
    rows = await database.read(lambda connection: connection.execute("SELECT schema, revision FROM books").fetchall())
    assert rows == [(2, 1)]


async def test_a_document_of_a_newer_version_is_not_replaced(database: Database, books: Books) -> None:
    newer = replace(SHAPE, codec=Codec(Book, migrations=[lambda document: document]))
    await (await SqliteAggregates.open(database, newer)).add(book(1))
    with pytest.raises(NewerSchema):
        await books.replace(book(1))
    with pytest.raises(NewerSchema):
        await books.load(owner_id="o", aggregate_id="b1")
