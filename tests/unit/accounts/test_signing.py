"""The keys that sign access tokens."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import jwt
from tests.accounts_world import World, make_user, open_world

ROTATION = timedelta(days=90)


async def signing_key_id(world: World) -> str:
    token, _ = await world.cases.signing.access_token(user=make_user(), session_id="s1")
    return str(jwt.get_unverified_header(token)["kid"])


async def test_the_first_key_is_made_once_and_outlives_the_process(tmp_path: Path) -> None:
    async with open_world(tmp_path) as world:
        first = await signing_key_id(world)
    async with open_world(tmp_path) as world:
        assert await signing_key_id(world) == first


async def test_a_key_is_followed_by_one_that_everybody_knows_before_it_signs(world: World) -> None:
    first = await signing_key_id(world)
    assert await world.cases.signing.rotate() == 0
    world.clock.advance(ROTATION)
    assert await world.cases.signing.rotate() == 1
    published = {key.key_id for key in await world.cases.signing.key_set()}
    (second,) = published - {first}
    assert await signing_key_id(world) == first
    world.clock.advance(timedelta(minutes=15))
    assert await signing_key_id(world) == second


async def test_an_old_key_stays_published_until_no_token_of_it_can_live(world: World) -> None:
    first = await signing_key_id(world)
    world.clock.advance(ROTATION)
    await world.cases.signing.rotate()
    world.clock.advance(timedelta(minutes=15 + 15))
    assert await world.cases.signing.rotate() == 0
    assert first in {key.key_id for key in await world.cases.signing.key_set()}
    world.clock.advance(timedelta(minutes=15))
    assert await world.cases.signing.rotate() == 1
    assert first not in {key.key_id for key in await world.cases.signing.key_set()}


async def test_no_key_is_shown_with_its_seed(world: World) -> None:
    (key,) = await world.cases.signing.key_set()
    assert key.seed.hex() not in repr(key)
    assert repr(key.seed) not in repr(key)
