"""Services say NOT_SERVING while something that they need is away."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from tintype.kit.errors import Unavailable
from tintype.kit.health import Health

UPLOAD, SEARCH, OPERATIONS = "tintype.v1.UploadService", "tintype.v1.SearchService", "tintype.v1.OperationService"


@dataclass
class Board:
    """What was told, as changes."""

    told: list[tuple[str, bool]] = field(default_factory=list)

    async def set_serving(self, *, serving: bool, service: str = "") -> None:
        self.told.append((service, serving))


@dataclass
class Dependency:
    """Answers until a test says otherwise."""

    away: bool = False
    probes: int = 0

    async def probe(self) -> None:
        self.probes += 1
        if self.away:
            raise Unavailable("away")


@dataclass
class Desk:
    """Whether callers can be believed."""

    known: bool = True


def health_of(board: Board, blobs: Dependency, database: Dependency, desk: Desk) -> Health:
    needs = [([UPLOAD], {"database": database.probe, "blobs": blobs.probe}), ([SEARCH], {"database": database.probe})]
    return Health(board, [*needs, ([OPERATIONS], {})], lambda: desk.known)


async def test_only_the_services_that_need_what_is_away_stop_serving_until_it_is_back() -> None:
    board, blobs, database = Board(), Dependency(), Dependency()
    health = health_of(board, blobs, database, Desk())
    for blobs.away, told in (
        (False, []),
        (True, [(UPLOAD, False)]),
        (True, [(UPLOAD, False)]),
        (False, [(UPLOAD, False), (UPLOAD, True)]),
    ):
        await health.probe()
        await health.tell()
        assert board.told == told
    database.away = True
    await health.probe()
    await health.tell()
    assert board.told[2:] == [(UPLOAD, False), (SEARCH, False)]


async def test_no_service_serves_while_nobody_can_be_believed() -> None:
    board, blobs, desk = Board(), Dependency(away=True), Desk(known=False)
    health = health_of(board, blobs, Dependency(), desk)
    await health.probe()
    await health.tell()
    assert sorted(board.told) == [("", False), (OPERATIONS, False), (SEARCH, False), (UPLOAD, False)]
    desk.known = True
    await health.tell()
    assert board.told[4:] == [("", True), (SEARCH, True), (OPERATIONS, True)]


async def test_a_dependency_that_hangs_is_away() -> None:
    board = Board()
    health = Health(board, [([UPLOAD], {"blobs": asyncio.Event().wait})], lambda: True, patience_s=0.01)
    await health.probe()
    await health.tell()
    assert board.told == [(UPLOAD, False)]
