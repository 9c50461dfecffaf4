"""What integration tests share."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from tests.isolation.world import World, opened


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """A whole library in this process, its users, and credentials that are none."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("TINTYPE_MODEL_PACK", "builtin")
        environment.setenv("TINTYPE_ACCOUNTS_SIGN_UP", "open")
        async with opened(tmp_path_factory.mktemp("isolation") / "home") as made:
            yield made
