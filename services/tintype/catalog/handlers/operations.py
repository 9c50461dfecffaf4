"""The long work of the catalog, as the runner of operations calls it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import partial

from tintype.catalog.convert.edit import (
    BatchAction,
    Position,
    action_of,
    checkpoint_of,
    edit_of,
    position_of,
    reanalysis_of,
    request_of,
)
from tintype.catalog.convert.photo_filter import filter_of
from tintype.catalog.service.batching import Batching
from tintype.catalog.service.editing import Editing
from tintype.catalog.service.many import Outcome
from tintype.catalog.service.purging import Purging
from tintype.catalog.service.reanalysing import Reanalysing
from tintype.catalog.service.trashing import Trashing
from tintype.kit.operations.domain import Progress
from tintype.kit.operations.runner import Run
from tintype.v1 import catalog_service_pb2 as pb

ChangeSome = Callable[[pb.StartBatchRequest, str, list[str]], Awaitable[Outcome]]


class CatalogOperations:
    """`add_to_album` comes from albums: (owner_id, album_id, photo_ids)."""

    def __init__(
        self,
        *,
        batching: Batching,
        editing: Editing,
        trashing: Trashing,
        purging: Purging,
        reanalysing: Reanalysing,
        add_to_album: Callable[[str, str, list[str]], Awaitable[Outcome]],
    ) -> None:
        self._batching = batching
        self._purging = purging
        self._reanalysing = reanalysing
        self._actions: Mapping[BatchAction, ChangeSome] = {
            BatchAction.EDIT: lambda request, owner_id, ids: editing.batch_update(
                owner_id=owner_id, photo_ids=ids, edit=edit_of(request.edit)
            ),
            BatchAction.TRASH: lambda _, owner_id, ids: trashing.batch_trash(owner_id=owner_id, photo_ids=ids),
            BatchAction.RESTORE: lambda _, owner_id, ids: trashing.batch_restore(owner_id=owner_id, photo_ids=ids),
            BatchAction.ADD_TO_ALBUM: lambda request, owner_id, ids: add_to_album(owner_id, request.album_id, ids),
        }

    async def batch(self, run: Run) -> Mapping[str, int]:
        operation = run.operation
        request = request_of(operation.arguments)
        return await self._batching.change_all(
            operation.owner_id,
            filter=filter_of(request.filter),
            change=partial(self._actions[action_of(request)], request, operation.owner_id),
            report=partial(_report, run),
            after=position_of(operation.checkpoint),
        )

    async def purge_trash(self, run: Run) -> Mapping[str, int]:
        operation = run.operation
        return await self._purging.purge(
            operation, report=partial(_report, run), after=position_of(operation.checkpoint)
        )

    async def reanalyse(self, run: Run) -> Mapping[str, int]:
        given = reanalysis_of(run.operation.arguments)
        asked = await self._reanalysing.ask(
            stages=given.stages,
            failed_only=given.failed_only,
            user_id=given.user_id,
            report=lambda done, position: _report(run, done, 0, position),
            after=position_of(run.operation.checkpoint),
        )
        return {"requested": asked}


def _report(run: Run, done: int, failed: int, position: Position) -> None:
    run.report(Progress(done=done, failed=failed, unit="photos"), checkpoint=checkpoint_of(position))
