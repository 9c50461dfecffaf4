"""SearchPhotos, from the words to the page."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.search_builders import OWNER, unit_vector
from tests.search_world import SPACE, World, search_world

from tintype.kit.errors import InvalidInput
from tintype.search.domain.answer import SearchPage
from tintype.search.domain.document import Captured, Field, PhotoFacts, Place
from tintype.search.domain.photo_filter import Inclusion, PhotoFilter, SetMatch, Visibility
from tintype.search.domain.query import Leg
from tintype.search.domain.request import SearchRequest
from tintype.search.service.asking import PhotoNotFound, PictureUnreadable, QueryEmpty
from tintype.search.service.searching import WeightsInvalid
from tintype.vision.ports import Calibration, Space


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with search_world(tmp_path) as world:
        yield world


def ids(page: SearchPage) -> list[str]:
    return [hit.photo.photo_id for hit in page.hits]


def taken(year: int, month: int = 7, hour: int = 12) -> Captured:
    local = datetime(year, month, 14, hour, tzinfo=UTC)
    return Captured(local, local.replace(tzinfo=None))


async def test_words_and_vectors_are_fused(world: World) -> None:
    await world.photo("word", "dog")
    await world.photo("both", "dog", angle=0.1)
    await world.photo("vector", angle=0.0)
    page = await world.searching.search_photos(SearchRequest(OWNER, "dog", explain=True))
    assert ids(page) == ["both", "word", "vector"]
    legs = {hit.photo.photo_id: {part.leg for part in hit.parts} for hit in page.hits}
    assert legs == {"both": {Leg.WORDS, Leg.VECTOR}, "vector": {Leg.VECTOR}, "word": {Leg.WORDS}}
    assert [match.text for match in page.hits[0].matched] == ["dog"]
    assert page.matches == 3
    assert page.pack == SPACE


async def test_a_page_takes_one_call_to_the_catalog(world: World) -> None:
    for number in range(30):
        await world.photo(f"p{number}", "dog")
    await world.searching.search_photos(SearchRequest(OWNER, "dog", explain=True, facets=True))
    assert world.catalog.pages == 1


async def test_limits_of_the_pack_are_told(world: World) -> None:
    await world.photo("p1", "dog", angle=0.0)
    page = await world.searching.search_photos(SearchRequest(OWNER, "dog"))
    assert page.degraded == ("knows three words",)


async def test_without_models_words_still_find_and_it_says_so(world: World) -> None:
    await world.photo("p1", "dog", angle=0.0)
    world.vision.missing = True
    page = await world.searching.search_photos(SearchRequest(OWNER, "dog"))
    assert ids(page) == ["p1"]
    assert "vector" in page.degraded


async def test_without_models_and_matches_nothing_is_found(world: World) -> None:
    await world.photo("p1", "cat", angle=0.0)
    world.vision.missing = True
    request = SearchRequest(OWNER, "dog", weights={Leg.VECTOR: 1.0, Leg.WORDS: 0.0})
    page = await world.searching.search_photos(request)
    assert ids(page) == []
    assert page.matches == 0


async def test_every_space_that_holds_vectors_is_asked(world: World) -> None:
    world.vision.served = (Space("pack-2", 8, Calibration(0.5, 10.0)), *world.vision.served)
    await world.photo("old", angle=0.0)
    world.catalog.add("new", vectors={"pack-2": unit_vector(0.0)})
    await world.indexing.index_now([key for key in world.catalog.photos if key.photo_id == "new"])
    page = await world.searching.search_photos(SearchRequest(OWNER, "dog", explain=True))
    assert {part.space for hit in page.hits for part in hit.parts} == {"pack-1", "pack-2"}
    assert [hit.score for hit in page.hits] == pytest.approx([1 / 61] * 2)


async def test_dates_in_the_words_become_filters_and_are_told(world: World) -> None:
    await world.photo("summer", "beach", facts=PhotoFacts(captured=taken(2023)))
    await world.photo("winter", "beach", facts=PhotoFacts(captured=taken(2023, month=1)))
    page = await world.searching.search_photos(SearchRequest(OWNER, "beach summer 2023"))
    assert ids(page) == ["summer"]
    assert page.understanding.remaining == "beach"
    assert [part.words for part in page.understanding.parts] == ["summer 2023"]


async def test_literal_takes_the_words_as_they_are(world: World) -> None:
    await world.photo("p1", "summer", "2023")
    page = await world.searching.search_photos(SearchRequest(OWNER, "summer 2023", literal=True))
    assert ids(page) == ["p1"]
    assert page.understanding.parts == ()


async def test_places_are_those_of_the_owner(world: World) -> None:
    await world.photo("lund", "dog", facts=PhotoFacts(place=Place("Lund", "Malmö", "Skåne", "Sweden", "SE")))
    await world.photo("nowhere", "dog")
    assert ids(await world.searching.search_photos(SearchRequest(OWNER, "dog in Lund"))) == ["lund"]
    assert set(ids(await world.searching.search_photos(SearchRequest(OWNER, "dog in Paris")))) == {"lund", "nowhere"}


async def test_a_name_of_an_album_finds_its_photos(world: World) -> None:
    world.catalog.titles = {"a1": "Anna's wedding"}
    await world.photo("p1", facts=PhotoFacts(album_ids=("a1",)))
    await world.photo("p2")
    assert ids(await world.searching.search_photos(SearchRequest(OWNER, "weddings"))) == ["p1"]


async def test_a_filter_alone_lists_newest_first(world: World) -> None:
    for year in (2020, 2022, 2021):
        await world.photo(f"p{year}", facts=PhotoFacts(captured=taken(year), tags=("rex",)))
    kept = PhotoFilter(tags=SetMatch.folded(["Rex"]))
    page = await world.searching.search_photos(SearchRequest(OWNER, filter=kept))
    assert ids(page) == ["p2022", "p2021", "p2020"]
    assert {hit.relevance for hit in page.hits} == {1.0}


async def test_photos_like_a_photo_begin_with_itself(world: World) -> None:
    await world.photo("near", angle=0.2)
    await world.photo("self", angle=0.0)
    await world.photo("far", angle=1.5)
    page = await world.searching.search_photos(SearchRequest(OWNER, like_photo_id="self"))
    assert ids(page) == ["self", "near", "far"]
    assert page.hits[0].relevance == pytest.approx(1.0, abs=1e-5)


async def test_photos_like_a_picture(world: World) -> None:
    await world.photo("one", angle=1.0)
    await world.photo("two", angle=2.0)
    page = await world.searching.search_photos(SearchRequest(OWNER, like_image=b"\x02"))
    assert ids(page) == ["two", "one"]


async def test_min_relevance_cuts_the_tail(world: World) -> None:
    await world.photo("near", angle=0.1)
    await world.photo("far", angle=2.5)
    page = await world.searching.search_photos(SearchRequest(OWNER, "dog", min_relevance=0.5))
    assert ids(page) == ["near"]
    assert page.matches == 1


async def test_what_the_catalog_trashed_meanwhile_is_left_out(world: World) -> None:
    await world.photo("p1", "dog")
    await world.photo("p2", "dog")
    world.catalog.add("p1", revision=2, facts=PhotoFacts(trashed=True))
    world.catalog.add("p2", revision=2, deleted=True)
    assert ids(await world.searching.search_photos(SearchRequest(OWNER, "dog"))) == []
    shown = Visibility(trashed=Inclusion.ONLY)
    await world.indexing.index_now(list(world.catalog.photos))
    request = SearchRequest(OWNER, filter=PhotoFilter(), visibility=shown)
    assert ids(await world.searching.search_photos(request)) == ["p1"]


async def test_pages_follow_each_other_even_if_a_better_photo_comes(world: World) -> None:
    for number in range(5):
        await world.photo(f"p{number}", angle=0.1 * (number + 1))
    first = await world.searching.search_photos(SearchRequest(OWNER, "dog", limit=2))
    assert first.after is not None
    await world.photo("better", angle=0.0)
    second = await world.searching.search_photos(SearchRequest(OWNER, "dog", limit=2, after=first.after))
    assert second.after is not None
    third = await world.searching.search_photos(SearchRequest(OWNER, "dog", limit=2, after=second.after))
    assert ids(first) + ids(second) + ids(third) == ["p0", "p1", "p2", "p3", "p4"]
    assert third.after is None


async def test_pages_are_the_parts_of_one_order(world: World) -> None:
    """Far beyond the windows of the legs: later pages ask the index for more, which must not move what was shown."""
    rng = random.Random(7)
    keys = [
        world.catalog.add(
            f"p{rng.getrandbits(40):010x}",
            texts={Field.LABELS: ("dog",)} if rng.random() < 0.3 else {},
            vectors={SPACE: unit_vector(rng.randrange(150) / 100)},
        )
        for _ in range(700)
    ]
    await world.indexing.index_now(keys)
    request, found = SearchRequest(OWNER, "dog", limit=90), list[tuple[str, float]]()
    page = await world.searching.search_photos(request)
    while page.after is not None:
        found += [(hit.photo.photo_id, hit.score) for hit in page.hits]
        page = await world.searching.search_photos(replace(request, after=page.after))
    found += [(hit.photo.photo_id, hit.score) for hit in page.hits]
    whole = await world.searching.search_photos(replace(request, limit=800))
    assert found == [(hit.photo.photo_id, hit.score) for hit in whole.hits]
    assert len(found) == 700


async def test_facets_name_albums(world: World) -> None:
    world.catalog.titles = {"a1": "Wedding"}
    await world.photo("p1", "dog", facts=PhotoFacts(album_ids=("a1",), captured=taken(2023)))
    page = await world.searching.search_photos(SearchRequest(OWNER, "dog", facets=True))
    assert [value.value for value in page.facets["years"]] == ["2023"]
    assert page.albums == {"a1": "Wedding"}


@pytest.mark.parametrize(
    ("request_", "error"),
    [
        (SearchRequest(OWNER, "  "), QueryEmpty),
        (SearchRequest(OWNER, "dog", weights={Leg.WORDS: 0.0, Leg.VECTOR: 0.0}), WeightsInvalid),
        (SearchRequest(OWNER, like_photo_id="nobody's"), PhotoNotFound),
        (SearchRequest(OWNER, like_image=b"no picture"), PictureUnreadable),
        (SearchRequest(OWNER, "dog", time_zone="Mars/Olympus"), InvalidInput),
    ],
)
async def test_impossible_queries_are_refused(world: World, request_: SearchRequest, error: type[Exception]) -> None:
    with pytest.raises(error):
        await world.searching.search_photos(request_)


async def test_a_cancelled_search_ends_the_encoding(world: World) -> None:
    began, ended = asyncio.Event(), asyncio.Event()

    async def forever() -> None:
        began.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    world.vision.before = forever
    search = asyncio.create_task(world.searching.search_photos(SearchRequest(OWNER, "dog")))
    await began.wait()
    search.cancel()
    with pytest.raises(asyncio.CancelledError):
        await search
    await asyncio.wait_for(ended.wait(), 10)


async def test_suggestions_begin_with_what_was_typed(world: World) -> None:
    world.catalog.titles = {"a1": "Lunar trip"}
    facts = PhotoFacts(place=Place("Lund", "Malmö", "Skåne", "Sweden"), tags=("lunch",), album_ids=("a1",))
    await world.photo("p1", facts=facts)
    await world.photo("p2", facts=PhotoFacts(tags=("lunch",)))
    found = await world.suggesting.suggest(owner_id=OWNER, prefix="LUN", limit=10)
    assert [(each.words, each.kind, each.photos) for each in found] == [
        ("lunch", "tag", 2),
        ("Lunar trip", "album", 1),
        ("Lund", "place", 1),
    ]


@pytest.mark.parametrize("asked", ["IMG_4120", "IMG_4120.jpg", "img 4120"])
async def test_a_photo_is_found_first_by_its_file_name_among_others_of_the_camera(world: World, asked: str) -> None:
    for number in range(4117, 4124):
        name = {Field.FILE_NAME: (f"IMG_{number}",)}
        angle = 3.0 + 0.2 * abs(number - 4118)  # the query's stand-in vector is nearest to another photo
        key = world.catalog.add(f"p{number}", texts=name, vectors={SPACE: unit_vector(angle)})
        await world.indexing.index_photo(key)
    page = await world.searching.search_photos(SearchRequest(OWNER, asked, explain=True))
    assert ids(page)[0] == "p4120"
    assert page.hits[0].score == pytest.approx(sum(part.contribution for part in page.hits[0].parts))
