"""Names for the moments at which a crash would leave something half done."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

Step = Callable[[str], Awaitable[None]]


async def no_step(name: str) -> None:
    """What is called between the steps of a protocol: nothing; a test's own host puts a crash here."""
