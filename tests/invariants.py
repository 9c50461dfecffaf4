"""What must hold of every library once nothing is left to do, looked up in its stores by their ports."""

from __future__ import annotations

import asyncio
import hashlib
from collections import Counter
from collections.abc import AsyncIterator, Collection, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from tintype.accounts.bootstrap import STORES
from tintype.blobs.connect import Store
from tintype.blobs.connect import shared as shared_blobs
from tintype.blobs.ports import PREVIEW, THUMBNAIL, BlobNotFound, BlobStore, original_key
from tintype.catalog.domain.photo import Photo
from tintype.catalog.domain.stage import PhotoState, Stage, StageState
from tintype.catalog.ports.photo import PageKey, PhotoRepository
from tintype.catalog.ports.result import ResultRepository
from tintype.catalog.stores import open_repositories
from tintype.events import connect as events
from tintype.events.ports import DeadLetter, EventStream, UnknownConsumer
from tintype.kit.clock import SystemClock
from tintype.kit.settings import Settings
from tintype.kit.urls import Url, Urls
from tintype.search.bootstrap import open_index
from tintype.search.domain.document import DocumentKey
from tintype.search.domain.query import IndexQuery, Leg, VectorQuery
from tintype.search.ports import PhotoIndex
from tintype.search.settings import SearchSettings
from tintype.v1 import events_pb2, photo_pb2
from tintype_sdk import Client

CONSUMERS = (
    *("accounts", "upload", "catalog", "catalog-webhooks", "search"),
    *("analysis-person", "analysis-backlog", "analysis-deferred"),
)
PAGE = 500
REPAIRED_WITHIN_S = 120
POLL_S = 0.1
SETTLED_POLLS = 3  # in a row, so that a fact on its way from one queue to the next is not missed


@dataclass(frozen=True)
class Expected:
    """What an owner was promised: by SHA-256 in hexadecimal."""

    owner_id: str
    acknowledged: Collection[str]
    poisons: Collection[str] = ()
    deleted: Collection[str] = ()


@dataclass(frozen=True)
class Stores:
    """Everything that a library keeps, without a process that works on it."""

    photos: PhotoRepository
    results: ResultRepository
    outboxes: Mapping[str, Unpublishing]
    originals: BlobStore
    derived: BlobStore
    stream: EventStream
    index: PhotoIndex

    async def owned(self, owner_id: str) -> dict[str, int]:
        """How much of an owner each store holds."""
        return {
            "photos": await self.photos.count_owner(owner_id),
            "results": await self.results.count_owner(owner_id),
            "originals": await self.originals.count(f"{owner_id}/"),
            "derived": await self.derived.count(f"{owner_id}/"),
            "events": await self.stream.count_owner(owner_id),
            "index": await self.index.count_owner(owner_id),
        }

    async def every_photo(self, owner_id: str) -> list[Photo]:
        """All of an owner, tombstones included."""
        photos: list[Photo] = []
        after: PageKey | None = ()
        while after is not None:
            page = await self.photos.page_all(owner_id=owner_id, limit=PAGE, after=after)
            photos, after = [*photos, *page.photos], page.after
        return photos

    async def every_revision(self) -> list[DocumentKey]:
        """What the index holds of anybody."""
        keys: list[DocumentKey] = []
        while page := await self.index.revisions(after=_end_of(keys), limit=PAGE):
            keys += page
        return keys

    async def every_letter(self) -> list[DeadLetter]:
        """All that was given up."""
        letters: list[DeadLetter] = []
        dead = self.stream.dead_letters
        while page := await dead.page(after=letters[-1].dead_letter_id if letters else "", limit=PAGE):
            letters += page
        return letters


class Unpublishing(Protocol):
    """The outbox of any repository."""

    async def count_unpublished(self, *, older_than: datetime) -> int:
        """How many aggregates wait with facts."""


def _end_of(keys: Sequence[DocumentKey]) -> tuple[str, str]:
    return (keys[-1].owner_id, keys[-1].photo_id) if keys else ("", "")


@asynccontextmanager
async def stores_of(home: Path, environment: Mapping[str, str] | None = None) -> AsyncIterator[Stores]:
    """Open the stores of a home on which no process runs; `environment` has the URLs that are not the default."""
    settings, given = Settings(home=home), environment or {}
    parts = {
        part: Url(given[name]) if (name := f"TINTYPE_{part.upper()}_URL") in given else settings.url(part)
        for part in ("database", "events", "blobs", "index", "inference")
    }
    clock = SystemClock()
    async with Urls.opened(**parts) as urls:
        catalog, accounts = await open_repositories(urls, clock), await STORES[urls.database.scheme](urls)
        yield Stores(
            photos=catalog.photos,
            results=catalog.results,
            outboxes={"photos": catalog.photo_facts, "albums": catalog.album_facts, "users": accounts.outbox},
            originals=await shared_blobs(urls, Store.ORIGINALS),
            derived=await shared_blobs(urls, Store.DERIVED),
            stream=await events.connect(urls),
            index=await open_index(urls, SearchSettings(), clock),
        )


async def settled(client: Client) -> None:
    """Wait until nothing is left to do, as anybody sees it from outside; fails if that takes too long."""
    calm = 0
    async with asyncio.timeout(REPAIRED_WITHIN_S):
        while calm < SETTLED_POLLS:
            calm = calm + 1 if await _is_calm(client) else 0
            await asyncio.sleep(POLL_S)


async def _is_calm(client: Client) -> bool:
    async for photo in client.photos.all():
        if any(status.state == photo_pb2.STAGE_STATE_PENDING for status in photo.stages):
            return False
    return (await client.search.status()).pending == 0


