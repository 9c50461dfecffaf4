"""Buckets of tests."""

from __future__ import annotations

import asyncio

from minio import Minio
from minio.deleteobjects import DeleteObject
from minio.error import S3Error

from tintype.blobs.connect import Store
from tintype.kit.urls import Url


def client(url: Url) -> Minio:
    return Minio(
        url.host, access_key=url.username, secret_key=url.password, secure=url.scheme == "s3+https", region="us-east-1"
    )


async def removed(url: Url) -> None:
    """Take away the buckets of a URL and what is in them."""
    await asyncio.to_thread(_remove, url)


async def unfinished(url: Url, key: str) -> int:
    """How many multipart uploads of a key were begun and neither completed nor aborted."""
    listed = await asyncio.to_thread(
        client(url)._list_multipart_uploads, f"{url.path.strip('/')}-originals", prefix=key
    )
    return len(listed.uploads)


def _remove(url: Url) -> None:
    minio = client(url)
    for store in Store:
        bucket = f"{url.path.strip('/')}-{store}"
        try:
            objects = [DeleteObject(each.object_name or "") for each in minio.list_objects(bucket, recursive=True)]
        except S3Error:
            continue
        assert not list(minio.remove_objects(bucket, objects))
        minio.remove_bucket(bucket)
