"""Sessions on a machine whose clock is wrong, is set, stands still, or is not the one that wrote the file."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest
from tests.unit.sdk.rotating import Hours, Rotating, client_of, serving

from tintype.v1 import photo_pb2
from tintype_sdk import Client, FileTokens
from tintype_sdk.credentials import MemoryTokens, Tokens, TokenStore
from tintype_sdk.errors import Unauthenticated

OFFSETS_MIN = (-24 * 60, -20, -2, 0, 2, 20, 24 * 60)  # the client's clock against the server's


class World:
    """A server, and clients whose clocks are wrong."""

    def __init__(self, service: Rotating, address: str) -> None:
        self.service = service
        self.hours = service.hours
        self._address = address

    async def use(self, client: Client, minutes: int) -> None:
        for _ in range(minutes):
            await client.accounts.show()
            self.hours.pass_(1)

    def stale(self) -> MemoryTokens:
        """Tokens that this machine believes in for an hour, and the server no more."""
        return MemoryTokens(Tokens("access-0", self.hours.wall + 3600, "refresh-0", 0.0))

    def client(self, tokens: TokenStore | None = None) -> AbstractAsyncContextManager[Client]:
        return client_of(self._address, self.hours, tokens)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    service = Rotating(Hours())
    service.hours.wall = service.hours.server
    async with serving(service, tmp_path) as address:
        yield World(service, address)


@pytest.mark.parametrize("offset", OFFSETS_MIN)
async def test_a_clock_that_is_wrong_costs_nothing(world: World, offset: int) -> None:
    world.hours.wall += 60 * offset
    async with world.client() as client:
        await client.accounts.sign_in("ann", "password")
        await world.use(client, 60)
    assert (world.service.refusals, world.service.trades) == (0, 3)


@pytest.mark.parametrize("offset", OFFSETS_MIN)
async def test_with_a_server_that_tells_no_lifetime_a_wrong_clock_costs_a_call_at_most(
    world: World, offset: int
) -> None:
    world.service.old = True
    world.hours.wall += 60 * offset
    async with world.client() as client:
        await client.accounts.sign_in("ann", "password")
        await world.use(client, 60)
    assert world.service.refusals <= 3
    assert not world.service.over


@pytest.mark.parametrize("step", [-40, -5, 5, 40])
async def test_a_clock_that_is_set_costs_one_refresh_at_most(world: World, step: int) -> None:
    async with world.client() as client:
        await client.accounts.sign_in("ann", "password")
        await world.use(client, 10)
        world.hours.wall += 60 * step
        await world.use(client, 50)
    assert world.service.refusals == 0
    assert world.service.trades in (3, 4)


async def test_a_machine_that_slept_refreshes_as_it_wakes(world: World) -> None:
    async with world.client() as client:
        await client.accounts.sign_in("ann", "password")
        steady = world.hours.steady
        world.hours.pass_(120)
        world.hours.steady = steady
        await world.use(client, 1)
    assert (world.service.refusals, world.service.trades) == (0, 1)


@pytest.mark.parametrize("offset", OFFSETS_MIN)
async def test_the_next_program_goes_on_counting_from_what_is_kept(world: World, tmp_path: Path, offset: int) -> None:
    world.hours.wall += 60 * offset
    kept = FileTokens(tmp_path / "server.json")
    async with world.client(kept) as client:
        await client.accounts.sign_in("ann", "password")
    for program in range(6):
        world.hours.pass_(10)
        world.hours.steady = 5.0 * program  # the machine was started anew
        async with world.client(kept) as client:
            await client.accounts.show()
    assert (world.service.refusals, world.service.trades) == (0, 3)


async def test_what_the_server_refuses_is_refreshed_and_sent_once_more_in_every_shape(
    world: World, tmp_path: Path
) -> None:
    (tmp_path / "photo.jpg").write_bytes(b"abc")
    async with world.client(world.stale()) as client:
        await client.accounts.show()
        assert (world.service.refusals, world.service.trades) == (1, 1)
        world.hours.server += 3600
        assert (await client.uploads.upload_file(tmp_path / "photo.jpg")).already_existed  # all three bytes came
        assert (world.service.refusals, world.service.trades) == (2, 2)
        world.hours.server += 3600
        received = [part.data async for part in client.media.read("p1", photo_pb2.VARIANT_ORIGINAL)]
    assert received == [b"a", b"bc"]
    assert (world.service.refusals, world.service.trades) == (3, 3)


async def test_calls_that_are_refused_at_once_refresh_once(world: World) -> None:
    async with world.client(world.stale()) as client:
        await asyncio.gather(*(client.accounts.show() for _ in range(20)))
    assert world.service.trades == 1
    assert not world.service.over


async def test_two_programs_that_are_refused_at_once_refresh_once(world: World, tmp_path: Path) -> None:
    kept = [FileTokens(tmp_path / "server.json") for _ in range(2)]
    kept[0].save(Tokens("access-0", world.hours.wall + 3600, "refresh-0", 0.0))
    async with world.client(kept[0]) as one, world.client(kept[1]) as other:
        await asyncio.gather(one.accounts.show(), other.accounts.show())
    assert world.service.trades == 1
    assert not world.service.over


async def test_a_call_is_never_sent_a_third_time(world: World) -> None:
    world.service.stern = True
    async with world.client(world.stale()) as client:
        with pytest.raises(Unauthenticated):
            await client.accounts.show()
    assert (world.service.refusals, world.service.trades) == (2, 1)


async def test_a_session_that_has_ended_says_that_its_credential_is_not_valid(world: World) -> None:
    world.service.over = True
    async with world.client(world.stale()) as client:
        with pytest.raises(Unauthenticated) as refused:
            await client.accounts.show()
    assert refused.value.reason == "CREDENTIAL_INVALID"
    assert (world.service.refusals, world.service.trades) == (1, 0)
