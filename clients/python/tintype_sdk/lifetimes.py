"""When the tokens of a session have to be refreshed, on a machine whose clock may be wrong, and may be set meanwhile.

The server says how long an access token lives, and that is counted here; the hour at the server is of no account.
Within a program a clock counts that nobody can set. What is kept for the next program is an hour of this machine's
clock, the only one that both of them know.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from tintype.v1 import account_pb2
from tintype_sdk.credentials import Tokens

EARLY_S: Final = 60.0  # a token is refreshed so long before it ends, so that none ends on its way


class Lifetimes:
    """Counts the lifetime of the newest access token."""

    def __init__(self, *, wall: Callable[[], float] = time.time, steady: Callable[[], float] = time.monotonic) -> None:
        """Make it.

        Args:
            wall: the clock of this machine, in seconds since 1970.
            steady: seconds since whenever; it may stand still while the machine sleeps.
        """
        self._wall = wall
        self._steady = steady
        self._counted = ""
        self._until = 0.0

    def begun(self, tokens: account_pb2.SessionTokens, *, user_name: str) -> Tokens:
        """Tokens that have just come, with this machine's hour for the end of the access token."""
        now, end = self._wall(), tokens.access_expire_time.ToNanoseconds() / 1e9
        if tokens.HasField("access_lifetime"):  # an older server tells only the hour
            end = now + tokens.access_lifetime.ToNanoseconds() / 1e9
        kept = Tokens(
            tokens.access_token,
            end,
            tokens.refresh_token,
            tokens.refresh_expire_time.ToNanoseconds() / 1e9,
            user_name,
        )
        self._count(kept)
        return kept

    def due(self, tokens: Tokens) -> bool:
        """Whether they have to be refreshed before they are used.

        The wall clock has a say as well: the other does not count what a sleeping machine sleeps. If it was set
        forward, that costs one refresh; if it was set back, it says nothing.
        """
        if tokens.access_token != self._counted:
            self._count(tokens)
        return self._steady() > self._until - EARLY_S or self._wall() > tokens.access_expire_time - EARLY_S

    def _count(self, tokens: Tokens) -> None:
        self._counted = tokens.access_token
        self._until = self._steady() + tokens.access_expire_time - self._wall()
