"""Starting, showing and stopping operations."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import Final

from tintype.kit.clock import Clock
from tintype.kit.errors import Conflict, InvalidInput
from tintype.kit.ids import IdSource, id_of_request
from tintype.kit.operations.domain import Operation, OperationKind
from tintype.kit.operations.ports import (
    OperationCursor,
    OperationEnded,
    OperationExists,
    OperationPage,
    OperationRepository,
)

KEPT: Final = timedelta(days=30)  # after its end; the contract says so
WATCH_PERIOD: Final = timedelta(milliseconds=250)  # people see it as at once, and a watch costs four reads a second
TRIES: Final = 5


class Operations:
    """Long work as its callers see it; `OperationRunner` does it."""

    def __init__(
        self, repository: OperationRepository, clock: Clock, ids: IdSource, *, watch_period: timedelta = WATCH_PERIOD
    ) -> None:
        self._repository = repository
        self._clock = clock
        self._ids = ids
        self._watch_period = watch_period
        self._listeners: list[Callable[[], None]] = []

    def listen(self, changed: Callable[[], None]) -> None:
        """Call `changed` whenever this process has started or cancelled one, so that a runner need not wait."""
        self._listeners.append(changed)

    async def start(
        self, *, owner_id: str, kind: OperationKind, subject: str = "", arguments: str = "", request_id: str = ""
    ) -> Operation:
        """Ask for work; the same `request_id` of an owner meets what it started before.

        Raises: InvalidInput if that was another request.
        """
        rpc = f"operation/{kind.value}"
        made = id_of_request(owner_id=owner_id, rpc=rpc, request_id=request_id) if request_id else self._ids.new()
        now = self._clock.now()
        operation = Operation(
            operation_id=made,
            owner_id=owner_id,
            kind=kind,
            create_time=now,
            update_time=now,
            due_time=now,
            subject=subject,
            arguments=arguments,
        )
        try:
            await self._repository.add(operation)
        except OperationExists:
            operation = await self._repository.load(owner_id=owner_id, operation_id=made)
            forgotten = operation.state.ended and not operation.arguments  # whom it erased
            if operation.subject != subject or (operation.arguments != arguments and not forgotten):
                message = "this request_id was used for another request"
                raise InvalidInput(message, fields={"request_id": message}) from None
        self._tell()
        return operation

    async def get(self, *, owner_id: str, operation_id: str) -> Operation:
        """Raises OperationNotFound."""
        return await self._repository.load(owner_id=owner_id, operation_id=operation_id)

    async def list(
        self, *, owner_id: str, limit: int, after: OperationCursor | None = None, running: bool = False
    ) -> OperationPage:
        """A page, newest first."""
        return await self._repository.page(owner_id=owner_id, limit=limit, after=after, running=running)

    async def watch(self, *, owner_id: str, operation_id: str) -> AsyncIterator[Operation]:
        """It as it is now, then at each change, ending with its end. Raises OperationNotFound."""
        revision = 0
        while True:
            operation = await self.get(owner_id=owner_id, operation_id=operation_id)
            if operation.revision != revision:
                revision = operation.revision
                yield operation
            if operation.state.ended:
                return
            await asyncio.sleep(self._watch_period.total_seconds())

    async def wait(self, *, owner_id: str, operation_id: str) -> Operation:
        """It at its end. Raises OperationNotFound."""
        async for operation in self.watch(owner_id=owner_id, operation_id=operation_id):
            if operation.state.ended:
                return operation
        raise OperationEnded(operation_id)  # unreachable: a watch ends with an end

    async def cancel(self, *, owner_id: str, operation_id: str) -> Operation:
        """Ask it to stop; what it did stays. Raises OperationNotFound, OperationEnded."""
        for left in reversed(range(TRIES)):
            operation = await self.get(owner_id=owner_id, operation_id=operation_id)
            if operation.cancel_requested:
                return operation
            if operation.state.ended:
                raise OperationEnded(operation_id)
            try:
                stopping = await self._repository.replace(operation.told_to_stop(self._clock.now()))
            except Conflict:
                if not left:
                    raise
                continue
            self._tell()
            return stopping
        raise OperationEnded(operation_id)  # unreachable: the last try returns or raises

    async def forget_ended(self) -> int:
        """Drop what ended more than 30 days ago; returns how many. A sweep."""
        return await self._repository.remove_ended(before=self._clock.now() - KEPT)

    def _tell(self) -> None:
        for changed in self._listeners:
            changed()
