"""The client: one connection, and what can be done over it by subject."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tintype_sdk.accounts import Accounts, Keys, Users
from tintype_sdk.admin import Admin, Operations
from tintype_sdk.albums import Albums
from tintype_sdk.connection import Connection, open_channel
from tintype_sdk.credentials import MemoryTokens, TokenStore
from tintype_sdk.events import Events
from tintype_sdk.photos import Media, Photos
from tintype_sdk.search import Embed, Search
from tintype_sdk.uploads import Uploads


class Client:
    """A library, as one user sees it. Made by `open`."""

    def __init__(self, connection: Connection) -> None:
        self.accounts = Accounts(connection)
        self.keys = Keys(connection)
        self.users = Users(connection)
        self.uploads = Uploads(connection)
        self.photos = Photos(connection)
        self.media = Media(connection)
        self.albums = Albums(connection)
        self.search = Search(connection)
        self.embed = Embed(connection)
        self.events = Events(connection)
        self.operations = Operations(connection)
        self.admin = Admin(connection)

    @classmethod
    @asynccontextmanager
    async def open(
        cls,
        address: str,
        *,
        key: str = "",
        tokens: TokenStore | None = None,
        ca_file: Path | None = None,
        plain_text: bool | None = None,
    ) -> AsyncIterator[Client]:
        """Connect; nothing is sent before the first call.

        Args:
            address: host:port, or unix:path.
            key: an API key; without one, calls are signed with the tokens of a session.
            tokens: where the session's tokens are kept; in memory if not given.
            ca_file: what the server's certificate is checked against, if not the system's authorities.
            plain_text: True allows plain text beyond this machine, False asks for TLS even here.
        """
        channel = open_channel(address, ca_file=ca_file, plain_text=plain_text)
        try:
            yield cls(Connection(channel, key=key, tokens=tokens or MemoryTokens()))
        finally:
            await channel.close()
