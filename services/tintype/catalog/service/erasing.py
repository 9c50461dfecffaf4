"""Everything of an owner goes, and what is left is counted."""

from __future__ import annotations

from collections.abc import Mapping

from tintype.catalog.ports.accounts import Accounts
from tintype.catalog.ports.owned import Owned
from tintype.kit.steps import Step, no_step


class Erasing:
    """Removes an owner from every store of the catalog, outright: no tombstones."""

    def __init__(self, stores: Mapping[str, Owned], accounts: Accounts, *, step: Step = no_step) -> None:
        self._stores = dict(stores)
        self._accounts = accounts
        self._step = step

    async def erase_user(self, *, user_id: str, operation_id: str) -> None:
        """Remove, count, report. Erasing twice is erasing once. Raises Unavailable."""
        self._accounts.close(user_id)
        for name, store in self._stores.items():
            await self._step(f"erase/{name}")
            await store.remove_owner(user_id)
        left = {name: await store.count_owner(user_id) for name, store in self._stores.items()}
        await self._step("erase/report")
        await self._accounts.report_erased(operation_id=operation_id, user_id=user_id, left=left)
