"""Opening a blob store by the scheme of its URL."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from enum import StrEnum

from tintype.blobs.file_store import FileBlobStore
from tintype.blobs.ports import BlobStore
from tintype.kit.urls import InvalidUrl, Url, Urls


class Store(StrEnum):
    """The two stores behind one URL, kept apart so that tiers, policies and rights can differ."""

    ORIGINALS = "originals"
    DERIVED = "derived"


@asynccontextmanager
async def connect(url: Url, store: Store) -> AsyncIterator[BlobStore]:
    """Open one of the two stores. Raises InvalidUrl if no adapter knows the scheme."""
    if url.scheme != "file":
        raise InvalidUrl(f"no blob store is known for {url.scheme}:")
    async with FileBlobStore.open(url.file / store) as opened:
        yield opened


async def shared(urls: Urls, store: Store) -> BlobStore:
    """The store that all services of this process share: it knows which staged writes are open."""
    return await urls.open(urls.blobs, lambda url: connect(url, store), part=store)
