"""Somebody is erased, by an administrator or by themselves: no store names them any more, and nobody else suffers."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import google_crc32c
import grpc
import pytest
from tests.drawn import draw
from tests.e2e.command_line import PASSWORD, CommandLine
from tests.invariants import Expected, settled, stores_of, violations
from tests.library import SETTINGS
from tests.profiles import PROFILES, installed
from tests.traces import Traces

from tintype.v1 import catalog_service_pb2, operation_pb2, photo_pb2, upload_service_pb2
from tintype.v1.upload_service_pb2_grpc import UploadServiceStub
from tintype_sdk import Client, MemoryTokens
from tintype_sdk.errors import Unauthenticated

pytestmark = pytest.mark.timeout(150)

NAME = "veronique"
SHARED = 0  # the seed of a picture that both have
TITLE, TAG, ALBUM, HOOK = "Grandmothers sapphire", "chinchilla", "Quokka bay", "https://hooks.example/periwinkle"
TOLD = (TITLE, TAG, ALBUM, HOOK)  # in the person's own words
ERASED_WITHIN_S = 60
REVOKED_WITHIN_S = 5
POLL_S = 0.1
# The log names keys of nobody; a revocation is kept for as long as a token that it is about could be shown.
ALLOWED = {"database: accounts_audit", "database: accounts_revocations"}


Erase = Callable[[Client, "Person", CommandLine], Awaitable[None]]


@dataclass
class Person:
    """Somebody with a library in use, and what names it."""

    client: Client
    tokens: MemoryTokens
    user_id: str = ""
    key: str = ""
    photos: dict[str, str] = field(default_factory=dict)  # SHA-256 by photo_id
    names: list[str] = field(default_factory=list)  # ids of what is theirs


@asynccontextmanager
async def person(address: str, name: str) -> AsyncIterator[Person]:
    """Signed up."""
    tokens = MemoryTokens()
    async with Client.open(address, tokens=tokens) as client:
        user = await client.accounts.sign_up(name, PASSWORD)
        yield Person(client, tokens, user.user_id)


async def upload(owner: Person, folder: Path, seed: int) -> str:
    file, data = folder / f"{seed}.jpg", draw(seed)
    await asyncio.to_thread(file.write_bytes, data)
    photo = (await owner.client.uploads.upload_file(file)).photo
    owner.photos[photo.photo_id] = hashlib.sha256(data).hexdigest()
    return photo.photo_id


async def live(owner: Person, address: str, folder: Path) -> None:
    """Leave a trace in everything that keeps anything of users."""
    client = owner.client
    shown, edited, trashed = [await upload(owner, folder, seed) for seed in (SHARED, 11, 12)]
    hook = await client.events.create_webhook(HOOK)
    album = await client.albums.create(ALBUM)
    await client.albums.add(album.album_id, [shown, edited])
    await client.photos.update(edited, photo_pb2.Photo(title=TITLE, rating=4), ["title", "rating"])
    await client.photos.batch_update([edited], catalog_service_pb2.PhotoEdit(add_tags=[TAG]))
    await client.photos.trash([trashed])
    key, owner.key = await client.keys.create("frame", ["photos.read"])
    await settled(client)
    upload_id = await begin_upload(owner, address)
    owner.names = [*owner.photos, hook.webhook.webhook_id, album.album_id, key.api_key_id, upload_id]


async def begin_upload(owner: Person, address: str) -> str:
    """Half of a photo; the upload stays open."""
    data, kept = draw(13), owner.tokens.load()
    assert kept is not None
    half = data[: len(data) // 2]
    chunk = upload_service_pb2.Chunk(offset=0, data=half, crc32c=google_crc32c.value(half))
    header = upload_service_pb2.UploadHeader(file_name="half.jpg", size_bytes=len(data))
    metadata = [("authorization", f"Bearer {kept.access_token}")]
    async with grpc.aio.insecure_channel(address) as channel:
        stub = UploadServiceStub(channel)
        create = upload_service_pb2.CreateUploadRequest(header=header, request_id="half")
        upload_id = (await stub.CreateUpload(create, metadata=metadata)).upload.upload_id
        request = upload_service_pb2.AppendUploadRequest(upload_id=upload_id, chunk=chunk)
        await stub.AppendUpload(iter([request]), metadata=metadata)
    return str(upload_id)


async def erase_by_administrator(administrator: Client, victim: Person, line: CommandLine) -> None:
    begun = await administrator.users.erase(victim.user_id)
    *_, operation = [seen async for seen in administrator.operations.watch(begun.operation_id)]
    assert operation.state == operation_pb2.OPERATION_STATE_SUCCEEDED, operation.error
    counted = dict(operation.counts)
    assert set(counted.values()) == {0}
    assert len(counted) >= 10, counted


async def erase_oneself(administrator: Client, victim: Person, line: CommandLine) -> None:
    """The operation goes with its owner: that it ended well shows in the user being gone."""
    await asyncio.to_thread(line.ok, "account", "sign-in", NAME)
    await asyncio.to_thread(line.ok, "account", "erase", "--yes")
    async with asyncio.timeout(ERASED_WITHIN_S):
        while True:
            if victim.user_id not in {user.user_id async for user in administrator.users.all()}:
                return
            await asyncio.sleep(POLL_S)


async def assert_shut_out_and_name_free(victim: Person, address: str) -> None:
    async with Client.open(address) as stranger:
        with pytest.raises(Unauthenticated):
            await stranger.accounts.sign_in(NAME, PASSWORD)
        user = await stranger.accounts.sign_up(NAME, PASSWORD)
        assert user.user_id != victim.user_id
        assert [photo async for photo in stranger.photos.all()] == []
    for client in (Client.open(address, key=victim.key), Client.open(address, tokens=victim.tokens)):
        async with client as erased:
            with pytest.raises(Unauthenticated):
                await until_refused(erased)


async def until_refused(erased: Client) -> None:
    """Ask until it is no answer: other processes than the one that revokes hear of it within a second."""
    async with asyncio.timeout(REVOKED_WITHIN_S):
        while True:
            assert [photo async for photo in erased.photos.all()] == []
            await asyncio.sleep(POLL_S)


def halves(*seeds: int) -> list[bytes]:
    """As pictures begin."""
    return [data[: len(data) // 2] for data in map(draw, seeds)]


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("erase", [erase_by_administrator, erase_oneself])
async def test_nothing_names_an_erased_user(tmp_path: Path, profile: str, erase: Erase) -> None:
    with installed(profile, tmp_path / "home", SETTINGS) as installation:
        library, traces = installation.library, installation.traces
        await asyncio.to_thread(library.start)
        async with person(library.address, "ada") as ada:
            kept = await upload(ada, tmp_path, SHARED)
            async with person(library.address, NAME) as victim:
                await live(victim, library.address, tmp_path)
                assert await asyncio.to_thread(traces.where, victim.user_id)
                assert len(await asyncio.to_thread(traces.beginning, *halves(11, 12, 13))) == 3
                await erase(ada.client, victim, CommandLine(library.address, tmp_path / "config"))
                await assert_shut_out_and_name_free(victim, library.address)
            assert [photo.photo_id async for photo in ada.client.photos.all()] == [kept]
            await ada.client.media.download(kept, tmp_path / "kept.jpg", variant=photo_pb2.VARIANT_ORIGINAL)
            assert (tmp_path / "kept.jpg").read_bytes() == draw(SHARED)
            await settled(ada.client)
        assert await asyncio.to_thread(library.stop) == 0
        await asyncio.to_thread(assert_nowhere, victim, traces)
        async with stores_of(library.home, installation.settings) as stores:
            assert set((await stores.owned(victim.user_id)).values()) == {0}
            assert await violations(stores, Expected(ada.user_id, set(ada.photos.values()))) == []


def assert_nowhere(victim: Person, traces: Traces) -> None:
    left = {name: traces.where(name) - ALLOWED for name in (victim.user_id, *victim.names, *TOLD)}
    assert left == {name: set() for name in left}
    assert [name for name in (victim.user_id, *TOLD) if "database: accounts_audit" in traces.where(name)] == []
    assert traces.where(NAME) == {"database: accounts_users"}  # whoever took it next
    assert traces.beginning(*halves(11, 12, 13)) == set()
