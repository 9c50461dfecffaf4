"""Cursors: a position of the stream of facts, for one owner, before it is signed."""

from __future__ import annotations

import json


def cursor_payload(*, owner_id: str, epoch: str, sequence: int) -> bytes:
    """What a cursor holds."""
    return json.dumps([owner_id, epoch, sequence], separators=(",", ":")).encode()


def cursor_of(payload: bytes) -> tuple[str, str, int]:
    """Owner, epoch and sequence of a payload that was signed."""
    owner_id, epoch, sequence = json.loads(payload)
    return str(owner_id), str(epoch), int(sequence)
