"""Questions to servers, in their own protocols and without their libraries."""

from __future__ import annotations

import http.client
import socket
import struct
from typing import Final

_TIMEOUT_S: Final = 3.0
_OP_MSG: Final = 2013


def http_ok(port: int, path: str) -> bool:
    """Whether GET answers 200."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_TIMEOUT_S)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def mongodb_ping(port: int) -> bool:
    """Whether the command `ping` is answered with `ok: 1`."""
    fields = b"\x10ping\0" + struct.pack("<i", 1) + b"\x02$db\0" + struct.pack("<i", 6) + b"admin\0"
    document = struct.pack("<i", 4 + len(fields) + 1) + fields + b"\0"
    body = struct.pack("<I", 0) + b"\0" + document
    message = struct.pack("<iiii", 16 + len(body), 1, 0, _OP_MSG) + body
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=_TIMEOUT_S) as connection:
            connection.sendall(message)
            answer = connection.recv(4096)
    except OSError:
        return False
    return b"\x01ok\0" + struct.pack("<d", 1.0) in answer or b"\x10ok\0\x01" in answer
