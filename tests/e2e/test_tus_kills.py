"""Uploads by tus survive their client, the bridge and the server, each killed at random bytes."""

from __future__ import annotations

import hashlib
import json
import random
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from tests.drawn import draw
from tests.e2e.tus_client import TusUpload
from tests.killable_bridge import KillableBridge, killable

SERVICES: Final = ("accounts", "catalog", "upload")  # what an upload needs; it starts sooner without the rest
FILES: Final = 4
SIZE: Final = 8_000_000  # bytes of each: some chunks
KILLS: Final = ("client", "bridge", "server", "bridge", "client")  # of each file, 20 in all
SEED: Final = 20


@pytest.fixture
def bridge(tmp_path: Path) -> Iterator[KillableBridge]:
    with killable(tmp_path / "home", services=SERVICES) as started:
        yield started


def test_uploads_survive_twenty_kills_and_every_file_is_there_once(bridge: KillableBridge) -> None:
    chance = random.Random(SEED)
    token = asked(bridge, "POST", "/v1/signUp", {"userName": "ada", "password": "a password for kills"})["tokens"]
    files = [picture(number, chance) for number in range(FILES)]
    photos = {}
    assert FILES * len(KILLS) == 20
    for number, data in enumerate(files):
        sha256 = hashlib.sha256(data).hexdigest()
        declared = sha256 if number % 2 else ""  # many clients of tus cannot say it
        upload = TusUpload(bridge.url, token["accessToken"], data, f"beach-{number}.jpg", declared)
        upload.create()
        for victim in KILLS:
            strike(bridge, upload, victim, chance)
        photos[upload.finish()] = sha256
    listed = asked(bridge, "GET", "/v1/photos?pageSize=500", token=token["accessToken"])["photos"]
    assert {photo["photoId"] for photo in listed} == photos.keys()
    assert len(listed) == FILES
    for photo_id, sha256 in photos.items():
        whole = fetched(bridge, f"/v1/photos/{photo_id}/media/original", token["accessToken"])
        assert hashlib.sha256(whole).hexdigest() == sha256


def strike(bridge: KillableBridge, upload: TusUpload, victim: str, chance: random.Random) -> None:
    """Send on, kill the victim at a random byte of the rest, and bring it back."""
    struck: list[str] = []

    def disaster() -> None:
        struck.append(victim)
        if victim == "bridge":
            bridge.kill()
        if victim == "server":
            bridge.library.kill()

    while not struck:  # the bridge may refuse at first, while it still writes what came before the last kill
        start, photo_id = upload.offset()
        assert not photo_id, "it was complete too soon for another kill"
        # Of the first half of the rest: whatever arrives beyond it, there is something left for the next kill.
        upload.send(start, stop=chance.randrange(start, start + (SIZE - start) // 2), disaster=disaster)
    if victim == "server":
        bridge.library.start()
    if victim == "bridge":
        bridge.start()


def picture(number: int, chance: random.Random) -> bytes:
    """A picture of its own, followed by what no decoder reads, so that it takes a while to send."""
    drawn = draw(number)
    return drawn + chance.randbytes(SIZE - len(drawn))


def asked(bridge: KillableBridge, method: str, path: str, body: object = None, *, token: str = "") -> dict[str, Any]:
    """A call over REST."""
    data = None if body is None else json.dumps(body).encode()
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    request = urllib.request.Request(bridge.url + path, data, headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return dict(json.load(answer))
    except urllib.error.HTTPError as error:
        pytest.fail(f"{path}: {error.code} {error.read()!r}")


def fetched(bridge: KillableBridge, path: str, token: str) -> bytes:
    """The file at a path."""
    request = urllib.request.Request(bridge.url + path, headers={"Authorization": f"Bearer {token}"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return bytes(answer.read())
