"""What a password must be, as far as no list is needed to judge it."""

from __future__ import annotations

from typing import Final

SHORTEST: Final = 8
LONGEST: Final = 256  # of characters; Argon2 has no limit of its own, a request has

_PRODUCT: Final = "tintype"


def weakness(password: str, *, user_name: str) -> str:
    """What is wrong with it, empty if nothing; whether it is a common one is another question."""
    folded = password.casefold()
    if not SHORTEST <= len(password) <= LONGEST:
        return f"a password has {SHORTEST} to {LONGEST} characters"
    if len(set(folded)) < 4:
        return "a password needs at least four different characters"
    if _without_decoration(folded) in {user_name, _PRODUCT, user_name + _PRODUCT, _PRODUCT + user_name}:
        return "a password must be more than a name with a number"
    return ""


def plain_forms(password: str) -> tuple[str, ...]:
    """How it is looked up among common passwords: as it is, and without what people add to such words."""
    folded = password.casefold()
    return (folded, _without_decoration(folded))


def _without_decoration(folded: str) -> str:
    return folded.strip("0123456789!?.,-_ $#*@+")
