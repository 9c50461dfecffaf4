"""Albums, media, events and webhooks of a library that runs, by its own client."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer
from tests.drawn import draw
from tests.isolation.world import PASSWORD

from tintype.host import running
from tintype.kit.log import configure
from tintype.kit.settings import Settings
from tintype.v1 import album_service_pb2, event_service_pb2, photo_pb2
from tintype_sdk.client import Client
from tintype_sdk.errors import InvalidArgument, NotFound, Unauthenticated

WITHIN_S = 20


@asynccontextmanager
async def library(home: Path) -> AsyncIterator[Client]:
    configure(level="CRITICAL", form="json", stream=io.StringIO())
    settings = Settings(home=home, port=0, http_port=0, drain=timedelta(0))
    async with running(settings, ("accounts", "catalog", "upload")) as runs, Client.open(runs.address) as client:
        await client.accounts.sign_up("ada", PASSWORD)
        yield client


@pytest.fixture
async def client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Client]:
    monkeypatch.setenv("TINTYPE_CATALOG_WEBHOOK_PRIVATE_NETWORKS", "127.0.0.0/8")
    async with library(tmp_path / "home") as client:
        yield client


async def until(done: Callable[[], Awaitable[bool]]) -> None:
    """Ask again until it is so."""
    for _ in range(WITHIN_S * 50):
        if await done():
            return
        await asyncio.sleep(0.02)
    pytest.fail("it did not come true")


async def uploaded(client: Client, folder: Path, number: int) -> str:
    file = folder / f"{number}.jpg"
    file.write_bytes(draw(number))
    return (await client.uploads.upload_file(file)).photo.photo_id


async def test_an_album_is_filled_arranged_and_deleted(client: Client, tmp_path: Path) -> None:
    one, two, three = [await uploaded(client, tmp_path, number) for number in range(3)]
    album = await client.albums.create("Summer")
    order = album_service_pb2.Album(order=album_service_pb2.ALBUM_ORDER_MANUAL)
    await client.albums.update(album.album_id, order, ["order"], etag=album.etag)
    failures = await client.albums.add(album.album_id, [two, one, three, "nothing"])
    assert [(each.photo_id, each.reason) for each in failures] == [("nothing", "PHOTO_NOT_FOUND")]
    moved = await client.albums.move(album.album_id, three, after_photo_id=two)
    assert moved.photos == 3
    assert [photo.photo_id async for photo in client.albums.photos(album.album_id)] == [two, three, one]
    assert list((await client.photos.get(one)).album_ids) == [album.album_id]
    await client.albums.delete(album.album_id)
    with pytest.raises(NotFound):
        await client.albums.get(album.album_id)

    async def left() -> bool:
        return not (await client.photos.get(one)).album_ids

    await until(left)


async def test_what_happens_is_seen_as_it_happens_until_sign_out(client: Client, tmp_path: Path) -> None:
    async with asyncio.timeout(WITHIN_S):
        watch = client.events.watch()
        begin = await anext(watch)
        assert not begin.HasField("event")
        photo_id = await uploaded(client, tmp_path, 7)
        album = await client.albums.create("Winter")
        seen = [await anext(watch), await anext(watch)]
        assert {(each.event.kind, each.event.photo_id or each.event.album_id) for each in seen} == {
            (event_service_pb2.LIBRARY_EVENT_KIND_PHOTO_REGISTERED, photo_id),
            (event_service_pb2.LIBRARY_EVENT_KIND_ALBUM_CHANGED, album.album_id),
        }
        await client.accounts.sign_out(everywhere=True)
        with pytest.raises(Unauthenticated):
            await anext(watch)


async def test_a_signed_address_ends_with_the_session(client: Client, tmp_path: Path) -> None:
    photo_id = await uploaded(client, tmp_path, 8)
    signed = await client.media.sign(photo_id, photo_pb2.VARIANT_ORIGINAL)
    info = await client.media.download(photo_id, tmp_path / "back.jpg", variant=photo_pb2.VARIANT_ORIGINAL)
    async with ClientSession() as browser:
        async with browser.get(signed.url, headers={"Range": "bytes=0-99"}) as answer:
            assert (answer.status, await answer.read()) == (206, draw(8)[:100])
        await client.accounts.sign_out()
        async with browser.get(signed.url) as answer:
            assert answer.status == 401
    assert (tmp_path / "back.jpg").read_bytes() == draw(8)
    assert (info.file_name, info.size_bytes) == ("8.jpg", len(draw(8)))


async def test_a_webhook_hears_of_a_photo_and_its_log_says_so(client: Client, tmp_path: Path) -> None:
    heard: asyncio.Queue[dict[str, object]] = asyncio.Queue()

    async def receive(request: web.Request) -> web.Response:
        await heard.put(await request.json())
        return web.Response(status=204)

    app = web.Application()
    app.router.add_post("/hook", receive)
    server = TestServer(app, host="127.0.0.1")
    async with server, asyncio.timeout(WITHIN_S):
        kinds = [event_service_pb2.LIBRARY_EVENT_KIND_PHOTO_REGISTERED]
        made = await client.events.create_webhook(str(server.make_url("/hook")), kinds=kinds)
        assert len(made.secret) >= 32
        photo_id = await uploaded(client, tmp_path, 9)
        body = await heard.get()
        assert (body["photoId"], body["kind"]) == (photo_id, "LIBRARY_EVENT_KIND_PHOTO_REGISTERED")
        log: list[event_service_pb2.WebhookDelivery] = []

        async def logged() -> bool:
            log.extend([each async for each in client.events.deliveries(made.webhook.webhook_id)])
            return bool(log)

        await until(logged)
    assert [(each.event_id, each.attempt, each.http_status) for each in log] == [(body["eventId"], 1, 204)]
    with pytest.raises(InvalidArgument):
        await client.events.create_webhook("http://10.1.2.3/hook")
