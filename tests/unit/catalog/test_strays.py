"""Thumbnails of photos that are gone, which a worker wrote after whoever removed them had looked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from tests.builders import OTHER, OWNER
from tests.catalog_world import World

from tintype.blobs.ports import PREVIEW, THUMBNAIL, claim_of, derived_key
from tintype.catalog.domain.photo import Photo
from tintype.catalog.ports.owned import Owned
from tintype.catalog.service import strays
from tintype.catalog.service.erasing import Erasing

DAY = timedelta(days=1)


def a_day_on(world: World) -> None:
    """Later than anything that was stored: files and objects keep the time of the machine."""
    world.clock.pass_(max(timedelta(0), datetime.now(UTC) - world.clock.now()) + 2 * DAY)


async def late(world: World, photo: Photo) -> None:
    """A worker writes what it made of a photo, and dies."""
    for variant in (PREVIEW, THUMBNAIL):
        sha256 = bytes.fromhex(photo.file.sha256)
        await world.derived.put(derived_key(owner_id=photo.owner_id, sha256=sha256, variant=variant), b"jpeg")


async def kept(world: World, photo: Photo) -> int:
    return await world.derived.count(f"{photo.owner_id}/{photo.file.sha256}/")


async def erase(world: World, user_id: str) -> None:
    stores: dict[str, Owned] = {"photos": world.photos, "results": world.results}
    await Erasing(stores, world.accounts).erase_user(user_id=user_id, operation_id="o")


async def test_pictures_written_after_their_owner_was_erased_go(world: World) -> None:
    living = await world.ready()
    gone = [await world.ready(seed, owner_id=OTHER) for seed in ("one", "two")]
    await erase(world, OTHER)
    for photo in (living, *gone):
        await late(world, photo)
    a_day_on(world)
    assert await world.strays.remove() == 2
    assert await world.derived.count(f"{OTHER}/") == 0
    assert await kept(world, living) == 2
    assert await world.strays.remove() == 0


async def test_every_owner_and_page_is_looked_at(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(strays, "PAGE", 2)
    living = [await world.ready(seed) for seed in ("one", "two", "three")]
    gone = [await world.ready(seed, owner_id=owner_id) for owner_id in ("aaa", "zzz") for seed in ("one", "two")][:3]
    for owner_id in ("aaa", "zzz"):
        await erase(world, owner_id)
    for photo in (*living, *gone):
        await late(world, photo)
    a_day_on(world)
    assert await world.strays.remove() == 3
    assert [await kept(world, photo) for photo in (*living, *gone)] == [2, 2, 2, 0, 0, 0]


async def test_pictures_written_after_their_photo_was_deleted_go(world: World) -> None:
    photo = await world.trashed(await world.ready())
    await world.trashing.delete_photo(owner_id=OWNER, photo_id=photo.photo_id)
    await late(world, photo)
    a_day_on(world)
    assert await world.strays.remove() == 1
    assert await kept(world, photo) == 0
    assert (await world.load(photo)).deletion is not None


async def test_pictures_of_photos_in_whatever_state_stay(world: World) -> None:
    photos = [await world.registered("waiting"), await world.ready(), await world.trashed(await world.ready("trash"))]
    for photo in photos:
        await late(world, photo)
    a_day_on(world)
    assert await world.strays.remove() == 0
    assert [await kept(world, photo) for photo in photos] == [2, 2, 2]


async def test_young_pictures_stay_whoevers_they_are(world: World) -> None:
    photo = await world.ready(owner_id=OTHER)
    await erase(world, OTHER)
    await late(world, photo)
    world.clock.pass_(datetime.now(UTC) - world.clock.now())
    assert await world.strays.remove() == 0
    assert await kept(world, photo) == 2


async def test_so_many_that_the_catalog_must_be_another_one_stay(world: World) -> None:
    photos = [await world.ready(f"{seed}", owner_id=OTHER) for seed in range(4)]
    await erase(world, OTHER)
    for photo in photos:
        await late(world, photo)
    a_day_on(world)
    assert await world.strays.remove() == 0
    assert await world.derived.count(f"{OTHER}/") == 8


async def test_pictures_stay_while_an_upload_of_the_same_bytes_holds_the_claim(world: World) -> None:
    photo = await world.ready(owner_id=OTHER)
    await erase(world, OTHER)
    await late(world, photo)
    a_day_on(world)
    async with world.leases.held(claim_of(f"{OTHER}/{photo.file.sha256}")):
        assert await world.strays.remove() == 0
    assert await kept(world, photo) == 2
    assert await world.strays.remove() == 1


async def test_pictures_of_a_photo_that_comes_back_meanwhile_stay(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo = await world.trashed(await world.ready())
    await world.trashing.delete_photo(owner_id=OWNER, photo_id=photo.photo_id)
    await late(world, photo)
    a_day_on(world)
    load_many = world.photos.load_many

    async def before_it_comes_back(*, owner_id: str, photo_ids: Sequence[str]) -> list[Photo]:
        monkeypatch.undo()
        found = await load_many(owner_id=owner_id, photo_ids=photo_ids)
        await world.registered()
        return found

    monkeypatch.setattr(world.photos, "load_many", before_it_comes_back)
    assert await world.strays.remove() == 0
    assert await kept(world, photo) == 2
