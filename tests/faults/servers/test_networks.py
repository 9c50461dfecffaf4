"""K4: the network before each server and before the API delays, resets, swallows, throttles and cuts.

What a client is refused it may ask again: one photo comes of it.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from tests.faults.attempt import told
from tests.faults.disturb import HARMS, Disturb
from tests.faults.owner import Owner
from tests.faults.proxy import Proxy, Trouble
from tests.faults.scale import scaled
from tests.faults.servers.world import World
from tests.faults.storm import storm
from tools.deployment import NAMESPACED, Deployment, urls_on

pytestmark = [pytest.mark.servers, pytest.mark.faults, pytest.mark.timeout(scaled(1200, 14_400))]

TROUBLES = scaled(10, 100)
API = "api"
PATIENCE_S = 3.0  # of a client


@asynccontextmanager
async def behind_proxies(world: World, home: Path) -> AsyncIterator[tuple[World, Mapping[str, Proxy]]]:
    """Another deployment on the same servers, that reaches them through proxies, as its clients reach it."""
    async with AsyncExitStack() as opened:
        servers = {name: url for instance in world.instances.values() for name, url in instance.urls().items()}
        proxies, urls = {}, {}
        for name, url in servers.items():
            if name not in (*NAMESPACED, "inference"):
                continue
            proxies[name] = await opened.enter_async_context(Proxy.before(urlsplit(url).netloc.rpartition("@")[2]))
            urls[name] = url.replace(urlsplit(url).netloc.rpartition("@")[2], proxies[name].address)
        settings = {**world.deployment.environment, **urls_on(urls, "networks")}
        deployment = Deployment(home, settings, inherited=world.deployment.inherited)
        try:
            await asyncio.to_thread(deployment.start)
            proxies[API] = await opened.enter_async_context(Proxy.before(deployment.address))
            yield World(deployment, world.instances, world.pictures), proxies
        finally:
            await asyncio.to_thread(deployment.kill)


async def test_troubled_networks_during_an_import(world: World, tmp_path: Path) -> None:
    chance = random.Random(5)
    async with behind_proxies(world, tmp_path / "library") as (troubled, proxies):
        owner = await troubled.owner("k4", front=proxies[API].address)
        ways = [(proxy, harm) for proxy in proxies.values() for harm in HARMS]
        chance.shuffle(ways)
        chosen = (ways * (TROUBLES // len(ways) + 1))[:TROUBLES]
        faults = [Disturb(proxy, harm) for proxy, harm in chosen]
        await storm(owner, faults, owner.drawn(6 * TROUBLES, first=30_000), chance)
        assert owner.errors.keys() <= {"Unavailable", "DeadlineExceeded"}
        await told_of_silence(owner, proxies)
        assert await troubled.repaired(owner) < 120


async def told_of_silence(owner: Owner, proxies: Mapping[str, Proxy]) -> None:
    """Behind whatever a client waits for, it is told by its deadline; a retry gives one photo."""
    for number, name in enumerate((API, "database", "blobs")):
        (file,) = owner.drawn(1, first=39_000 + number)
        struck = proxies[name].struck
        proxies[name].begin(Trouble.HALF_OPEN)
        try:
            status = await told(owner, file, within_s=PATIENCE_S)
        finally:
            proxies[name].end()
        assert (name, status) in {(name, "DEADLINE_EXCEEDED"), (name, "UNAVAILABLE")}
        assert proxies[name].struck > struck
        async with owner.client() as client:
            await owner.upload(client, file)
