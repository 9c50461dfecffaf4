"""Trouble on one way for a while, as a fault."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Final

from tests.faults.proxy import Proxy, Trouble

HARMS: Final = tuple(trouble for trouble in Trouble if trouble is not Trouble.NONE)
LASTS_S: Final = 4.0
PATIENCE_S: Final = 60.0  # until something passes that can be harmed
LOOK_S: Final = 0.1


@dataclass(frozen=True)
class Disturb:
    """Trouble before one server; it has to have done harm."""

    proxy: Proxy
    trouble: Trouble

    async def happen(self) -> None:
        struck = self.proxy.struck
        self.proxy.begin(self.trouble)
        try:
            async with asyncio.timeout(PATIENCE_S):
                await asyncio.sleep(LASTS_S)
                while True:
                    if self.proxy.struck > struck:
                        return
                    await asyncio.sleep(LOOK_S)
        finally:
            self.proxy.end()
