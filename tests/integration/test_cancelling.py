"""A caller who breaks off ends the work: no model and no index goes on for nobody."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TypeAlias, TypeVar, cast

import grpc
import pytest
from google.protobuf.message import Message

from tintype.host import opened_urls, running
from tintype.kit.settings import Settings
from tintype.kit.urls import Url, Urls
from tintype.search.adapters.sqlite.index import SqlitePhotoIndex
from tintype.search.domain.query import IndexAnswer, IndexQuery
from tintype.search.ports import PhotoIndex
from tintype.v1 import accounts_service_pb2, embed_service_pb2, search_service_pb2
from tintype.v1.accounts_service_pb2_grpc import AccountsServiceStub
from tintype.v1.embed_service_pb2_grpc import EmbedServiceStub
from tintype.v1.search_service_pb2_grpc import SearchServiceStub
from tintype.vision import connect as vision
from tintype.vision.ports import Matrix, Vision
from tintype.vision.settings import VisionSettings

T = TypeVar("T")
Call: TypeAlias = "grpc.aio.UnaryUnaryCall[Message, Message]"
SOON_S = 10


@dataclass
class Gate:
    """Where calls of one port pass, or wait until they are cancelled."""

    closed: bool = False
    passed: int = 0
    began: asyncio.Event = field(default_factory=asyncio.Event)
    cancelled: asyncio.Event = field(default_factory=asyncio.Event)

    async def through(self, work: Awaitable[T]) -> T:
        try:
            if self.closed:
                self.began.set()
                await asyncio.Event().wait()
            self.passed += 1
            return await work
        except asyncio.CancelledError:
            self.cancelled.set()
            raise
        finally:
            if asyncio.iscoroutine(work):
                work.close()


class GatedVision:
    """Vision whose text encoder stands behind a gate."""

    def __init__(self, vision: Vision, gate: Gate) -> None:
        self._vision = vision
        self._gate = gate

    def __getattr__(self, name: str) -> object:
        return getattr(self._vision, name)

    async def embed_text(self, texts: Sequence[str], *, space: str = "") -> Matrix:
        return await self._gate.through(self._vision.embed_text(texts, space=space))


class GatedIndex:
    """PhotoIndex whose searches stand behind a gate."""

    def __init__(self, index: PhotoIndex, gate: Gate) -> None:
        self._index = index
        self._gate = gate

    def __getattr__(self, name: str) -> object:
        return getattr(self._index, name)

    async def search(self, query: IndexQuery) -> IndexAnswer:
        return await self._gate.through(self._index.search(query))


@dataclass(frozen=True)
class Library:
    """A whole library in this process; a call of each kind, made by somebody who may."""

    channel: grpc.aio.Channel
    token: str
    vision: Gate
    index: Gate

    def search(self) -> Call:
        request = search_service_pb2.SearchPhotosRequest(words="a red barn")
        stub = SearchServiceStub(self.channel)
        return cast(Call, stub.SearchPhotos(request, metadata=self._signed, timeout=60))

    def embed(self) -> Call:
        request = embed_service_pb2.EmbedTextRequest(texts=["a red barn"])
        stub = EmbedServiceStub(self.channel)
        return cast(Call, stub.EmbedText(request, metadata=self._signed, timeout=60))

    @property
    def _signed(self) -> tuple[tuple[str, str], ...]:
        return (("authorization", f"Bearer {self.token}"),)


@pytest.fixture
async def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Library]:
    monkeypatch.setenv("TINTYPE_MODEL_PACK", "builtin")
    models, index = Gate(), Gate()

    @asynccontextmanager
    async def gated_vision(url: Url) -> AsyncIterator[Vision]:
        async with vision.connect(url, VisionSettings()) as real:
            yield cast(Vision, GatedVision(real, models))

    @asynccontextmanager
    async def gated_index(url: Url) -> AsyncIterator[PhotoIndex]:
        async with SqlitePhotoIndex.connect(url) as real:
            yield cast(PhotoIndex, GatedIndex(real, index))

    @asynccontextmanager
    async def gated(settings: Settings) -> AsyncIterator[Urls]:
        async with opened_urls(settings) as urls:
            await urls.open(urls.inference, gated_vision, part="vision")
            await urls.open(urls.index, gated_index, part="search")
            yield urls

    settings = Settings(home=tmp_path / "home", port=0, http_port=0, drain=timedelta(0))
    async with running(settings, opened=gated) as runs, grpc.aio.insecure_channel(runs.address) as channel:
        request = accounts_service_pb2.SignUpRequest(user_name="ada", password="correct horse battery staple")
        joined = await AccountsServiceStub(channel).SignUp(request)
        async with grpc.aio.insecure_channel(runs.address) as own:
            yield Library(own, joined.tokens.access_token, models, index)


Ending = Callable[[Library, Call], Awaitable[None]]


async def by_cancelling(library: Library, call: Call) -> None:
    call.cancel()


async def by_hanging_up(library: Library, call: Call) -> None:
    await library.channel.close()


WAYS = [by_cancelling, by_hanging_up]


async def broken_off(library: Library, call: Call, gate: Gate, end: Ending) -> None:
    """The work behind the gate begins with the call and is cancelled with it."""
    waiting = asyncio.ensure_future(answer_of(call))
    await asyncio.wait_for(gate.began.wait(), SOON_S)
    assert not gate.cancelled.is_set()
    await end(library, call)
    await asyncio.wait_for(gate.cancelled.wait(), SOON_S)
    assert await asyncio.wait_for(waiting, SOON_S) is None


async def answer_of(call: Call) -> object:
    """The answer, None if the call was broken off."""
    try:
        return await call
    except (asyncio.CancelledError, grpc.aio.AioRpcError):
        return None


@pytest.mark.parametrize("end", WAYS)
async def test_a_search_that_is_broken_off_ends_its_inference_and_never_asks_the_index(
    library: Library, end: Ending
) -> None:
    library.vision.closed = True
    await broken_off(library, library.search(), library.vision, end)
    assert library.index.passed == 0


@pytest.mark.parametrize("end", WAYS)
async def test_a_search_that_is_broken_off_ends_its_question_to_the_index(library: Library, end: Ending) -> None:
    library.index.closed = True
    await broken_off(library, library.search(), library.index, end)
    assert library.vision.passed == 1


@pytest.mark.parametrize("end", WAYS)
async def test_an_embedding_that_is_broken_off_ends_its_inference(library: Library, end: Ending) -> None:
    library.vision.closed = True
    await broken_off(library, library.embed(), library.vision, end)


async def test_what_is_not_broken_off_is_answered(library: Library) -> None:
    """So that a library in which nothing works cannot pass."""
    assert await answer_of(library.search()) is not None
    assert await answer_of(library.embed()) is not None
    assert (library.vision.passed, library.index.passed) == (2, 1)
    assert not library.vision.cancelled.is_set()
    assert not library.index.cancelled.is_set()
