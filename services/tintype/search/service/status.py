"""How complete the index is, and asking for it to be built anew."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final, Protocol

from tintype.kit.operations.domain import Operation, OperationKind
from tintype.search.domain.query import IndexStatus
from tintype.search.ports import PhotoIndex

NOBODY: Final = "library"  # owns the operations that the library itself asks for


class Starter(Protocol):
    """As much of operations as a rebuild needs."""

    async def start(
        self, *, owner_id: str, kind: OperationKind, subject: str = "", arguments: str = "", request_id: str = ""
    ) -> Operation:
        """Ask for work; the same `request_id` of an owner meets what it started before."""


class IndexCare:
    """GetIndexStatus and RebuildIndex."""

    def __init__(self, *, index: PhotoIndex, operations: Starter, pending: Callable[[], Awaitable[int]]) -> None:
        self._index = index
        self._operations = operations
        self._pending = pending

    async def status(self, owner_id: str) -> tuple[IndexStatus, int]:
        """The owner's index, and how many changes of the whole library wait for it."""
        return await self._index.status(owner_id), await self._pending()

    async def ask_rebuild(self, *, owner_id: str, request_id: str = "") -> Operation:
        """Begin to build the index anew."""
        return await self._operations.start(owner_id=owner_id, kind=OperationKind.REINDEX, request_id=request_id)

    async def ask_repair(self) -> None:
        """Begin to build the index anew because a sweep found that it must be, unless that is under way."""
        await self._operations.start(owner_id=NOBODY, kind=OperationKind.REINDEX)
