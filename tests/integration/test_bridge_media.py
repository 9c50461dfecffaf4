"""Pictures through the real bridge."""

from __future__ import annotations

import asyncio
from io import BytesIO
from urllib.parse import urlsplit
from zipfile import ZipFile

from aiohttp import ClientSession, DummyCookieJar
from tests.browser import Browser, browsing
from tests.drawn import draw
from tests.killable_bridge import KillableBridge

DATA = draw(41)


async def thumbnail(browser: Browser, photo_id: str) -> dict[str, str]:
    """The headers of the thumbnail, once it is there."""
    async with asyncio.timeout(60):
        while True:
            answer = await browser.send("GET", f"/v1/photos/{photo_id}/media/thumbnail")
            if answer.status == 200:
                return dict(answer.headers)
            assert answer.status == 404, answer.text
            await asyncio.sleep(0.1)


async def test_an_original_is_saved_and_never_acts_as_a_page(browser: Browser) -> None:
    photo_id = await browser.upload(DATA)
    answer = await browser.send("GET", f"/v1/photos/{photo_id}/media/original")
    assert answer.body == DATA
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers.getall("Content-Security-Policy") == ["sandbox; default-src 'none'"]
    assert answer.headers.getall("X-Content-Type-Options") == ["nosniff"]
    assert "immutable" not in answer.headers["Cache-Control"]


async def test_a_part_of_it_and_what_the_browser_has(browser: Browser) -> None:
    path = f"/v1/photos/{await browser.upload(DATA)}/media/original"
    part = await browser.send("GET", path, headers={"Range": "bytes=100-199"})
    assert (part.status, part.body) == (206, DATA[100:200])
    assert part.headers["Content-Range"] == f"bytes 100-199/{len(DATA)}"
    again = await browser.send("GET", path, headers={"If-None-Match": part.headers["ETag"]})
    assert (again.status, again.body) == (304, b"")
    whole = await browser.send("HEAD", path)
    assert (whole.status, whole.headers["Content-Length"]) == (200, str(len(DATA)))


async def test_a_thumbnail_stays_in_the_browser(browser: Browser) -> None:
    headers = await thumbnail(browser, await browser.upload(DATA))
    assert headers["Cache-Control"] == "private, max-age=31536000, immutable"
    assert headers["Content-Disposition"].startswith("inline")


async def test_addresses_in_answers_are_such_as_its_clients_reach(browser: Browser, bridge: KillableBridge) -> None:
    photo_id = await browser.upload(DATA)
    await thumbnail(browser, photo_id)
    photo = (await browser.send("GET", f"/v1/photos/{photo_id}?thumbnailUrl=true")).json
    listed = (await browser.send("GET", "/v1/photos?thumbnailUrls=true")).json["photos"][0]
    async with ClientSession(cookie_jar=DummyCookieJar()) as stranger:
        for url in (photo["thumbnailUrl"], listed["thumbnailUrl"]):
            assert url.startswith(f"{bridge.url}/media/")
            async with stranger.get(url) as answer:
                assert (answer.status, answer.content_type) == (200, "image/jpeg")


async def test_originals_come_as_one_zip_and_those_of_others_never(browser: Browser, bridge: KillableBridge) -> None:
    photo_id, other_id = await browser.upload(DATA), await browser.upload(draw(42))
    answer = await browser.send("GET", f"/v1/photos:download?photoIds={photo_id}&photoIds={other_id}")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/zip")
    with ZipFile(BytesIO(answer.body)) as packed:
        assert packed.testzip() is None
        assert sorted(packed.read(name) for name in packed.namelist()) == sorted([DATA, draw(42)])
    async with browsing(bridge) as other:
        path = f"/v1/photos:download?photoIds={photo_id}"
        assert (await other.send("GET", path)).status == 401
        await other.sign_up()
        assert (await other.send("GET", path)).status == 404


async def test_a_signed_address_serves_without_a_session_at_the_bridge_too(
    browser: Browser, bridge: KillableBridge
) -> None:
    photo_id = await browser.upload(DATA)
    signed = await browser.send("POST", f"/v1/photos/{photo_id}:sign", json={"variant": "VARIANT_ORIGINAL"})
    assert signed.json["url"].startswith(f"{bridge.url}/media/")
    path = urlsplit(signed.json["url"]).path
    async with ClientSession(bridge.url, cookie_jar=DummyCookieJar()) as stranger:
        async with stranger.get(path) as answer:
            assert await answer.read() == DATA
        async with stranger.get("/media/forged") as answer:
            assert answer.status == 401
        await browser.send("DELETE", "/session")
        async with stranger.get(path) as answer:
            assert answer.status == 401
    assert path.rpartition("/")[2] not in bridge.log_file.read_text()


async def test_nobody_gets_the_picture_of_another(browser: Browser, bridge: KillableBridge) -> None:
    path = f"/v1/photos/{await browser.upload(DATA)}/media/original"
    async with browsing(bridge) as other:
        assert (await other.send("GET", path)).status == 401
        await other.sign_up()
        assert (await other.send("GET", path)).status == 404
