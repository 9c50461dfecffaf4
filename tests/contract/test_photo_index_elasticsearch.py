"""PhotoIndex on Elasticsearch."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest
from tests.contract.photo_index import PhotoIndexSuite
from tests.elastic import Indices, own_indices

from tintype.search.adapters.elasticsearch.index import ElasticsearchPhotoIndex
from tintype.search.ports import PhotoIndex

pytestmark = pytest.mark.servers


class TestElasticsearchPhotoIndex(PhotoIndexSuite):
    @pytest.fixture(autouse=True)
    def own(self) -> Iterator[None]:
        with own_indices() as self.indices:
            yield

    indices: Indices

    def connect(self, home: Path) -> AbstractAsyncContextManager[PhotoIndex]:
        return ElasticsearchPhotoIndex.connect(self.indices.url(home))
