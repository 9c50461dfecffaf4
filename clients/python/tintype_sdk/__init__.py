"""The Python SDK of Tintype: typed, async, with retries, deadlines and resumable uploads.

    async with Client.open("127.0.0.1:7460", key="tt_...") as client:
        await client.uploads.upload_file(Path("beach.jpg"))
        answer = await client.search.photos("red umbrella at the beach")

What goes in and comes out are the messages of the contract (`tintype.v1`), which are typed. Every failed call raises a
subclass of `TintypeError`.
"""

from tintype_sdk.client import Client
from tintype_sdk.credentials import FileTokens, MemoryTokens, Tokens, TokenStore
from tintype_sdk.errors import TintypeError
from tintype_sdk.uploads import Sending

__all__ = ["Client", "FileTokens", "MemoryTokens", "Sending", "TintypeError", "TokenStore", "Tokens"]
