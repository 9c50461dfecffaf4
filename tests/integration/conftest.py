"""What integration tests share."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from tests.browser import Browser, browsing
from tests.isolation.world import World, opened
from tests.killable_bridge import KillableBridge, killable


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """A whole library in this process, its users, and credentials that are none."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("TINTYPE_MODEL_PACK", "builtin")
        environment.setenv("TINTYPE_ACCOUNTS_SIGN_UP", "open")
        async with opened(tmp_path_factory.mktemp("isolation") / "home") as made:
            yield made


@pytest.fixture(scope="session")
def bridge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KillableBridge]:
    """A whole library and the bridge before it, as processes; tests keep apart by accounts."""
    with killable(tmp_path_factory.mktemp("bridge") / "home") as started:
        yield started


@pytest.fixture
async def browser(bridge: KillableBridge) -> AsyncIterator[Browser]:
    """Somebody new, signed in."""
    async with browsing(bridge) as opened_now:
        await opened_now.sign_up()
        yield opened_now
