"""The isolation of users once more, with the same bodies, by REST through the real bridge."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

import aiohttp
import pytest
import pytest_asyncio
from google.protobuf.message import Message
from tests.bridge import bridged
from tests.integration import test_isolation as matrix
from tests.integration.test_isolation_crossings import *  # noqa: F403 (the scenarios themselves, on the world below)
from tests.isolation.calls import Answer, Credential, rpcs
from tests.isolation.world import World, opened
from tests.rest_calls import call, route_of

pytestmark = [pytest.mark.isolation, pytest.mark.asyncio(loop_scope="module")]

ROUTED = {name for name, rpc in rpcs().items() if route_of(rpc)}
PROTECTED = sorted(ROUTED.intersection(matrix.PROTECTED))
OF_A_RESOURCE = sorted(ROUTED.intersection(matrix.OF_A_RESOURCE))


class RestWorld:
    """A world whose calls go by REST, where there is a route."""

    def __init__(self, world: World, session: aiohttp.ClientSession, base: str) -> None:
        self._by_grpc = world.call
        self._session = session
        self._base = base

    async def call(self, name: str, requests: Sequence[Message], credential: Credential) -> Answer:
        route = route_of(rpcs()[name])
        if route is None:
            return await self._by_grpc(name, requests, credential)
        answer = await call(self._session, self._base, rpcs()[name], route, requests[0], credential)
        # A purge of nothing may end before it is cancelled; whoever is told so was let in.
        return Answer("OK") if answer.reason == "OPERATION_ENDED" else answer


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """A whole library in this process behind a bridge, its users, and credentials that are none."""
    folder = tmp_path_factory.mktemp("isolation-rest")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("TINTYPE_MODEL_PACK", "builtin")
        environment.setenv("TINTYPE_ACCOUNTS_SIGN_UP", "open")
        async with (
            opened(folder / "home") as made,
            bridged(folder, made.address, made.http) as bridge,
            aiohttp.ClientSession() as session,
        ):
            rest = RestWorld(made, session, bridge.address)
            environment.setattr(made, "call", rest.call)
            made.http = bridge.address
            yield made


@pytest.mark.parametrize("name", PROTECTED)
async def test_a_credential_that_is_none_is_refused_as_such(world: World, name: str) -> None:
    await matrix.test_a_credential_that_is_none_is_refused_as_such(world, name)


@pytest.mark.parametrize("name", PROTECTED)
async def test_a_credential_without_the_scope_is_refused(world: World, name: str) -> None:
    await matrix.test_a_credential_without_the_scope_is_refused(world, name)


@pytest.mark.parametrize("name", [name for name in PROTECTED if rpcs()[name].policy.session_only])
async def test_what_needs_a_person_takes_no_key(world: World, name: str) -> None:
    await matrix.test_what_needs_a_person_takes_no_key(world, name)


@pytest.mark.parametrize("name", OF_A_RESOURCE)
async def test_what_belongs_to_another_is_answered_like_what_never_was(world: World, name: str) -> None:
    await matrix.test_what_belongs_to_another_is_answered_like_what_never_was(world, name)


@pytest.mark.parametrize("name", sorted(ROUTED))
async def test_the_rightful_caller_is_served(world: World, name: str) -> None:
    await matrix.test_the_rightful_caller_is_served(world, name)
