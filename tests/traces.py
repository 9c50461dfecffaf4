"""Looking through everything that a library keeps, by no port of ours: what was erased may be nowhere."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import nats
from minio import Minio
from nats.js.errors import NotFoundError
from pymongo import MongoClient
from tests.servers import Servers

from tintype.kit.urls import Url

# An index of words cannot be read through, but the tables that it is kept in can.
TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'"
PARTS = {"library": "database", "events": "events", "index": "index"}


class Traces(Protocol):
    """What a library keeps, as `<part>: <table, collection, stream, index or object>`."""

    def where(self, name: str) -> set[str]:
        """The places that hold a name."""

    def beginning(self, *data: bytes) -> set[str]:
        """The files or objects that begin with any of these bytes."""


@dataclass(frozen=True)
class FolderTraces:
    """Of a library in one folder."""

    home: Path

    def where(self, name: str) -> set[str]:
        found = {f"blobs: {file.relative_to(self.home)}" for file in self.home.rglob(f"*{name}*")}
        for file in sorted(self.home.glob("*.db")):
            with closing(sqlite3.connect(file)) as database:
                tables = database.execute(TABLES).fetchall()
                found |= {f"{PARTS[file.stem]}: {table}" for (table,) in tables if _rows_with(database, table, name)}
        return found

    def beginning(self, *data: bytes) -> set[str]:
        files = [file for file in self.home.rglob("*") if file.is_file()]
        return {str(file.relative_to(self.home)) for file in files if file.read_bytes().startswith(data)}


def _rows_with(database: sqlite3.Connection, table: str, name: str) -> int:
    """Rows of which some column holds a name as text or as bytes."""
    columns = [row[1] for row in database.execute(f'PRAGMA table_info("{table}")')]
    holds = " OR ".join(f'instr(CAST("{column}" AS BLOB), CAST(:name AS BLOB)) > 0' for column in columns)
    return int(database.execute(f'SELECT count(*) FROM "{table}" WHERE {holds}', {"name": name}).fetchone()[0])


@dataclass(frozen=True)
class ServerTraces:
    """Of a library in a namespace of the servers."""

    servers: Servers
    namespace: str

    def where(self, name: str) -> set[str]:
        return {
            *(f"database: {collection}" for collection, document in self._documents() if name in document),
            *(f"events: {stream}" for stream, message in asyncio.run(self._messages()) if name.encode() in message),
            *(f"index: {index}" for index, document in self._indexed() if name in document),
            *(f"blobs: {key}" for key, _ in self._objects() if name in key),
        }

    def beginning(self, *data: bytes) -> set[str]:
        return {key for key, content in self._objects() if content.startswith(data)}

    def _documents(self) -> Iterator[tuple[str, str]]:
        with MongoClient[dict[str, object]](self.servers.database) as client:
            database = client[self.namespace]
            for collection in database.list_collection_names():
                for document in database[collection].find():
                    yield collection, repr(document)

    async def _messages(self) -> list[tuple[str, bytes]]:
        found = []
        client = await nats.connect(self.servers.events)
        try:
            for name in (self.namespace, f"{self.namespace}-dead", f"{self.namespace}-advisories"):
                stream, sequence = client.jetstream(), 1
                while sequence:
                    try:
                        message = await stream.get_msg(name, sequence, subject=">", next=True)
                    except NotFoundError:
                        break
                    text = f"{message.subject} {message.headers}".encode() + (message.data or b"")
                    found.append((name, text))
                    sequence = (message.seq or 0) + 1
        finally:
            await client.close()
        return found

    def _indexed(self) -> Iterator[tuple[str, str]]:
        """With the tokens of deleted documents gone, as searches see it."""
        base = f"http://{Url(self.servers.index).host}"
        address = f"{base}/{self.namespace}-*/_search?size=10000&allow_no_indices=true"
        with urllib.request.urlopen(address, timeout=30) as answer:
            for hit in json.load(answer)["hits"]["hits"]:
                yield hit["_index"], json.dumps(hit)

    def _objects(self) -> Iterator[tuple[str, bytes]]:
        url = Url(self.servers.blobs)
        client = Minio(url.host, access_key=url.username, secret_key=url.password, secure=False)
        for bucket in client.list_buckets():
            if bucket.name.startswith(f"{self.namespace}-"):
                for each in client.list_objects(bucket.name, recursive=True):
                    with client.get_object(bucket.name, str(each.object_name)) as answer:
                        yield f"{bucket.name}/{each.object_name}", answer.read()
