"""What people entrust to the library stays out of its log, its metrics and its error details, at any log level."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import AsyncIterator, Awaitable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import aiohttp
import grpc
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from PIL import Image
from tests.drawn import exif
from tests.library import Library, running

from tintype.v1 import catalog_service_pb2, photo_pb2, search_service_pb2
from tintype_sdk.client import Client
from tintype_sdk.credentials import MemoryTokens, Tokens
from tintype_sdk.errors import TintypeError

PASSWORD: Final = "violet-marmots-juggle-plums"
WRONG_PASSWORD: Final = "amber-herons-whisper-figs"
WEAK_PASSWORD: Final = "trustno1"
SERVICE_SECRET: Final = "obsidian-kettle-service-secret-of-forty-characters"
FILE_NAME: Final = "honeymoon-at-quokka-bay.jpg"
REFUSED_NAME: Final = "tax-return-of-quentin.jpg"
PLACE: Final = "Zermatt"
LATITUDE: Final = "46.0199"
WORDS: Final = "xylophone marmalade"
TITLE: Final = "Grandmother's sapphire"
TAG: Final = "chinchilla"
HOOK: Final = "hook-of-periwinkle"
WAIT_S: Final = 60
POLL_S: Final = 0.1


def picture() -> bytes:
    """A photo that says where it was taken."""
    tags = exif(1)
    tags.get_ifd(0x8825).update({1: "N", 2: (46.0, 1.0, 11.88), 3: "E", 4: (7.0, 44.0, 45.24)})
    file = io.BytesIO()
    Image.new("RGB", (96, 64), (200, 40, 30)).save(file, "JPEG", exif=tags)
    return file.getvalue()


@dataclass
class Story:
    """A library in use: what was entrusted to it, by what it is, and every error that it told."""

    library: Library
    client: Client
    tokens: MemoryTokens
    planted: dict[str, str] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)

    def plant(self, **secrets: str) -> None:
        """A token counts as known by any of its parts."""
        for name, secret in secrets.items():
            parts = [part for part in secret.split(".") if len(part) > 8] if secret.count(".") == 2 else [secret]
            self.planted |= {f"{name}[{number}]": part for number, part in enumerate(parts)}

    def session(self) -> Tokens:
        tokens = self.tokens.load()
        assert tokens is not None
        return tokens

    async def refused(self, call: Awaitable[object]) -> None:
        """A call that must fail; all that it says is kept."""
        with pytest.raises(TintypeError) as caught:
            await call
        error = caught.value
        self.errors.append(f"{error.message} {error.reason} {error.metadata} {error.fields}")
        if isinstance(cause := error.__cause__, grpc.aio.AioRpcError):
            trailing = " ".join(f"{name}={value!r}" for name, value in cause.trailing_metadata() or ())
            self.errors.append(f"{cause.details()} {trailing}")


@asynccontextmanager
async def hooks() -> AsyncIterator[str]:
    """The address of a receiver that refuses every call, with words that repeat the address."""

    async def receive(request: web.Request) -> web.Response:
        return web.Response(status=500, text=f"{request.path} is broken")

    app = web.Application()
    app.router.add_post("/{path}", receive)
    async with TestServer(app, host="127.0.0.1") as server:
        yield str(server.make_url(f"/{HOOK}"))


async def sign_in(story: Story) -> None:
    """Sign up, fail to sign in, trade tokens, replay an old one, sign in again."""
    accounts = story.client.accounts
    await accounts.sign_up("ada", PASSWORD)
    old = story.session()
    story.plant(password=PASSWORD, wrong=WRONG_PASSWORD, weak=WEAK_PASSWORD, service_secret=SERVICE_SECRET)
    story.plant(access=old.access_token, refresh=old.refresh_token)
    await story.refused(accounts.sign_in("ada", WRONG_PASSWORD))
    await story.refused(accounts.change_password(WRONG_PASSWORD, PASSWORD + "!"))
    await story.refused(accounts.change_password(PASSWORD, WEAK_PASSWORD))
    stale = Tokens(old.access_token, 0, old.refresh_token, old.refresh_expire_time)
    async with Client.open(story.library.address, tokens=MemoryTokens(stale)) as other:
        await other.accounts.show()
    async with Client.open(story.library.address, tokens=MemoryTokens(stale)) as replaying:
        await story.refused(replaying.accounts.show())
    await accounts.sign_in("ada", PASSWORD)
    story.plant(access_again=story.session().access_token, refresh_again=story.session().refresh_token)


async def use_keys(story: Story) -> None:
    """A key that may, that may not, and that is revoked."""
    key, secret = await story.client.keys.create("robot", ["photos.read"])
    story.plant(key=secret)
    async with Client.open(story.library.address, key=secret) as robot:
        await robot.photos.usage()
        await story.refused(robot.albums.create(TITLE))
        await story.client.keys.revoke(key.api_key_id)
        await story.refused(robot.photos.usage())
    async with Client.open(story.library.address, key=secret[:-4] + "aaaa") as forged:
        await story.refused(forged.photos.usage())


async def import_photos(story: Story, folder: Path) -> photo_pb2.Photo:
    """One that gets in, one that is refused; the first is edited, once in vain."""
    story.plant(file_name=FILE_NAME, refused_name=REFUSED_NAME, place=PLACE, latitude=LATITUDE, title=TITLE, tag=TAG)
    (folder / FILE_NAME).write_bytes(picture())
    (folder / REFUSED_NAME).write_text("no picture")
    await story.refused(story.client.uploads.upload_file(folder / REFUSED_NAME))
    photo = (await story.client.uploads.upload_file(folder / FILE_NAME)).photo
    async with asyncio.timeout(WAIT_S):
        while photo.state == photo_pb2.PHOTO_STATE_PROCESSING:
            await asyncio.sleep(POLL_S)
            photo = await story.client.photos.get(photo.photo_id)
    assert photo.place.name == PLACE
    edited = photo_pb2.Photo(title=TITLE)
    await story.client.photos.update(photo.photo_id, edited, ["title"])
    await story.refused(story.client.photos.update(photo.photo_id, edited, ["title"], etag="stale"))
    await story.client.photos.batch_update([photo.photo_id], catalog_service_pb2.PhotoEdit(add_tags=[TAG]))
    too_long = catalog_service_pb2.PhotoEdit(add_tags=[TAG * 100])
    await story.refused(story.client.photos.batch_update([photo.photo_id], too_long))
    return photo


async def search(story: Story) -> None:
    """Words that find, words that do not, and words that break a rule."""
    story.plant(words=WORDS, word=WORDS.split()[0])
    async with asyncio.timeout(WAIT_S):
        found = 0
        while not found:
            await asyncio.sleep(POLL_S)
            found = len((await story.client.search.photos(PLACE)).hits)
    await story.client.search.photos(WORDS)
    await story.client.search.suggest(WORDS)
    await story.refused(story.client.search.photos(f"{WORDS} " * 40))
    request = search_service_pb2.SearchPhotosRequest(words=WORDS, time_zone=WORDS)
    await story.refused(story.client.search.photos(request=request))
    await story.refused(
        story.client.search.photos(WORDS, request=search_service_pb2.SearchPhotosRequest(page_token=TAG))
    )


async def fetch_media(story: Story, photo: photo_pb2.Photo) -> None:
    """By a signed address, and by one that was tampered with."""
    signed = await story.client.media.sign(photo.photo_id, photo_pb2.VARIANT_THUMBNAIL)
    token = signed.url.rpartition("/")[2]
    story.plant(media=token, media_end=token[-16:])
    async with aiohttp.ClientSession() as http:
        async with http.get(signed.url) as answer:
            assert answer.status == 200
        for bad in (signed.url[:-4] + "aaaa", f"{story.library.http}/media/{WORDS}"):
            async with http.get(bad) as answer:
                assert answer.status >= 400
                story.errors.append(await answer.text())


async def call_webhooks(story: Story, url: str, folder: Path) -> None:
    """One that fails, one that nobody answers, and addresses that are refused."""
    create, nobody = story.client.events.create_webhook, "http://127.0.0.1:1"
    made = [await create(f"{url}?key={HOOK}"), await create(f"{nobody}/{HOOK}")]
    story.plant(webhook=made[0].secret, webhook_too=made[1].secret, hook=HOOK)
    await story.refused(create(f"ftp://{HOOK}.example/{HOOK}"))
    await story.refused(create(f"no address but {HOOK}"))
    (folder / f"more-{FILE_NAME}").write_bytes(picture() + b"\0")
    await story.client.uploads.upload_file(folder / f"more-{FILE_NAME}")
    async with asyncio.timeout(WAIT_S):
        for each in made:
            errors: list[str] = []
            while not errors:
                await asyncio.sleep(POLL_S)
                deliveries = story.client.events.deliveries(each.webhook.webhook_id)
                errors = [delivery.error async for delivery in deliveries if delivery.error]
            story.errors += errors


async def metrics(library: Library) -> str:
    async with aiohttp.ClientSession() as http, http.get(f"{library.http}/metrics") as answer:
        return await answer.text()


def leaks(planted: dict[str, str], text: str) -> list[str]:
    """Names alone: a failing test must not print what it protects."""
    return [name for name, secret in planted.items() if secret.lower() in text.lower()]


@pytest.mark.timeout(240)
async def test_nothing_entrusted_is_logged_counted_or_told(tmp_path: Path) -> None:
    settings = {
        "TINTYPE_ACCOUNTS_REFRESH_GRACE": "PT0S",  # an old token is a replay at once
        "TINTYPE_LOG_LEVEL": "DEBUG",
        "TINTYPE_SERVICE_SECRET": SERVICE_SECRET,
        "TINTYPE_CATALOG_WEBHOOK_PRIVATE_NETWORKS": "127.0.0.0/8",
    }
    async with AsyncExitStack() as opened:
        library = await opened.enter_async_context(running(tmp_path / "home", **settings))
        tokens = MemoryTokens()
        client = await opened.enter_async_context(Client.open(library.address, tokens=tokens))
        url = await opened.enter_async_context(hooks())
        story = Story(library, client, tokens)
        await sign_in(story)
        await use_keys(story)
        photo = await import_photos(story, tmp_path)
        await search(story)
        await fetch_media(story, photo)
        await call_webhooks(story, url, tmp_path)
        counted = await metrics(library)
        user = await client.accounts.show()
        await library.stopped()
    log = library.log.read_text()
    seen = {json.loads(line).get("method", "") for line in log.splitlines() if line.startswith("{")}
    rpcs = {"SignIn", "RefreshSession", "UploadPhoto", "RecordResult", "SearchPhotos", "SignMedia", "CreateWebhook"}
    assert rpcs <= {method.rpartition("/")[2] for method in seen}, "calls are logged at this level"
    assert user.user_id in log, "and what is found in the log can be found"
    assert "SearchPhotos" in counted
    assert len(story.errors) > 20
    assert leaks(story.planted, log) == []
    assert leaks(story.planted, counted) == []
    assert leaks(story.planted, "\n".join(story.errors)) == []