async def violations(stores: Stores, expected: Expected) -> list[str]:
    """Which invariants do not hold, and of what; empty if all is well."""
    photos = await stores.every_photo(expected.owner_id)
    living = [photo for photo in photos if photo.deletion is None]
    found = [
        *[problem async for problem in _promises(stores, expected, living)],
        *[problem async for problem in _projection(stores, expected, living)],
        *[problem async for problem in _pictures(stores, living)],
        *[problem async for problem in _orphans(stores, expected, photos)],
        *[problem async for problem in _idle(stores)],
        *[problem async for problem in _dead_letters(stores, expected)],
    ]
    return sorted(found)


async def _promises(stores: Stores, expected: Expected, living: list[Photo]) -> AsyncIterator[str]:
    hashes = [photo.file.sha256 for photo in living]
    for sha256 in set(expected.acknowledged) - set(hashes):
        yield f"I1 {sha256} was acknowledged and is not in the catalog"
    for photo in living:
        key = original_key(owner_id=photo.owner_id, sha256=bytes.fromhex(photo.file.sha256))
        try:
            stored = hashlib.sha256(await stores.originals.load(key)).hexdigest()
        except BlobNotFound:
            stored = "nothing"
        if stored != photo.file.sha256:
            yield f"I1 the original of {photo.photo_id} is {stored}"
    for sha256 in {sha256 for sha256 in hashes if hashes.count(sha256) > 1}:
        yield f"I2 {sha256} is more than one photo"
    for sha256 in set(expected.deleted) & set(hashes):
        yield f"I3 {sha256} was deleted and lives"


async def _projection(stores: Stores, expected: Expected, living: list[Photo]) -> AsyncIterator[str]:
    every = await stores.every_revision()
    indexed = {key.photo_id: key.revision for key in every if key.owner_id == expected.owner_id}
    catalog = {photo.photo_id: photo.revision for photo in living}
    for photo_id in indexed.keys() | catalog.keys():
        if indexed.get(photo_id) != catalog.get(photo_id):
            yield f"I3 {photo_id}: index {indexed.get(photo_id)}, catalog {catalog.get(photo_id)}"
    for photo in living:
        vectors = await stores.index.vectors(expected.owner_id, photo.photo_id)
        if not vectors and photo.state is PhotoState.READY:
            yield f"I4 {photo.photo_id} has no vector"
        for space, vector in vectors.items():
            query = IndexQuery(expected.owner_id, vectors=(VectorQuery(Leg.VECTOR, space, vector),), depth=1)
            (leg,) = (await stores.index.search(query)).legs
            if list(leg.photo_ids) != [photo.photo_id] and photo.trash_time is None:
                yield f"I4 {photo.photo_id} is not found first by its own vector, but {list(leg.photo_ids)}"


async def _pictures(stores: Stores, living: list[Photo]) -> AsyncIterator[str]:
    for photo in living:
        if photo.state is not PhotoState.READY:
            continue
        prefix = f"{photo.owner_id}/{photo.file.sha256}/"
        there = {stat.key.removeprefix(prefix) async for stat in stores.derived.list(prefix)}
        if there != {THUMBNAIL, PREVIEW}:
            yield f"I5 {photo.photo_id} has only {sorted(there)}"
        for stage in (Stage.EMBED, Stage.FACES, Stage.LABELS):
            status = photo.status(stage)
            if status is None or status.state not in (StageState.DONE, StageState.SKIPPED):
                yield f"I5 {photo.photo_id} is READY without {stage.name}"


async def _orphans(stores: Stores, expected: Expected, photos: Collection[Photo]) -> AsyncIterator[str]:
    living = {photo.file.sha256 for photo in photos if photo.deletion is None}
    for name, store in {"original": stores.originals, "derived": stores.derived}.items():
        async for stat in store.list(f"{expected.owner_id}/"):
            if stat.key.split("/")[1] not in living:
                yield f"I6 {name} {stat.key} belongs to no photo"
    for photo in photos:
        if photo.deletion is None:
            continue
        if await stores.results.load_photo(owner_id=photo.owner_id, photo_id=photo.photo_id):
            yield f"I6 results of the deleted {photo.photo_id}"
        if photo.deletion.content_removed_time is None:
            yield f"I6 the tombstone of {photo.photo_id} says that content is left"


async def _idle(stores: Stores) -> AsyncIterator[str]:
    for name in CONSUMERS:
        try:
            pending = await stores.stream.pending(name)
        except UnknownConsumer:
            continue
        if pending:
            yield f"I8 {name} has {pending} to do"
    ever = SystemClock().now() + timedelta(days=1)
    for name, outbox in stores.outboxes.items():
        if unpublished := await outbox.count_unpublished(older_than=ever):
            yield f"I8 {unpublished} {name} with unpublished facts"


async def _dead_letters(stores: Stores, expected: Expected) -> AsyncIterator[str]:
    photos = await stores.every_photo(expected.owner_id)
    poisons = {photo.photo_id for photo in photos if photo.file.sha256 in expected.poisons}
    letters = await stores.every_letter()
    dead = [letter.event for letter in letters if letter.event and letter.event.owner_id == expected.owner_id]
    given_up = Counter(events_pb2.PhotoRegistered.FromString(event.payload).photo_id for event in dead)
    for photo_id in (each for each, count in given_up.items() if count > 1):
        yield f"I8 {photo_id} has {given_up[photo_id]} dead letters"
    for photo_id in given_up.keys() ^ poisons:
        yield f"I8 {photo_id} is {'a poison without' if photo_id in poisons else 'no poison and has'} a dead letter"


def hashes_of(files: Collection[Path]) -> Iterator[str]:
    """Their SHA-256, in hexadecimal."""
    for file in files:
        yield hashlib.sha256(file.read_bytes()).hexdigest()
