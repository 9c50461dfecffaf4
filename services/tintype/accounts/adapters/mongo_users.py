"""Users in MongoDB."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from tintype.accounts.domain.facts import UserDeleted
from tintype.accounts.domain.users import User
from tintype.accounts.ports import FounderExists, RevisionConflict, UserExists, UserNameTaken, UserNotFound
from tintype.kit.clock import Clock
from tintype.kit.ids import IdSource
from tintype.kit.store.documents import Codec, FactCodec
from tintype.kit.store.mongo import MongoDatabase
from tintype.kit.store.mongo_aggregates import MongoAggregates
from tintype.kit.store.mongo_shape import EVERYTHING, OUTBOX, Keyset, MongoShape, Stored

_PAGE: Final = 500


class UserDocument(Stored):
    """A user is the owner of the document of the user, so that UserDeleted is published under that owner."""

    user_name: str
    pseudonym: str
    founder: str  # "founder", or the id of everybody else: so there is one founder at most
    administers: int

    class Settings(Stored.Settings):
        """Where they lie, and how they are found."""

        name = "accounts_users"
        indexes = (
            Keyset("of_name", equal=("user_name",), unique=True),
            Keyset("by_name", order=("user_name",)),
            Keyset("by_pseudonym", equal=("pseudonym",)),
            Keyset("one_founder", equal=("founder",), unique=True),
            Keyset("administrators", equal=("administers",)),
            OUTBOX,
        )


SHAPE: Final = MongoShape[User, UserDeleted](
    document=UserDocument,
    codec=Codec(User),
    facts=FactCodec(UserDeleted),
    aggregate_id=lambda user: user.user_id,
    owner_id=lambda user: user.user_id,
    not_found=UserNotFound,
    already_exists=lambda user_id: UserExists("the user exists"),
    conflict=lambda user_id: RevisionConflict("the user was changed meanwhile", user_id=user_id),
    keys=lambda user: {
        "user_name": user.user_name,
        "pseudonym": user.pseudonym,
        "founder": "founder" if user.founder else user.user_id,
        "administers": int(user.administers),
    },
    taken={
        "of_name": lambda user: UserNameTaken(),
        "one_founder": lambda user: FounderExists("there is a founder"),
    },
)


class MongoUserRepository:
    """UserRepository on MongoDB."""

    def __init__(self, users: MongoAggregates[User, UserDeleted]) -> None:
        self._users = users

    @classmethod
    async def open(
        cls, database: MongoDatabase, *, ids: IdSource | None = None, clock: Clock | None = None
    ) -> MongoUserRepository:
        """Make the indexes if they are not there."""
        return cls(await MongoAggregates.open(database, SHAPE, ids=ids, clock=clock))

    @property
    def outbox(self) -> MongoAggregates[User, UserDeleted]:
        """The facts that wait to be published."""
        return self._users

    async def add(self, user: User) -> None:
        await self._users.add(user)

    async def replace(self, user: User, *, facts: Sequence[UserDeleted] = ()) -> User:
        return await self._users.replace(user, facts=facts)

    async def remove(self, user: User) -> None:
        await self._users.remove(user)

    async def load(self, user_id: str) -> User:
        return await self._users.load(owner_id=user_id, aggregate_id=user_id)

    async def find_by_name(self, user_name: str) -> User | None:
        return await self._users.find("of_name", user_name)

    async def find_by_pseudonyms(self, pseudonyms: Sequence[str]) -> list[User]:
        found = [await self._users.find("by_pseudonym", pseudonym) for pseudonym in pseudonyms]
        return [user for user in found if user is not None]

    async def page(self, *, after: str, limit: int) -> list[User]:
        return (await self._users.page("by_name", limit=limit, after=(after,) if after else ())).items

    async def count(self) -> int:
        return await self._users.count(EVERYTHING)

    async def count_administrators(self) -> int:
        return await self._users.count("administrators", 1)

    async def user_ids(self) -> list[str]:
        page = await self._users.page(EVERYTHING, limit=_PAGE)
        ids = [user.user_id for user in page.items]
        while page.after is not None:
            page = await self._users.page(EVERYTHING, limit=_PAGE, after=page.after)
            ids += [user.user_id for user in page.items]
        return ids
