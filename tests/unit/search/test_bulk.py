"""A bulk that Elasticsearch answers with 200 may have failed in part: every item is looked at."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace
from typing import cast

import pytest
from elasticsearch import AsyncElasticsearch
from tests.search_builders import make_document

from tintype.search.adapters.elasticsearch.connection import IndexMissing, IndexRefused
from tintype.search.adapters.elasticsearch.documents import write_of
from tintype.search.adapters.elasticsearch.responses import Item
from tintype.search.adapters.elasticsearch.writing import Writer
from tintype.search.ports import IndexUnavailable

STORED: Item = {"status": 201, "result": "created"}


@dataclass
class Server:
    """Stores all but the last document of a bulk, of which it says this."""

    last: Item

    async def bulk(self, *, operations: list[object], **_: object) -> SimpleNamespace:
        items = [STORED] * (len(operations) // 2 - 1) + [self.last]
        return SimpleNamespace(body={"errors": True, "items": [{"index": item} for item in items]})


def failed(status: int, kind: str) -> Item:
    return {"status": status, "error": {"type": kind, "reason": "said so"}}


@pytest.mark.parametrize(
    ("item", "error"),
    [
        (failed(429, "es_rejected_execution_exception"), IndexUnavailable),
        (failed(503, "unavailable_shards_exception"), IndexUnavailable),
        (failed(404, "index_not_found_exception"), IndexMissing),
        (failed(400, "document_parsing_exception"), IndexRefused),
    ],
)
async def test_one_item_that_failed_fails_the_bulk(item: Item, error: type[Exception]) -> None:
    writer = Writer(cast(AsyncElasticsearch, Server(item)))
    with pytest.raises(error):
        await writer.write("photos", [write_of(make_document(f"p{number}"), 1) for number in range(3)], refresh="true")


async def test_a_bulk_that_was_stored_whole_is_no_failure() -> None:
    writer = Writer(cast(AsyncElasticsearch, Server(STORED)))
    writes = [write_of(make_document(f"p{number}"), 1) for number in range(3)]
    assert await writer.write("photos", writes, refresh="true") == [True, True, True]
