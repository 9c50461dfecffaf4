"""Upload on whatever its URLs say, with a catalog that remembers what it was told."""

from __future__ import annotations

import hashlib
import io
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PIL import Image
from tests.catalog_world import urls_of
from tests.clocks import FixedClock

from tintype.blobs.connect import Store
from tintype.blobs.connect import shared as shared_blobs
from tintype.blobs.ports import BlobStore
from tintype.imaging.in_process import InProcessImaging
from tintype.kit.ids import RandomIds, photo_id_of
from tintype.kit.operations import connect as operations
from tintype.kit.operations.leases import Leases
from tintype.kit.operations.ports import LeaseRepository
from tintype.kit.steps import Step, no_step
from tintype.kit.urls import Urls
from tintype.upload.bootstrap import open_records
from tintype.upload.domain import Chunk, Header, Picture
from tintype.upload.ports import (
    Check,
    Limits,
    Presence,
    Registered,
    UploadNotFound,
    UploadRepository,
)
from tintype.upload.service.commit import Committer
from tintype.upload.service.quota import Quota
from tintype.upload.service.upkeep import Upkeep
from tintype.upload.service.uploads import Uploads

OWNER = "ann"
LARGEST = 1_000_000


@dataclass
class RememberingCatalog:
    """Catalog in three lines: a photo is what was registered. `presence` is how all are; None says that none is."""

    photos: dict[tuple[str, str], Header] = field(default_factory=dict)
    upload_ids: list[str] = field(default_factory=list)
    presence: Presence | None = Presence.PRESENT

    async def register(
        self, *, owner_id: str, header: Header, picture: Picture, upload_id: str = ""
    ) -> Registered[str]:
        self.upload_ids.append(upload_id)
        photo_id = photo_id_of(owner_id=owner_id, sha256=bytes.fromhex(header.sha256))
        existed = (owner_id, photo_id) in self.photos
        self.photos[owner_id, photo_id] = header
        return Registered(photo_id, picture.media_type, existed)

    async def photo(self, *, owner_id: str, photo_id: str) -> Registered[str]:
        if (owner_id, photo_id) not in self.photos:
            raise UploadNotFound(photo_id)
        return Registered(photo_id, "image/jpeg", already_existed=True)

    async def check(self, *, owner_id: str, sha256s: Sequence[str]) -> Sequence[Check]:
        return [
            Check(header.sha256, self.presence, photo_id)
            for (owner, photo_id), header in self.photos.items()
            if self.presence is not None and owner == owner_id and header.sha256 in sha256s
        ]

    async def used_bytes(self, owner_id: str) -> int:
        return sum(header.size_bytes for (owner, _), header in self.photos.items() if owner == owner_id)


@dataclass
class GivenLimits:
    """Accounts with one limit for all, that remembers reports."""

    limit: Limits = field(default_factory=lambda: Limits(0))
    reports: list[tuple[str, str, dict[str, int]]] = field(default_factory=list)

    async def limits(self, owner_id: str) -> Limits:
        return self.limit

    async def report_erased(self, *, operation_id: str, owner_id: str, left: Mapping[str, int]) -> None:
        self.reports.append((operation_id, owner_id, dict(left)))


@dataclass
class Bench:
    """Everything that a test of upload touches."""

    uploads: Uploads[str]
    quota: Quota[str]
    upkeep: Upkeep[str]
    originals: BlobStore
    catalog: RememberingCatalog
    accounts: GivenLimits
    records: UploadRepository
    leases: LeaseRepository
    clock: FixedClock


async def open_bench(
    home: Path,
    stack: AsyncExitStack,
    *,
    step: Step = no_step,
    catalog: RememberingCatalog,
    given: Mapping[str, str] | None = None,
) -> Bench:
    """Upload in a folder, or where the `given` URLs say; opening it again is a restart."""
    urls = await stack.enter_async_context(Urls.opened(**urls_of(home, given or {})))
    originals = await shared_blobs(urls, Store.ORIGINALS)
    clock, ids, accounts = FixedClock(), RandomIds(), GivenLimits()
    records = await open_records(urls)
    leases = (await operations.connect(urls)).leases
    quota = Quota(accounts=accounts, catalog=catalog, uploads=records, largest_file_bytes=LARGEST)
    uploads = Uploads(
        uploads=records,
        originals=originals,
        imaging=InProcessImaging(),
        catalog=catalog,
        committer=Committer(
            originals=originals, catalog=catalog, claims=leases, leases=Leases(leases, clock, ids), step=step
        ),
        quota=quota,
        clock=clock,
        ids=ids,
    )
    upkeep = Upkeep(
        uploads=records,
        originals=originals,
        catalog=catalog,
        accounts=accounts,
        leases=Leases(leases, clock, ids),
        clock=clock,
    )
    return Bench(uploads, quota, upkeep, originals, catalog, accounts, records, leases, clock)


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with AsyncExitStack() as stack:
        yield await open_bench(tmp_path, stack, catalog=RememberingCatalog())


def picture(colour: tuple[int, int, int] = (200, 30, 40), size: int = 64) -> bytes:
    """A small JPEG."""
    stream = io.BytesIO()
    Image.new("RGB", (size, size), colour).save(stream, "JPEG")
    return stream.getvalue()


def header_of(data: bytes, *, file_name: str = "beach.jpg", declare_hash: bool = True) -> Header:
    """What an honest client says of the bytes."""
    sha256 = hashlib.sha256(data).hexdigest() if declare_hash else ""
    return Header(file_name=file_name, size_bytes=len(data), sha256=sha256)


async def chunks_of(data: bytes, *, start: int = 0, size: int = 200) -> AsyncIterator[Chunk]:
    """The bytes from `start`, in order."""
    for offset in range(start, len(data), size):
        part = data[offset : offset + size]
        yield Chunk(offset, part, intact=True)
