"""Ranks: strings that sort photos within an album, with room for another one between any two.

A rank is a counter of eight digits, so that appending does not make ranks longer, and a tail of the photo's own, so
that two photos appended at once differ.
"""

from __future__ import annotations

import hashlib
from typing import Final

_DIGITS: Final = "0123456789abcdefghijklmnopqrstuvwxyz"
_HEAD: Final = 8
_STEP: Final = 1_000
_MIDDLE: Final = 36**_HEAD // 2
_LAST: Final = 36**_HEAD - 1
_TAIL: Final = 3


def rank_behind(rank: str, *, photo_id: str, steps: int = 1) -> str:
    """Behind a rank, where nothing follows it; behind an empty one if the album is empty."""
    head = int(rank[:_HEAD], 36) if rank else _MIDDLE
    return _number(min(head + steps * _STEP, _LAST)) + _tail(photo_id)


def rank_between(low: str, high: str, *, photo_id: str) -> str:
    """Between two neighbours; an empty `low` means before the first, an empty `high` behind the last."""
    if not high:
        return rank_behind(low, photo_id=photo_id)
    if not low:
        head = int(high[:_HEAD], 36)
        return (_number(head - _STEP) if head > _STEP else _middle("", high)) + _tail(photo_id)
    return (_middle(low, high) if low < high else low) + _tail(photo_id)


def _middle(low: str, high: str) -> str:
    """The shortest string between the two that neither begins with; `high` does not end in a 0, for no tail does."""
    shared = 0
    while shared < len(high) and (low[shared] if shared < len(low) else "0") == high[shared]:
        shared += 1
    begun, low, high = high[:shared], low[shared:], high[shared:]
    first = _DIGITS.index(low[0]) if low else 0
    last = _DIGITS.index(high[0])
    if last - first > 1:
        return begun + _DIGITS[(first + last) // 2]
    return begun + _DIGITS[first] + _above(low[1:])


def _above(low: str) -> str:
    """The shortest string above `low` that does not begin with it."""
    for place, digit in enumerate(low):
        value = _DIGITS.index(digit)
        if value < len(_DIGITS) - 1:
            return low[:place] + _DIGITS[(value + len(_DIGITS)) // 2]
    return low + _DIGITS[len(_DIGITS) // 2]


def _number(value: int) -> str:
    digits = ""
    for _ in range(_HEAD):
        value, digit = divmod(value, 36)
        digits = _DIGITS[digit] + digits
    return digits


def _tail(photo_id: str) -> str:
    value = int.from_bytes(hashlib.sha256(photo_id.encode()).digest()[:4], "big")
    tail = ""
    for _ in range(_TAIL):
        value, digit = divmod(value, 35)
        tail += _DIGITS[digit + 1]  # without 0, or nothing would fit before a rank that ends in it
    return tail
