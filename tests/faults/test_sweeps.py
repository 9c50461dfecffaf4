"""The sweeps S2, S4, S5 and S8 over MongoDB and S3: what they promise embedded holds there too.

S1 is tried where it is switched off, S3 beside the index, S6 with every poison.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from tests.catalog_world import World, catalog_world
from tests.sites import SERVERS, Site, site_on
from tests.unit.catalog.test_strays import (
    test_pictures_of_photos_in_whatever_state_stay,
    test_pictures_written_after_their_owner_was_erased_go,
    test_pictures_written_after_their_photo_was_deleted_go,
)
from tests.unit.catalog.test_sweeping import (
    test_a_job_that_may_still_wait_is_not_repeated,
    test_a_photo_committed_soon_after_its_original_was_claimed_is_checked_within_the_hour,
    test_missing_and_short_originals_are_marked_until_they_are_whole_again,
    test_results_that_no_photo_names_are_removed_after_a_day,
    test_stages_whose_job_was_lost_are_asked_for_again,
    test_thumbnails_that_are_missing_are_made_again,
)
from tests.unit.catalog.test_trashing import (
    test_a_deletion_cut_off_at_any_step_is_finished_by_the_sweep,
    test_a_tombstone_is_forgotten_after_45_days_with_what_came_late,
    test_content_of_a_photo_that_lives_again_stays,
    test_content_stays_while_an_upload_of_the_same_bytes_holds_the_claim,
)
from tests.unit.upload.conftest import Bench, RememberingCatalog, open_bench
from tests.unit.upload.test_uploads import (
    test_the_sweep_drops_expired_uploads_and_bytes_that_no_record_names,
    test_the_sweep_never_touches_a_photo,
)

__all__ = [
    "test_a_deletion_cut_off_at_any_step_is_finished_by_the_sweep",
    "test_a_job_that_may_still_wait_is_not_repeated",
    "test_a_photo_committed_soon_after_its_original_was_claimed_is_checked_within_the_hour",
    "test_a_tombstone_is_forgotten_after_45_days_with_what_came_late",
    "test_content_of_a_photo_that_lives_again_stays",
    "test_content_stays_while_an_upload_of_the_same_bytes_holds_the_claim",
    "test_missing_and_short_originals_are_marked_until_they_are_whole_again",
    "test_pictures_of_photos_in_whatever_state_stay",
    "test_pictures_written_after_their_owner_was_erased_go",
    "test_pictures_written_after_their_photo_was_deleted_go",
    "test_results_that_no_photo_names_are_removed_after_a_day",
    "test_stages_whose_job_was_lost_are_asked_for_again",
    "test_the_sweep_drops_expired_uploads_and_bytes_that_no_record_names",
    "test_the_sweep_never_touches_a_photo",
    "test_thumbnails_that_are_missing_are_made_again",
]

pytestmark = [pytest.mark.servers, pytest.mark.faults]


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Site]:
    with site_on(SERVERS, tmp_path) as place:
        yield place


@pytest.fixture
async def world(place: Site) -> AsyncIterator[World]:
    async with catalog_world(place.home, place.urls) as opened:
        yield opened


@pytest.fixture
async def bench(place: Site) -> AsyncIterator[Bench]:
    async with AsyncExitStack() as stack:
        yield await open_bench(place.home, stack, catalog=RememberingCatalog(), given=place.urls)
