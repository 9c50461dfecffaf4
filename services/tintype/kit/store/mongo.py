"""One MongoDB database: a client for this process and event loop, and the collections of documents."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode, urlsplit, urlunsplit

import pymongo
from beanie import Document, init_beanie
from bson.codec_options import CodecOptions
from pymongo import AsyncMongoClient, IndexModel, ReadPreference, WriteConcern
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import PyMongoError
from pymongo.read_concern import ReadConcern

from tintype.kit.store.errors import StoreUnusable
from tintype.kit.store.mongo_errors import translated
from tintype.kit.tls import TLS_OPTIONS, tls_files
from tintype.kit.urls import InvalidUrl, Url
from tintype.kit.waiting import until_there

Row = dict[str, Any]  # a document as the driver has it
Collection = AsyncCollection[Row]

DEFAULT_NAME: Final = "tintype"
OLDEST: Final = 7  # Beanie dropped 4.4 to 6
ANSWER_MS: Final = 10_000  # a server that says nothing for so long has failed; the driver repeats a command once
SELECT_MS: Final = 4_000  # how long a command looks for a server; not `timeoutMS`, which would go before it
QUEUE_MS: Final = 4_000  # and for a free connection
CONNECT_MS: Final = 3_000
MOST_CONNECTIONS: Final = 50  # of this process: 20 processes stay well below what a small server allows
MOST_CONNECTING: Final = 4
LONG_S: Final = 300  # for what grows with the library: making an index, removing an owner
_OPTIONS: Final[CodecOptions[Row]] = CodecOptions(tz_aware=True)


class Keyed(Document):
    """A document whose `_id` we make. Documents declare the shape of a collection and its indexes, and do nothing.

    They do not declare `id` again: once Beanie knows one of them, pydantic warns of every further one that does.
    """

    id: str | int  # type: ignore[assignment]  # Beanie's own is an ObjectId; it lets documents say otherwise

    class Settings:
        """The name of the collection and its indexes."""

        name: str = ""
        indexes: Sequence[IndexModel] = ()


class MongoDatabase:
    """The database that a URL names. Acknowledged writes lie on the disks of a majority, reads see only such."""

    def __init__(self, database: AsyncDatabase[Row]) -> None:
        self._database = database

    @classmethod
    @asynccontextmanager
    async def open(cls, url: Url, *, wait: bool = True) -> AsyncIterator[MongoDatabase]:
        """Connect, and wait until the server answers, so that it may start after us.

        Args:
            url: `mongodb://[user:password@]host[,host...]/<database>?<options of MongoDB, or ca, cert, key>`.
            wait: for ever; else StoreUnavailable comes out of the first attempt.

        Raises: InvalidUrl; TlsFilesUnusable; StoreUnusable if the server refuses us or is too old.
        """
        async with connected(url) as client:
            database = cls(
                client.get_default_database(
                    DEFAULT_NAME,
                    codec_options=_OPTIONS,
                    write_concern=WriteConcern(w="majority", j=True),
                    read_concern=ReadConcern("majority"),
                    read_preference=ReadPreference.PRIMARY,  # whatever the URL says: a secondary lags behind deletions
                )
            )
            await (until_there("mongodb", database._greet) if wait else database._greet())
            yield database

    async def collection(self, document: type[Keyed], *also: IndexModel) -> Collection:
        """The collection of a document, with its indexes and these made. Raises StoreUnusable, StoreUnavailable."""
        collection = self._database[document.Settings.name]
        with translated(collection.name, opening=True), pymongo.timeout(LONG_S):
            await init_beanie(database=self._database, document_models=[document], skip_indexes=True)
            if indexes := [*document.Settings.indexes, *also]:
                await collection.create_indexes(indexes)
        return collection

    def as_it_is(self, document: type[Keyed]) -> Collection:
        """The collection of a document without making anything, for those who only read."""
        return self._database[document.Settings.name]

    async def probe(self) -> None:
        """Raises StoreUnavailable if the server does not answer."""
        with translated("probe"):
            await self._database.command("ping")

    async def _greet(self) -> None:
        with translated("connecting", opening=True):
            found = await self._database.command("buildInfo")
        if int(str(found["version"]).split(".")[0]) < OLDEST:
            raise StoreUnusable(f"MongoDB {OLDEST} or newer is needed, the server is {found['version']}")


@asynccontextmanager
async def connected(url: Url) -> AsyncIterator[AsyncMongoClient[Row]]:
    """The driver's client, which connects when it is first used. Raises InvalidUrl, TlsFilesUnusable."""
    files = tls_files(url)
    try:
        if files is None:
            client = AsyncMongoClient[Row](**driver_arguments(url))
        else:
            with files.combined() as certificate:  # the driver reads it at once
                client = AsyncMongoClient[Row](**driver_arguments(url, ca=files.ca, certificate=certificate, tls=True))
    except (ValueError, PyMongoError) as error:
        raise InvalidUrl(f"TINTYPE_DATABASE_URL: MongoDB's driver cannot use it ({type(error).__name__})") from error
    async with client:
        yield client


def driver_arguments(
    url: Url, *, tls: bool = False, ca: Path | None = None, certificate: Path | None = None
) -> dict[str, Any]:
    """What the driver is told: what the URL says goes before what we think. It knows no options of ours."""
    parts = urlsplit(url.secret)
    options = {name: value for name, value in url.options.items() if name not in TLS_OPTIONS}
    path = parts.path if parts.path.strip("/") else f"/{DEFAULT_NAME}"
    ours: dict[str, Any] = {
        "appname": "tintype",
        "socketTimeoutMS": ANSWER_MS,
        "serverSelectionTimeoutMS": SELECT_MS,
        "waitQueueTimeoutMS": QUEUE_MS,
        "connectTimeoutMS": CONNECT_MS,
        "maxPoolSize": MOST_CONNECTIONS,
        "maxConnecting": MOST_CONNECTING,
        "tls": tls or None,
        "tlsCAFile": None if ca is None else str(ca),
        "tlsCertificateKeyFile": None if certificate is None else str(certificate),
    }
    given = {name.lower() for name in options}
    kept = {name: value for name, value in ours.items() if value is not None and name.lower() not in given}
    return {"host": urlunsplit((parts.scheme, parts.netloc, path, urlencode(options), "")), "tz_aware": True, **kept}
