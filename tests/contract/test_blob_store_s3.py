"""S3: the suite on two servers, and what only an S3 store has."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest
from tests.contract.blob_store import BlobStoreSuite
from tests.s3_buckets import removed
from tests.servers import Servers

from tintype.blobs.connect import Store, connect
from tintype.blobs.ports import BlobStore
from tintype.kit.urls import Url

pytestmark = pytest.mark.servers


class S3Suite(BlobStoreSuite):
    """One namespace is one home."""

    server = ""

    @pytest.fixture(autouse=True)
    async def buckets(self, servers: Servers, namespace: str) -> AsyncIterator[None]:
        self.url = Url(servers.url(self.server, namespace))
        yield
        await removed(self.url)

    def connect(self, home: Path) -> AbstractAsyncContextManager[BlobStore]:
        return connect(self.url, Store.ORIGINALS)


class TestMinioBlobStore(S3Suite):
    server = "blobs"


class TestVersitygwBlobStore(S3Suite):
    server = "blobs_versitygw"
