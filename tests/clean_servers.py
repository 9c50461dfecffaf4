"""Removes what a namespace left on the shared servers."""

from __future__ import annotations

import asyncio
import json
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

import nats
from minio import Minio
from minio.deleteobjects import DeleteObject
from nats.js.errors import NotFoundError
from pymongo import MongoClient
from tests.servers import Servers

from tintype.kit.urls import Url


def remove_namespace(servers: Servers, namespace: str) -> None:
    """The database, streams, buckets and indexes of a namespace; it is no error if some are not there."""
    with MongoClient[dict[str, object]](servers.database) as client:
        client.drop_database(namespace)
    with ThreadPoolExecutor(1) as beside:  # an asynchronous test has a loop in this thread
        beside.submit(lambda: asyncio.run(_remove_streams(servers.events, namespace))).result()
    for url in (servers.blobs, servers.blobs_versitygw):
        _remove_buckets(Url(url), namespace)
    _remove_indexes(Url(servers.index), namespace)


async def _remove_streams(url: str, namespace: str) -> None:
    client = await nats.connect(url)
    try:
        for name in (namespace, f"{namespace}-dead", f"{namespace}-advisories"):
            try:
                await client.jetstream().delete_stream(name)
            except NotFoundError:
                continue
    finally:
        await client.close()


def _remove_buckets(url: Url, namespace: str) -> None:
    client = Minio(url.host, access_key=url.username, secret_key=url.password, secure=False)
    for bucket in client.list_buckets():
        if bucket.name.startswith(f"{namespace}-"):
            objects = [DeleteObject(str(each.object_name)) for each in client.list_objects(bucket.name, recursive=True)]
            errors = list(client.remove_objects(bucket.name, objects))
            assert errors == [], errors
            client.remove_bucket(bucket.name)


def _remove_indexes(url: Url, namespace: str) -> None:
    base = f"http://{url.host}"
    with urllib.request.urlopen(f"{base}/_cat/indices/{quote(namespace)}-*?format=json&h=index", timeout=30) as answer:
        names = [each["index"] for each in json.load(answer)]
    for name in names:
        request = urllib.request.Request(f"{base}/{name}", method="DELETE")
        urllib.request.urlopen(request, timeout=30).close()
