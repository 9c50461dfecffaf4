"""GET and HEAD /media/{token} over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp import ClientSession
from tests.catalog_world import catalog_world
from tests.media_world import ORIGINAL, PREVIEW, MediaWorld, media_world
from tests.s3_buckets import removed
from tests.servers import own_namespace, running_servers

from tintype.blobs.connect import Store, connect
from tintype.blobs.ports import BlobStore
from tintype.catalog.domain.photo import Photo
from tintype.catalog.domain.result import Variant
from tintype.catalog.handlers.media_route import PATH, MediaRoute
from tintype.kit.app import Route
from tintype.kit.http import HttpServer
from tintype.kit.settings import Settings
from tintype.kit.telemetry import Telemetry
from tintype.kit.urls import Url


@pytest.fixture(params=["folder", pytest.param("buckets", marks=pytest.mark.servers)])
async def media(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[MediaWorld]:
    async with AsyncExitStack() as stack:
        world = await stack.enter_async_context(catalog_world(tmp_path))
        if request.param == "buckets":
            originals, derived = await stack.enter_async_context(in_buckets())
            world = replace(world, originals=originals, derived=derived)
        yield media_world(world)


@asynccontextmanager
async def in_buckets() -> AsyncIterator[tuple[BlobStore, BlobStore]]:
    url = Url(running_servers().url("blobs", own_namespace()))
    try:
        async with connect(url, Store.ORIGINALS) as originals, connect(url, Store.DERIVED) as derived:
            yield originals, derived
    finally:
        await removed(url)


@pytest.fixture
async def client(media: MediaWorld, tmp_path: Path) -> AsyncIterator[ClientSession]:
    route = MediaRoute(media.media)
    routes = [Route(method, PATH, route.serve) for method in ("GET", "HEAD")]
    telemetry = Telemetry()
    server = HttpServer(Settings(home=tmp_path, http_port=0), telemetry, routes, ready=lambda: True)
    async with server.listening() as address, ClientSession(address) as client:
        yield client
    telemetry.close()


@pytest.fixture
async def photo(media: MediaWorld) -> Photo:
    return await media.stored()


async def test_an_original_is_saved_not_shown(media: MediaWorld, client: ClientSession, photo: Photo) -> None:
    async with client.get(f"/media/{await media.token(photo, Variant.ORIGINAL)}") as answer:
        assert answer.status == 200
        assert await answer.read() == ORIGINAL
    headers = answer.headers
    assert headers["Content-Type"] == "image/png"
    assert headers["Content-Length"] == str(len(ORIGINAL))
    assert headers["Content-Disposition"].startswith('attachment; filename="beach.jpg"')
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in headers["Content-Security-Policy"]
    assert headers["ETag"] == f'"{photo.file.sha256}"'
    assert headers["Cache-Control"].startswith("private, max-age=")


async def test_a_preview_is_shown(media: MediaWorld, client: ClientSession, photo: Photo) -> None:
    async with client.get(f"/media/{await media.token(photo, Variant.PREVIEW)}") as answer:
        assert await answer.read() == PREVIEW
        assert answer.headers["Content-Type"] == "image/jpeg"
        assert answer.headers["Content-Disposition"].startswith("inline")


async def test_head_says_what_get_would(media: MediaWorld, client: ClientSession, photo: Photo) -> None:
    async with client.head(f"/media/{await media.token(photo, Variant.ORIGINAL)}") as answer:
        assert (answer.status, answer.headers["Content-Length"]) == (200, str(len(ORIGINAL)))
        assert await answer.read() == b""


async def test_a_range_is_served_in_part(media: MediaWorld, client: ClientSession, photo: Photo) -> None:
    path = f"/media/{await media.token(photo, Variant.ORIGINAL)}"
    async with client.get(path, headers={"Range": "bytes=100-199"}) as answer:
        assert (answer.status, await answer.read()) == (206, ORIGINAL[100:200])
        assert answer.headers["Content-Range"] == f"bytes 100-199/{len(ORIGINAL)}"
        assert answer.headers["Content-Length"] == "100"
    async with client.get(path, headers={"Range": "bytes=-7"}) as answer:
        assert (answer.status, await answer.read()) == (206, ORIGINAL[-7:])
    async with client.get(path, headers={"Range": f"bytes={len(ORIGINAL)}-"}) as answer:
        assert (answer.status, answer.headers["Content-Range"]) == (416, f"bytes */{len(ORIGINAL)}")


async def test_a_range_of_other_bytes_gives_the_whole(media: MediaWorld, client: ClientSession, photo: Photo) -> None:
    path = f"/media/{await media.token(photo, Variant.ORIGINAL)}"
    same = {"Range": "bytes=0-9", "If-Range": f'"{photo.file.sha256}"'}
    async with client.get(path, headers=same) as answer:
        assert answer.status == 206
    async with client.get(path, headers=same | {"If-Range": '"other"'}) as answer:
        assert (answer.status, await answer.read()) == (200, ORIGINAL)


async def test_what_the_client_has_is_not_sent_again(media: MediaWorld, client: ClientSession, photo: Photo) -> None:
    path = f"/media/{await media.token(photo, Variant.PREVIEW)}"
    async with client.get(path) as first:
        etag = first.headers["ETag"]
    async with client.get(path, headers={"If-None-Match": f'W/"x", {etag}'}) as answer:
        assert (answer.status, await answer.read()) == (304, b"")


async def test_a_bad_or_revoked_address_is_refused(media: MediaWorld, client: ClientSession, photo: Photo) -> None:
    path = f"/media/{await media.token(photo, Variant.ORIGINAL)}"
    async with client.get("/media/forged") as answer:
        assert (answer.status, (await answer.json())["reason"]) == (401, "CREDENTIAL_INVALID")
    media.revoked.sessions.add("session-1")
    async with client.get(path) as answer:
        assert answer.status == 401


async def test_a_damaged_file_is_an_error(media: MediaWorld, client: ClientSession, photo: Photo) -> None:
    await media.world.originals.overwrite(f"{photo.owner_id}/{photo.file.sha256}", b"short")
    async with client.get(f"/media/{await media.token(photo, Variant.ORIGINAL)}") as answer:
        assert (answer.status, (await answer.json())["reason"]) == (500, "PHOTO_CORRUPT")
