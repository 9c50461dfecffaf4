"""The real bridge before a real library: what REST promises beside the calls themselves."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
import yaml
from tests.bridge import bridged
from tests.drawn import draw
from tests.library import running

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(180)]

Body = dict[str, Any]  # whatever JSON an answer holds; a test looks into the part that it is about


@dataclass
class Rest:
    """Asks the bridge, signed in as Ada."""

    session: aiohttp.ClientSession
    base: str
    signed: dict[str, str] = field(default_factory=dict)

    async def ask(
        self, method: str, path: str, body: object = None, **headers: str
    ) -> tuple[int, Body, Mapping[str, str]]:
        named = {**self.signed, **{name.replace("_", "-"): value for name, value in headers.items()}}
        async with self.session.request(method, self.base + path, json=body, headers=named) as answer:
            return answer.status, json.loads(await answer.read() or b"{}"), answer.headers

    async def photo(self, number: int) -> str:
        form = aiohttp.FormData()
        form.add_field("file", draw(number), filename=f"{number}.jpg", content_type="image/jpeg")
        async with self.session.post(f"{self.base}/v1/photos", data=form, headers=self.signed) as answer:
            assert answer.status == 201, await answer.text()
            return str((await answer.json())["photo"]["photoId"])


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def rest(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Rest]:
    folder = tmp_path_factory.mktemp("rest")
    gallery = folder / "gallery"
    (gallery / "assets").mkdir(parents=True)
    (gallery / "index.html").write_text("<!doctype html><title>gallery</title>")
    (gallery / "assets/main-1a2b.js").write_text("'plain'")
    (gallery / "assets/main-1a2b.js.br").write_bytes(b"as brotli")
    async with (
        running(folder / "home") as library,
        bridged(folder, library.address, library.http, gallery=gallery) as bridge,
        aiohttp.ClientSession(auto_decompress=False) as session,
    ):
        rest = Rest(session, bridge.address)
        status, said, _ = await rest.ask("POST", "/v1/signUp", {"userName": "ada", "password": "correct horse battery"})
        assert status == 200, said
        rest.signed = {"Authorization": f"Bearer {said['tokens']['accessToken']}"}
        yield rest


def reason(body: Body) -> str:
    return next(str(each["reason"]) for each in body["details"] if each["@type"].endswith("google.rpc.ErrorInfo"))


async def test_names_are_camel_case_and_a_request_keeps_its_id(rest: Rest) -> None:
    status, account, headers = await rest.ask("GET", "/v1/account", X_Request_Id="mine-7")
    assert (status, account["userName"], headers["X-Request-Id"]) == (200, "ada", "mine-7")
    _, _, headers = await rest.ask("GET", "/v1/account")
    assert headers["X-Request-Id"]


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "why"),
    [
        ("POST", "/v1/photos:search", {"wordz": "sea"}, 400, "INVALID_ARGUMENT"),
        ("GET", "/v1/photos?pagesize=1", None, 400, "INVALID_ARGUMENT"),
        ("GET", "/v1/photos?pageSize=501", None, 400, "INVALID_ARGUMENT"),
        ("PATCH", "/v1/account", {}, 400, "UPDATE_MASK_INVALID"),
        ("GET", "/v1/photos/aaaaaaaaaaaaaaaaaaaa", None, 404, "PHOTO_NOT_FOUND"),
        ("GET", "/v1/nothing", None, 404, "NOT_FOUND"),
        ("PUT", "/v1/account", None, 405, "METHOD_NOT_ALLOWED"),
        ("POST", "/v1/signIn", {"userName": "ada", "password": "wrong"}, 401, "SIGN_IN_REFUSED"),
    ],
)
async def test_a_failure_is_a_status_with_its_reason(
    rest: Rest, method: str, path: str, body: object, status: int, why: str
) -> None:
    code, said, _ = await rest.ask(method, path, body)
    assert (code, reason(said)) == (status, why), said


async def test_a_body_beyond_the_limit_is_refused(rest: Rest) -> None:
    body = io.BytesIO(json.dumps({"words": "x" * (7 << 20)}).encode())
    headers = {**rest.signed, "Content-Type": "application/json"}
    async with rest.session.post(f"{rest.base}/v1/photos:search", data=body, headers=headers) as answer:
        assert (answer.status, reason(await answer.json())) == (413, "FILE_TOO_LARGE")


async def test_nobody_is_told_to_sign_in(rest: Rest) -> None:
    async with rest.session.get(f"{rest.base}/v1/account") as answer:
        assert (answer.status, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
        assert reason(await answer.json()) == "CREDENTIAL_MISSING"


async def test_an_edit_with_the_etag_of_before_is_refused_and_changes_nothing(rest: Rest) -> None:
    path = f"/v1/photos/{await rest.photo(1)}"
    _, photo, headers = await rest.ask("GET", path)
    assert headers["ETag"] == photo["etag"]
    status, edited, renewed = await rest.ask("PATCH", path, {"title": "Sea"}, If_Match=headers["ETag"])
    assert (status, edited.get("title")) == (200, "Sea"), edited
    assert renewed["ETag"] != headers["ETag"]
    status, said, _ = await rest.ask("PATCH", path, {"title": "Lake"}, If_Match=headers["ETag"])
    assert (status, reason(said)) == (412, "ETAG_MISMATCH")
    assert (await rest.ask("GET", path))[1]["title"] == "Sea"


async def test_a_patch_sets_what_it_names_and_null_gives_back(rest: Rest) -> None:
    path = f"/v1/photos/{await rest.photo(2)}"
    _, photo, _ = await rest.ask("PATCH", path, {"title": "Sea", "favourite": True})
    assert (photo["title"], photo["favourite"]) == ("Sea", True)
    _, photo, _ = await rest.ask("PATCH", path, {"title": None, "etag": photo["etag"]})
    assert (photo["title"], photo["favourite"]) == ("", True)


async def test_the_timeline_tells_days_where_they_are_asked_for(rest: Rest) -> None:
    path = f"/v1/photos/{await rest.photo(4)}"
    for local_time in ("1999-07-31T23:30:00", "1999-07-14T08:00:00"):
        await rest.ask("PATCH", path, {"captureTime": {"localTime": local_time}})
    _, months, _ = await rest.ask("GET", "/v1/timeline")
    _, with_days, _ = await rest.ask("GET", "/v1/timeline?daysFrom=1")
    assert months["buckets"][-1] == {"month": "1999-07-01", "count": 1, "days": []}
    assert with_days["buckets"][-1]["days"] == [{"day": "1999-07-14", "count": 1}]
    status, said, _ = await rest.ask("GET", "/v1/timeline?daysFrom=-1")
    assert (status, reason(said)) == (400, "INVALID_ARGUMENT")


async def test_a_search_can_be_bookmarked(rest: Rest) -> None:
    photo_id = await rest.photo(3)
    await rest.ask("PATCH", f"/v1/photos/{photo_id}", {"tags": [{"name": "lighthouse"}]})
    async with asyncio.timeout(60):
        while True:
            status, said, _ = await rest.ask("GET", "/v1/photos:search?q=lighthouse&pageSize=5")
            assert status == 200, said
            if photo_id in [hit["photo"]["photoId"] for hit in said["hits"]]:
                break
            await asyncio.sleep(0.1)
    _, said, _ = await rest.ask("GET", "/v1/photos:search?q=lighthouse&year=1899")
    assert said["hits"] == []


async def test_the_document_of_the_calls_is_served_with_a_page_that_needs_nothing_else(rest: Rest) -> None:
    _, document, _ = await rest.ask("GET", "/openapi.json")
    assert document["openapi"].startswith("3.1")
    async with rest.session.get(f"{rest.base}/openapi.yaml") as answer:
        assert yaml.safe_load(await answer.text()) == document
    async with rest.session.get(f"{rest.base}/docs/") as answer:
        page, policy = await answer.text(), answer.headers["Content-Security-Policy"]
    assert "http:" not in page
    assert "https:" not in page
    assert "'unsafe" not in policy
    for name in ("swagger-ui-bundle.js", "swagger-ui.css", "start.js"):
        async with rest.session.get(f"{rest.base}/docs/{name}") as answer:
            assert (answer.status, name in page) == (200, True), name


async def test_the_gallery_is_one_page_at_every_address_and_its_parts_are_kept(rest: Rest) -> None:
    for path in ("/", "/photos/abc", "/search"):
        async with rest.session.get(rest.base + path) as answer:
            assert "<title>gallery</title>" in await answer.text()
            assert answer.headers["Cache-Control"] == "no-cache"
    async with rest.session.get(f"{rest.base}/assets/main-1a2b.js", headers={"Accept-Encoding": "gzip, br"}) as answer:
        assert (await answer.read(), answer.headers["Content-Encoding"]) == (b"as brotli", "br")
        assert "immutable" in answer.headers["Cache-Control"]
    async with rest.session.get(f"{rest.base}/assets/main-1a2b.js", headers={"Accept-Encoding": "gzip"}) as answer:
        assert await answer.read() == b"'plain'"
    async with rest.session.get(f"{rest.base}/assets/gone-1a2b.js") as answer:
        assert answer.status == 404


async def test_health_says_per_capability_what_works(rest: Rest) -> None:
    status, said, _ = await rest.ask("GET", "/health.json")
    assert (status, said["works"]) == (200, True), said
    assert {each["name"] for each in said["capabilities"]} >= {"accounts", "timeline", "uploads", "search", "pictures"}
    assert said["findings"], "the first user is an administrator, and sees what the checks found"
    async with rest.session.get(f"{rest.base}/health") as answer:
        assert "Everything works" in await answer.text()


async def test_without_its_library_the_bridge_is_alive_and_says_what_is_away(tmp_path: Path) -> None:
    async with (
        bridged(tmp_path, "127.0.0.1:1", "http://127.0.0.1:1") as bridge,
        aiohttp.ClientSession() as session,
    ):
        rest = Rest(session, bridge.address)
        for path, status in (("/livez", 200), ("/healthz", 503), ("/health", 503)):
            async with session.get(bridge.address + path) as answer:
                assert answer.status == status, path
        status, said, _ = await rest.ask("GET", "/health.json")
        assert (status, said["works"]) == (503, False)
        assert {each["because"] for each in said["capabilities"]} == {"the library does not answer"}
        status, said, _ = await rest.ask("GET", "/v1/signUp")
        assert (status, said["code"]) == (503, 14)


async def test_the_bridge_ends_with_whoever_started_it(tmp_path: Path) -> None:
    async with bridged(tmp_path, "127.0.0.1:1", "http://127.0.0.1:1") as bridge:
        assert bridge.child.stdin is not None
        bridge.child.stdin.close()  # as the end of our process would
        assert await asyncio.to_thread(bridge.child.wait, 20) == 0
