"""A small library with something of everything, on whatever its settings say, and what can be compared of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.accounts_world import make_key, make_session, make_user
from tests.album_builders import make_album
from tests.builders import OTHER, OWNER, make_file, make_photo, make_result, sha256_of
from tests.clocks import NOON, FixedClock
from tests.webhook_builders import make_attempt, make_delivery, make_webhook

from tintype.accounts.bootstrap import STORES
from tintype.accounts.domain.audit import AuditEvent
from tintype.accounts.domain.invitations import Invitation
from tintype.accounts.domain.revocations import Revocation
from tintype.accounts.domain.signing import SigningKey
from tintype.accounts.domain.users import Role
from tintype.blobs.connect import Store, shared
from tintype.blobs.ports import BlobStore, original_key
from tintype.catalog.domain.fact import Group, PhotoChanged, PhotoRegistered
from tintype.catalog.domain.photo import Deletion, Edits, FileFacts, Membership
from tintype.catalog.domain.stage import Stage
from tintype.catalog.stores import open_repositories
from tintype.kit.settings import Settings
from tintype.kit.store.records import Record
from tintype.moving.ends import Kept, opened_urls, source_of

CLOCK = FixedClock()
PLAIN = 12  # photos that nothing happened to


def in_folder(home: Path) -> Settings:
    """A library in a folder, whatever the environment says."""
    return Settings.model_validate({"home": home})


async def fill(settings: Settings) -> None:
    """Two owners, an album, edits, a trashed photo, a deleted one, results, and what accounts keeps."""
    settings.make_home()
    async with opened_urls(settings) as urls:
        accounts = await STORES[urls.database.scheme](urls)
        await accounts.users.add(make_user(OWNER, founder=True, role=Role.ADMINISTRATOR))
        await accounts.users.add(make_user(OTHER, user_name="other"))
        await accounts.sessions.add(make_session(user_id=OWNER))
        await accounts.keys.add(make_key(user_id=OWNER))
        await accounts.invitations.add(Invitation("i1", OWNER, NOON, NOON))
        await accounts.signing_keys.add(SigningKey("k1", bytes(range(32)), bytes(range(32, 64)), NOON))
        await accounts.revocations.append([Revocation(NOON, session_id="gone")])
        for number in range(3):
            await accounts.audit.append(AuditEvent(f"e{number}", NOON, "authz_admin", actor="p"))
        catalog = await open_repositories(urls, CLOCK)
        await catalog.albums.add(make_album(), facts=[])
        await catalog.webhooks.add(make_webhook())
        await catalog.deliveries.add(make_delivery())
        await catalog.deliveries.add_attempt(make_attempt())
        originals, derived = await shared(urls, Store.ORIGINALS), await shared(urls, Store.DERIVED)
        membership = Membership(album_id="album-1", rank="5", added_time=NOON)
        photos = [
            make_photo("edited", edits=Edits(title="Beach", rating=5, favourite=True)),
            make_photo("in album", memberships=(membership,)),
            make_photo("trashed", trash_time=NOON),
            make_photo("of the other", owner_id=OTHER),
            *(make_photo(f"plain {number}", file=make_file(f"plain {number}")) for number in range(PLAIN)),
        ]
        for photo in photos:
            fact = PhotoRegistered(photo_id=photo.photo_id, owner_id=photo.owner_id)
            await catalog.photos.add(photo, facts=[fact])
            await _store(originals, derived, photo.owner_id, photo.file.sha256, photo.file.file_name[:-4])
        changed = PhotoChanged(photo_id=photos[0].photo_id, owner_id=OWNER, groups=(Group.EDITS,))
        await catalog.photos.replace(photos[0], facts=[changed])
        gone = FileFacts(sha256=sha256_of("deleted"))
        await catalog.photos.add(
            make_photo("deleted", file=gone, stages=(), deletion=Deletion(delete_time=NOON)), facts=[]
        )
        await catalog.results.add_many([make_result(Stage.EMBED), make_result(Stage.TEXT)])


async def _store(originals: BlobStore, derived: BlobStore, owner_id: str, sha256: str, seed: str) -> None:
    """The bytes that builders take the hash of, and a picture made from them."""
    key = original_key(owner_id=owner_id, sha256=bytes.fromhex(sha256))
    await originals.put(key, seed.encode())
    await derived.put(f"{key}/thumbnail.jpg", f"small {seed}".encode())


@dataclass(frozen=True, slots=True)
class Contents:
    """Everything that a move has to keep."""

    records: dict[str, list[Record]]
    results: int
    audit: list[AuditEvent]
    revoked: list[str]
    originals: dict[str, bytes]
    derived: dict[str, bytes]


async def contents(settings: Settings) -> Contents:
    """What lies there now."""
    async with source_of(settings, CLOCK) as source:
        revocations, _ = await source.kept.revocations.after(0)
        return Contents(
            records=await _records(source.kept),
            results=await source.kept.results.count_owner(OWNER),
            audit=await source.kept.audit.oldest(after=0, limit=100),
            revoked=[each.session_id for each in revocations],
            originals={stat.key: await source.originals.load(stat.key) async for stat in source.originals.list()},
            derived={stat.key: await source.derived.load(stat.key) async for stat in source.derived.list()},
        )


async def _records(kept: Kept) -> dict[str, list[Record]]:
    found: dict[str, list[Record]] = {}
    for records in kept.records:
        stamps = await records.stamps(after=None, limit=1_000)
        found[records.name] = [_plain(each) for each in await records.read([stamp.key for stamp in stamps])]
    return found


def _plain(record: Record) -> Record:
    """With its facts as one type, whichever the driver gives."""
    return Record(
        record.key, record.revision, record.schema, dict(record.content), [dict(e) for e in record.unpublished]
    )


@asynccontextmanager
async def originals_of(settings: Settings) -> AsyncIterator[BlobStore]:
    """Where its originals lie."""
    async with opened_urls(settings) as urls:
        yield await shared(urls, Store.ORIGINALS)
