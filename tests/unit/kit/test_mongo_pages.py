"""Every page that a repository asks of MongoDB is a range of a declared index, in its order."""

from __future__ import annotations

import pytest
from tests.mongo_pages import BESIDE, PAGES, Pages
from tests.mongo_plans import Asked, TakenDown, compared, fields_of, why_not_served

from tintype.catalog.adapters.mongo_photo_shape import PhotoDocument
from tintype.kit.store.mongo import Keyed


@pytest.mark.parametrize(("document", "pages"), PAGES)
async def test_every_page_is_served_by_a_declared_index(document: type[Keyed], pages: Pages) -> None:
    down = TakenDown()
    await pages(down)
    assert down.finds
    beside = BESIDE.get(document, ())
    refused = [why_not_served(document, asked, beside=beside) for asked in (*down.finds, *down.counts)]
    assert set(refused) == {""}


@pytest.mark.parametrize(("document", "pages"), PAGES)
async def test_every_count_looks_at_fields_of_its_index_first(document: type[Keyed], pages: Pages) -> None:
    down = TakenDown()
    await pages(down)
    for steps, hint in down.aggregations:
        where = steps[0].get("$match", {})
        looked_at = compared(where) | {name for name in where if not name.startswith("$")}
        assert looked_at <= set(fields_of(document, hint))


def test_a_page_that_no_index_serves_is_told_from_one_that_is() -> None:
    by_capture: list[tuple[str, int]] = [("capture_ms", -1), ("_id", -1)]
    assert why_not_served(PhotoDocument, Asked({"owner_id": "o"}, by_capture, "by_capture")) == ""
    assert why_not_served(PhotoDocument, Asked({"owner_id": "o", "shelf": 1}, by_capture, "by_capture"))
    assert why_not_served(PhotoDocument, Asked({"owner_id": "o"}, by_capture, "by_upload"))
    assert why_not_served(PhotoDocument, Asked({"owner_id": "o", "size_bytes": {"$gt": 1}}, by_capture, "by_capture"))
