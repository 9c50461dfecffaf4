"""Operations, in either database."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Final

from tintype.kit.instants import milliseconds
from tintype.kit.operations.adapters.keys import OPERATION, due_ms, end_ms
from tintype.kit.operations.domain import Operation
from tintype.kit.operations.ports import (
    OperationConflict,
    OperationCursor,
    OperationExists,
    OperationNotFound,
    OperationPage,
    Task,
)
from tintype.kit.store.aggregate_shape import Column, Index, Shape
from tintype.kit.store.aggregates import Aggregates

OPERATIONS: Final = Shape[Operation, object](
    table="operations",
    codec=OPERATION,
    aggregate_id=lambda operation: operation.operation_id,
    not_found=OperationNotFound,
    already_exists=OperationExists,
    conflict=OperationConflict,
    columns=[
        Column("kind", "TEXT", lambda operation: operation.kind.value),
        Column("subject", "TEXT", lambda operation: operation.subject),
        Column("open", "INTEGER", lambda operation: int(not operation.state.ended)),
        Column("create_ms", "INTEGER", lambda operation: milliseconds(operation.create_time)),
        Column("due_ms", "INTEGER", due_ms),
        Column("end_ms", "INTEGER", end_ms),
    ],
    indexes=[
        Index("by_owner", ("owner_id",), ("create_ms",)),
        Index("open", ("owner_id", "open"), ("create_ms",)),
        Index("due", ("kind", "subject"), ("due_ms",)),
        Index("ended", (), ("end_ms",)),
    ],
)


class StoredOperationRepository:
    """OperationRepository over aggregates."""

    def __init__(self, operations: Aggregates[Operation, object]) -> None:
        self._operations = operations

    async def add(self, operation: Operation) -> None:
        """See `OperationRepository`."""
        await self._operations.add(operation)

    async def load(self, *, owner_id: str, operation_id: str) -> Operation:
        """See `OperationRepository`."""
        return await self._operations.load(owner_id=owner_id, aggregate_id=operation_id)

    async def replace(self, operation: Operation) -> Operation:
        """See `OperationRepository`."""
        return await self._operations.replace(operation)

    async def page(
        self, *, owner_id: str, limit: int, after: OperationCursor | None = None, running: bool = False
    ) -> OperationPage:
        """See `OperationRepository`."""
        index, equal = ("open", (owner_id, 1)) if running else ("by_owner", (owner_id,))
        page = await self._operations.page(index, *equal, limit=limit, after=after or (), descending=True)
        if page.after is None:
            return OperationPage(page.items, None)
        last = page.items[-1]
        return OperationPage(page.items, (milliseconds(last.create_time), last.operation_id))

    async def due(self, tasks: Collection[Task], *, now: datetime, limit: int) -> list[Operation]:
        """See `OperationRepository`."""
        found: list[Operation] = []
        for task in tasks:
            page = await self._operations.page(
                "due", task.kind.value, task.subject, limit=limit, until=(milliseconds(now),)
            )
            found += page.items
        return sorted(found, key=lambda operation: operation.due_time)[:limit]

    async def remove_ended(self, *, before: datetime) -> int:
        """See `OperationRepository`."""
        return await self._operations.remove_range("ended", until=(milliseconds(before) - 1,))

    async def remove_owner(self, owner_id: str) -> int:
        """See `OperationRepository`."""
        return await self._operations.remove_owner(owner_id)
