"""The real bridge beside a library of a test, and calls of the contract by its REST."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from typing import Final

import pytest
from tools.build_bridge import NotBuilt, gateway
from tools.toolchain import NoToolchain

from tintype_cli.bridge_process import Bridge, Installed

SETTINGS: Final[Mapping[str, str]] = {
    "TINTYPE_GATEWAY_LINGER": "1ms",
    "TINTYPE_GATEWAY_SIGN_INS_PER_ADDRESS": "100000",
    "TINTYPE_GATEWAY_SIGN_INS_PER_ACCOUNT": "100000",
}
REQUIRED: Final = ("TINTYPE_REQUIRE_SHARED", "CI")


@cache
def binary() -> Path:
    """The bridge of this clone, built if it is older than its code. Skips where no Go is to be had, save in CI."""
    try:
        return gateway()
    except (NotBuilt, NoToolchain) as error:
        reason = f"the bridge cannot be built: {error}"
        if any(os.environ.get(name) for name in REQUIRED):
            pytest.fail(reason)
        pytest.skip(reason)


@asynccontextmanager
async def bridged(
    home: Path, library: str, http: str, *, gallery: Path | None = None, **settings: str
) -> AsyncIterator[Bridge]:
    """A bridge beside the library at these addresses, gone at the end of the block."""
    bridge = Bridge(Installed(await asyncio.to_thread(binary), gallery), home)
    environment = {**SETTINGS, **settings}
    await asyncio.to_thread(bridge.start, library, http, port=0, environment=environment)
    try:
        yield bridge
    finally:
        await asyncio.to_thread(bridge.stop)
