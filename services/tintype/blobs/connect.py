"""Opening a blob store by the scheme of its URL."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from enum import StrEnum
from typing import Final

from tintype.blobs.file_store import FileBlobStore
from tintype.blobs.ports import BlobStore
from tintype.kit.urls import InvalidUrl, Url, Urls


class Store(StrEnum):
    """The two stores behind one URL, kept apart so that tiers, policies and rights can differ."""

    ORIGINALS = "originals"
    DERIVED = "derived"


@asynccontextmanager
async def open_folder(url: Url, store: Store) -> AsyncIterator[BlobStore]:
    """Use a folder of this machine."""
    async with FileBlobStore.open(url.file / store) as opened:
        yield opened


@asynccontextmanager
async def open_s3(url: Url, store: Store) -> AsyncIterator[BlobStore]:
    """Use a bucket of a server. Its client is imported here: the embedded default does without it."""
    from tintype.blobs.s3_open import open_url

    async with open_url(url, store) as opened:
        yield opened


STORES: Final[Mapping[str, Callable[[Url, Store], AbstractAsyncContextManager[BlobStore]]]] = {
    "file": open_folder,
    "s3+http": open_s3,
    "s3+https": open_s3,
}


@asynccontextmanager
async def connect(url: Url, store: Store) -> AsyncIterator[BlobStore]:
    """Open one of the two stores. Raises InvalidUrl if no adapter knows the scheme."""
    opener = STORES.get(url.scheme)
    if opener is None:
        raise InvalidUrl(f"TINTYPE_BLOBS_URL: {url.scheme}: is none of {', '.join(sorted(STORES))}")
    async with opener(url, store) as opened:
        yield opened


async def shared(urls: Urls, store: Store) -> BlobStore:
    """The store that all services of this process share: it knows which staged writes are open."""
    return await urls.open(urls.blobs, lambda url: connect(url, store), part=store)
