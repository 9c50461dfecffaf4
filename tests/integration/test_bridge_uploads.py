"""Files by tus and by forms, through the real bridge."""

from __future__ import annotations

import asyncio
import base64
import hashlib
from pathlib import Path

from tests.browser import Browser, as_form
from tests.drawn import draw
from tests.killable_bridge import KillableBridge

from tintype.kit.ids import photo_id_of

TUS = {"Tus-Resumable": "1.0.0"}
ENDPOINT = "/v1/uploads/tus/"


async def create(browser: Browser, data: bytes, **said: str) -> tuple[int, str]:
    """The status, and where the upload is."""
    metadata = ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in said.items())
    headers = TUS | {"Upload-Length": str(len(data)), "Upload-Metadata": metadata}
    answer = await browser.send("POST", ENDPOINT, headers=headers)
    return answer.status, answer.headers.get("Location", "")


async def patch(browser: Browser, at: str, data: bytes, offset: int = 0) -> tuple[int, dict[str, str]]:
    headers = TUS | {"Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"}
    answer = await browser.send("PATCH", path_of(at), data=data, headers=headers)
    return answer.status, dict(answer.headers)


def path_of(address: str) -> str:
    return "/" + address.split("/", 3)[3]


async def test_a_file_by_tus_is_a_photo_that_the_last_answer_names(browser: Browser) -> None:
    data = draw(51)
    owner_id = (await browser.get_json("/session"))["user"]["userId"]
    status, at = await create(browser, data, filename="beach.jpg", description="at the sea", filetype="image/jpeg")
    assert status == 201
    half = len(data) // 2
    status, headers = await patch(browser, at, data[:half])
    assert (status, headers["Upload-Offset"]) == (204, str(half))
    assert (await patch(browser, at, data, 0))[0] == 409  # not where it goes on
    status, headers = await patch(browser, at, data[half:], half)
    photo_id = photo_id_of(owner_id=owner_id, sha256=hashlib.sha256(data).digest())
    assert (status, headers["Tintype-Photo-Id"]) == (204, photo_id)
    told = await browser.send("HEAD", path_of(at), headers=TUS)
    assert (told.headers["Upload-Offset"], told.headers["Tintype-Photo-Id"]) == (str(len(data)), photo_id)
    photo = await browser.get_json(f"/v1/photos/{photo_id}")
    assert (photo["fileName"], photo["description"]) == ("beach.jpg", "at the sea")


async def test_the_same_bytes_again_are_the_same_photo(browser: Browser) -> None:
    data = draw(52)
    photo_id = await browser.upload(data)
    _, at = await create(browser, data, filename="again.jpg", sha256=hashlib.sha256(data).hexdigest())
    _, headers = await patch(browser, at, data)
    assert (headers["Tintype-Photo-Id"], headers["Tintype-Already-Existed"]) == (photo_id, "true")
    assert await browser.upload(data, "third.jpg") == photo_id
    assert len((await browser.get_json("/v1/photos"))["photos"]) == 1


async def test_a_repeated_creation_meets_its_upload(browser: Browser) -> None:
    data = draw(53)
    first = await create(browser, data, filename="beach.jpg", requestId="r-1")
    assert await create(browser, data, filename="beach.jpg", requestId="r-1") == first


async def test_other_bytes_than_declared_make_no_photo(browser: Browser) -> None:
    data = draw(54)
    _, at = await create(browser, data, filename="beach.jpg", sha256="0" * 64)
    assert (await patch(browser, at, data))[0] == 460
    assert (await browser.get_json("/v1/photos"))["photos"] == []


async def test_what_is_no_picture_is_refused(browser: Browser) -> None:
    _, at = await create(browser, b"text" * 30_000, filename="beach.jpg")
    assert (await patch(browser, at, b"text" * 30_000))[0] == 415
    answer = await browser.send("POST", "/v1/photos", data=as_form({"file": ("beach.jpg", b"text")}))
    assert (answer.status, "UNSUPPORTED_MEDIA" in answer.text) == (415, True)


async def test_an_upload_of_another_does_not_exist(browser: Browser, bridge: KillableBridge) -> None:
    del bridge
    _, at = await create(browser, draw(55), filename="beach.jpg")
    await browser.sign_up()  # the same browser, somebody else
    assert (await browser.send("HEAD", path_of(at), headers=TUS)).status == 404
    assert (await patch(browser, at, draw(55)))[0] == 404


async def test_curl_sends_a_file_with_a_key(browser: Browser, bridge: KillableBridge, tmp_path: Path) -> None:
    file = tmp_path / "x.jpg"
    file.write_bytes(draw(56))
    made = await browser.send("POST", "/v1/apiKeys", json={"name": "script", "scopes": ["photos.write"]})
    key = made.json["secret"]
    command = ("curl", "-sS", "-H", f"x-api-key: {key}", "-F", "description=by curl", "-F", f"file=@{file}")
    curl = await asyncio.create_subprocess_exec(
        *command, f"{bridge.url}/v1/photos", stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    out, error = await curl.communicate()
    assert (curl.returncode, b'"photoId"' in out, error) == (0, True, b""), out
    photo = (await browser.get_json("/v1/photos"))["photos"][0]
    assert photo["description"] == "by curl"
