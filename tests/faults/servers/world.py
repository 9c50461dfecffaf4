"""A deployment on servers of its own, in which everything may be killed and frozen."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from deploy.native.instance import Instance
from tests.faults.owner import Owner
from tests.faults.storm import Victim
from tests.faults.victims import Process, Server
from tests.invariants import stores_of
from tests.library import SETTINGS
from tests.native import private_servers
from tools.deployment import Deployment, urls_on
from tools.library import ROOT, without_settings

from tintype.vision.manifest import load_manifest
from tintype.vision.pack_store import store_of
from tintype.vision.settings import VisionSettings
from tintype.vision.triton_repository import install

NAMESPACE: Final = "faults"
PACK: Final = "development"
MIRROR: Final = ROOT.parent / "shared" / "models"
SERVERS: Final = ("mongodb", "nats", "minio", "elasticsearch", "triton")


@dataclass(frozen=True)
class World:
    """The processes of the deployment, and the servers under them."""

    deployment: Deployment
    instances: dict[str, Instance]
    pictures: Path

    @property
    def processes(self) -> Sequence[Victim]:
        return [Process(name, library) for name, library in self.deployment.processes.items()]

    @property
    def servers(self) -> Sequence[Victim]:
        return [Server(instance) for instance in self.instances.values()]

    async def owner(self, name: str, *, front: str = "") -> Owner:
        """A new account, of whom nothing is promised yet; `front` is where it reaches the library, if not directly."""
        owner = Owner(front or self.deployment.address, self.pictures)
        await owner.sign_up(name)
        return owner

    async def repaired(self, owner: Owner) -> float:
        """Wait until every invariant holds; how long that took. Fails after 120 s with what does not."""
        begun = time.monotonic()
        await owner.settled()
        async with stores_of(self.deployment.home / "checker", self.deployment.environment) as stores:
            await owner.kept_in(stores, begun=begun)
        return time.monotonic() - begun


@contextmanager
def running_world(folder: Path) -> Iterator[World]:
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
