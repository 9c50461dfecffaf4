"""Albums over their use cases."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from tests.builders import OTHER, OWNER, make_photo
from tests.catalog_world import World
from tests.clocks import NOON

from tintype.catalog.adapters.stored_album import ALBUMS, StoredAlbumRepository
from tintype.catalog.domain.album import AlbumChanged, AlbumOrder, AlbumValues
from tintype.catalog.domain.fact import Group, PhotoChanged
from tintype.catalog.domain.photo import MAX_ALBUMS, Membership, Photo
from tintype.catalog.ports.album import AlbumNotFound
from tintype.catalog.ports.photo import PhotoNotFound
from tintype.catalog.service.album_photos import DELETED_KEPT, AlbumPhotos
from tintype.catalog.service.albums import Albums, RequestIdReused
from tintype.catalog.service.editing import UpdateMaskInvalid
from tintype.catalog.service.writing import EtagMismatch
from tintype.kit.errors import InvalidInput
from tintype.kit.ids import RandomIds
from tintype.kit.store.sqlite import Database
from tintype.kit.store.sqlite_aggregates import SqliteAggregates

SUMMER = AlbumValues(title="Summer")
MANUAL = AlbumValues(title="Mine", order=AlbumOrder.MANUAL)


@dataclass
class AlbumWorld:
    stored: StoredAlbumRepository
    albums: Albums
    photos: AlbumPhotos
    world: World

    async def album(self, values: AlbumValues = SUMMER, request_id: str = "") -> str:
        view = await self.albums.create_album(owner_id=OWNER, values=values, request_id=request_id)
        return view.album.album_id

    async def taken(self, *seeds: str) -> list[str]:
        """Photos that were taken one hour after the other."""
        taken = [make_photo(seed, upload_time=NOON + number * timedelta(hours=1)) for number, seed in enumerate(seeds)]
        for photo in taken:
            await self.world.photos.add(photo, facts=[])
        return [photo.photo_id for photo in taken]

    async def order(self, album_id: str) -> list[str]:
        album = await self.albums.load(owner_id=OWNER, album_id=album_id)
        page = await self.albums.page_photos(album, limit=500)
        return [photo.photo_id for photo in page.photos]

    async def facts(self) -> list[AlbumChanged]:
        waiting = await self.stored.outbox.unpublished(older_than=NOON + timedelta(days=999), limit=100)
        return [each.fact for each in waiting]


@pytest.fixture
async def mine(world: World, tmp_path: Path) -> AsyncIterator[AlbumWorld]:
    async with Database.open(tmp_path / "albums.db") as database:
        stored = StoredAlbumRepository(await SqliteAggregates.open(database, ALBUMS, clock=world.clock))
        albums = Albums(stored, world.photos, world.clock, RandomIds())
        yield AlbumWorld(stored, albums, AlbumPhotos(albums, stored, world.photos, world.writer, world.clock), world)


async def test_a_repeated_request_meets_the_album_it_made(mine: AlbumWorld) -> None:
    first = await mine.album(SUMMER, request_id="r")
    await mine.albums.update_album(
        owner_id=OWNER, album_id=first, values=AlbumValues(title="Autumn"), mask=["title"], etag=""
    )
    assert await mine.album(SUMMER, request_id="r") == first
    with pytest.raises(RequestIdReused):
        await mine.album(AlbumValues(title="Winter"), request_id="r")
    assert await mine.album() != await mine.album()


async def test_an_update_sets_what_its_mask_names(mine: AlbumWorld) -> None:
    album_id = await mine.album(AlbumValues(title="a", description="b"))
    view = await mine.albums.update_album(
        owner_id=OWNER, album_id=album_id, values=AlbumValues(order=AlbumOrder.MANUAL), mask=["order"], etag=""
    )
    assert view.album.values == AlbumValues(title="a", description="b", order=AlbumOrder.MANUAL)
    assert view.album.revision == 2


@pytest.mark.parametrize("mask", [[], ["owner_id"], ["title", "revision"]])
async def test_a_mask_that_cannot_be_set_is_refused(mine: AlbumWorld, mask: list[str]) -> None:
    album_id = await mine.album()
    with pytest.raises(UpdateMaskInvalid):
        await mine.albums.update_album(owner_id=OWNER, album_id=album_id, values=SUMMER, mask=mask, etag="")


async def test_an_empty_title_is_refused(mine: AlbumWorld) -> None:
    with pytest.raises(InvalidInput):
        await mine.albums.update_album(
            owner_id=OWNER, album_id=await mine.album(), values=AlbumValues(), mask=["title"], etag=""
        )


async def test_a_stale_etag_is_refused_and_membership_does_not_change_it(mine: AlbumWorld) -> None:
    album_id = await mine.album()
    before = (await mine.albums.get_album(owner_id=OWNER, album_id=album_id)).album.etag
    await mine.photos.add(OWNER, album_id, await mine.taken("one"))
    view = await mine.albums.update_album(
        owner_id=OWNER, album_id=album_id, values=AlbumValues(title="b"), mask=["title"], etag=before
    )
    assert view.album.etag != before
    with pytest.raises(EtagMismatch):
        await mine.albums.delete_album(owner_id=OWNER, album_id=album_id, etag=before)


async def test_an_update_that_changes_nothing_is_not_told(mine: AlbumWorld) -> None:
    album_id = await mine.album()
    await mine.albums.update_album(owner_id=OWNER, album_id=album_id, values=SUMMER, mask=["title"], etag="")
    assert [fact.revision for fact in await mine.facts()] == [1]


async def test_photos_come_in_the_order_of_the_album(mine: AlbumWorld) -> None:
    early, middle, late = await mine.taken("early", "middle", "late")
    album_id = await mine.album()
    await mine.photos.add(OWNER, album_id, [late, early, middle])
    orders = {
        AlbumOrder.OLDEST_FIRST: [early, middle, late],
        AlbumOrder.NEWEST_FIRST: [late, middle, early],
        AlbumOrder.MANUAL: [late, early, middle],
    }
    for order, expected in orders.items():
        await mine.albums.update_album(
            owner_id=OWNER, album_id=album_id, values=AlbumValues(order=order), mask=["order"], etag=""
        )
        assert await mine.order(album_id) == expected


async def test_an_album_is_paged(mine: AlbumWorld) -> None:
    ids = await mine.taken(*"abcde")
    album_id = await mine.album(MANUAL)
    await mine.photos.add(OWNER, album_id, ids)
    album = await mine.albums.load(owner_id=OWNER, album_id=album_id)
    first = await mine.albums.page_photos(album, limit=2)
    assert first.after is not None
    rest = await mine.albums.page_photos(album, limit=9, after=first.after)
    assert [photo.photo_id for photo in (*first.photos, *rest.photos)] == ids
    assert rest.after is None


async def test_adding_again_leaves_a_photo_where_it_is_and_is_not_told(mine: AlbumWorld) -> None:
    one, two = await mine.taken("one", "two")
    album_id = await mine.album(MANUAL)
    await mine.photos.add(OWNER, album_id, [one, two])
    await mine.photos.add(OWNER, album_id, [one])
    assert await mine.order(album_id) == [one, two]
    photo = await mine.world.photos.load(owner_id=OWNER, photo_id=one)
    assert await mine.world.facts(photo) == [
        PhotoChanged(photo_id=one, owner_id=OWNER, groups=(Group.ALBUMS,), revision=2)
    ]


async def test_what_cannot_be_added_is_named_and_the_rest_is_added(mine: AlbumWorld) -> None:
    full = tuple(Membership(album_id=f"a{number}", rank="m", added_time=NOON) for number in range(MAX_ALBUMS))
    await mine.world.photos.add(crowded := make_photo("crowded", memberships=full), facts=[])
    await mine.world.photos.add(trashed := make_photo("trashed", trash_time=NOON), facts=[])
    await mine.world.photos.add(others := make_photo("others", owner_id=OTHER), facts=[])
    (good,) = await mine.taken("good")
    album_id = await mine.album()
    outcome = await mine.photos.add(
        OWNER, album_id, [crowded.photo_id, trashed.photo_id, others.photo_id, "nothing", good]
    )
    assert {each.photo_id: each.reason for each in outcome.failures} == {
        crowded.photo_id: "TOO_MANY_ALBUMS",
        trashed.photo_id: "PHOTO_TRASHED",
        others.photo_id: "PHOTO_NOT_FOUND",
        "nothing": "PHOTO_NOT_FOUND",
    }
    assert await mine.order(album_id) == [good]


async def test_trashed_photos_neither_show_nor_count_and_come_back(mine: AlbumWorld) -> None:
    one, two = await mine.taken("one", "two")
    album_id = await mine.album(MANUAL)
    await mine.photos.add(OWNER, album_id, [one, two])
    await mine.world.trashing.trash_photo(owner_id=OWNER, photo_id=one)
    assert (await mine.albums.get_album(owner_id=OWNER, album_id=album_id)).photos == 1
    assert await mine.order(album_id) == [two]
    await mine.world.trashing.restore_photo(owner_id=OWNER, photo_id=one)
    assert await mine.order(album_id) == [one, two]


async def test_removing_takes_photos_out_and_is_no_failure_for_others(mine: AlbumWorld) -> None:
    one, two = await mine.taken("one", "two")
    album_id = await mine.album()
    await mine.photos.add(OWNER, album_id, [one])
    outcome = await mine.photos.remove(owner_id=OWNER, album_id=album_id, photo_ids=[one, two])
    assert outcome.failures == ()
    assert await mine.order(album_id) == []


async def test_a_photo_moves_behind_another_and_to_the_front(mine: AlbumWorld) -> None:
    a, b, c = await mine.taken("a", "b", "c")
    album_id = await mine.album(MANUAL)
    await mine.photos.add(OWNER, album_id, [a, b, c])
    await mine.photos.move(owner_id=OWNER, album_id=album_id, photo_id=a, after_photo_id=b)
    assert await mine.order(album_id) == [b, a, c]
    await mine.photos.move(owner_id=OWNER, album_id=album_id, photo_id=c, after_photo_id="")
    assert await mine.order(album_id) == [c, b, a]
    await mine.photos.move(owner_id=OWNER, album_id=album_id, photo_id=c, after_photo_id=a)
    assert await mine.order(album_id) == [b, a, c]
    await mine.photos.move(owner_id=OWNER, album_id=album_id, photo_id=c, after_photo_id=a)
    assert await mine.order(album_id) == [b, a, c]


async def test_a_photo_outside_of_the_album_does_not_move(mine: AlbumWorld) -> None:
    a, b = await mine.taken("a", "b")
    album_id = await mine.album(MANUAL)
    await mine.photos.add(OWNER, album_id, [a])
    for photo_id, after in ((b, a), (a, b)):
        with pytest.raises(PhotoNotFound):
            await mine.photos.move(owner_id=OWNER, album_id=album_id, photo_id=photo_id, after_photo_id=after)


async def test_the_cover_is_the_chosen_photo_while_it_shows_else_the_first(mine: AlbumWorld) -> None:
    one, two = await mine.taken("one", "two")
    album_id = await mine.album()
    await mine.photos.add(OWNER, album_id, [one, two])

    async def cover() -> Photo | None:
        return (await mine.albums.get_album(owner_id=OWNER, album_id=album_id, cover=True)).cover

    chosen = AlbumValues(cover_photo_id=two)
    assert (await cover() or make_photo()).photo_id == one
    await mine.albums.update_album(owner_id=OWNER, album_id=album_id, values=chosen, mask=["cover_photo_id"], etag="")
    assert (await cover() or make_photo()).photo_id == two
    await mine.world.trashing.trash_photo(owner_id=OWNER, photo_id=two)
    assert (await cover() or make_photo()).photo_id == one
    with pytest.raises(PhotoNotFound):
        await mine.albums.update_album(
            owner_id=OWNER,
            album_id=await mine.album(AlbumValues(title="other")),
            values=chosen,
            mask=["cover_photo_id"],
            etag="",
        )


async def test_a_deleted_album_is_gone_at_once_and_its_photos_leave_it(mine: AlbumWorld) -> None:
    one, two = await mine.taken("one", "two")
    album_id = await mine.album()
    await mine.photos.add(OWNER, album_id, [one, two])
    await mine.world.trashing.trash_photo(owner_id=OWNER, photo_id=two)
    await mine.albums.delete_album(owner_id=OWNER, album_id=album_id, etag="")
    with pytest.raises(AlbumNotFound):
        await mine.albums.get_album(owner_id=OWNER, album_id=album_id)
    assert await mine.albums.list_album_names(owner_id=OWNER) == []
    assert (await mine.facts())[-1].deleted
    assert await mine.photos.clear_deleted() == 2
    for photo in await mine.world.photos.load_many(owner_id=OWNER, photo_ids=[one, two]):
        assert photo.memberships == ()
    assert await mine.photos.clear_deleted() == 0


async def test_a_membership_written_after_the_deletion_is_found(mine: AlbumWorld) -> None:
    (one,) = await mine.taken("one")
    album_id = await mine.album()
    await mine.albums.delete_album(owner_id=OWNER, album_id=album_id, etag="")
    await mine.photos.clear_deleted()
    photo = await mine.world.photos.load(owner_id=OWNER, photo_id=one)
    late = replace(photo, memberships=(Membership(album_id=album_id, rank="m", added_time=NOON),))
    await mine.world.photos.replace(late, facts=[PhotoChanged(photo_id=one, owner_id=OWNER, groups=(Group.ALBUMS,))])
    assert await mine.photos.clear_deleted() == 1
    mine.world.clock.pass_(DELETED_KEPT + timedelta(seconds=1))
    await mine.photos.clear_deleted()
    assert await mine.stored.count_owner(OWNER) == 0


async def test_nobody_reaches_the_album_of_somebody_else(mine: AlbumWorld) -> None:
    album_id = await mine.album()
    with pytest.raises(AlbumNotFound):
        await mine.albums.get_album(owner_id=OTHER, album_id=album_id)
    with pytest.raises(AlbumNotFound):
        await mine.photos.add(OTHER, album_id, ["p"])
    with pytest.raises(AlbumNotFound):
        await mine.albums.delete_album(owner_id=OTHER, album_id=album_id, etag="")
