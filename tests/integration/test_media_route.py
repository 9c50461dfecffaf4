"""GET and HEAD /media/{token} over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from aiohttp import ClientSession
from tests.catalog_world import catalog_world
from tests.media_world import ORIGINAL, PREVIEW, STORE_URL, MediaWorld, ReachedFolder, media_world
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
async def in_buckets(server: str = "blobs", *, reached: bool = False) -> AsyncIterator[tuple[BlobStore, BlobStore]]:
    """Their originals and derived pictures; `reached` by clients as by us."""
    url = Url(running_servers().url(server, own_namespace()))
    if reached:
        url = Url(f"{url.secret}?public=http://{url.host}")
    try:
        async with connect(url, Store.ORIGINALS) as originals, connect(url, Store.DERIVED) as derived:
            yield originals, derived
    finally:
        await removed(url)


@pytest.fixture
async def client(media: MediaWorld, tmp_path: Path) -> AsyncIterator[ClientSession]:
    async with served(media, tmp_path) as client:
        yield client


@asynccontextmanager
async def served(media: MediaWorld, home: Path) -> AsyncIterator[ClientSession]:
    route = MediaRoute(media.media)
    routes = [Route(method, PATH, route.serve) for method in ("GET", "HEAD")]
    telemetry = Telemetry()
    server = HttpServer(Settings(home=home, http_port=0), telemetry, routes, ready=lambda: True)
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


@asynccontextmanager
async def reached(media: MediaWorld, folder: Path) -> AsyncIterator[tuple[MediaWorld, ClientSession]]:
    """The same, where clients reach the store."""
    async with ReachedFolder.open(folder) as store, AsyncExitStack() as stack:
        moved = media_world(replace(media.world, originals=store, derived=store))
        yield moved, await stack.enter_async_context(served(moved, folder))


async def test_where_clients_reach_the_store_originals_come_from_there(media: MediaWorld, tmp_path: Path) -> None:
    async with reached(media, tmp_path / "reached") as (media, client):
        photo = await media.stored()
        path = f"/media/{await media.token(photo, Variant.ORIGINAL)}"
        async with client.get(path, headers={"Range": "bytes=1-2"}, allow_redirects=False) as answer:
            assert (answer.status, await answer.read()) == (307, b"")
            headers = answer.headers
        assert headers["Location"].startswith(f"{STORE_URL}/{photo.owner_id}/{photo.file.sha256}?lasts=60&")
        assert parse_qs(urlsplit(headers["Location"]).query)["disposition"][0].startswith('attachment; filename="beach')
        assert (headers["Cache-Control"], headers["Referrer-Policy"]) == ("no-store", "no-referrer")
        etag = f'"{photo.file.sha256}"'
        async with client.head(path) as answer:
            assert (answer.status, answer.headers["ETag"]) == (200, etag)
        async with client.get(path, headers={"If-None-Match": etag}) as answer:
            assert answer.status == 304
        async with client.get(path, headers={"Range": "bytes=1-2", "If-Range": etag}) as answer:
            assert (answer.status, await answer.read()) == (206, ORIGINAL[1:3])
        async with client.get(f"/media/{await media.token(photo, Variant.PREVIEW)}") as answer:
            assert (answer.status, await answer.read()) == (200, PREVIEW)
        media.revoked.sessions.add("session-1")
        async with client.get(path, allow_redirects=False) as answer:
            assert answer.status == 401


@pytest.mark.servers
@pytest.mark.parametrize("server", ["blobs", "blobs_versitygw"])
async def test_a_redirect_leads_to_the_bytes(media: MediaWorld, tmp_path: Path, server: str) -> None:
    async with in_buckets(server, reached=True) as (originals, derived):
        media = media_world(replace(media.world, originals=originals, derived=derived))
        photo = await media.stored(file_name="Über den Wolken.jpg")
        async with served(media, tmp_path) as client:
            path = f"/media/{await media.token(photo, Variant.ORIGINAL)}"
            async with client.get(path, headers={"Range": "bytes=100-199"}) as answer:
                assert (len(answer.history), answer.status, await answer.read()) == (1, 206, ORIGINAL[100:200])
                assert answer.headers["Content-Type"] == "image/png"
                assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
                assert "%C3%9Cber%20den%20Wolken.jpg" in answer.headers["Content-Disposition"]


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
