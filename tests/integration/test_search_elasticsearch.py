"""Search on Elasticsearch: what its use cases promise holds there too, the sweep S3 and the rebuild among them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.elastic import remove_indices
from tests.search_world import World, search_world
from tests.servers import Servers
from tests.unit.search.test_indexing import (
    test_a_deleted_photo_goes_and_stays_away,
    test_a_late_fact_writes_the_current_state,
    test_a_rebuild_makes_the_index_what_the_catalog_says,
    test_a_rebuild_that_is_cancelled_leaves_the_old_index,
    test_an_erasure_is_reported_with_what_is_left,
    test_an_index_ahead_of_the_catalog_asks_for_a_rebuild,
    test_photos_that_change_at_the_same_time_are_fetched_together,
    test_the_sweep_repairs_what_is_missing_stale_or_deleted,
    test_the_sweep_stops_where_the_catalog_must_be_the_wrong_one,
)
from tests.unit.search.test_searching import (
    test_a_filter_alone_lists_newest_first,
    test_a_name_of_an_album_finds_its_photos,
    test_a_photo_is_found_first_by_its_file_name_among_others_of_the_camera,
    test_dates_in_the_words_become_filters_and_are_told,
    test_every_space_that_holds_vectors_is_asked,
    test_facets_name_albums,
    test_min_relevance_cuts_the_tail,
    test_pages_are_the_parts_of_one_order,
    test_pages_follow_each_other_even_if_a_better_photo_comes,
    test_photos_like_a_photo_begin_with_itself,
    test_places_are_those_of_the_owner,
    test_suggestions_begin_with_what_was_typed,
    test_what_the_catalog_trashed_meanwhile_is_left_out,
    test_without_models_words_still_find_and_it_says_so,
    test_words_and_vectors_are_fused,
)

from tintype.kit.urls import Url

__all__ = [
    "test_a_deleted_photo_goes_and_stays_away",
    "test_a_filter_alone_lists_newest_first",
    "test_a_late_fact_writes_the_current_state",
    "test_a_name_of_an_album_finds_its_photos",
    "test_a_photo_is_found_first_by_its_file_name_among_others_of_the_camera",
    "test_a_rebuild_makes_the_index_what_the_catalog_says",
    "test_a_rebuild_that_is_cancelled_leaves_the_old_index",
    "test_an_erasure_is_reported_with_what_is_left",
    "test_an_index_ahead_of_the_catalog_asks_for_a_rebuild",
    "test_dates_in_the_words_become_filters_and_are_told",
    "test_every_space_that_holds_vectors_is_asked",
    "test_facets_name_albums",
    "test_min_relevance_cuts_the_tail",
    "test_pages_are_the_parts_of_one_order",
    "test_pages_follow_each_other_even_if_a_better_photo_comes",
    "test_photos_like_a_photo_begin_with_itself",
    "test_photos_that_change_at_the_same_time_are_fetched_together",
    "test_places_are_those_of_the_owner",
    "test_suggestions_begin_with_what_was_typed",
    "test_the_sweep_repairs_what_is_missing_stale_or_deleted",
    "test_the_sweep_stops_where_the_catalog_must_be_the_wrong_one",
    "test_what_the_catalog_trashed_meanwhile_is_left_out",
    "test_without_models_words_still_find_and_it_says_so",
    "test_words_and_vectors_are_fused",
]

pytestmark = pytest.mark.servers


@pytest.fixture
async def world(tmp_path: Path, servers: Servers, namespace: str) -> AsyncIterator[World]:
    url = Url(servers.url("index", namespace))
    try:
        async with search_world(tmp_path, url=url) as world:
            yield world
    finally:
        await remove_indices(url)
