"""An example for each language signs in, uploads, waits and finds: against the real process, which is started once."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest
from tests.clients.examples import EXAMPLES, ROOT, Example
from tests.clients.flaky import flaky_line
from tools.library import Library, running, without_settings

from tintype.v1.upload_service_pb2 import PRESENCE_PRESENT
from tintype_sdk import Client, MemoryTokens

pytestmark = [pytest.mark.clients, pytest.mark.timeout(900)]  # the first of a language builds its example

PASSWORD: Final = "correct horse battery staple"
SCOPES: Final = ("photos.read", "photos.write", "search", "events.read")
PICTURES: Final = ROOT / "demo" / "pictures"
RED_BARN, RED_BARN_WORDS = PICTURES / "red-barn.jpg", "red barn"
SNOW, SNOW_WORDS = PICTURES / "IMG_1107.jpg", "snow in Zermatt"
ENVIRONMENT: Final = {
    "TINTYPE_MODEL_PACK": "builtin",
    "TINTYPE_VISION_DOWNLOAD": "false",
    "TINTYPE_ACCOUNTS_SIGN_UP": "open",
    "TINTYPE_DRAIN": "PT0S",
}


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """One for all; people keep apart by accounts."""
    folder = tmp_path_factory.mktemp("library")
    environment = {**ENVIRONMENT, "TINTYPE_MODELS_HOME": str(folder / "models")}
    with running(Library(folder / "home", environment, inherited=without_settings())) as started:
        yield started


@pytest.fixture(scope="module", params=EXAMPLES, ids=[each.language for each in EXAMPLES])
def example(request: pytest.FixtureRequest) -> Example:
    """Built, once for all of its tests."""
    built = request.param
    assert isinstance(built, Example)
    built.prepare()
    return built


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an account of his own."""

    name: str
    address: str
    tokens: MemoryTokens

    @property
    def sign_in(self) -> dict[str, str]:
        """What an example signs in with."""
        return {"TINTYPE_USER": self.name, "TINTYPE_PASSWORD": PASSWORD}

    async def key(self) -> dict[str, str]:
        """What an example takes instead."""
        async with Client.open(self.address, tokens=self.tokens) as client:
            return {"TINTYPE_API_KEY": (await client.keys.create("example", SCOPES))[1]}

    async def photo_id(self, file: Path) -> str:
        """Of these bytes; empty if the library does not have them."""
        sha256 = hashlib.sha256(await asyncio.to_thread(file.read_bytes)).hexdigest()
        async with Client.open(self.address, tokens=self.tokens) as client:
            check = (await client.uploads.check([sha256]))[sha256]
        return check.photo_id if check.presence == PRESENCE_PRESENT else ""


@pytest.fixture
async def person(library: Library, request: pytest.FixtureRequest) -> Person:
    name = re.sub(r"[^a-z]+", "-", request.node.name.lower()).strip("-")[-60:]
    tokens = MemoryTokens()
    async with Client.open(library.address, tokens=tokens) as client:
        await client.accounts.sign_up(name, PASSWORD)
    return Person(name, library.address, tokens)


async def test_signs_in_goes_on_after_a_break_waits_and_finds(example: Example, person: Person) -> None:
    outcome = await asyncio.to_thread(example.call, person.address, RED_BARN, RED_BARN_WORDS, person.sign_in)
    assert outcome.exit_code == 0, str(outcome)
    photo_id = await person.photo_id(RED_BARN)
    assert photo_id, f"nothing was uploaded: {outcome}"
    signed_in, went_on, *rest = outcome.output.strip().splitlines()
    assert signed_in == f"signed in as {person.name}", str(outcome)
    resumed = re.fullmatch(rf"going on at byte (\d+) of {RED_BARN.stat().st_size}", went_on)
    assert resumed, str(outcome)
    assert 0 < int(resumed[1]) < RED_BARN.stat().st_size, f"it did not go on in the middle: {outcome}"
    assert rest[:2] == [f"uploaded {photo_id}", f"ready {photo_id}"], str(outcome)
    assert re.fullmatch(rf"found {photo_id} red-barn\.jpg \(relevance [01]\.\d\d\)", rest[2]), str(outcome)


async def test_takes_an_api_key_instead(example: Example, person: Person) -> None:
    outcome = await asyncio.to_thread(example.call, person.address, SNOW, SNOW_WORDS, await person.key())
    assert outcome.exit_code == 0, str(outcome)
    assert f"found {await person.photo_id(SNOW)} IMG_1107.jpg" in outcome.output, str(outcome)


async def test_a_second_run_meets_the_photo_of_the_first(example: Example, person: Person) -> None:
    key = await person.key()
    for _ in range(2):
        outcome = await asyncio.to_thread(example.call, person.address, SNOW, SNOW_WORDS, key)
        assert outcome.exit_code == 0, str(outcome)
        assert f"found {await person.photo_id(SNOW)} IMG_1107.jpg" in outcome.output, str(outcome)


async def test_tries_again_what_was_unavailable(example: Example, person: Person) -> None:
    repeatable = ("CreateUpload", "GetUpload", "CompleteUpload", "SearchPhotos")
    async with flaky_line(person.address, repeatable) as (address, flaky):
        outcome = await asyncio.to_thread(example.call, address, SNOW, SNOW_WORDS, await person.key())
    assert outcome.exit_code == 0, str(outcome)
    assert flaky.refused == set(repeatable), str(outcome)


async def test_says_the_reason_of_a_failure(example: Example, person: Person) -> None:
    wrong = {**person.sign_in, "TINTYPE_PASSWORD": "not the password"}
    outcome = await asyncio.to_thread(example.call, person.address, RED_BARN, RED_BARN_WORDS, wrong)
    assert outcome.exit_code == 1, str(outcome)
    assert "SIGN_IN_REFUSED" in outcome.errors, str(outcome)
    assert not await person.photo_id(RED_BARN), str(outcome)
