"""Page tokens."""

from __future__ import annotations

import pytest

from tintype.kit.paging import PageTokenInvalid, page_position, page_token, query_of
from tintype.v1 import catalog_service_pb2 as pb

QUERY = query_of(pb.ListPhotosRequest(page_size=5), owner_id="ann")
KINDS = (int, str)


def test_a_position_goes_both_ways_and_ends_with_nothing() -> None:
    token = page_token((-5, "p"), query=QUERY)
    assert page_position(token, query=QUERY, kinds=KINDS) == (-5, "p")
    assert page_token(None, query=QUERY) == ""
    assert page_position("", query=QUERY, kinds=KINDS) == ()


def test_the_size_of_a_page_may_change_on_the_way() -> None:
    token = page_token((1, "p"), query=QUERY)
    later = query_of(pb.ListPhotosRequest(page_size=9, page_token=token, thumbnail_urls=True), owner_id="ann")
    assert page_position(token, query=later, kinds=KINDS) == (1, "p")


@pytest.mark.parametrize(
    "query",
    [
        query_of(pb.ListPhotosRequest(oldest_first=True), owner_id="ann"),
        query_of(pb.ListPhotosRequest(), owner_id="bob"),
        query_of(pb.ListTagsRequest(), owner_id="ann"),
    ],
)
def test_a_token_of_another_query_is_refused(query: bytes) -> None:
    with pytest.raises(PageTokenInvalid):
        page_position(page_token((1, "p"), query=QUERY), query=query, kinds=KINDS)


@pytest.mark.parametrize("token", ["!", "AAAA", "a", "x" * 300, page_token(("p", 1), query=QUERY), "ä"])
def test_a_damaged_token_is_refused(token: str) -> None:
    with pytest.raises(PageTokenInvalid):
        page_position(token, query=QUERY, kinds=KINDS)
