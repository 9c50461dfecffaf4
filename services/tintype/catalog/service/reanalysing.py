"""Stages are asked for again where another model is wanted now, or where an administrator says so."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Final, Protocol

from tintype.catalog.domain.analysing import asked_again, outdated
from tintype.catalog.domain.change import Change
from tintype.catalog.domain.fact import Priority
from tintype.catalog.domain.photo import Photo
from tintype.catalog.domain.stage import Stage, StageState
from tintype.catalog.ports.model import WantedModelsRepository
from tintype.catalog.ports.photo import PageKey, PhotoRepository
from tintype.catalog.service.many import each_of
from tintype.catalog.service.writing import PhotoWriter
from tintype.kit.operations.domain import OperationKind

PAGE: Final = 200
NOBODY: Final = "library"  # owns the operations that the library itself asks for
OUTDATED: Final = (
    '{"failed_only": false, "stages": [], "user_id": ""}'  # as administrators ask: what is outdated, of all
)


class Starter(Protocol):
    """As much of operations as this needs."""

    async def start(self, *, owner_id: str, kind: OperationKind, arguments: str = "") -> object:
        """Ask for work."""


Choose = Callable[[Photo], Collection[Stage]]
Report = Callable[[int, PageKey], None]


class Reanalysing:
    """Pages through photos and asks for stages, as work that may wait."""

    def __init__(
        self, photos: PhotoRepository, models: WantedModelsRepository, writer: PhotoWriter, operations: Starter
    ) -> None:
        self._photos = photos
        self._models = models
        self._writer = writer
        self._operations = operations

    async def start(self) -> None:
        """Begin to ask for what is outdated, now that another model is wanted; the sweep would only do it later."""
        await self._operations.start(owner_id=NOBODY, kind=OperationKind.REANALYSE, arguments=OUTDATED)

    async def ask_outdated(self) -> int:
        """Ask for what a model made that is not the wanted one any more; returns of how many photos. A sweep."""
        return await self.ask(stages=(), failed_only=False, user_id="", report=lambda done, position: None, after=())

    async def ask(
        self, *, stages: Collection[Stage], failed_only: bool, user_id: str, report: Report, after: PageKey
    ) -> int:
        """Ask for stages of the photos of a user, or of all; returns of how many photos.

        Args:
            stages: what to do again; empty means what is outdated, or with `failed_only` all that failed.
            failed_only: leave alone what did not fail.
            user_id: whose photos; empty takes all.
            report: called after each page: how many are done, where to go on after a crash.
            after: where to go on.
        """
        wanted = await self._models.load()

        def choose(photo: Photo) -> list[Stage]:
            chosen = set(stages) or (set(Stage) if failed_only else set(outdated(photo, wanted)))
            if failed_only:
                chosen &= {status.stage for status in photo.stages if status.state is StageState.FAILED}
            return [stage for stage in Stage if stage in chosen and wanted.has(stage)]

        asked = 0
        position: PageKey | None = after
        while position is not None:
            page = await self._photos.page_all(owner_id=user_id, limit=PAGE, after=position)
            asked += await self._ask_page(page.photos, choose)
            report(asked, page.after or position)
            position = page.after
        return asked

    async def _ask_page(self, photos: Collection[Photo], choose: Choose) -> int:
        owners = {photo.photo_id: photo.owner_id for photo in photos if _is_worked_on(photo) and choose(photo)}

        def decide(photo: Photo, now: datetime) -> Change:
            chosen = choose(photo) if _is_worked_on(photo) else ()
            return asked_again(photo, chosen, now, priority=Priority.BACKLOG)

        outcome = await each_of(
            list(owners),
            lambda photo_id: self._writer.change(owner_id=owners[photo_id], photo_id=photo_id, decide=decide),
        )
        return len(outcome.photos)


def _is_worked_on(photo: Photo) -> bool:
    return photo.deletion is None and photo.trash_time is None
