"""The two ends of a move, opened: the source for reading only, the destination for writing."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Protocol

from tintype.accounts.domain.audit import AuditEvent
from tintype.accounts.ports import RevocationLog
from tintype.blobs.connect import Store
from tintype.blobs.connect import connect as open_blobs
from tintype.blobs.ports import BlobStore
from tintype.catalog.ports.result import ResultRepository
from tintype.kit.clock import Clock
from tintype.kit.settings import PARTS, Settings
from tintype.kit.store.errors import StoreInUse
from tintype.kit.store.file_lock import locked
from tintype.kit.store.records import Records
from tintype.kit.store.shared import MONGO, shared_database, shared_mongo
from tintype.kit.urls import Url, Urls
from tintype.moving.errors import LibraryRuns, NoLibrary, SamePlace
from tintype.moving.journal import Journal
from tintype.moving.shapes import mongo_records, sqlite_records
from tintype.servers import require_servers

_FRESH: Final = timedelta(seconds=60)  # a process that states nothing for so long is gone
_COPIED: Final = ("database", "blobs")
_IN_HOME: Final = ("sqlite", "file")


class Audit(Protocol):
    """As much of an audit log as a copy needs."""

    async def newest(self, *, before: int, limit: int, actor: str = "") -> list[AuditEvent]:
        """See `AuditLog`."""

    async def oldest(self, *, after: int, limit: int) -> list[AuditEvent]:
        """See `AuditLog`."""

    async def restore(self, events: Sequence[AuditEvent]) -> None:
        """Write links of another log as they are, behind those that are here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What a database keeps of a library."""

    records: Sequence[Records]
    results: ResultRepository
    audit: Audit
    revocations: RevocationLog


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What is copied."""

    kept: Kept
    originals: BlobStore
    derived: BlobStore


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """Where to. `urls` are for what is built from the copy: the index."""

    kept: Kept
    originals: BlobStore
    derived: BlobStore
    journal: Journal
    urls: Urls


def told(settings: Settings) -> str:
    """A library by where its photos and rows are, without credentials."""
    return " ".join(_place(settings.url(part)) for part in _COPIED)


def refuse_same_place(source: Settings, destination: Settings) -> None:
    """Raises SamePlace if the two share a database, a blob store or an index."""
    for part in ("database", "events", "blobs", "index"):
        if _place(source.url(part)) == _place(destination.url(part)):
            raise SamePlace(f"source and destination have the same TINTYPE_{part.upper()}_URL")


@asynccontextmanager
async def source_of(settings: Settings, clock: Clock) -> AsyncIterator[Source]:
    """The source, for reading. Raises NoLibrary, LibraryRuns, and what opening raises."""
    await require_servers(settings, _COPIED, whose="the source's ")
    async with AsyncExitStack() as stack:
        _own(stack, settings)
        database = settings.url("database")
        if database.scheme == "sqlite" and not database.file.exists():
            raise NoLibrary(f"there is no library at {database}")
        urls = await stack.enter_async_context(opened_urls(settings))
        if database.scheme not in MONGO:
            writer = await shared_database(urls)
            await writer.write(lambda connection: connection.execute("PRAGMA query_only = ON") and None)
        await refuse_running(urls, clock, "source")
        originals, derived = await _blobs(stack, settings)
        yield Source(kept=await _kept(urls, clock), originals=originals, derived=derived)


@asynccontextmanager
async def destination_of(settings: Settings, clock: Clock) -> AsyncIterator[Destination]:
    """The destination, for writing; makes its tables and buckets. Raises LibraryRuns, and what opening raises."""
    await require_servers(settings, (*_COPIED, "index"), whose="the destination's ")
    async with AsyncExitStack() as stack:
        if any(settings.url(part).scheme in _IN_HOME for part in (*_COPIED, "index")):
            settings.make_home()
        _own(stack, settings)
        urls = await stack.enter_async_context(opened_urls(settings))
        await refuse_running(urls, clock, "destination")
        kept = await _kept(urls, clock, making=True)
        originals, derived = await _blobs(stack, settings)
        journal = await _journal(urls)
        yield Destination(kept=kept, originals=originals, derived=derived, journal=journal, urls=urls)


async def rows_at(settings: Settings, clock: Clock) -> dict[str, int]:
    """How many rows of each kind lie at a destination; makes nothing there. Raises as `require_servers`."""
    await require_servers(settings, (*_COPIED, "index"), whose="the destination's ")
    database = settings.url("database")
    if database.scheme == "sqlite" and not database.file.exists():
        return {}
    async with opened_urls(settings) as urls:
        return await counts(await _kept(urls, clock))


