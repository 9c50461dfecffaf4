"""Keys that access tokens are signed with."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True, repr=False)
class SigningKey:
    """An Ed25519 key. `seed` is secret and never leaves the process; `public` is what everybody may know."""

    key_id: str
    seed: bytes
    public: bytes
    create_time: datetime
    revision: int = 1


def signs_now(keys: tuple[SigningKey, ...], *, now: datetime, settle: timedelta) -> SigningKey | None:
    """The newest key that everybody has had the time to learn of; while there is none, the oldest; None without keys.

    Args:
        keys: in any order.
        now: the time.
        settle: how long a process may go on with a key set that it fetched before.
    """
    by_age = sorted(keys, key=lambda key: (key.create_time, key.key_id))
    settled = [key for key in by_age if now - key.create_time >= settle]
    return settled[-1] if settled else (by_age[0] if by_age else None)


def needs_successor(keys: tuple[SigningKey, ...], *, now: datetime, rotation: timedelta) -> bool:
    """Whether the newest key is due to be followed by another."""
    return not keys or now - max(key.create_time for key in keys) >= rotation


def outlived(keys: tuple[SigningKey, ...], *, now: datetime, overlap: timedelta) -> tuple[SigningKey, ...]:
    """Keys whose successor has signed for longer than any token of theirs can live."""
    by_age = sorted(keys, key=lambda key: (key.create_time, key.key_id))
    return tuple(key for key, successor in itertools.pairwise(by_age) if now - successor.create_time >= overlap)
