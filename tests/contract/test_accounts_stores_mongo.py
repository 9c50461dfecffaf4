"""The stores of accounts in MongoDB."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest
from tests.accounts_world import NOON, make_user
from tests.clocks import FixedClock
from tests.contract.accounts_stores import (
    AttemptLogSuite,
    CredentialRepositoriesSuite,
    LogsSuite,
    UserRepositorySuite,
)
from tests.servers import Servers

from tintype.accounts.adapters.mongo_stores import open_stores
from tintype.accounts.bootstrap import Stores
from tintype.accounts.domain.audit import AuditEvent, broken_link
from tintype.accounts.domain.revocations import Revocation
from tintype.accounts.domain.users import Role, User
from tintype.accounts.service.administrators import Administrators, LastAdministrator
from tintype.kit.ids import RandomIds
from tintype.kit.operations.adapters.mongo import MongoLeaseRepository
from tintype.kit.operations.leases import Leases
from tintype.kit.store.mongo import MongoDatabase, connected
from tintype.kit.urls import Url

pytestmark = pytest.mark.servers


class OnMongo:
    """Connects to a database of the test's own."""

    url: Url

    @pytest.fixture(autouse=True)
    async def _own_database(self, servers: Servers, namespace: str) -> AsyncIterator[None]:
        self.url = Url(servers.url("database", namespace))
        yield
        async with connected(self.url) as client:
            await client.drop_database(namespace)

    @asynccontextmanager
    async def _connect(self) -> AsyncIterator[Stores]:
        async with MongoDatabase.open(self.url) as database:
            yield Stores(**await open_stores(database))

    def connect(self, home: Path) -> AbstractAsyncContextManager[Stores]:
        del home
        return self._connect()


class TestMongoUserRepository(OnMongo, UserRepositorySuite):
    pass


class TestMongoCredentialRepositories(OnMongo, CredentialRepositoriesSuite):
    pass


class TestMongoLogs(OnMongo, LogsSuite):
    async def test_several_processes_write_one_chain_and_one_sequence(self, tmp_path: Path) -> None:
        async with self.connect(tmp_path) as one, self.connect(tmp_path) as other:
            both = (one, other)
            events = [AuditEvent(f"e{number}", NOON, "authz_admin", actor="p") for number in range(20)]
            await asyncio.gather(*(both[number % 2].audit.append(event) for number, event in enumerate(events)))
            assert broken_link(await one.audit.oldest(after=0, limit=100)) is None
            revocations = [Revocation(NOON, session_id=f"s{number}") for number in range(20)]
            await asyncio.gather(
                *(both[number % 2].revocations.append([each]) for number, each in enumerate(revocations))
            )
            kept, last = await other.revocations.after(0)
            assert [each.sequence for each in kept] == list(range(1, 21))
            assert last == 20


class TestMongoAdministrators(OnMongo):
    async def test_of_two_who_demote_each_other_in_two_processes_one_stays(self, tmp_path: Path) -> None:
        async with (
            MongoDatabase.open(self.url) as here,
            MongoDatabase.open(self.url) as there,
            self.connect(tmp_path) as stores,
        ):
            users = [make_user(name, role=Role.ADMINISTRATOR) for name in ("u1", "u2")]
            for user in users:
                await stores.users.add(user)
            both = [Administrators(stores.users, await leases_of(database)) for database in (here, there)]

            async def demote(administrators: Administrators, user: User) -> None:
                async with administrators.turn() as turn:
                    await turn.check(user)
                    await stores.users.replace(user.edited(role=Role.MEMBER))

            outcomes = await asyncio.gather(*map(demote, both, users), return_exceptions=True)
            assert sum(isinstance(outcome, LastAdministrator) for outcome in outcomes) == 1
            assert await stores.users.count_administrators() == 1


async def leases_of(database: MongoDatabase) -> Leases:
    return Leases(await MongoLeaseRepository.open(database), FixedClock(), RandomIds())


class TestMongoAttemptLog(OnMongo, AttemptLogSuite):
    async def test_processes_count_together(self, tmp_path: Path) -> None:
        async with self.connect(tmp_path) as one, self.connect(tmp_path) as other:
            outcomes = await asyncio.gather(*(self.begin(stores) for stores in (one, other) * 10))
            assert outcomes.count(None) == 3
