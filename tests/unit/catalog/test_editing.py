"""What owners change."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.builders import OTHER, OWNER, make_metadata
from tests.catalog_world import World
from tests.clocks import NOON

from tintype.catalog.domain.capture import StatedTime
from tintype.catalog.domain.editing import Field, PhotoEdit, Values
from tintype.catalog.domain.fact import Group, PhotoChanged
from tintype.catalog.domain.location import Location
from tintype.catalog.domain.photo import Photo
from tintype.catalog.domain.source import OffsetSource, ValueSource
from tintype.catalog.ports.photo import PhotoNotFound
from tintype.catalog.service.editing import MOST_TAGS, UpdateMaskInvalid
from tintype.catalog.service.writing import EtagMismatch
from tintype.kit.errors import InvalidInput


async def updated(world: World, photo: Photo, values: Values, *fields: Field, etag: str = "") -> Photo:
    return await world.editing.update_photo(
        owner_id=photo.owner_id, photo_id=photo.photo_id, values=values, mask=fields, etag=etag
    )


async def test_only_the_named_fields_are_set(world: World) -> None:
    photo = await updated(world, await world.ready(), Values(title="mine", rating=5), Field.TITLE)
    assert (photo.title, photo.rating) == ("mine", 3)
    told = (await world.facts(photo))[-1]
    assert isinstance(told, PhotoChanged)
    assert told.groups == (Group.EDITS,)


async def test_a_named_and_empty_field_returns_to_what_the_file_says(world: World) -> None:
    photo = await world.ready()
    values = Values(
        title="mine",
        description="mine",
        rating=5,
        capture_time=StatedTime(instant=NOON),
        location=Location(latitude_deg=1, longitude_deg=1),
    )
    fields = (Field.TITLE, Field.DESCRIPTION, Field.RATING, Field.CAPTURE_TIME, Field.LOCATION)
    photo = await updated(world, photo, values, *fields)
    assert (photo.capture_time.source, photo.place) == (ValueSource.USER, None)
    photo = await updated(world, photo, Values(), *fields)
    file = make_metadata()
    assert (photo.title, photo.description, photo.rating) == (file.title, file.description, file.rating)
    assert (photo.capture_time, photo.location, photo.place) == (file.capture_time, file.location, file.place)


async def test_a_change_that_changes_nothing_is_not_written(world: World) -> None:
    photo = await updated(world, await world.ready(), Values(title="mine"), Field.TITLE)
    assert await updated(world, photo, Values(title="mine"), Field.TITLE) == photo


async def test_a_local_time_with_its_offset_gives_the_instant(world: World) -> None:
    stated = StatedTime(
        instant=NOON,
        local_time="2023-07-14T18:03:22",
        utc_offset_minutes=120,
        utc_offset_source=OffsetSource.USER,
    )
    photo = await updated(world, await world.registered(), Values(capture_time=stated), Field.CAPTURE_TIME)
    assert photo.capture_time.instant.isoformat() == "2023-07-14T16:03:22+00:00"
    assert photo.capture_time.month == "2023-07-01"


@pytest.mark.parametrize("text", ["2023-02-30T10:00:00", "yesterday", "2023-07-14", "2023-07-14T18:03:22+02:00"])
async def test_a_local_time_that_is_none_is_refused(world: World, text: str) -> None:
    photo = await world.registered()
    with pytest.raises(InvalidInput) as refused:
        await updated(world, photo, Values(capture_time=StatedTime(local_time=text)), Field.CAPTURE_TIME)
    assert "photo.capture_time.local_time" in refused.value.fields


@pytest.mark.parametrize("mask", [[], ["owner_id"], ["title", "state"], ["tags.name"]])
async def test_a_mask_names_fields_that_can_be_set(world: World, mask: list[str]) -> None:
    photo = await world.registered()
    with pytest.raises(UpdateMaskInvalid):
        await world.editing.update_photo(owner_id=OWNER, photo_id=photo.photo_id, values=Values(), mask=mask, etag="")


async def test_a_stale_etag_changes_nothing_and_a_fresh_one_does(world: World) -> None:
    photo = await world.registered()
    after = await updated(world, photo, Values(title="first"), Field.TITLE, etag=photo.etag)
    with pytest.raises(EtagMismatch) as refused:
        await updated(world, photo, Values(title="second"), Field.TITLE, etag=photo.etag)
    assert refused.value.metadata == {"etag": after.etag}
    assert (await world.load(photo)).title == "first"


async def test_somebody_elses_photo_does_not_exist(world: World) -> None:
    photo = await world.registered()
    with pytest.raises(PhotoNotFound):
        await world.editing.edit_photo(owner_id=OTHER, photo_id=photo.photo_id, edit=PhotoEdit(favourite=True))


async def test_tags_are_replaced_and_found_ones_that_are_left_out_are_gone(world: World) -> None:
    photo = await updated(world, await world.ready(), Values(tags=("Sea", "sea", "dog")), Field.TAGS)
    assert [(tag.name, tag.source) for tag in photo.tags.shown] == [
        ("Sea", ValueSource.USER),
        ("dog", ValueSource.MODEL),
    ]
    photo = await updated(world, photo, Values(tags=("holiday",)), Field.TAGS)
    assert [(tag.name, tag.source) for tag in photo.tags.shown] == [("holiday", ValueSource.USER)]


async def test_a_tag_that_an_owner_adds_is_the_owners_even_where_a_model_found_it(world: World) -> None:
    photo = await world.ready()
    edit = PhotoEdit(add_tags=("Dog", " new ", " "), remove_tags=("holiday",))
    photo = await world.editing.edit_photo(owner_id=OWNER, photo_id=photo.photo_id, edit=edit)
    assert {(tag.name, tag.source) for tag in photo.tags.shown} == {
        ("Dog", ValueSource.USER),
        ("new", ValueSource.USER),
    }


async def test_a_shift_moves_instant_and_wall_time_and_keeps_the_offset(world: World) -> None:
    photo = await world.ready()
    before = photo.capture_time
    edit = PhotoEdit(shift_minutes=-90)
    after = (await world.editing.edit_photo(owner_id=OWNER, photo_id=photo.photo_id, edit=edit)).capture_time
    assert after.instant == before.instant - timedelta(minutes=90)
    assert after.local == before.local - timedelta(minutes=90)
    assert (after.utc_offset_minutes, after.source) == (before.utc_offset_minutes, ValueSource.USER)


async def test_a_shift_out_of_the_calendar_is_refused(world: World) -> None:
    photo = await world.ready()
    edit = PhotoEdit(shift_minutes=-(2**31))
    outcome = await world.editing.batch_update(owner_id=OWNER, photo_ids=[photo.photo_id], edit=edit)
    assert [failed.reason for failed in outcome.failures] == ["INVALID_ARGUMENT"]
    assert await world.load(photo) == photo


async def test_a_batch_tells_of_each_photo_what_became_of_it(world: World) -> None:
    first, second = await world.registered("one"), await world.registered("two")
    ids = [second.photo_id, "never", first.photo_id, second.photo_id]
    outcome = await world.editing.batch_update(owner_id=OWNER, photo_ids=ids, edit=PhotoEdit(rating=4))
    assert [photo.photo_id for photo in outcome.photos] == [second.photo_id, first.photo_id]
    assert [(failed.photo_id, failed.reason) for failed in outcome.failures] == [("never", "PHOTO_NOT_FOUND")]
    assert {photo.rating for photo in outcome.photos} == {4}


async def test_a_batch_leaves_a_photo_as_it_is_that_would_have_too_many_tags(world: World) -> None:
    full, other = await world.registered("full"), await world.registered("other")
    names = tuple(f"word {number}" for number in range(MOST_TAGS))
    full = await updated(world, full, Values(tags=names), Field.TAGS)
    ids = [full.photo_id, other.photo_id]
    outcome = await world.editing.batch_update(owner_id=OWNER, photo_ids=ids, edit=PhotoEdit(add_tags=("one more",)))
    assert [(each.photo_id, each.reason) for each in outcome.failures] == [(full.photo_id, "INVALID_ARGUMENT")]
    assert await world.load(full) == full
    assert [tag.name for tag in outcome.photos[0].tags.shown] == ["one more"]
    replaced = PhotoEdit(add_tags=("one more",), remove_tags=names[:1])
    photo = await world.editing.edit_photo(owner_id=OWNER, photo_id=full.photo_id, edit=replaced)
    assert len(photo.tags.shown) == MOST_TAGS
