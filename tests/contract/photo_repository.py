"""What every PhotoRepository must do."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from tests.builders import OTHER, OWNER, make_capture_time, make_file, make_metadata, make_photo
from tests.clocks import NOON

from tintype.catalog.convert.photo import photo_to_proto
from tintype.catalog.domain.analysing import asked_again
from tintype.catalog.domain.fact import Group, PhotoChanged, PhotoFact, PhotoRegistered
from tintype.catalog.domain.photo import Deletion, Edits, Membership, Photo
from tintype.catalog.domain.photo_filter import Inclusion, PhotoFilter, PhotoOrder, SetMatch
from tintype.catalog.domain.source import ValueSource
from tintype.catalog.domain.stage import PhotoState, Stage, StageState
from tintype.catalog.domain.tag import Tag, Tags
from tintype.catalog.domain.timeline import DayCount
from tintype.catalog.ports.photo import (
    PageKey,
    PhotoConflict,
    PhotoExists,
    PhotoNotFound,
    PhotoRepository,
    TagCount,
    UntoldChange,
    Usage,
)
from tintype.kit.outbox import Outbox
from tintype.v1.photo_pb2 import Photo as Shown

DAY = timedelta(days=1)


def told(photo: Photo) -> list[PhotoFact]:
    """The least that a replace must tell."""
    return [PhotoChanged(photo_id=photo.photo_id, owner_id=photo.owner_id, groups=(Group.EDITS,))]


def taken(day: int, seed: str, **overrides: object) -> Photo:
    """A photo taken so many days after noon."""
    time = make_capture_time((NOON + day * DAY).strftime("%Y-%m-%dT%H:%M:%S"), hours=0)
    return make_photo(seed, edits=Edits(capture_time=time), **overrides)


class PhotoRepositorySuite(ABC):
    @abstractmethod
    def connect(self, home: Path) -> AbstractAsyncContextManager[tuple[PhotoRepository, Outbox[PhotoFact]]]: ...

    @pytest.fixture
    async def stores(self, tmp_path: Path) -> AsyncIterator[tuple[PhotoRepository, Outbox[PhotoFact]]]:
        async with self.connect(tmp_path) as stores:
            yield stores

    @pytest.fixture
    def photos(self, stores: tuple[PhotoRepository, Outbox[PhotoFact]]) -> PhotoRepository:
        return stores[0]

    async def test_what_was_added_is_loaded_whole(self, photos: PhotoRepository) -> None:
        photo = make_photo(
            metadata=make_metadata(),
            tags=Tags(user=(Tag(name="Ünï", source=ValueSource.USER, set_time=NOON),), removed=("x",)),
            memberships=(Membership(album_id="a", rank="m", added_time=NOON),),
            trash_time=NOON,
        )
        await photos.add(photo, facts=[])
        assert await photos.load(owner_id=OWNER, photo_id=photo.photo_id) == photo

    async def test_another_owner_finds_nothing(self, photos: PhotoRepository) -> None:
        photo = make_photo()
        await photos.add(photo, facts=[])
        with pytest.raises(PhotoNotFound):
            await photos.load(owner_id=OTHER, photo_id=photo.photo_id)
        assert await photos.load_many(owner_id=OTHER, photo_ids=[photo.photo_id]) == []

    async def test_cards_are_of_what_is_stored_now(self, photos: PhotoRepository) -> None:
        """Whatever the store keeps ready: nothing of others, of trash, or of what was there before."""
        first, second = make_photo("1", metadata=make_metadata()), make_photo("2")
        ids = [first.photo_id, second.photo_id, "never"]
        for photo in (first, second):
            await photos.add(photo, facts=[])
        first = await photos.replace(replace(first, edits=Edits(title="new")), facts=told(first))
        for photo_id, card in (await photos.load_cards(owner_id=OWNER, photo_ids=ids)).items():
            stored = await photos.load(owner_id=OWNER, photo_id=photo_id)
            assert Shown.FromString(card) == photo_to_proto(stored, retention=DAY)
        assert await photos.load_cards(owner_id=OTHER, photo_ids=ids) == {}
        trashed = await photos.replace(replace(first, trash_time=NOON), facts=told(first))
        await photos.remove(second)
        assert await photos.load_cards(owner_id=OWNER, photo_ids=ids) == {}
        await photos.replace(replace(trashed, trash_time=None), facts=told(first))
        await photos.remove_owner(OWNER)
        assert await photos.load_cards(owner_id=OWNER, photo_ids=ids) == {}
        assert await photos.count_owner(OWNER) == 0

    async def test_of_two_adds_at_once_one_wins(self, photos: PhotoRepository) -> None:
        done = await asyncio.gather(*(photos.add(make_photo(), facts=[]) for _ in range(2)), return_exceptions=True)
        assert [type(each) for each in done if each is not None] == [PhotoExists]

    async def test_a_replace_raises_the_revision_and_stamps_its_facts(
        self, stores: tuple[PhotoRepository, Outbox[PhotoFact]]
    ) -> None:
        photos, outbox = stores
        photo = make_photo()
        await photos.add(photo, facts=[PhotoRegistered(photo_id=photo.photo_id, owner_id=OWNER)])
        stored = await photos.replace(photo, facts=told(photo))
        assert stored.revision == 2
        waiting = await outbox.unpublished(older_than=NOON + DAY, limit=10)
        assert [(type(each.fact), each.fact.revision) for each in waiting] == [(PhotoRegistered, 1), (PhotoChanged, 2)]

    async def test_a_replace_of_an_old_revision_changes_nothing(self, photos: PhotoRepository) -> None:
        photo = make_photo()
        await photos.add(photo, facts=[])
        await photos.replace(replace(photo, trash_time=NOON), facts=told(photo))
        with pytest.raises(PhotoConflict):
            await photos.replace(photo, facts=told(photo))
        assert (await photos.load(owner_id=OWNER, photo_id=photo.photo_id)).trash_time == NOON

    async def test_a_replace_that_tells_nothing_is_refused(self, photos: PhotoRepository) -> None:
        photo = make_photo()
        await photos.add(photo, facts=[])
        with pytest.raises(UntoldChange):
            await photos.replace(photo, facts=[])

    async def test_pages_are_newest_first_and_stable_under_inserts(self, photos: PhotoRepository) -> None:
        for day in range(5):
            await photos.add(taken(day, f"p{day}"), facts=[])
        first = await photos.page(OWNER, filter=PhotoFilter(), limit=2)
        await photos.add(taken(9, "newer"), facts=[])
        rest = await photos.page(OWNER, filter=PhotoFilter(), limit=9, after=first.after or ())
        assert [photo.file.file_name for photo in (*first.photos, *rest.photos)] == [f"p{n}.jpg" for n in "43210"]
        assert rest.after is None

    @pytest.mark.parametrize("oldest_first", [False, True])
    @pytest.mark.parametrize("order", list(PhotoOrder))
    async def test_every_order_pages_through_everything_once(
        self, photos: PhotoRepository, order: PhotoOrder, oldest_first: bool
    ) -> None:
        for number in range(7):
            upload_time = NOON + (number % 3) * DAY
            await photos.add(taken(number % 2, f"p{number}", upload_time=upload_time), facts=[])
        seen: list[Photo] = []
        after: PageKey | None = ()
        while after is not None:
            page = await photos.page(
                OWNER, filter=PhotoFilter(), order=order, oldest_first=oldest_first, limit=3, after=after
            )
            seen += page.photos
            after = page.after
        by_capture = order is PhotoOrder.CAPTURE_TIME
        keys = [(photo.capture_time.instant if by_capture else photo.upload_time, photo.photo_id) for photo in seen]
        assert keys == sorted(keys, reverse=not oldest_first)
        assert len(keys) == 7

    async def test_trashed_archived_and_deleted_photos_are_left_out_unless_asked_for(
        self, photos: PhotoRepository
    ) -> None:
        await photos.add(make_photo("plain"), facts=[])
        await photos.add(make_photo("archived", edits=Edits(archived=True)), facts=[])
        await photos.add(make_photo("trashed", trash_time=NOON), facts=[])
        await photos.add(make_photo("both", trash_time=NOON, edits=Edits(archived=True)), facts=[])
        await photos.add(make_photo("deleted", deletion=Deletion(delete_time=NOON)), facts=[])

        none, only, also = Inclusion.LEFT_OUT, Inclusion.ONLY, Inclusion.INCLUDED

        async def names(archived: Inclusion = none, trashed: Inclusion = none) -> set[str]:
            page = await photos.page(OWNER, filter=PhotoFilter(archived=archived, trashed=trashed), limit=9)
            return {photo.file.file_name.removesuffix(".jpg") for photo in page.photos}

        assert await names() == {"plain"}
        assert await names(archived=only) == {"archived"}
        assert await names(trashed=only) == {"trashed"}
        assert await names(trashed=only, archived=only) == {"both"}
        assert await names(trashed=also, archived=also) == {"plain", "archived", "trashed", "both"}

    @pytest.mark.parametrize("oldest_first", [False, True])
    async def test_time_bounds_keep_the_first_and_leave_out_the_last(
        self, photos: PhotoRepository, oldest_first: bool
    ) -> None:
        for day in range(5):
            await photos.add(taken(day, f"p{day}"), facts=[])
        span = PhotoFilter(after=NOON + DAY, before=NOON + 3 * DAY)
        page = await photos.page(OWNER, filter=span, limit=9, oldest_first=oldest_first)
        assert {photo.file.file_name for photo in page.photos} == {"p1.jpg", "p2.jpg"}

    @pytest.mark.parametrize(
        "wanted",
        [
            PhotoFilter(favourite=True),
            PhotoFilter(tags=SetMatch(all_of=("SEA",))),
            PhotoFilter(tags=SetMatch(any_of=("sea",))),
            PhotoFilter(states=(PhotoState.READY,)),
            PhotoFilter(media_types=SetMatch(any_of=("image/png",))),
        ],
    )
    async def test_filters_find_what_matches(self, photos: PhotoRepository, wanted: PhotoFilter) -> None:
        ready = tuple(replace(status, state=StageState.DONE) for status in make_photo().stages)
        match = make_photo(
            "match",
            file=make_file("match", media_type="image/png"),
            edits=Edits(favourite=True),
            tags=Tags(user=(Tag(name="Sea", source=ValueSource.USER, set_time=NOON),)),
            stages=ready,
        )
        await photos.add(match, facts=[])
        for number in range(30):
            await photos.add(make_photo(f"other{number}"), facts=[])
        page = await photos.page(OWNER, filter=wanted, limit=1)
        found = list(page.photos)
        while page.after is not None:
            page = await photos.page(OWNER, filter=wanted, limit=1, after=page.after)
            found += page.photos
        assert found == [match]

    async def test_everything_is_paged_by_owner_and_id_tombstones_included(self, photos: PhotoRepository) -> None:
        for owner_id in (OTHER, OWNER):
            await photos.add(make_photo("a", owner_id=owner_id), facts=[])
            await photos.add(make_photo("b", owner_id=owner_id, deletion=Deletion(delete_time=NOON)), facts=[])
        first = await photos.page_all(limit=3)
        rest = await photos.page_all(limit=3, after=first.after or ())
        keys = [(photo.owner_id, photo.photo_id) for photo in (*first.photos, *rest.photos)]
        assert keys == sorted(keys)
        assert len(keys) == 4
        assert {photo.owner_id for photo in (await photos.page_all(owner_id=OTHER, limit=9)).photos} == {OTHER}

    async def test_an_album_is_paged_by_rank_without_the_trash(self, photos: PhotoRepository) -> None:
        def member(rank: str) -> tuple[Membership, ...]:
            return (Membership(album_id="album", rank=rank, added_time=NOON),)

        for seed, rank in (("last", "z"), ("first", "a")):
            await photos.add(make_photo(seed, memberships=member(rank)), facts=[])
        await photos.add(make_photo("trashed", memberships=member("m"), trash_time=NOON), facts=[])
        page = await photos.page_album(OWNER, "album", limit=9)
        assert [photo.file.file_name for photo in page.photos] == ["first.jpg", "last.jpg"]
        assert await photos.count_album(OWNER, "album") == 2

    async def test_trash_and_tombstones_are_found_by_their_time(self, photos: PhotoRepository) -> None:
        for day in range(3):
            time = NOON + day * DAY
            await photos.add(make_photo(f"t{day}", trash_time=time), facts=[])
            await photos.add(make_photo(f"d{day}", deletion=Deletion(delete_time=time)), facts=[])
        gone = Deletion(delete_time=NOON, content_removed_time=NOON)
        await photos.add(make_photo("gone", deletion=gone), facts=[])

        def names(page_photos: object) -> list[str]:
            assert isinstance(page_photos, list)
            return [photo.file.file_name.removesuffix(".jpg") for photo in page_photos]

        until = NOON + DAY
        assert names((await photos.page_trashed(until=until, limit=9)).photos) == ["t0", "t1"]
        left = await photos.page_tombstones(until=until, content_left=True, limit=9)
        assert names(left.photos) == ["d0", "d1"]
        assert names((await photos.page_tombstones(until=until, content_left=False, limit=9)).photos) == ["gone"]

    async def test_photos_with_a_stage_that_waits_are_found_by_when_it_was_asked_for(
        self, photos: PhotoRepository
    ) -> None:
        done = tuple(replace(status, state=StageState.DONE) for status in make_photo().stages)
        await photos.add(make_photo("done", stages=done), facts=[])
        await photos.add(make_photo("waiting"), facts=[])
        late = asked_again(make_photo("late", stages=done), [Stage.TEXT], NOON + DAY).photo
        await photos.add(late, facts=[])
        await photos.add(make_photo("trashed", trash_time=NOON), facts=[])
        page = await photos.page_pending(until=NOON, limit=9)
        assert [photo.file.file_name for photo in page.photos] == ["waiting.jpg"]
        assert len((await photos.page_pending(until=NOON + DAY, limit=9)).photos) == 2

    async def test_days_are_counted_by_local_time(self, photos: PhotoRepository) -> None:
        def at(local_time: str, hours: int) -> Edits:
            return Edits(capture_time=make_capture_time(local_time, hours=hours))

        await photos.add(make_photo("a", edits=at("2023-07-31T23:30:00", -5)), facts=[])
        await photos.add(make_photo("b", edits=at("2023-08-01T00:30:00", 14)), facts=[])
        await photos.add(make_photo("c", edits=replace(at("2023-08-02T00:30:00", 0), archived=True)), facts=[])
        await photos.add(make_photo("d", edits=replace(at("2023-08-01T12:00:00", 0), archived=True)), facts=[])
        await photos.add(make_photo("e", edits=at("2023-08-01T12:00:00", 0), trash_time=NOON), facts=[])
        await photos.add(make_photo("f", edits=at("2023-08-01T12:00:00", 0), owner_id=OTHER), facts=[])
        library = [DayCount("2023-08-01", 1), DayCount("2023-07-31", 1)]
        assert await photos.count_days(OWNER, archived=False) == library
        with_archive = [DayCount("2023-08-02", 1), DayCount("2023-08-01", 2), DayCount("2023-07-31", 1)]
        assert await photos.count_days(OWNER, archived=True) == with_archive

    async def test_a_photo_whose_time_changes_is_counted_where_it_is_now(self, photos: PhotoRepository) -> None:
        await photos.add(photo := make_photo("a"), facts=[])
        moved = replace(photo, edits=Edits(capture_time=make_capture_time("2020-02-29T23:59:59", hours=-5)))
        await photos.replace(moved, facts=told(moved))
        assert await photos.count_days(OWNER, archived=False) == [DayCount("2020-02-29", 1)]

    async def test_tags_are_counted_whatever_their_case(self, photos: PhotoRepository) -> None:
        def tagged(*names: str) -> Tags:
            return Tags(user=tuple(Tag(name=name, source=ValueSource.USER, set_time=NOON) for name in names))

        await photos.add(make_photo("a", tags=tagged("Sea", "boat")), facts=[])
        await photos.add(make_photo("b", tags=tagged("sea")), facts=[])
        await photos.add(make_photo("c", tags=tagged("sea"), trash_time=NOON), facts=[])
        await photos.add(make_photo("d", tags=tagged("sea"), owner_id=OTHER), facts=[])
        counts = await photos.count_tags(OWNER, prefix="", limit=9, skip=0)
        assert [(count.name.lower(), count.photos) for count in counts] == [("sea", 2), ("boat", 1)]
        assert await photos.count_tags(OWNER, prefix="BO", limit=9, skip=0) == [TagCount("boat", 1)]
        assert await photos.count_tags(OWNER, prefix="", limit=9, skip=1) == [TagCount("boat", 1)]

    async def test_usage_counts_the_trash_and_no_tombstones(self, photos: PhotoRepository) -> None:
        assert await photos.usage(OWNER) == Usage(used_bytes=0, photos=0, trashed_photos=0)
        await photos.add(make_photo("a"), facts=[])
        await photos.add(make_photo("b", trash_time=NOON), facts=[])
        await photos.add(make_photo("c", deletion=Deletion(delete_time=NOON)), facts=[])
        await photos.add(make_photo("d", owner_id=OTHER), facts=[])
        assert await photos.usage(OWNER) == Usage(used_bytes=2_000, photos=2, trashed_photos=1)
        statistics = await photos.statistics()
        assert (statistics.photos, statistics.tombstones, statistics.owners) == (3, 1, 2)
        assert statistics.states == {"processing": 3}

    async def test_an_erased_owner_leaves_nothing(self, photos: PhotoRepository) -> None:
        await photos.add(make_photo("a"), facts=[])
        await photos.add(make_photo("b", deletion=Deletion(delete_time=NOON)), facts=[])
        await photos.add(make_photo("a", owner_id=OTHER), facts=[])
        assert await photos.remove_owner(OWNER) == 2
        assert (await photos.count_owner(OWNER), await photos.count_owner(OTHER)) == (0, 1)

    async def test_a_removed_photo_leaves_no_trace(self, photos: PhotoRepository) -> None:
        photo = make_photo()
        await photos.add(photo, facts=[])
        with pytest.raises(PhotoConflict):
            await photos.remove(replace(photo, revision=7))
        await photos.remove(photo)
        assert await photos.count_owner(OWNER) == 0
