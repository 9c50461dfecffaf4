"""What every repository in MongoDB stands on."""

from __future__ import annotations

import asyncio
import dataclasses
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from tests.clocks import NOON, FixedClock
from tests.contract.mongo_database import OnMongo

from tintype.kit.errors import AlreadyExists, Conflict, NotFound
from tintype.kit.outbox import Unpublished
from tintype.kit.store.aggregate_shape import EVERYTHING, OWNED, Column, Index, Shape
from tintype.kit.store.documents import Codec, Document, FactCodec
from tintype.kit.store.errors import NewerSchema, StoreUnavailable
from tintype.kit.store.mongo import MongoDatabase
from tintype.kit.store.mongo_aggregates import MongoAggregates
from tintype.kit.store.mongo_shape import OUTBOX, Keyset, MongoShape, Stored, key_of, keysets_of
from tintype.kit.urls import InvalidUrl, Url

pytestmark = pytest.mark.servers

LATER = NOON + timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Book:
    owner_id: str
    book_id: str
    title: str
    shelf: int = 0
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


class BookDocument(Stored):
    title: str
    shelf: int

    class Settings(Stored.Settings):
        name = "books"
        indexes = (
            OUTBOX,
            Keyset("by_title", ("owner_id", "title"), unique=True),
            Keyset("shelved", ("owner_id",), ("shelf",)),
            Keyset("by_shelf", (), ("shelf",)),
        )


def shape(codec: Codec[Book]) -> MongoShape[Book, BookChanged]:
    books = Shape[Book, BookChanged](
        table="books",
        codec=codec,
        facts=FactCodec(BookChanged),
        aggregate_id=lambda book: book.book_id,
        not_found=NotFound,
        already_exists=AlreadyExists,
        conflict=Conflict,
        columns=[Column("title", "TEXT", lambda book: book.title), Column("shelf", "INTEGER", lambda book: book.shelf)],
        indexes=[
            Index("by_title", ("owner_id", "title"), unique=True, taken=lambda book: TitleTaken(book.title)),
            Index("shelved", ("owner_id",), ("shelf",)),
            Index("by_shelf", (), ("shelf",)),
        ],
    )
    return MongoShape(books, BookDocument)


def test_an_index_of_a_shape_is_declared_as_a_document_would() -> None:
    declared = [index.document for index in BookDocument.Settings.indexes if index is not OUTBOX]
    assert [index.document for index in keysets_of(FIRST.kind)] == declared


Books = MongoAggregates[Book, BookChanged]

