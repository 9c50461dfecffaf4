"""Events of a library as a browser hears them, through the real bridge."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aiohttp import ClientSession, ClientTimeout, DummyCookieJar
from tests.browser import Browser
from tests.drawn import draw
from tests.killable_bridge import KillableBridge

LONG_S = 60.0


@dataclass(frozen=True)
class Message:
    """A server-sent event."""

    name: str
    cursor: str
    data: Any

    @property
    def kind(self) -> str:
        return str(self.data["event"]["kind"]).removeprefix("LIBRARY_EVENT_KIND_")


class Listening:
    """An EventSource of the test's own."""

    def __init__(self, lines: AsyncIterator[bytes]) -> None:
        self._lines = lines

    async def following(self) -> Message | None:
        """The next event that has data; None once the stream has ended."""
        found: dict[str, str] = {}
        async with asyncio.timeout(LONG_S):
            async for line in self._lines:
                name, _, value = line.decode().rstrip("\n").partition(": ")
                if name:
                    found[name] = value
                elif "data" in found:
                    return Message(found.get("event", "message"), found.get("id", ""), json.loads(found["data"]))
                else:
                    found = {}
        return None

    async def until(self, kind: str, photo_id: str) -> list[Message]:
        """All up to this one."""
        heard: list[Message] = []
        while message := await self.following():
            heard.append(message)
            if message.name == "message" and (message.kind, message.data["event"]["photoId"]) == (kind, photo_id):
                return heard
        raise AssertionError(f"the stream ended after {heard}")


@asynccontextmanager
async def listening(
    bridge: KillableBridge, browser: Browser, *, last: str = "", query: str = ""
) -> AsyncIterator[Listening]:
    headers = {"Cookie": browser.header()} | ({"Last-Event-ID": last} if last else {})
    timeout = ClientTimeout(total=None)
    async with (
        ClientSession(bridge.url, cookie_jar=DummyCookieJar(), timeout=timeout) as http,
        http.get(f"/v1/events:watch{query}", headers=headers) as answer,
    ):
        assert answer.status == 200, await answer.text()
        assert answer.headers["Content-Type"] == "text/event-stream"
        yield Listening(aiter(answer.content))


async def test_a_photo_is_heard_of_from_its_arrival_until_it_is_ready(bridge: KillableBridge, browser: Browser) -> None:
    async with listening(bridge, browser) as stream:
        first = await stream.following()
        assert first is not None
        assert (first.name, first.data["cursor"]) == ("begin", first.cursor)
        photo_id = await browser.upload(draw(61))
        heard = await stream.until("PHOTO_READY", photo_id)
    assert heard[0].kind == "PHOTO_REGISTERED"


async def test_nothing_is_missed_while_the_bridge_is_killed_and_started_again(
    bridge: KillableBridge, browser: Browser
) -> None:
    async with listening(bridge, browser) as stream:
        begin = await stream.following()
        assert begin is not None
        await stream.until("PHOTO_REGISTERED", await browser.upload(draw(62)))
        await asyncio.to_thread(bridge.kill)
    await asyncio.to_thread(bridge.start)
    missed = await browser.upload(draw(63))
    async with listening(bridge, browser, last=begin.cursor, query="?cursor=damaged") as stream:
        heard = await stream.until("PHOTO_REGISTERED", missed)
    registered = [each for each in heard if each.name == "message" and each.kind == "PHOTO_REGISTERED"]
    assert len(registered) == 2


async def test_signing_out_ends_the_stream_within_seconds(bridge: KillableBridge, browser: Browser) -> None:
    async with listening(bridge, browser) as stream:
        await stream.following()
        await browser.send("DELETE", "/session")
        async with asyncio.timeout(10):
            told = await stream.following()
            assert told is not None
            assert told.name == "signedOut"
            assert await stream.following() is None


async def test_a_cursor_of_somebody_else_is_refused(bridge: KillableBridge, browser: Browser) -> None:
    async with listening(bridge, browser) as stream:
        begin = await stream.following()
    assert begin is not None
    await browser.sign_up()  # the same browser, somebody else
    answer = await browser.send("GET", f"/v1/events:watch?cursor={begin.cursor}")
    assert (answer.status, "CURSOR_INVALID" in answer.text) == (400, True)


async def test_a_bridge_that_is_told_to_stop_ends_its_streams_and_goes_in_order(
    bridge: KillableBridge, browser: Browser
) -> None:
    async with listening(bridge, browser) as stream:
        await stream.following()
        code = await asyncio.to_thread(bridge.stop)
        assert await stream.following() is None
    await asyncio.to_thread(bridge.start)
    assert code == 0
    assert (await browser.send("GET", "/session")).status == 200
