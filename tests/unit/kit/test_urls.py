"""URLs: their parts, what they hide, and what is shared behind them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tintype.kit.urls import InvalidUrl, Url, Urls

DATABASE = Url("sqlite:///home/library.db")
MONGODB = Url("mongodb://me:s%40cret@host:27017/tintype?replicaSet=rs0")


def urls() -> dict[str, Url]:
    return {
        "database": DATABASE,
        "events": Url("sqlite:///home/events.db"),
        "blobs": Url("file:///home/blobs"),
        "index": Url("sqlite:///home/index.db"),
        "inference": Url("onnx:"),
    }


def test_a_url_has_parts() -> None:
    assert (MONGODB.scheme, MONGODB.host, MONGODB.path) == (
        "mongodb",
        "host:27017",
        "/tintype",
    )
    assert (MONGODB.username, MONGODB.password) == ("me", "s@cret")
    assert MONGODB.options == {"replicaSet": "rs0"}
    assert Url("file:///a%20b/c").file == Path("/a b/c")
    assert Url("onnx:").scheme == "onnx"


def test_a_password_is_in_no_text() -> None:
    with_key = Url("s3+http://key:secret@host/bucket?token=secret")
    for text in (
        str(MONGODB),
        repr(MONGODB),
        str(with_key),
        repr(with_key),
        f"{with_key}",
    ):
        assert "s%40cret" not in text
        assert "secret" not in text


def test_a_user_without_a_password_may_be_a_token_and_is_in_no_text_either() -> None:
    assert str(Url("nats://s3cr3t@host:4222/library")) == "nats://***@host:4222/library"


@pytest.mark.parametrize("text", ["library.db", "", "/home/x"])
def test_a_url_needs_a_scheme(text: str) -> None:
    with pytest.raises(InvalidUrl):
        Url(text)


@pytest.mark.parametrize("text", ["sqlite://host/library.db", "sqlite:library.db", "file:///"])
def test_a_file_needs_an_absolute_path(text: str) -> None:
    with pytest.raises(InvalidUrl):
        _ = Url(text).file


async def test_what_is_open_is_shared_and_closed_last_first() -> None:
    log: list[str] = []

    @asynccontextmanager
    async def opener(url: Url) -> AsyncIterator[object]:
        log.append(f"open {url}")
        await asyncio.sleep(0)
        yield object()
        log.append(f"close {url}")

    async with Urls.opened(**urls()) as opened:
        first, second = await asyncio.gather(opened.open(DATABASE, opener), opened.open(DATABASE, opener))
        third = await opened.open(opened.events, opener)
        assert first is second
        assert first is not third
    assert log == [
        "open sqlite:///home/library.db",
        "open sqlite:///home/events.db",
        "close sqlite:///home/events.db",
        "close sqlite:///home/library.db",
    ]


async def test_an_opening_that_failed_is_tried_again() -> None:
    failures = [OSError("away")]

    @asynccontextmanager
    async def opener(url: Url) -> AsyncIterator[str]:
        if failures:
            raise failures.pop()
        yield "open"

    async with Urls.opened(**urls()) as opened:
        with pytest.raises(OSError, match="away"):
            await opened.open(DATABASE, opener)
        assert await opened.open(DATABASE, opener) == "open"


def test_credentials_from_elsewhere_take_the_place_of_those_in_the_url() -> None:
    url = MONGODB.with_credentials(username="you", password="p@ss/word")
    assert (url.username, url.password, url.host, url.path) == ("you", "p@ss/word", "host:27017", "/tintype")
    assert url.options == MONGODB.options


def test_options_of_ours_can_be_kept_from_a_driver() -> None:
    url = Url("mongodb://host/tintype?ca=/ca.pem&replicaSet=rs0").without("ca", "cert", "key")
    assert url.secret == "mongodb://host/tintype?replicaSet=rs0"
