"""Page tokens: opaque, bound to the query that they were made for, without authority."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Sequence
from typing import Final

from google.protobuf.message import Message

from tintype.kit.errors import InvalidInput

Position = tuple[str | int, ...]

_CHECK_BYTES: Final = 8
_NOT_OF_THE_QUERY: Final = ("page_token", "page_size", "thumbnail_urls")


class PageTokenInvalid(InvalidInput):
    """The token is damaged, or was made for another query."""

    reason = "PAGE_TOKEN_INVALID"


def query_of(request: Message, *, owner_id: str) -> bytes:
    """What a token is bound to: who asks for what, page by page."""
    query = type(request)()
    query.CopyFrom(request)
    for name in _NOT_OF_THE_QUERY:
        if name in query.DESCRIPTOR.fields_by_name:
            query.ClearField(name)
    text = f"{query.DESCRIPTOR.full_name}\0{owner_id}\0".encode()
    return hashlib.sha256(text + query.SerializeToString(deterministic=True)).digest()


def page_token(position: Sequence[str | int] | None, *, query: bytes) -> str:
    """The token of a position; empty for None, on the last page."""
    if position is None:
        return ""
    body = json.dumps(list(position), separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(_check(body, query) + body).decode().rstrip("=")


def page_position(token: str, *, query: bytes, kinds: Sequence[type[str] | type[int]]) -> Position:
    """The position of a token; () for an empty one, on the first page.

    Args:
        token: as the client sent it.
        query: what `query_of` says of this request.
        kinds: what the parts of a position are.

    Raises: PageTokenInvalid.
    """
    if not token:
        return ()
    try:
        data = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        body = data[_CHECK_BYTES:]
        position = json.loads(body) if data[:_CHECK_BYTES] == _check(body, query) else None
    except (binascii.Error, ValueError):
        position = None
    if not isinstance(position, list) or [type(part) for part in position] != list(kinds):
        raise PageTokenInvalid("the page token is damaged, or was made for another query")
    return tuple(position)


def _check(body: bytes, query: bytes) -> bytes:
    return hashlib.sha256(query + body).digest()[:_CHECK_BYTES]