FIRST = shape(Codec(Book))
EMMA = Book("o", "1", "Emma", shelf=3)
LIBRARY = [Book("o", str(number), f"t{number}", shelf=number // 2) for number in range(7)]


class TestMongoAggregates(OnMongo):
    @pytest.fixture
    async def store(self) -> AsyncIterator[MongoDatabase]:
        async with self.database() as database:
            yield database

    @pytest.fixture
    async def books(self, store: MongoDatabase) -> Books:
        return await MongoAggregates.open(store, FIRST, clock=FixedClock())

    async def test_the_same_id_of_two_owners_is_two_aggregates(self, books: Books) -> None:
        await books.add(EMMA)
        await books.add(other := dataclasses.replace(EMMA, owner_id="p"))
        assert await books.load(owner_id="p", aggregate_id="1") == other
        with pytest.raises(NotFound):
            await books.load(owner_id="q", aggregate_id="1")

    async def test_a_taken_id_and_a_taken_unique_key_are_told_apart(self, books: Books) -> None:
        await books.add(EMMA)
        with pytest.raises(AlreadyExists) as taken:
            await books.add(dataclasses.replace(EMMA, title="Persuasion"))
        assert not isinstance(taken.value, TitleTaken)
        with pytest.raises(TitleTaken):
            await books.add(dataclasses.replace(EMMA, book_id="2"))
        await books.add(second := Book("o", "2", "Persuasion"))
        with pytest.raises(TitleTaken):
            await books.replace(dataclasses.replace(second, title="Emma"))

    async def test_of_many_replaces_at_once_one_wins(self, books: Books) -> None:
        await books.add(EMMA)
        done = await asyncio.gather(*(books.replace(EMMA) for _ in range(10)), return_exceptions=True)
        assert sorted(type(each).__name__ for each in done) == ["Book"] + ["Conflict"] * 9
        assert (await books.load(owner_id="o", aggregate_id="1")).revision == 2

    async def test_a_replace_of_what_is_gone_finds_nothing(self, books: Books) -> None:
        with pytest.raises(NotFound):
            await books.replace(EMMA)
        with pytest.raises(NotFound):
            await books.remove(EMMA)

    async def test_facts_stay_until_marked_through_later_replaces(self, books: Books) -> None:
        told: list[Unpublished[BookChanged]] = []
        books.listen(told.extend)
        await books.add(EMMA, facts=[BookChanged("1")])
        stored = await books.replace(EMMA, facts=[BookChanged("1"), BookChanged("1")])
        await books.replace(stored)
        waiting = await books.unpublished(older_than=LATER, limit=10)
        assert waiting == told
        assert [each.fact.revision for each in waiting] == [1, 2, 2]
        assert (await books.load(owner_id="o", aggregate_id="1")).revision == 3

    async def test_every_index_that_is_asked_for_by_name_is_made(self, books: Books) -> None:
        made = set(await books.collection.index_information())
        assert {"schema", "outbox", "by_title", "shelved", "by_shelf", "_id_"} <= made

    async def test_two_processes_that_publish_facts_of_one_aggregate_leave_nothing(self, books: Books) -> None:
        await books.add(EMMA, facts=[BookChanged("1")])
        await books.replace(EMMA, facts=[BookChanged("1")])
        first, second = await books.unpublished(older_than=LATER, limit=10)
        key = {"_id": key_of("o", "1")}
        await books.mark_published([first])
        # The other one looked before, and found both: it takes out its own, and is killed before it says so.
        await books.collection.update_one(key, {"$pull": {"unpublished": {"event_id": second.event_id}}})
        assert await books.unpublished(older_than=LATER, limit=10) == []
        assert await books.count_unpublished(older_than=LATER) == 0
        await books.mark_published([second])
        assert "unpublished_since" not in (await books.collection.find_one(key) or {})

    async def test_publishing_some_facts_leaves_the_others_and_all_empties_the_outbox(self, books: Books) -> None:
        clock = FixedClock()
        books._clock = clock  # as time passes
        await books.add(EMMA, facts=[BookChanged("1")])
        clock.pass_(timedelta(minutes=10))
        await books.replace(EMMA, facts=[BookChanged("1")])
        first, second = await books.unpublished(older_than=LATER, limit=10)
        await books.mark_published([first])
        assert await books.unpublished(older_than=LATER, limit=10) == [second]
        assert await books.count_unpublished(older_than=NOON + timedelta(minutes=5)) == 0
        await books.mark_published([first, second])
        assert await books.count_unpublished(older_than=LATER) == 0

    @pytest.mark.parametrize("descending", [False, True])
    @pytest.mark.parametrize(
        ("index", "equal"), [("shelved", ("o",)), ("by_shelf", ()), (EVERYTHING, ()), (OWNED, ("o",))]
    )
    async def test_pages_walk_an_index_once_through_both_ways(
        self, books: Books, index: str, equal: tuple[str, ...], descending: bool
    ) -> None:
        for book in LIBRARY:
            await books.add(book)
        seen: list[Book] = []
        after: tuple[str | int | float | bytes, ...] | None = ()
        while after is not None:
            page = await books.page(index, *equal, limit=2, after=after, descending=descending)
            seen += page.items
            after = page.after
        assert seen == (LIBRARY[::-1] if descending else LIBRARY)

    async def test_a_page_ends_where_it_is_told(self, books: Books) -> None:
        for book in LIBRARY:
            await books.add(book)
        assert (await books.page("shelved", "o", limit=9, after=(0, "~"), until=(1,))).items == LIBRARY[2:4]
        page = await books.page("shelved", "o", limit=9, after=(2, ""), until=(1,), descending=True)
        assert page.items == LIBRARY[3:1:-1]
        assert await books.count("shelved", "o", until=(1,)) == 4
        assert await books.remove_range("shelved", "o", until=(1,)) == 4
        assert await books.remove_owner("o") == 3

    async def test_facts_that_only_a_newer_version_knows_hold_up_no_others(
        self, store: MongoDatabase, books: Books
    ) -> None:
        known = FactCodec(BookChanged, BookLent)
        newer = await MongoAggregates.open(
            store, MongoShape(dataclasses.replace(FIRST.kind, facts=known), BookDocument), clock=FixedClock()
        )
        await newer.add(EMMA, facts=[BookLent("1"), BookChanged("1")])
        await books.add(Book("o", "2", "Persuasion"), facts=[BookChanged("2")])
        assert [each.aggregate_id for each in await books.unpublished(older_than=LATER, limit=1)] == ["1"]
        left = await books.unpublished(older_than=LATER, limit=9)
        assert [each.fact for each in left] == [BookChanged("1", 1), BookChanged("2", 1)]
        await books.mark_published(left)
        assert [each.fact for each in await newer.unpublished(older_than=LATER, limit=9)] == [BookLent("1", 1)]
        await books.add(Book("o", "3", "Sanditon"), facts=[BookChanged("3")])
        assert [each.aggregate_id for each in await books.unpublished(older_than=LATER, limit=1)] == ["3"]

    async def test_older_documents_are_written_anew_and_newer_ones_are_never_replaced(
        self, store: MongoDatabase, books: Books
    ) -> None:
        await books.add(EMMA, facts=[BookChanged("1")])
        second = shape(Codec(Book, migrations=[_shouting]))
        newer = await MongoAggregates.open(store, second)
        page = await newer.page("by_title", "o", "EMMA", limit=2)
        assert page.items == [dataclasses.replace(EMMA, title="EMMA")]
        assert len(await newer.unpublished(older_than=LATER, limit=9)) == 1
        with pytest.raises(NewerSchema):
            await books.load(owner_id="o", aggregate_id="1")
        for write in (books.replace, books.remove):
            with pytest.raises(NewerSchema):
                await write(EMMA)

    async def test_writes_lie_on_the_disks_of_a_majority_and_reads_see_only_such(self, books: Books) -> None:
        assert books.collection.write_concern.document == {"w": "majority", "j": True}
        assert books.collection.read_concern.document == {"level": "majority"}
        assert books.collection.codec_options.tz_aware

    async def test_documents_are_as_they_are_declared(self, store: MongoDatabase, books: Books) -> None:
        await books.add(EMMA, facts=[BookChanged("1")])
        row = await books.collection.find_one({})
        BookDocument.model_validate(row)


def _shouting(document: Document) -> Document:
    return {**document, "title": str(document["title"]).upper()}


async def test_a_server_that_does_not_answer_is_unavailable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = Url(f"mongodb://127.0.0.1:{silent.getsockname()[1]}/x?serverSelectionTimeoutMS=100")
        with pytest.raises(StoreUnavailable):
            async with MongoDatabase.open(url, wait=False):
                pass


async def test_a_url_that_the_driver_cannot_use_is_refused_without_its_password() -> None:
    url = Url("mongodb://user:secret@host:notaport/x")
    with pytest.raises(InvalidUrl) as refused:
        async with MongoDatabase.open(url, wait=False):
            pass
    assert "secret" not in refused.value.message
