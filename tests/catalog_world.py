"""The catalog on whatever its URLs say, with accounts that remember and a stream that nobody hears."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from tests.builders import OWNER, make_outcome, make_registration
from tests.clocks import NOON, FixedClock

from tintype.blobs.connect import Store
from tintype.blobs.connect import shared as shared_blobs
from tintype.blobs.ports import BlobStore, original_key
from tintype.catalog.domain.fact import PhotoFact, Priority
from tintype.catalog.domain.photo import Photo
from tintype.catalog.domain.stage import REQUIRED, Stage
from tintype.catalog.ports.accounts import UserLimits
from tintype.catalog.ports.model import WantedModelsRepository
from tintype.catalog.ports.photo import PhotoRepository
from tintype.catalog.ports.result import ResultRepository
from tintype.catalog.service.analysing import Analysing
from tintype.catalog.service.claim_notes import ClaimNotes
from tintype.catalog.service.editing import Editing
from tintype.catalog.service.reading import Reading
from tintype.catalog.service.registering import Registering
from tintype.catalog.service.removing import Removing
from tintype.catalog.service.strays import Strays
from tintype.catalog.service.sweeping import Sweeping
from tintype.catalog.service.trashing import Trashing
from tintype.catalog.service.writing import PhotoWriter
from tintype.catalog.stores import open_repositories
from tintype.kit.ids import RandomIds
from tintype.kit.operations import connect as operations
from tintype.kit.operations.leases import Leases
from tintype.kit.outbox import Outbox
from tintype.kit.settings import Settings
from tintype.kit.urls import Url, Urls


class Crash(Exception):
    """The process dies here."""


@dataclass
class RememberingAccounts:
    """Accounts in three lines."""

    known: dict[str, UserLimits] = field(default_factory=dict)
    erased: list[tuple[str, str, dict[str, int]]] = field(default_factory=list)

    async def limits(self, user_id: str) -> UserLimits:
        return self.known.get(user_id, UserLimits(0))

    def close(self, user_id: str) -> None:
        self.known[user_id] = UserLimits(0, closed=True)

    async def report_erased(self, *, operation_id: str, user_id: str, left: Mapping[str, int]) -> None:
        self.erased.append((operation_id, user_id, dict(left)))


@dataclass
class StatedUploads:
    """Upload of which a test states what is under way: bytes by upload_id, of every owner."""

    open: dict[str, int] = field(default_factory=dict)

    async def uploading_bytes(self, owner_id: str, *, except_upload_id: str = "") -> int:
        return sum(size for upload_id, size in self.open.items() if upload_id != except_upload_id)


@dataclass
class StatedQueue:
    """AnalysisQueue of which a test states how far it is."""

    oldest: dict[Priority, datetime] = field(default_factory=dict)

    async def oldest_waiting(self, priority: Priority) -> datetime | None:
        return self.oldest.get(priority)


@dataclass
class CrashingStep:
    """Dies at the step that a test names."""

    at: str = ""

    async def __call__(self, step: str) -> None:
        if step == self.at:
            raise Crash(step)


@dataclass
class World:
    """Everything that a test of the catalog may want to reach."""

    clock: FixedClock
    photos: PhotoRepository
    outbox: Outbox[PhotoFact]
    results: ResultRepository
    models: WantedModelsRepository
    originals: BlobStore
    derived: BlobStore
    leases: Leases
    notes: ClaimNotes
    accounts: RememberingAccounts
    uploads: StatedUploads
    queue: StatedQueue
    step: CrashingStep
    writer: PhotoWriter
    registering: Registering
    reading: Reading
    editing: Editing
    analysing: Analysing
    removing: Removing
    trashing: Trashing
    sweeping: Sweeping
    strays: Strays

    async def registered(self, seed: str = "one", **overrides: object) -> Photo:
        photo, _ = await self.registering.register_photo(make_registration(seed, **overrides))
        return photo

    async def ready(self, seed: str = "one", *, owner_id: str = OWNER) -> Photo:
        """A photo of which every required stage is done."""
        photo = await self.registered(seed, owner_id=owner_id)
        await self.record(photo, *REQUIRED)
        return await self.load(photo)

    async def record(self, photo: Photo, *stages: Stage, job_id: str = "job-1") -> None:
        await self.analysing.record_result(
            owner_id=photo.owner_id,
            photo_id=photo.photo_id,
            job_id=job_id,
            outcomes=[make_outcome(stage) for stage in stages],
        )

    async def load(self, photo: Photo) -> Photo:
        """As it is stored now, deleted or not."""
        return await self.photos.load(owner_id=photo.owner_id, photo_id=photo.photo_id)

    async def trashed(self, photo: Photo) -> Photo:
        return await self.trashing.trash_photo(owner_id=photo.owner_id, photo_id=photo.photo_id)

    async def store_blobs(self, photo: Photo, original: bytes = b"") -> str:
        """Its original, just any bytes of its length if none are given, and a derived picture; returns the key."""
        key = original_key(owner_id=photo.owner_id, sha256=bytes.fromhex(photo.file.sha256))
        await self.originals.put(key, original or b"x" * photo.file.size_bytes)
        await self.derived.put(f"{key}/thumbnail.jpg", b"small")
        return key

    async def facts(self, photo: Photo) -> list[PhotoFact]:
        """What was told of it so far, oldest first."""
        waiting = await self.outbox.unpublished(older_than=NOON + timedelta(days=999), limit=1000)
        return [each.fact for each in waiting if each.aggregate_id == photo.photo_id]


def urls_of(home: Path, given: Mapping[str, str]) -> dict[str, Url]:
    """By part: those that are given as settings are, and else the defaults of a home."""
    settings = Settings(home=home)
    parts = ("database", "events", "blobs", "index", "inference")
    names = {part: f"TINTYPE_{part.upper()}_URL" for part in parts}
    return {part: Url(given[name]) if name in given else settings.url(part) for part, name in names.items()}


@asynccontextmanager
async def catalog_world(home: Path, given: Mapping[str, str] | None = None) -> AsyncIterator[World]:
    """A catalog in this folder, or where the `given` URLs say."""
    clock = FixedClock()
    async with Urls.opened(**urls_of(home, given or {})) as urls:
        kept = await open_repositories(urls, clock)
        photos, results, models = kept.photos, kept.results, kept.models
        originals = await shared_blobs(urls, Store.ORIGINALS)
        derived = await shared_blobs(urls, Store.DERIVED)
        kept_leases = (await operations.connect(urls)).leases
        leases, notes = Leases(kept_leases, clock, RandomIds()), ClaimNotes(kept_leases, clock)
        accounts, uploads, queue, step = RememberingAccounts(), StatedUploads(), StatedQueue(), CrashingStep()
        writer = PhotoWriter(photos, clock)
        removing = Removing(
            photos=photos,
            results=results,
            originals=originals,
            derived=derived,
            writer=writer,
            leases=leases,
            notes=notes,
            clock=clock,
            retention=timedelta(days=45),
            step=step,
        )
        yield World(
            clock=clock,
            photos=photos,
            outbox=kept.photo_facts,
            results=results,
            models=models,
            originals=originals,
            derived=derived,
            leases=leases,
            notes=notes,
            accounts=accounts,
            uploads=uploads,
            queue=queue,
            step=step,
            writer=writer,
            registering=Registering(photos, writer, accounts, uploads, clock),
            reading=Reading(photos, results),
            editing=Editing(writer),
            analysing=Analysing(photos, results, models, writer, after_ready=[Stage.TEXT]),
            removing=removing,
            trashing=Trashing(photos, writer, removing),
            sweeping=Sweeping(
                photos=photos,
                results=results,
                originals=originals,
                derived=derived,
                queue=queue,
                notes=notes,
                writer=writer,
                clock=clock,
                lost_after=timedelta(minutes=15),
                orphaned_after=timedelta(days=1),
            ),
            strays=Strays(
                photos=photos, derived=derived, leases=leases, clock=clock, strays_after=timedelta(days=1), most=3
            ),
        )
