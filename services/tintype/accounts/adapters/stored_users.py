"""Users, in either database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from tintype.accounts.domain.facts import UserDeleted
from tintype.accounts.domain.users import User
from tintype.accounts.ports import FounderExists, RevisionConflict, UserExists, UserNameTaken, UserNotFound
from tintype.kit.outbox import Outbox
from tintype.kit.store.aggregate_shape import EVERYTHING, Column, Index, Shape
from tintype.kit.store.aggregates import Aggregates
from tintype.kit.store.documents import Codec, FactCodec

# A user is the owner of the row of the user, so that UserDeleted is published under that owner.
USERS: Final = Shape[User, UserDeleted](
    table="accounts_users",
    codec=Codec(User),
    facts=FactCodec(UserDeleted),
    aggregate_id=lambda user: user.user_id,
    owner_id=lambda user: user.user_id,
    not_found=UserNotFound,
    already_exists=lambda user_id: UserExists("the user exists"),
    conflict=lambda user_id: RevisionConflict("the user was changed meanwhile", user_id=user_id),
    columns=(
        Column("user_name", "TEXT", lambda user: user.user_name),
        Column("pseudonym", "TEXT", lambda user: user.pseudonym),
        Column("founder", "TEXT", lambda user: "founder" if user.founder else user.user_id),
        Column("administers", "INTEGER", lambda user: int(user.administers)),
    ),
    indexes=(
        Index("of_name", equal=("user_name",), unique=True, taken=lambda user: UserNameTaken()),
        Index("by_name", order=("user_name",)),
        Index("by_pseudonym", equal=("pseudonym",)),
        Index("one_founder", equal=("founder",), unique=True, taken=lambda user: FounderExists("there is a founder")),
        Index("administrators", equal=("administers",)),
    ),
)
_PAGE: Final = 500


class StoredUserRepository:
    """UserRepository over aggregates."""

    def __init__(self, users: Aggregates[User, UserDeleted]) -> None:
        self._users = users

    @property
    def outbox(self) -> Outbox[UserDeleted]:
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
