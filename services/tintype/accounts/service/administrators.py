"""Somebody has to be left who can administer, whoever changes whom in which process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final

from tintype.accounts.domain.users import User
from tintype.accounts.ports import UserRepository
from tintype.kit.errors import FailedPrecondition
from tintype.kit.operations.leases import Held, Leases
from tintype.kit.operations.ports import LeaseHeld
from tintype.kit.turns import tried

LEASE: Final = "accounts/administrators"
TRIES: Final = 9  # 5 s in all; who holds it needs some milliseconds


class LastAdministrator(FailedPrecondition):
    """Somebody has to be left who can administer."""

    reason = "LAST_ADMINISTRATOR"

    def __init__(self) -> None:
        super().__init__("the last administrator can be neither demoted, disabled nor erased")


class Turn:
    """The right to change who administers, held by one process at a time."""

    def __init__(self, users: UserRepository, held: Held) -> None:
        self._users = users
        self._held = held

    async def check(self, user: User) -> None:
        """Before `user` loses the right to administer. Raises LastAdministrator; LeaseLost if the turn is over."""
        if user.administers and await self._users.count_administrators() <= 1:
            raise LastAdministrator
        await self._held.confirm()


class Administrators:
    """Those who change who may administer take turns: two who demote each other at once must not both succeed."""

    def __init__(self, users: UserRepository, leases: Leases) -> None:
        self._users = users
        self._leases = leases
        self._here = asyncio.Lock()  # those of this process need not try again and again

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[Turn]:
        """Hold it for the block. Raises LeaseHeld if another process does not let go."""
        async with self._here, AsyncExitStack() as stack:
            held = await tried(
                lambda: stack.enter_async_context(self._leases.held(LEASE)), overtaken=LeaseHeld, tries=TRIES
            )
            yield Turn(self._users, held)
