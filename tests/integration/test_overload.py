"""More calls than a server can serve at once: they wait or are refused, and none is cancelled."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import grpc
import pytest
from tests.integration.served_rpc import served

from tintype.kit.grpc.errors import reason_of
from tintype.v1 import accounts_service_pb2 as pb
from tintype.v1.accounts_service_pb2_grpc import AccountsServiceStub

CALLS = 3000
SERVED = 2000


async def outcomes(address: str, calls: int, *, ended: Callable[[int], None]) -> Counter[tuple[str, str]]:
    """How so many calls at once ended: status and reason; `ended` is told how many have."""
    found: Counter[tuple[str, str]] = Counter()
    async with grpc.aio.insecure_channel(address) as channel:
        stub = AccountsServiceStub(channel)

        async def one() -> None:
            outcome = "OK", ""
            try:
                await stub.GetSignUp(pb.GetSignUpRequest(), timeout=120)
            except grpc.aio.AioRpcError as error:
                outcome = error.code().name, reason_of(error)[0]
            found[outcome] += 1
            ended(found.total())

        await asyncio.gather(*(one() for _ in range(calls)))
    return found


@pytest.mark.overload
async def test_three_thousand_calls_in_flight_are_all_answered(tmp_path: Path) -> None:
    """The core's own limit, 1,000 waiting calls, would cancel many of them."""
    arrived, all_there = 0, asyncio.Event()

    async def until_all_are_there() -> None:
        nonlocal arrived
        arrived += 1
        if arrived == CALLS:
            all_there.set()
        await all_there.wait()

    async with served(tmp_path, until_all_are_there) as server:
        found = await outcomes(server.address, CALLS, ended=lambda count: None)
    assert found == {("OK", ""): CALLS}


@pytest.mark.overload
async def test_what_is_too_much_is_refused_as_exhausted_and_nothing_is_cancelled(tmp_path: Path) -> None:
    release = asyncio.Event()

    def ended(count: int) -> None:
        if count == CALLS - SERVED:  # all that are refused have been: the others wait
            release.set()

    async def until_released() -> None:
        await release.wait()

    async with served(tmp_path, until_released, most=SERVED) as server:
        found = await outcomes(server.address, CALLS, ended=ended)
    assert found == {("OK", ""): SERVED, ("RESOURCE_EXHAUSTED", "OVERLOADED"): CALLS - SERVED}
