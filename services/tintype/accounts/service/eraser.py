"""The work of an erasure: it can be broken off anywhere and begun again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping
from datetime import timedelta
from typing import Final

from tintype.accounts.domain.erasure import LAST_ROUND, Erasure
from tintype.accounts.domain.facts import UserDeleted
from tintype.accounts.ports import (
    ApiKeyRepository,
    ErasureRepository,
    RevisionConflict,
    SessionRepository,
    UserNotFound,
    UserRepository,
)
from tintype.accounts.service.erasure import Erasures
from tintype.accounts.service.revocations import Revocations
from tintype.events.ports import EventStream
from tintype.kit.clock import Clock
from tintype.kit.operations.domain import Operation, Progress
from tintype.kit.operations.ports import OperationRepository
from tintype.kit.steps import Step, no_step
from tintype.kit.turns import tried

REPORT_POLL_S: Final = 1.0  # a report to another process of accounts is seen this much later
OUT_POLL_S: Final = 1.0  # a fact that is out with a consumer is counted until its ack_wait ends
Report = Callable[[Progress], None]


class Eraser:
    """Removes a user from every store and proves it by counting."""

    def __init__(
        self,
        asked: Erasures,
        erasures: ErasureRepository,
        users: UserRepository,
        sessions: SessionRepository,
        keys: ApiKeyRepository,
        operations: OperationRepository,
        revocations: Revocations,
        stream: EventStream,
        clock: Clock,
        *,
        services: Collection[str],
        repeat: timedelta,
        settle: timedelta,
        step: Step = no_step,
    ) -> None:
        self._asked = asked
        self._erasures = erasures
        self._users = users
        self._sessions = sessions
        self._keys = keys
        self._operations = operations
        self._revocations = revocations
        self._stream = stream
        self._clock = clock
        self._services = frozenset(services)
        self._repeat = repeat
        self._settle = settle
        self._step = step

    async def erase(self, operation: Operation, report: Report) -> Mapping[str, int]:
        """Do it, from wherever it was left; returns what is left in every store, all 0."""
        user_id = operation.arguments
        try:
            await self._asked.begin(user_id=user_id, operation=operation)
            erasure = await self._services_done(user_id, report)
            while erasure.round < LAST_ROUND:
                await self._shut_everywhere(user_id, operation)
                erasure = await self._services_done(user_id, report)
        except UserNotFound:  # a run before this one came nearly to the end
            return await self._finish(user_id, await self._own_stores(user_id, report))
        counts = await self._own_stores(user_id, report)
        await self._step("erase/user")
        await tried(lambda: self._remove_user(user_id), overtaken=RevisionConflict)
        return await self._finish(user_id, erasure.counts() | counts)

    async def _services_done(self, user_id: str, report: Report) -> Erasure:
        """Wait until every service has reported 0 in this round."""
        while True:
            erasure = await self._erasure(user_id)
            missing = erasure.missing(self._services)
            done, rounds = len(self._services) - len(missing), f"round {erasure.round} of {LAST_ROUND}"
            step = f"{rounds}: waiting for {', '.join(missing)}" if missing else rounds
            report(Progress(done=done, total=len(self._services), unit="services", step=step))
            if not missing:
                return erasure
            if self._clock.now() - erasure.told_time >= self._repeat:
                await self._tell(user_id)
            await self._asked.next_report(within_s=REPORT_POLL_S)

    async def _shut_everywhere(self, user_id: str, operation: Operation) -> None:
        """End the last session, let every process hear of it, and have everybody look again."""
        await self._revocations.end_user(user_id)
        await asyncio.sleep(self._settle.total_seconds())

        async def next_round() -> None:
            erasure = await self._erasure(user_id)
            await self._erasures.replace(erasure.next_round(self._clock.now()))

        await tried(next_round, overtaken=RevisionConflict)
        await self._tell(user_id)

    async def _tell(self, user_id: str) -> None:
        """Publish UserDeleted once more."""

        async def tell() -> None:
            erasure = await self._erasure(user_id)
            user = await self._users.load(user_id)
            await self._users.replace(user, facts=[UserDeleted(user_id, erasure.operation_id)])
            await self._erasures.replace(erasure.told(self._clock.now()))

        await tried(tell, overtaken=RevisionConflict)

    async def _own_stores(self, user_id: str, report: Report) -> dict[str, int]:
        """The stream of facts and what accounts itself holds."""
        while True:
            await self._step("erase/stream")
            await self._stream.purge_owner(user_id)
            counts = {
                "events": await self._stream.count_owner(user_id),
                "accounts.sessions": await self._sessions.count_of_user(user_id),
                "accounts.api_keys": await self._keys.count_of_user(user_id),
            }
            if not any(counts.values()):
                return counts
            report(Progress(total=sum(counts.values()), unit="rows", step="waiting for facts that are being worked on"))
            await self._revocations.end_user(user_id)
            await asyncio.sleep(OUT_POLL_S)

    async def _remove_user(self, user_id: str) -> None:
        await self._users.remove(await self._users.load(user_id))

    async def _finish(self, user_id: str, counts: Mapping[str, int]) -> Mapping[str, int]:
        """The operations of the user go last: this one is among them if the user asked for it."""
        await self._step("erase/finish")
        await self._erasures.remove(user_id)
        await self._operations.remove_owner(user_id)
        return {**counts, "accounts.users": 0, "operations": 0}

    async def _erasure(self, user_id: str) -> Erasure:
        erasure = await self._erasures.find(user_id)
        if erasure is None:
            raise UserNotFound(user_id)
        return erasure
