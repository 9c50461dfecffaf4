"""`rest_download`: an original of 5 MB through the bridge, against the same GET straight at the host, in turn."""

from __future__ import annotations

import asyncio
import http.client
import json
import time
import urllib.request
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.bench.library import PASSWORD, fresh_home
from tests.bench.measure import Progress, Row, compared, paired
from tests.bench.pictures import synthetic_photo
from tests.killable_bridge import KillableBridge, killable

SERVICES = ("accounts", "catalog", "upload")
DOWNLOADS = 40  # of a sample, one after the other on one connection
PAIRS = 9
AT_ONCE = 1 << 20  # bytes that the client reads at once


async def run(progress: Progress) -> list[Row]:
    progress.say(f"rest_download: an original of 5 MB, {DOWNLOADS} times, {PAIRS} pairs")
    with fresh_home() as home:
        return await asyncio.to_thread(_measured, Path(home) / "home")


def _measured(home: Path) -> list[Row]:
    with killable(home, services=SERVICES, TINTYPE_LOG_LEVEL="WARNING") as bridge:
        token = asked(bridge, "/v1/signUp", {"userName": "downloads", "password": PASSWORD})["tokens"]["accessToken"]
        data = synthetic_photo(1, width=4800, height=3600)
        photo_id = uploaded(bridge, data, token)
        sign = partial(asked, bridge, f"/v1/photos/{photo_id}:sign", {"variant": "VARIANT_ORIGINAL"}, token=token)
        reference, candidate = asyncio.run(
            paired(
                lambda: asyncio.to_thread(_speed, bridge.library.http, sign()["url"], len(data)),
                lambda: asyncio.to_thread(_speed, bridge.url, sign()["url"], len(data)),
                pairs=PAIRS,
            )
        )
    note = f"{len(data) / 1e6:.1f} MB, reference: the host's /media/{{token}}"
    return [compared("rest_download", "MB/s", reference, candidate, least=0.5, note=note)]


def _speed(base: str, signed: str, size_bytes: int) -> float:
    """MB/s at the path of a signed address, at this host."""
    line = http.client.HTTPConnection(urlsplit(base).netloc, timeout=30)
    buffer = bytearray(AT_ONCE)
    try:
        start = time.perf_counter()
        for _ in range(DOWNLOADS):
            line.request("GET", urlsplit(signed).path)
            answer = line.getresponse()
            arrived = 0
            while read := answer.readinto(buffer):
                arrived += read
            if answer.status != http.client.OK or arrived != size_bytes:
                raise RuntimeError(f"{answer.status}, {arrived} of {size_bytes} bytes")
        return DOWNLOADS * size_bytes / 1e6 / (time.perf_counter() - start)
    finally:
        line.close()


def uploaded(bridge: KillableBridge, data: bytes, token: str) -> str:
    """The id of a photo that was sent as a form."""
    head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="beach.jpg"\r\n\r\n'
    headers = {"Content-Type": "multipart/form-data; boundary=b", "Authorization": f"Bearer {token}"}
    request = urllib.request.Request(f"{bridge.url}/v1/photos", head + data + b"\r\n--b--\r\n", headers)
    with urllib.request.urlopen(request, timeout=60) as answer:
        return str(json.load(answer)["photo"]["photoId"])


def asked(bridge: KillableBridge, path: str, body: object, *, token: str = "") -> dict[str, Any]:
    """What a POST answers."""
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    request = urllib.request.Request(bridge.url + path, json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return dict(json.load(answer))
