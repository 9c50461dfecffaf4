"""One unary gRPC call with an empty request, by hand: enough of HTTP/2 to learn whether a server answers."""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Final

_TIMEOUT_S: Final = 3.0
_PREFACE: Final = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
_DATA, _HEADERS, _SETTINGS, _GOAWAY = 0, 1, 4, 7
_END_STREAM, _END_HEADERS = 1, 4
_EMPTY_MESSAGE: Final = b"\0" * 5  # not compressed, no bytes


def answer_of(port: int, method: str) -> bytes | None:
    """The serialized answer of a method, as in `/package.Service/Method`; None if none comes."""
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=_TIMEOUT_S) as connection:
        connection.sendall(_PREFACE + _frame(_SETTINGS, 0, b"", stream=0) + _request(port, method))
        for kind, flags, stream, payload in _frames(connection):
            if kind == _DATA and stream == 1:
                return payload[len(_EMPTY_MESSAGE) :]
            if kind == _GOAWAY or (stream == 1 and flags & _END_STREAM):
                return None
    return None


def _request(port: int, method: str) -> bytes:
    headers = {
        ":method": "POST",
        ":scheme": "http",
        ":path": method,
        ":authority": f"127.0.0.1:{port}",
        "te": "trailers",
        "content-type": "application/grpc",
    }
    return _frame(_HEADERS, _END_HEADERS, _packed(headers), stream=1) + _frame(
        _DATA, _END_STREAM, _EMPTY_MESSAGE, stream=1
    )


def _packed(headers: Mapping[str, str]) -> bytes:
    """HPACK without its tables: each a literal that is not indexed, with a new name. All are shorter than 127 bytes."""
    return b"".join(
        b"\0" + bytes([len(name)]) + name.encode() + bytes([len(value)]) + value.encode()
        for name, value in headers.items()
    )


def _frame(kind: int, flags: int, payload: bytes, *, stream: int) -> bytes:
    return struct.pack(">I", len(payload))[1:] + struct.pack(">BBI", kind, flags, stream) + payload


def _frames(connection: socket.socket) -> Iterator[tuple[int, int, int, bytes]]:
    with connection.makefile("rb") as incoming:
        while len(head := incoming.read(9)) == 9:
            kind, flags, stream = struct.unpack(">BBI", head[3:])
            yield kind, flags, stream, incoming.read(int.from_bytes(head[:3], "big"))
