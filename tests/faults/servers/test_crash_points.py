"""K5: the process ends between any two steps of a protocol on the servers; those that come after it make all good."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from tests.drawn import draw
from tests.e2e.test_crash_points import DELETING, ENDING, ERASING, FORGETTING, HOST, UPLOADING, WORKING
from tests.faults.host import CRASHED
from tests.faults.owner import AGAIN_S, PASSWORD, REPAIRED_WITHIN_S, Owner
from tests.faults.scale import scaled
from tests.faults.servers.world import World
from tests.invariants import Expected, Stores, hashes_of, stores_of, violations
from tests.library import Library, ended, started
from tools.deployment import urls_on

from tintype_sdk.errors import TintypeError

pytestmark = [pytest.mark.servers, pytest.mark.faults, pytest.mark.timeout(scaled(900, 14_400))]

ROUNDS = scaled(1, 20)
EVERY = scaled(3, 1)  # of the steps: in one folder each change tries them all
LATER_S = 300  # each life begins so much later than the one before: leases of that one are over
ADMIN = "root"


@dataclass
class Lives:
    """One process after the other on the same stores, all with everything in one."""

    folder: Path
    urls: dict[str, str]
    library: Library | None = None
    number: int = 0
    photos: dict[str, str] = field(default_factory=dict)  # of an owner that has one before anything happens
    gone: set[str] = field(default_factory=set)  # owners

    @property
    def address(self) -> str:
        assert self.library is not None
        return self.library.address

    @property
    def named(self) -> Path:
        """The file that says where to crash."""
        return self.folder / "crash-at"

    def end(self) -> None:
        if self.library is not None:
            self.library.kill()
            self.library.process.child.wait()

    async def begin(self) -> None:
        self.number += 1
        later, named = str(LATER_S * self.number), str(self.named)
        self.library = await started(
            self.folder / "home",
            module=HOST,
            **self.urls,
            TINTYPE_TEST_LATER_S=later,
            TINTYPE_TEST_CRASH_FILE=named,
        )

    async def crash_in(self, acting: Awaitable[None], step: str) -> None:
        """Do it until the process is gone, by the hook and by nothing else."""
        assert self.library is not None
        await asyncio.to_thread(self.named.write_text, step)
        task = asyncio.ensure_future(acting)
        try:
            assert await ended(self.library.process) == CRASHED
        finally:
            await asyncio.to_thread(self.named.unlink)
            task.cancel()
            with suppress(TintypeError, asyncio.CancelledError):
                await task

    async def signed_in(self, owner: Owner, name: str) -> None:
        """As every new life asks for: its clock is not that of the tokens."""
        owner.address = self.address
        async with owner.client() as client:
            await client.accounts.sign_in(name, PASSWORD)

    async def admin(self) -> Owner:
        admin = Owner(self.address, self.folder)
        await self.signed_in(admin, ADMIN)
        return admin


Act = Callable[[Lives, Owner], Awaitable[None]]


async def upload_another(lives: Lives, owner: Owner) -> None:
    async with owner.client() as client:
        file = lives.folder / "another.jpg"
        await client.uploads.upload_file(file)
        owner.acknowledged.add(file)


async def delete_first(lives: Lives, owner: Owner) -> None:
    photo_id = lives.photos[owner.owner_id]
    async with owner.client() as client:
        await client.photos.trash([photo_id])
        await client.photos.delete(photo_id)


async def erase(lives: Lives, owner: Owner) -> None:
    admin = await lives.admin()
    async with admin.client() as client:
        await client.users.erase(owner.owner_id)


STEPS: list[tuple[Act, str]] = [
    *((upload_another, step) for step in UPLOADING + WORKING),
    *((delete_first, step) for step in DELETING + FORGETTING),
    *((erase, step) for step in ERASING + ENDING),
]


async def test_a_crash_at_every_step_loses_and_doubles_nothing(world: World, tmp_path: Path) -> None:
    servers = {name: url for instance in world.instances.values() for name, url in instance.urls().items()}
    urls = {name: url for name, url in urls_on(servers, "crashes").items() if name != "TINTYPE_INFERENCE_URL"}
    lives, owners = Lives(tmp_path, urls), {}
    (tmp_path / "first.jpg").write_bytes(draw(1))
    (tmp_path / "another.jpg").write_bytes(draw(2))
    async with AsyncExitStack() as stack:
        stack.callback(lives.end)
        await lives.begin()
        await Owner(lives.address, tmp_path).sign_up(ADMIN)
        for number, (act, step) in enumerate(STEPS[::EVERY] * ROUNDS):
            owners[f"{number}-{step}"] = await survivor(lives, act, step, name=f"k5-{number}")
        async with stores_of(tmp_path / "checker", urls) as stores:
            await kept(stores, lives, owners)
    next(iter(owners.values())).faults = len(owners)


async def survivor(lives: Lives, act: Act, step: str, *, name: str) -> Owner:
    """Somebody who has one photo, and does something in which the process crashes; the next life does it again."""
    owner = Owner(lives.address, lives.folder)
    await owner.sign_up(name)
    async with owner.client() as client:
        first = lives.folder / "first.jpg"
        lives.photos[owner.owner_id] = (await client.uploads.upload_file(first)).photo.photo_id
    if act is not erase:
        owner.acknowledged.add(first)
    await lives.crash_in(act(lives, owner), step)
    await lives.begin()
    if act is erase:
        lives.gone.add(owner.owner_id)
        with suppress(TintypeError):  # it may be over already
            await erase(lives, owner)
        return owner
    await lives.signed_in(owner, name)
    if act is delete_first:
        with suppress(TintypeError):
            await delete_first(lives, owner)
        owner.acknowledged.discard(first)
    else:
        await act(lives, owner)
    return owner


async def kept(stores: Stores, lives: Lives, owners: dict[str, Owner]) -> None:
    """Wait until every invariant holds for everybody; fails with what does not, by step."""
    begun = time.monotonic()
    while found := [problem for name, owner in owners.items() for problem in await wrong(stores, lives, owner, name)]:
        assert time.monotonic() - begun < REPAIRED_WITHIN_S, found
        await asyncio.sleep(AGAIN_S)


async def wrong(stores: Stores, lives: Lives, owner: Owner, name: str) -> list[str]:
    if owner.owner_id in lives.gone:
        return [f"{name}: {store} {left}" for store, left in (await stores.owned(owner.owner_id)).items() if left]
    expected = Expected(owner.owner_id, set(hashes_of(owner.acknowledged)))
    found = await violations(stores, expected)
    if len(await living(stores, owner)) != len(owner.acknowledged):
        found.append("more or fewer photos than were acknowledged")
    return [f"{name}: {problem}" for problem in found]


async def living(stores: Stores, owner: Owner) -> list[str]:
    photos = await stores.every_photo(owner.owner_id)
    return [photo.photo_id for photo in photos if photo.deletion is None]
