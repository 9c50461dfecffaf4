"""The process ends by `os._exit` between two steps of a protocol; started again, it makes good what was half done."""

from __future__ import annotations

import asyncio
import hashlib
import shutil
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
from tests.drawn import draw, poison
from tests.faults.host import CRASHED
from tests.faults.scale import scaled
from tests.invariants import Expected, settled, stores_of, violations
from tests.library import ended, running

from tintype.blobs.ports import PREVIEW, THUMBNAIL, derived_key
from tintype_sdk import Client, MemoryTokens
from tintype_sdk.errors import TintypeError

pytestmark = pytest.mark.faults

NAME, PASSWORD = "ada", "correct horse battery staple"
HOST = "tests.faults.host"
LATER_S = "300"  # leases of the crashed process are over, and its deletions no longer fresh
ROUNDS = scaled(1, 20)
BEFORE = 2  # photos that lie in the library before anything happens
POLL_S = 0.05
SWEPT_WITHIN_S = 60
REMAINS = ("S4-photos",)


@dataclass(frozen=True)
class Home:
    """A home with a signed-in user and photos that are done; copied for each case."""

    folder: Path
    tokens: MemoryTokens
    owner_id: str
    photo_ids: tuple[str, ...]

    def copied(self, folder: Path) -> Home:
        shutil.copytree(self.folder, folder)
        return Home(folder, MemoryTokens(self.tokens.load()), self.owner_id, self.photo_ids)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def prepared(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The first user, who administers, and one to be erased."""
    root = tmp_path_factory.mktemp("prepared")
    tokens, photos = MemoryTokens(), []
    async with running(root / "home") as library, Client.open(library.address, tokens=tokens) as client:
        user = await client.accounts.sign_up(NAME, PASSWORD)
        for seed in range(BEFORE):
            photos.append(await upload(client, root, draw(seed)))
        await settled(client)
        assert await library.stopped() == 0
    return Home(root / "home", tokens, user.user_id, tuple(photos))


async def upload(client: Client, folder: Path, data: bytes) -> str:
    sha256 = hashlib.sha256(data).hexdigest()
    file = folder / (sha256[:8] + (".png" if data.startswith(b"\x89PNG") else ".jpg"))
    await asyncio.to_thread(file.write_bytes, data)
    return (await client.uploads.upload_file(file)).photo.photo_id


NEW, BROKEN = draw(1000), poison(1000)


@dataclass(frozen=True)
class Visit:
    """One life of the process, and a client of it."""

    client: Client
    home: Home
    address: str


Act = Callable[[Visit], Awaitable[object]]


async def upload_new(visit: Visit) -> object:
    return await upload(visit.client, visit.home.folder.parent, NEW)


async def upload_broken(visit: Visit) -> object:
    return await upload(visit.client, visit.home.folder.parent, BROKEN)


async def delete_first(visit: Visit) -> object:
    await visit.client.photos.trash(visit.home.photo_ids[:1])
    await visit.client.photos.delete(visit.home.photo_ids[0])
    return None


async def purge_first(visit: Visit) -> object:
    await visit.client.photos.trash(visit.home.photo_ids[:1])
    return await visit.client.photos.purge_trash(request_id="purge")


async def crashed(home: Home, act: Act, step: str) -> None:
    """Do it until the process is gone, by the hook and by nothing else."""
    async with (
        running(home.folder, module=HOST, TINTYPE_TEST_CRASH_AT=step) as library,
        Client.open(library.address, tokens=home.tokens) as client,
    ):
        acting = asyncio.ensure_future(act(Visit(client, home, library.address)))
        assert await ended(library.process) == CRASHED
        acting.cancel()
        with suppress(TintypeError, asyncio.CancelledError):
            await acting


async def violated(home: Home, again: Act, expected: Expected, *, sweeps: tuple[str, ...] = ()) -> list[str]:
    """Start it again, later; do the same once more as any client would; what does not hold once it rests."""
    async with (
        running(home.folder, module=HOST, TINTYPE_TEST_LATER_S=LATER_S) as library,
        Client.open(library.address, tokens=MemoryTokens()) as client,
    ):
        await client.accounts.sign_in(NAME, PASSWORD)  # by its clock the tokens of before may be too old
        await again(Visit(client, home, library.address))
        await settled(client)
        await swept(client, sweeps)
        await settled(client)
        assert await library.stopped() == 0
    async with stores_of(home.folder) as stores:
        return await violations(stores, expected)


async def swept(client: Client, sweeps: tuple[str, ...]) -> None:
    """Operations that the crash broke off have ended, and these sweeps had their turn."""
    begun = {sweep.sweep: sweep.last_time.ToNanoseconds() for sweep in await client.admin.sweeps()}
    async with asyncio.timeout(SWEPT_WITHIN_S):
        while True:
            open_ones = [each async for each in client.operations.all(running=True)]
            now = {sweep.sweep: sweep.last_time.ToNanoseconds() for sweep in await client.admin.sweeps()}
            if not open_ones and all(now[name] > begun[name] for name in sweeps):
                return
            await asyncio.sleep(POLL_S)


def before(home: Home) -> set[str]:
    return {hashlib.sha256(draw(seed)).hexdigest() for seed in range(BEFORE)}


UPLOADING = ["promote", "verify", "register", "claim", "acknowledge", "publish", "published"]
WORKING = ["derived", "record", "result/stored", "result/in_force", "recorded", "indexed"]


@pytest.mark.parametrize("step", (UPLOADING + WORKING) * ROUNDS)
async def test_a_crash_on_the_way_of_a_photo_loses_and_doubles_nothing(
    prepared: Home, tmp_path: Path, step: str
) -> None:
    home = prepared.copied(tmp_path / "home")
    await crashed(home, upload_new, step)
    expected = Expected(home.owner_id, before(home) | {hashlib.sha256(NEW).hexdigest()})
    assert await violated(home, upload_new, expected) == []


@pytest.mark.parametrize("step", ["record", "result/in_force", "recorded"] * ROUNDS)
async def test_a_crash_on_the_way_of_a_poison_leaves_one_dead_letter(prepared: Home, tmp_path: Path, step: str) -> None:
    home, sha256 = prepared.copied(tmp_path / "home"), hashlib.sha256(BROKEN).hexdigest()
    await crashed(home, upload_broken, step)
    expected = Expected(home.owner_id, before(home) | {sha256}, poisons={sha256})
    assert await violated(home, upload_broken, expected) == []


DELETING = ["delete/results", "delete/derived", "delete/original", "delete/blobs", "delete/note", "delete/done"]
FORGETTING = ["delete/index", "delete/indexed"]


async def nothing(visit: Visit) -> object:
    return None


@pytest.mark.parametrize(
    ("act", "step"),
    [
        *((delete_first, step) for step in DELETING + FORGETTING),
        *((purge_first, step) for step in ("delete/results", "delete/original", "delete/note")),
    ]
    * ROUNDS,
)
async def test_a_crash_on_the_way_of_a_deletion_leaves_nothing_behind(
    prepared: Home, tmp_path: Path, act: Act, step: str
) -> None:
    home, gone = prepared.copied(tmp_path / "home"), hashlib.sha256(draw(0)).hexdigest()
    await crashed(home, act, step)
    expected = Expected(home.owner_id, before(home) - {gone}, deleted={gone})
    assert await violated(home, nothing, expected, sweeps=REMAINS) == []


async def test_bytes_uploaded_again_while_their_deletion_lay_broken_off_live(prepared: Home, tmp_path: Path) -> None:
    home = prepared.copied(tmp_path / "home")
    await crashed(home, delete_first, "delete/derived")

    async def upload_first(visit: Visit) -> object:
        return await upload(visit.client, visit.home.folder.parent, draw(0))

    assert await violated(home, upload_first, Expected(home.owner_id, before(home)), sweeps=REMAINS) == []


ERASING = ["erase/photos", "erase/results", "erase/originals", "erase/derived", "erase/report", "erase/index"]
ENDING = ["erase/stream", "erase/user", "erase/finish"]


async def erase_bob(visit: Visit) -> object:
    """Bob joins, uploads, and is erased by the administrator; done again it goes on where it was."""
    users = {user.user_name: user.user_id async for user in visit.client.users.all()}
    if "bob" in users:
        return await visit.client.users.erase(users["bob"])
    user = await visit.client.users.create("bob", PASSWORD)
    await asyncio.to_thread((visit.home.folder.parent / "bob").write_text, user.user_id)
    async with Client.open(visit.address, tokens=MemoryTokens()) as bob:
        await bob.accounts.sign_in("bob", PASSWORD)
        await upload(bob, visit.home.folder.parent, draw(5))
        await settled(bob)
    return await visit.client.users.erase(user.user_id)


@pytest.mark.parametrize("step", (ERASING + ENDING) * ROUNDS)
async def test_a_crash_on_the_way_of_an_erasure_leaves_a_count_of_zero(
    prepared: Home, tmp_path: Path, step: str
) -> None:
    home = prepared.copied(tmp_path / "home")
    await crashed(home, erase_bob, step)
    assert await violated(home, nothing, Expected(home.owner_id, before(home))) == []
    bob = await asyncio.to_thread((tmp_path / "bob").read_text)
    async with stores_of(home.folder) as stores:
        assert set((await stores.owned(bob)).values()) == {0}


async def test_pictures_that_a_worker_wrote_after_an_erasure_and_died_go_with_the_next_sweep(
    prepared: Home, tmp_path: Path
) -> None:
    home = prepared.copied(tmp_path / "home")
    await crashed(home, erase_bob, "erase/finish")
    bob = await asyncio.to_thread((tmp_path / "bob").read_text)
    async with stores_of(home.folder) as stores:
        for variant in (PREVIEW, THUMBNAIL):
            sha256 = hashlib.sha256(draw(5)).digest()
            await stores.derived.put(derived_key(owner_id=bob, sha256=sha256, variant=variant), b"late")
    assert await violated(home, nothing, Expected(home.owner_id, before(home)), sweeps=("S4-derived",)) == []
    async with stores_of(home.folder) as stores:
        assert set((await stores.owned(bob)).values()) == {0}
