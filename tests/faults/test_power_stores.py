"""K6 at night: power fails under the index, and under the second S3 server."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from deploy.native.servers.elasticsearch import Elasticsearch
from deploy.native.servers.versitygw import Versitygw
from tests.faults.disk import needs_disks
from tests.faults.on_disk import OnDisk, on_disk, originals_lost
from tests.faults.scale import at_night, scaled
from tests.search_builders import OWNER, make_document

from tintype.kit.urls import Url
from tintype.kit.waiting import until_there
from tintype.search.adapters.elasticsearch.connection import opened, prefix_of
from tintype.search.adapters.elasticsearch.index import ElasticsearchPhotoIndex
from tintype.search.domain.document import DocumentKey

pytestmark = [
    needs_disks,
    at_night,
    pytest.mark.servers,
    pytest.mark.faults,
    pytest.mark.timeout(scaled(300, 3_600)),
]

CUTS = scaled(1, 5)
DOCUMENTS = 40


# It acknowledges an object before its bytes are on the disk, and has no setting for it: the disk has to sync.
WRITES_AT_ONCE = "loop,sync"


async def test_originals_on_versitygw_stay(tmp_path: Path) -> None:
    chance = random.Random(61)
    with on_disk(tmp_path, Versitygw(), options=WRITES_AT_ONCE) as server:
        for _ in range(CUTS):
            assert await originals_lost(server, "blobs_versitygw", chance) == 0


async def test_without_writes_at_once_originals_on_versitygw_are_lost(tmp_path: Path) -> None:
    with on_disk(tmp_path, Versitygw()) as server:
        assert await originals_lost(server, "blobs_versitygw", random.Random(61)) > 0


async def documents_lost(server: OnDisk, round_: int) -> int:
    """How many of those that the index took right before the power failed, and of all before, it has not afterwards."""
    url = Url(f"{server.instance.urls()['index']}/power")
    async with ElasticsearchPhotoIndex.connect(url) as index:
        for number in range(DOCUMENTS):
            assert await index.put([make_document(f"p{round_}-{number:03}", revision=round_)]) == 1
        assert await index.delete([DocumentKey(OWNER, f"p{round_}-000", round_ + 1)]) == 1
    await server.power_cut()
    async with ElasticsearchPhotoIndex.connect(url) as index:
        left = await until_there("index", index.count)
        if await index.put([make_document(f"p{round_}-000", revision=round_)]):
            left -= 1  # it has forgotten the delete, too
    return round_ * (DOCUMENTS - 1) - left


async def test_the_index_keeps_what_it_took(tmp_path: Path) -> None:
    with on_disk(tmp_path, Elasticsearch()) as server:
        for round_ in range(1, CUTS + 1):
            assert await documents_lost(server, round_) == 0


async def test_an_index_that_syncs_later_loses_what_it_took(tmp_path: Path) -> None:
    """Which shows that the test above would see it."""
    with on_disk(tmp_path, Elasticsearch()) as server:
        url = Url(f"{server.instance.urls()['index']}/power")
        async with ElasticsearchPhotoIndex.connect(url) as index, opened(url) as client:
            await index.put([make_document("first")])
            settings = {"index.translog.durability": "async", "index.translog.sync_interval": "120s"}
            await client.indices.put_settings(index=f"{prefix_of(url)}-*", settings=settings)
        assert await documents_lost(server, 1) > 0
