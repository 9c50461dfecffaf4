"""The one connection to an installation's database that all services of a process use."""

from __future__ import annotations

from tintype.kit.store.sqlite import Database
from tintype.kit.urls import InvalidUrl, Urls


async def shared_database(urls: Urls) -> Database:
    """The SQLite file behind `urls.database`: opened once in a process and closed with `urls`.

    Raises: InvalidUrl for a scheme without an adapter, and what opening a file raises.
    """
    if urls.database.scheme != "sqlite":
        raise InvalidUrl(f"TINTYPE_DATABASE_URL: {urls.database.scheme}: is not sqlite")
    return await urls.open(urls.database, lambda url: Database.open(url.file), part="database")
