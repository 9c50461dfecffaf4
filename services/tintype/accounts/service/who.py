"""Who does something, as the audit log wants to know it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Who:
    """The caller of a use case. Empty where nobody is signed in, but for `peer`, the address."""

    user_id: str = ""
    credential_id: str = ""
    request_id: str = ""
    peer: str = ""