async def counts(kept: Kept) -> dict[str, int]:
    """How many rows there are of each kind."""
    return {records.name: await records.count() for records in kept.records}


@asynccontextmanager
async def opened_urls(settings: Settings) -> AsyncIterator[Urls]:
    """The five of a library."""
    urls: Mapping[str, Url] = {part: settings.url(part) for part in PARTS}
    async with Urls.opened(**urls) as opened:
        yield opened


async def refuse_running(urls: Urls, clock: Clock, which: str) -> None:
    """Raises LibraryRuns if processes use the database; a folder is locked by who uses it."""
    if urls.database.scheme not in MONGO:
        return
    from tintype.kit.operations.adapters.mongo_registry import (
        MongoRegistryRepository,
        ProcessDocument,
        SweepRunDocument,
    )

    database = await shared_mongo(urls)
    registry = MongoRegistryRepository(database.as_it_is(ProcessDocument), database.as_it_is(SweepRunDocument))
    if alive := await registry.entries(alive_since=clock.now() - _FRESH):
        raise LibraryRuns(f"{len(alive)} processes of the {which} run, or did a minute ago: stop them first")


def _own(stack: AsyncExitStack, settings: Settings) -> None:
    if not settings.home.is_dir() or all(settings.url(part).scheme not in _IN_HOME for part in _COPIED):
        return
    try:
        stack.enter_context(locked(settings.home / "tintype"))
    except StoreInUse as error:
        raise LibraryRuns(f"a library runs on {settings.home}: stop it first") from error


async def _blobs(stack: AsyncExitStack, settings: Settings) -> tuple[BlobStore, BlobStore]:
    url = settings.url("blobs")
    originals = await stack.enter_async_context(open_blobs(url, Store.ORIGINALS))
    return originals, await stack.enter_async_context(open_blobs(url, Store.DERIVED))


async def _kept(urls: Urls, clock: Clock, *, making: bool = False) -> Kept:
    kept = await (_mongo(urls, clock, making) if urls.database.scheme in MONGO else _sqlite(urls, clock, making))
    if making:
        for records in kept.records:
            await records.prepare()
    return kept


async def _sqlite(urls: Urls, clock: Clock, making: bool) -> Kept:
    from tintype.accounts.adapters.sqlite_audit import SqliteAuditLog
    from tintype.accounts.adapters.sqlite_revocations import SqliteRevocationLog
    from tintype.catalog.adapters.sqlite_result import SqliteResultRepository

    database = await shared_database(urls)
    if not making:
        return Kept(
            records=sqlite_records(database),
            results=SqliteResultRepository(database, clock),
            audit=SqliteAuditLog(database),
            revocations=SqliteRevocationLog(database),
        )
    return Kept(
        records=sqlite_records(database),
        results=await SqliteResultRepository.open(database, clock=clock),
        audit=await SqliteAuditLog.open(database),
        revocations=await SqliteRevocationLog.open(database),
    )


async def _mongo(urls: Urls, clock: Clock, making: bool) -> Kept:
    from tintype.accounts.adapters.mongo_audit import AuditDocument, MongoAuditLog
    from tintype.accounts.adapters.mongo_revocations import MongoRevocationLog, RevocationDocument
    from tintype.catalog.adapters.mongo_result import MongoResultRepository, ResultDocument

    database = await shared_mongo(urls)
    if not making:
        return Kept(
            records=mongo_records(database),
            results=MongoResultRepository(database.as_it_is(ResultDocument), clock),
            audit=MongoAuditLog(database.as_it_is(AuditDocument)),
            revocations=MongoRevocationLog(database.as_it_is(RevocationDocument)),
        )
    return Kept(
        records=mongo_records(database),
        results=await MongoResultRepository.open(database, clock=clock),
        audit=await MongoAuditLog.open(database),
        revocations=await MongoRevocationLog.open(database),
    )


async def _journal(urls: Urls) -> Journal:
    if urls.database.scheme in MONGO:
        from tintype.moving import mongo_journal

        return await mongo_journal.open_journal(await shared_mongo(urls))
    from tintype.moving import journal

    return await journal.open_journal(await shared_database(urls))


def _place(url: Url) -> str:
    return f"{url.scheme}://{url.host}{url.path}"
