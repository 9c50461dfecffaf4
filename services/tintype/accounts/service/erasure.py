"""Asking for the erasure of a user, and hearing what the services have removed."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from tintype.accounts.domain.audit import Action
from tintype.accounts.domain.erasure import Erasure
from tintype.accounts.domain.facts import UserDeleted
from tintype.accounts.domain.users import User, UserState
from tintype.accounts.ports import ErasureRepository, RevisionConflict, UserRepository
from tintype.accounts.service.administrators import Administrators
from tintype.accounts.service.audit import Audit
from tintype.accounts.service.passwords import Passwords
from tintype.accounts.service.revocations import Revocations
from tintype.accounts.service.who import Who
from tintype.kit.clock import Clock
from tintype.kit.operations.domain import Operation, OperationKind
from tintype.kit.operations.ports import OperationNotFound
from tintype.kit.operations.service import Operations
from tintype.kit.turns import tried


class Erasures:
    """Erasures under way. `Eraser` does the work."""

    def __init__(
        self,
        erasures: ErasureRepository,
        users: UserRepository,
        operations: Operations,
        passwords: Passwords,
        revocations: Revocations,
        audit: Audit,
        clock: Clock,
        administrators: Administrators,
    ) -> None:
        self._erasures = erasures
        self._users = users
        self._operations = operations
        self._passwords = passwords
        self._revocations = revocations
        self._audit = audit
        self._clock = clock
        self._administrators = administrators
        self._reported = asyncio.Event()

    async def erase_account(self, *, password: str, session_id: str, who: Who) -> Operation:
        """A user erases himself or herself; only the session of the call lives on until the services are done.

        Raises: SignInRefused, TooManyAttempts, LastAdministrator.
        """
        user = await self._users.load(who.user_id)
        await self._passwords.check(
            password, user_name=user.user_name, user=user, failure=Action.SIGN_IN_FAILED, who=who
        )
        return await self._ask(user.user_id, but_session=session_id, who=who)

    async def erase_user(self, *, user_id: str, who: Who) -> Operation:
        """An administrator erases a user; asking twice is asking once. Raises UserNotFound, LastAdministrator."""
        return await self._ask(user_id, but_session="", who=who)

    async def report_erased(self, *, user_id: str, operation_id: str, service: str, left: Mapping[str, int]) -> None:
        """A service has removed a user. A report of an erasure that is over or was taken over changes nothing."""

        async def store() -> None:
            erasure = await self._erasures.find(user_id)
            if erasure is not None and erasure.operation_id == operation_id:
                await self._erasures.replace(erasure.reported(service, left.items()))

        await tried(store, overtaken=RevisionConflict)
        self._reported.set()

    async def next_report(self, *, within_s: float) -> None:
        """Wait for a report that this process hears, but no longer than that."""
        try:
            async with asyncio.timeout(within_s):
                await self._reported.wait()
        except TimeoutError:
            return
        self._reported.clear()

    async def begin(self, *, user_id: str, operation: Operation) -> None:
        """Shut the user out and tell the services; doing it again changes nothing. Raises UserNotFound."""
        await tried(lambda: self._registered(user_id, operation), overtaken=RevisionConflict)
        await tried(lambda: self._marked(user_id, operation), overtaken=RevisionConflict)

    async def _ask(self, user_id: str, *, but_session: str, who: Who) -> Operation:
        async with self._administrators.turn() as turn:
            user = await self._users.load(user_id)
            if (running := await self._running(user)) is not None:
                return running
            await turn.check(user)
            operation = await self._operations.start(
                owner_id=who.user_id, kind=OperationKind.ERASE_USER, arguments=user_id
            )
            await self.begin(user_id=user_id, operation=operation)
        await self._revocations.end_sessions(user_id, but=but_session)
        await self._revocations.end_keys(user_id)
        await self._audit.record(Action.USER_ERASED, who, subject=user, subject_id=operation.operation_id)
        return operation

    async def _running(self, user: User) -> Operation | None:
        erasure = await self._erasures.find(user.user_id)
        if erasure is None or user.state is not UserState.ERASING:
            return None
        try:
            operation = await self._operations.get(
                owner_id=erasure.operation_owner_id, operation_id=erasure.operation_id
            )
        except OperationNotFound:  # it ended so long ago that it was forgotten
            return None
        return None if operation.state.ended else operation

    async def _registered(self, user_id: str, operation: Operation) -> None:
        erasure = await self._erasures.find(user_id)
        if erasure is None:
            now = self._clock.now()
            await self._erasures.add(Erasure(user_id, operation.operation_id, operation.owner_id, now))
        elif erasure.operation_id != operation.operation_id:
            await self._erasures.replace(
                erasure.taken_over(operation_id=operation.operation_id, operation_owner_id=operation.owner_id)
            )

    async def _marked(self, user_id: str, operation: Operation) -> None:
        user = await self._users.load(user_id)
        if user.state is not UserState.ERASING:
            await self._users.replace(user.erasing(), facts=[UserDeleted(user_id, operation.operation_id)])
