"""The one connection to an installation's database that all services of a process use."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Final

from tintype.kit.store.sqlite import Database
from tintype.kit.urls import InvalidUrl, Urls

if TYPE_CHECKING:
    from tintype.kit.store.mongo import MongoDatabase

_PART: Final = "database"

SQLITE: Final = ("sqlite",)
MONGO: Final = ("mongodb", "mongodb+srv")


async def shared_database(urls: Urls) -> Database:
    """The SQLite file behind `urls.database`: opened once in a process and closed with `urls`.

    Raises: InvalidUrl for another scheme, and what opening a file raises.
    """
    if urls.database.scheme not in SQLITE:
        raise _unknown(urls)
    return await urls.open(urls.database, lambda url: Database.open(url.file), part=_PART)


async def shared_mongo(urls: Urls) -> MongoDatabase:
    """The MongoDB database behind `urls.database`: one client for the process and its event loop, closed with `urls`.

    Waits until the server answers. Raises: InvalidUrl for another scheme, and what connecting raises.
    """
    if urls.database.scheme not in MONGO:
        raise _unknown(urls)
    from tintype.kit.store.mongo import MongoDatabase  # 25 MB and 0.3 s that SQLite need not pay for

    return await urls.open(urls.database, MongoDatabase.open, part=_PART)


async def database_probe(urls: Urls) -> Callable[[], Awaitable[None]]:
    """What raises Unavailable while the database, whichever it is, does not answer."""
    if urls.database.scheme in MONGO:
        return (await shared_mongo(urls)).probe
    return (await shared_database(urls)).probe


def _unknown(urls: Urls) -> InvalidUrl:
    known = ", ".join(sorted((*SQLITE, *MONGO)))
    return InvalidUrl(f"TINTYPE_DATABASE_URL: {urls.database.scheme}: is none of {known}")
