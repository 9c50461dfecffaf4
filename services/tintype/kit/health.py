"""Which services of this process have what they need, as balancers and operators are told."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Final, Protocol

from tintype.kit.app import Probe
from tintype.kit.log import log_of

LOOK_S: Final = 1.0  # so fast it is told that nobody can be believed any more
PROBE_S: Final = 3.0
LONGEST_PROBE_S: Final = 2.0  # a dependency that takes longer is away
BELIEF: Final = "accounts"
_log: Final = log_of(__name__)


class Board(Protocol):
    """Where it is told."""

    async def set_serving(self, *, serving: bool, service: str = "") -> None:
        """Say of one service, or of all, whether it has what it needs."""


class Health:
    """NOT_SERVING for a service while something that it needs is away, for all while no caller can be believed.

    Args:
        board: where it is told.
        needs: by app, the names of its gRPC services and what they need.
        believed: whether it is known who was revoked.
        patience_s: a dependency that takes longer is away.
    """

    def __init__(
        self,
        board: Board,
        needs: Sequence[tuple[Sequence[str], Mapping[str, Probe]]],
        believed: Callable[[], bool],
        *,
        patience_s: float = LONGEST_PROBE_S,
    ) -> None:
        self._board = board
        self._needs = [(tuple(names), dict(probes)) for names, probes in needs]
        self._believed = believed
        self._patience_s = patience_s
        self._away: list[str] = [""] * len(self._needs)
        self._told: dict[str, bool] = {}

    async def run(self) -> None:
        """Until cancelled."""
        probe_at = time.monotonic()
        while True:
            if time.monotonic() >= probe_at:
                await self.probe()
                probe_at = time.monotonic() + PROBE_S
            await self.tell()
            await asyncio.sleep(LOOK_S)

    async def probe(self) -> None:
        """Look once for what is away."""
        self._away = list(await asyncio.gather(*(self._first_away(probes) for _, probes in self._needs)))

    async def tell(self) -> None:
        """Say what has changed."""
        believed = self._believed()
        await self._set("", believed, BELIEF)
        for (names, _), away in zip(self._needs, self._away, strict=True):
            for name in names:
                await self._set(name, believed and not away, away or BELIEF)

    async def _set(self, name: str, serving: bool, because: str) -> None:
        if self._told.get(name, True) is not serving:
            await self._board.set_serving(serving=serving, service=name)
            _log.warning("serving" if serving else "not_serving", service=name or "all", because=because)
        self._told[name] = serving

    async def _first_away(self, probes: Mapping[str, Probe]) -> str:
        """The name of a dependency that does not answer, empty if all do."""
        for name, probe in probes.items():
            try:
                async with asyncio.timeout(self._patience_s):
                    await probe()
            except Exception as error:
                _log.info("dependency_away", dependency=name, error=type(error).__name__)
                return name
        return ""
