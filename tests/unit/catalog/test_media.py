"""Files for their owners and for whoever has a signed address."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from tests.builders import OTHER, OWNER
from tests.catalog_world import World
from tests.media_world import AGE, ASKER, BASE_URL, ORIGINAL, PREVIEW, STORE_URL, MediaWorld, ReachedFolder, media_world

from tintype.catalog.adapters.revoked_credentials import RevokedCredentials
from tintype.catalog.adapters.signed_url import SignedUrls
from tintype.catalog.domain.media import Asker, MediaFile
from tintype.catalog.domain.result import Variant
from tintype.catalog.handlers.media_route import disposition
from tintype.catalog.handlers.ranges import ByteRange, matches, range_of
from tintype.catalog.ports.media import MediaUrlInvalid
from tintype.catalog.ports.photo import PhotoNotFound
from tintype.catalog.service.media import PhotoCorrupt, VariantNotFound
from tintype.kit.auth.caller import Caller, Kind
from tintype.kit.errors import OutOfRange, Unauthenticated
from tintype.kit.signing import Signer


@pytest.fixture
def media(world: World) -> MediaWorld:
    return media_world(world)


async def content(media: MediaWorld, file: MediaFile, start: int = 0, length: int | None = None) -> bytes:
    return b"".join([chunk async for chunk in media.media.read(file, start=start, length=length)])


async def test_an_owner_loads_the_original_and_what_was_made_of_it(media: MediaWorld) -> None:
    photo = await media.stored()
    original = await media.media.open(owner_id=OWNER, photo_id=photo.photo_id, variant=Variant.ORIGINAL)
    preview = await media.media.open(owner_id=OWNER, photo_id=photo.photo_id, variant=Variant.PREVIEW)
    assert await content(media, original) == ORIGINAL
    assert await content(media, preview) == PREVIEW
    assert (original.media_type, original.size_bytes, original.file_name, original.sha256) == (
        "image/png",
        len(ORIGINAL),
        "beach.jpg",
        photo.file.sha256,
    )
    assert (preview.media_type, preview.size_bytes, preview.file_name, preview.sha256) == (
        "image/jpeg",
        len(PREVIEW),
        "beach-preview.jpg",
        "",
    )


async def test_a_range_is_read(media: MediaWorld) -> None:
    photo = await media.stored()
    file = await media.media.open(owner_id=OWNER, photo_id=photo.photo_id, variant=Variant.ORIGINAL)
    assert await content(media, file, 100, 50) == ORIGINAL[100:150]
    assert await content(media, file, 10_000) == ORIGINAL[10_000:]
    assert await content(media, file, len(ORIGINAL)) == b""
    with pytest.raises(OutOfRange):
        await content(media, file, len(ORIGINAL) + 1)


async def test_whoever_has_an_address_may_load_an_original_where_clients_reach_the_store(
    world: World, tmp_path: Path
) -> None:
    async with ReachedFolder.open(tmp_path / "reached") as reached:
        media = media_world(replace(world, originals=reached, derived=reached))
        photo = await media.stored()
        grant, file = await media.media.open_granted(await media.token(photo, Variant.ORIGINAL))
        url = await media.media.elsewhere(grant, file, disposition="attachment")
        assert (
            url == f"{STORE_URL}/{photo.owner_id}/{photo.file.sha256}?lasts=60&type=image%2Fpng&disposition=attachment"
        )
        last = replace(grant, expire_s=int(world.clock.now().timestamp()) + 7)
        assert "lasts=7&" in (await media.media.elsewhere(last, file, disposition="attachment") or "")
        ended = replace(grant, expire_s=int(world.clock.now().timestamp()))
        assert await media.media.elsewhere(ended, file, disposition="attachment") is None
        grant, file = await media.media.open_granted(await media.token(photo, Variant.PREVIEW))
        assert await media.media.elsewhere(grant, file, disposition="inline") is None


async def test_what_is_not_there_is_not_found(media: MediaWorld) -> None:
    photo = await media.stored()
    fresh = await media.world.registered("fresh")
    with pytest.raises(PhotoNotFound):
        await media.media.open(owner_id=OTHER, photo_id=photo.photo_id, variant=Variant.ORIGINAL)
    with pytest.raises(PhotoNotFound):
        await media.media.sign(photo_id=photo.photo_id, variant=Variant.ORIGINAL, asker=Asker(user_id=OTHER))
    with pytest.raises(VariantNotFound):
        await media.media.open(owner_id=OWNER, photo_id=fresh.photo_id, variant=Variant.PREVIEW)
    with pytest.raises(VariantNotFound):
        await media.media.sign(photo_id=fresh.photo_id, variant=Variant.PREVIEW, asker=ASKER)
    assert await media.media.sign_thumbnails(photo_ids=[fresh.photo_id, "nothing"], asker=ASKER) == ["", ""]


async def test_a_missing_or_short_original_is_said_to_be_damaged(media: MediaWorld) -> None:
    photo = await media.stored()
    key = f"{OWNER}/{photo.file.sha256}"
    await media.world.originals.overwrite(key, b"short")
    with pytest.raises(PhotoCorrupt):
        await media.media.open(owner_id=OWNER, photo_id=photo.photo_id, variant=Variant.ORIGINAL)
    await media.world.originals.delete(key)
    with pytest.raises(PhotoCorrupt):
        await media.media.open(owner_id=OWNER, photo_id=photo.photo_id, variant=Variant.ORIGINAL)


async def test_a_deleted_photo_serves_nothing_by_an_old_address(media: MediaWorld) -> None:
    photo = await media.stored()
    token = await media.token(photo, Variant.ORIGINAL)
    await media.world.trashed(photo)
    await media.media.open_granted(token)
    await media.world.trashing.delete_photo(owner_id=OWNER, photo_id=photo.photo_id)
    with pytest.raises(PhotoNotFound):
        await media.media.open_granted(token)


async def test_an_address_grants_one_variant_of_one_photo_for_a_while(media: MediaWorld) -> None:
    photo = await media.stored()
    url, expire_time = await media.media.sign(photo_id=photo.photo_id, variant=Variant.PREVIEW, asker=ASKER)
    assert url.startswith(f"{BASE_URL}/media/")
    assert AGE / 2 < expire_time - media.world.clock.now() <= AGE
    grant, file = await media.media.open_granted(url.rpartition("/")[2])
    assert (file.photo.photo_id, file.variant) == (photo.photo_id, Variant.PREVIEW)
    assert grant.asker == ASKER
    media.world.clock.pass_(expire_time - media.world.clock.now() - timedelta(seconds=1))
    await media.media.open_granted(url.rpartition("/")[2])
    media.world.clock.pass_(timedelta(seconds=1))
    with pytest.raises(MediaUrlInvalid):
        await media.media.open_granted(url.rpartition("/")[2])


async def test_an_address_stays_the_same_for_a_while_so_that_browsers_can_cache(media: MediaWorld) -> None:
    photo = await media.stored()
    first = await media.token(photo, Variant.PREVIEW)
    media.world.clock.pass_(timedelta(seconds=10))
    assert await media.token(photo, Variant.PREVIEW) == first
    media.world.clock.pass_(AGE / 2)
    assert await media.token(photo, Variant.PREVIEW) != first


async def test_an_address_that_was_changed_or_made_elsewhere_is_refused(media: MediaWorld) -> None:
    photo = await media.stored()
    token = await media.token(photo, Variant.PREVIEW)
    elsewhere = SignedUrls(Signer("another", "media"), media.world.clock, http_url=lambda: BASE_URL, age=AGE)
    cursor = Signer("secret", "cursor").seal(b"[]")
    foreign = elsewhere.sign(photo, Variant.PREVIEW, asker=ASKER)[0].rpartition("/")[2]
    flipped = token[:-1] + ("A" if token[-1] != "A" else "B")
    for bad in ("", "x", token[:-4], token[1:], flipped, token + "A", foreign, cursor):
        with pytest.raises(MediaUrlInvalid):
            await media.media.open_granted(bad)


async def test_a_revoked_session_ends_its_addresses_and_what_they_are_sending(media: MediaWorld) -> None:
    photo = await media.stored()
    token = await media.token(photo, Variant.ORIGINAL)
    other = await media.token(photo, Variant.ORIGINAL, replace(ASKER, session_id="session-2"))
    grant, file = await media.media.open_granted(token)
    media.revoked.sessions.add("session-1")
    with pytest.raises(Unauthenticated):
        await media.media.open_granted(token)
    with pytest.raises(Unauthenticated):
        _ = [chunk async for chunk in media.media.read_granted(grant, file, start=0, length=10)]
    await media.media.open_granted(other)


async def test_thumbnails_are_signed_in_the_order_of_the_ids(media: MediaWorld) -> None:
    one, two = await media.stored("one"), await media.stored("two")
    fresh = await media.world.registered("fresh")
    ids = [two.photo_id, fresh.photo_id, one.photo_id, two.photo_id]
    urls = await media.media.sign_thumbnails(photo_ids=ids, asker=ASKER)
    assert urls[1] == ""
    assert urls[0] == urls[3] != urls[2]
    assert media.urls.open(urls[2].rpartition("/")[2]).variant is Variant.THUMBNAIL


async def test_what_a_service_asks_for_by_itself_is_issued_now(media: MediaWorld) -> None:
    photo = await media.stored()
    media.world.clock.pass_(AGE)
    (url,) = await media.media.sign_thumbnails(photo_ids=[photo.photo_id], asker=Asker(user_id=OWNER))
    assert media.urls.open(url.rpartition("/")[2]).asker.issued == media.world.clock.now()


def test_the_credential_is_checked_as_that_of_the_caller_was() -> None:
    seen: list[Caller] = []

    class Recording:
        def check(self, caller: Caller) -> None:
            seen.append(caller)

    credentials = RevokedCredentials(Recording())
    credentials.check(ASKER)
    credentials.check(Asker(user_id=OWNER, key_id="key-1"))
    assert [(caller.kind, caller.credential_id) for caller in seen] == [
        (Kind.SESSION, "session-1"),
        (Kind.KEY, "key-1"),
    ]
    assert seen[0].issued == ASKER.issued


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", None),
        ("bytes=0-0", ByteRange(0, 1)),
        ("bytes=10-19", ByteRange(10, 10)),
        ("bytes=90-", ByteRange(90, 10)),
        ("bytes=90-500", ByteRange(90, 10)),
        ("bytes=-10", ByteRange(90, 10)),
        ("bytes=-500", ByteRange(0, 100)),
        ("bytes=100-", ByteRange(100, 0)),
        ("bytes=-0", ByteRange(100, 0)),
        ("bytes=9-5", None),
        ("bytes=0-1,5-6", None),
        ("bytes=-", None),
        ("bytes=a-b", None),
        ("pages=1-2", None),
    ],
)
def test_ranges_are_read_as_http_says(header: str, expected: ByteRange | None) -> None:
    assert range_of(header, size_bytes=100) == expected


def test_conditions_are_read_as_http_says() -> None:
    assert matches('"a", W/"b"', '"b"')
    assert matches("*", '"b"')
    assert not matches('"a"', '"b"')
    assert not matches("", '"b"')


async def test_a_file_name_never_acts_in_a_header(media: MediaWorld) -> None:
    photo = await media.stored(file_name='Stra\u00dfe\u202egpj"\r\nx: y;.exe')
    file = await media.media.open(owner_id=OWNER, photo_id=photo.photo_id, variant=Variant.ORIGINAL)
    header = disposition(file)
    assert header.startswith("attachment; filename=\"Stra_egpjx_ y_.exe\"; filename*=UTF-8''Stra%C3%9Fegpjx")
    assert not set(header) & set("\r\n\u202e")
