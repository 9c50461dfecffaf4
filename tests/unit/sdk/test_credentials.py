from __future__ import annotations

import asyncio
from pathlib import Path

from tintype_sdk.credentials import FileTokens, Tokens

TOKENS = Tokens("access", 1.0, "refresh", 2.0, "anna")


def test_tokens_are_kept_for_their_owner_alone(tmp_path: Path) -> None:
    store = FileTokens(tmp_path / "server.json")
    assert store.load() is None
    store.save(TOKENS)
    assert store.load() == TOKENS
    assert (tmp_path / "server.json").stat().st_mode & 0o777 == 0o600
    store.clear()
    store.clear()
    assert store.load() is None


def test_a_damaged_file_means_that_nobody_is_signed_in(tmp_path: Path) -> None:
    (tmp_path / "server.json").write_text('{"access_token": "a"')
    assert FileTokens(tmp_path / "server.json").load() is None


async def test_only_one_at_a_time_trades_the_tokens_of_a_file(tmp_path: Path) -> None:
    order: list[str] = []
    inside = asyncio.Event()

    async def first() -> None:
        async with FileTokens(tmp_path / "server.json").exclusive():
            inside.set()
            await asyncio.sleep(0.1)
            order.append("first")

    async def second() -> None:
        await inside.wait()
        async with FileTokens(tmp_path / "server.json").exclusive():
            order.append("second")

    await asyncio.gather(first(), second())
    assert order == ["first", "second"]
