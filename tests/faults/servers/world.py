"""A deployment on servers of its own, in which everything may be killed and frozen; and an owner who puts photos in."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol

from deploy.native.instance import Instance
from tests.drawn import draw, poison
from tests.invariants import Expected, hashes_of, settled, stores_of, violations
from tests.library import SETTINGS
from tests.native import private_servers
from tools.deployment import Deployment, urls_on
from tools.library import ROOT, Library, without_settings

from tintype.vision.manifest import load_manifest
from tintype.vision.pack_store import store_of
from tintype.vision.settings import VisionSettings
from tintype.vision.triton_repository import install
from tintype_sdk import Client, MemoryTokens
from tintype_sdk.errors import TintypeError

PASSWORD: Final = "correct horse battery staple"
NAMESPACE: Final = "faults"
PACK: Final = "development"
MIRROR: Final = ROOT.parent / "shared" / "models"
SERVERS: Final = ("mongodb", "nats", "minio", "elasticsearch", "triton")
REPAIRED_WITHIN_S: Final = 120
AGAIN_S: Final = 0.3


class Victim(Protocol):
    """Something that runs and can be hurt."""

    @property
    def name(self) -> str: ...

    @property
    def pid(self) -> int:
        """0 while it does not run."""

    def kill(self) -> None: ...

    def start(self) -> None:
        """Start it, and wait until it answers."""

    def freeze(self) -> None: ...

    def thaw(self) -> None: ...


@dataclass(frozen=True)
class Server:
    """One of the five."""

    instance: Instance

    @property
    def name(self) -> str:
        return self.instance.server.name

    @property
    def pid(self) -> int:
        return self.instance.process.pid if self.instance.process else 0

    def kill(self) -> None:
        self.instance.kill()

    def start(self) -> None:
        self.instance.start()

    def freeze(self) -> None:
        self.instance.freeze()

    def thaw(self) -> None:
        self.instance.thaw()


@dataclass(frozen=True)
class Process:
    """One of ours."""

    name: str
    library: Library

    @property
    def pid(self) -> int:
        return self.library.child.pid if self.library.child.poll() is None else 0

    def kill(self) -> None:
        self.library.kill()

    def start(self) -> None:
        self.library.start()

    def freeze(self) -> None:
        os.kill(self.library.child.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        os.kill(self.library.child.pid, signal.SIGCONT)


@dataclass
class World:
    """The deployment and what it promised."""

    deployment: Deployment
    instances: dict[str, Instance]
    folder: Path
    tokens: MemoryTokens = field(default_factory=MemoryTokens)
    owner_id: str = ""
    acknowledged: set[Path] = field(default_factory=set)
    poisons: set[Path] = field(default_factory=set)
    refused: int = 0
    front: str = ""  # where its clients reach it, if not directly

    @property
    def processes(self) -> Sequence[Victim]:
        return [Process(name, library) for name, library in self.deployment.processes.items()]

    @property
    def servers(self) -> Sequence[Victim]:
        return [Server(instance) for instance in self.instances.values()]

    async def sign_up(self, name: str) -> None:
        """A new owner, of whom nothing is promised yet."""
        self.tokens, self.acknowledged, self.poisons = MemoryTokens(), set(), set()
        async with self.client() as client:
            self.owner_id = (await client.accounts.sign_up(name, PASSWORD)).user_id

    @asynccontextmanager
    async def client(self) -> AsyncIterator[Client]:
        async with Client.open(self.front or self.deployment.address, tokens=self.tokens) as client:
            yield client

    def drawn(self, count: int, *, poisons: int = 0, first: int = 0) -> list[Path]:
        """New pictures, the last of them poisons: they get in, and their analysis fails."""
        files = []
        for seed in range(first, first + count):
            file = self.folder / f"{seed:05}.png"
            is_poison = seed >= first + count - poisons
            file.write_bytes(poison(seed) if is_poison else draw(seed, form="PNG"))
            files.append(file)
            if is_poison:
                self.poisons.add(file)
        return files

    async def upload(self, client: Client, file: Path) -> None:
        """Put it in, again and again until it is acknowledged."""
        async with asyncio.timeout(REPAIRED_WITHIN_S):
            while file not in self.acknowledged:
                try:
                    await client.uploads.upload_file(file)
                except TintypeError:
                    self.refused += 1
                    await asyncio.sleep(AGAIN_S)
                else:
                    self.acknowledged.add(file)

    async def repaired(self) -> float:
        """Wait until every invariant holds, and says how long that took; fails after 120 s with what does not."""
        begun = time.monotonic()
        await self._settled()
        expected = Expected(self.owner_id, set(hashes_of(self.acknowledged)), poisons=set(hashes_of(self.poisons)))
        environment = self.deployment.environment
        async with stores_of(self.deployment.home / "checker", environment) as stores:
            while found := await violations(stores, expected):
                assert time.monotonic() - begun < REPAIRED_WITHIN_S, found
                await asyncio.sleep(AGAIN_S)
            assert await stores.photos.count_owner(self.owner_id) == len(self.acknowledged)
        return time.monotonic() - begun

    async def _settled(self) -> None:
        async with self.client() as client, asyncio.timeout(REPAIRED_WITHIN_S):
            while True:
                try:
                    return await settled(client)
                except TintypeError:
                    await asyncio.sleep(AGAIN_S)


@contextmanager
def world(folder: Path) -> Iterator[World]:
    """Start everything in a folder; end it all on leaving, in whatever state it is."""
    pictures = folder / "pictures"
    pictures.mkdir()
    with ExitStack() as opened:
        instances = opened.enter_context(private_servers(folder / "servers", *SERVERS))
        models = {"TINTYPE_MODELS_HOME": str(folder / "models"), "TINTYPE_MODELS_MIRROR": str(MIRROR)}
        asyncio.run(_models_into(instances["triton"], folder / "models"))
        servers = {name: url for instance in instances.values() for name, url in instance.urls().items()}
        settings = {**SETTINGS, **models, "TINTYPE_MODEL_PACK": PACK, **urls_on(servers, NAMESPACE)}
        deployment = Deployment(folder / "library", settings, inherited=without_settings())
        opened.callback(deployment.kill)
        deployment.start()
        yield World(deployment, instances, pictures)


async def _models_into(triton: Instance, home: Path) -> None:
    settings = VisionSettings(model_pack=PACK, models_home=home, models_mirror=str(MIRROR))
    manifest, store = load_manifest(PACK), store_of(settings)
    pack = store.installed(manifest) or await store.install(manifest, downloader=None, progress=lambda *_: None)
    install(pack, triton.folder / "models", digests=store.digests(manifest))
