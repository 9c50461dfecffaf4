"""Users: what they change of themselves, and what administrators change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tintype.accounts.domain.audit import Action
from tintype.accounts.domain.users import Role, User, UserState
from tintype.accounts.ports import RevisionConflict, UserRepository
from tintype.accounts.service.administrators import Administrators, Turn
from tintype.accounts.service.audit import Audit
from tintype.accounts.service.passwords import Passwords
from tintype.accounts.service.revocations import Revocations
from tintype.accounts.service.who import Who
from tintype.kit.errors import Conflict, FailedPrecondition, InvalidInput
from tintype.kit.turns import tried

OWN_FIELDS: Final = frozenset({"display_name"})
ADMINISTERED_FIELDS: Final = frozenset({"display_name", "role", "state", "quota_bytes"})


class UpdateMaskInvalid(InvalidInput):
    """Empty, or it names a field that cannot be set."""

    reason = "UPDATE_MASK_INVALID"

    def __init__(self, path: str) -> None:
        what = f"{path} cannot be set" if path else "names no field"
        super().__init__(f"update_mask {what}", fields={"update_mask": what}, path=path)


class EtagMismatch(Conflict):
    """The user is not as the client knows it."""

    reason = "ETAG_MISMATCH"

    def __init__(self, etag: str) -> None:
        super().__init__("the user was changed meanwhile", etag=etag)


@dataclass(frozen=True, slots=True)
class Edit:
    """New values for a user, of which `paths` names those to set. `etag` empty means whatever the user is now."""

    paths: frozenset[str]
    display_name: str = ""
    role: Role | None = None
    state: UserState | None = None
    quota_bytes: int = 0
    etag: str = ""

    def checked(self, allowed: frozenset[str]) -> Edit:
        """Raises UpdateMaskInvalid, InvalidInput."""
        if not self.paths or self.paths - allowed:
            raise UpdateMaskInvalid(min(self.paths - allowed, default=""))
        wrong = {
            "display_name": "display_name" in self.paths and not 1 <= len(self.display_name) <= 100,
            "role": "role" in self.paths and self.role is None,
            "state": "state" in self.paths and self.state not in (UserState.ACTIVE, UserState.DISABLED),
            "quota_bytes": "quota_bytes" in self.paths and self.quota_bytes < 0,
        }
        if fields := {f"user.{name}": "has no value that can be set" for name, is_wrong in wrong.items() if is_wrong}:
            raise InvalidInput("the new values cannot be set", fields=fields)
        return self

    def of(self, user: User) -> User:
        """The user with the new values. Raises EtagMismatch."""
        if self.etag not in ("", user.etag):
            raise EtagMismatch(user.etag)
        return user.edited(
            display_name=self.display_name if "display_name" in self.paths else None,
            role=self.role if "role" in self.paths else None,
            state=self.state if "state" in self.paths else None,
            quota_bytes=self.quota_bytes if "quota_bytes" in self.paths else None,
        )


class UserBusy(FailedPrecondition):
    """The user is being erased."""

    reason = "ACCOUNT_CLOSED"

    def __init__(self) -> None:
        super().__init__("the account is being erased")


class Users:
    """The users of the installation."""

    def __init__(
        self,
        users: UserRepository,
        passwords: Passwords,
        revocations: Revocations,
        audit: Audit,
        administrators: Administrators,
    ) -> None:
        self._users = users
        self._passwords = passwords
        self._revocations = revocations
        self._audit = audit
        self._administrators = administrators

    async def get_user(self, *, user_id: str) -> User:
        """Raises UserNotFound."""
        return await self._users.load(user_id)

    async def list_users(self, *, after: str, limit: int) -> tuple[list[User], tuple[str] | None]:
        """A page by user name, and where the next begins, None on the last."""
        found = await self._users.page(after=after, limit=limit + 1)
        users = found[:limit]
        return users, (users[-1].user_name,) if len(found) > limit else None

    async def list_user_ids(self) -> list[str]:
        """All of them, those being erased too."""
        return await self._users.user_ids()

    async def update_account(self, edit: Edit, *, who: Who) -> User:
        """A user changes what is his or hers to change. Raises UpdateMaskInvalid, EtagMismatch."""
        edit.checked(OWN_FIELDS)
        user = await tried(lambda: self._change(who.user_id, edit), overtaken=RevisionConflict)
        await self._audit.record(Action.USER_UPDATED, who, subject=user)
        return user

    async def update_user(self, edit: Edit, *, user_id: str, who: Who) -> User:
        """An administrator changes a user. Whoever loses rights or is disabled is signed out everywhere.

        Raises: UserNotFound, UpdateMaskInvalid, EtagMismatch, LastAdministrator, UserBusy.
        """
        edit.checked(ADMINISTERED_FIELDS)
        async with self._administrators.turn() as turn:
            before = await self._users.load(user_id)
            user = await tried(lambda: self._change(user_id, edit, turn), overtaken=RevisionConflict)
        if user.state is UserState.DISABLED:
            await self._revocations.end_user(user_id)
        elif user.role is not before.role:
            await self._revocations.end_sessions(user_id)
        await self._audit.record(_action(before, user), who, subject=user)
        return user

    async def change_password(self, *, old_password: str, new_password: str, session_id: str, who: Who) -> None:
        """Every other session of the user ends. Raises SignInRefused, PasswordWeak, TooManyAttempts."""
        user = await self._users.load(who.user_id)
        await self._passwords.check(
            old_password, user_name=user.user_name, user=user, failure=Action.PASSWORD_CHANGE_FAILED, who=who
        )
        await self._set_password(user, new_password)
        await self._revocations.end_sessions(user.user_id, but=session_id)
        await self._audit.record(Action.PASSWORD_CHANGED, who, subject=user)

    async def reset_password(self, *, user_id: str, new_password: str, who: Who) -> None:
        """An administrator sets a password; all sessions end. Raises UserNotFound, PasswordWeak, UserBusy."""
        user = await self._users.load(user_id)
        await self._set_password(user, new_password)
        await self._revocations.end_sessions(user_id)
        await self._audit.record(Action.PASSWORD_CHANGED, who, subject=user)

    async def _set_password(self, user: User, password: str) -> None:
        password_hash = await self._passwords.chosen(password, user_name=user.user_name)

        async def store() -> User:
            current = await self._users.load(user.user_id)
            if current.state is UserState.ERASING:
                raise UserBusy
            return await self._users.replace(current.with_password(password_hash))

        await tried(store, overtaken=RevisionConflict)

    async def _change(self, user_id: str, edit: Edit, turn: Turn | None = None) -> User:
        user = await self._users.load(user_id)
        if user.state is UserState.ERASING:
            raise UserBusy
        changed = edit.of(user)
        if changed == user:
            return user
        if user.administers and not changed.administers and turn is not None:
            await turn.check(user)
        return await self._users.replace(changed)


def _action(before: User, after: User) -> Action:
    if after.role is not before.role:
        return Action.ROLE_CHANGED
    disabled = after.state is UserState.DISABLED and before.state is not UserState.DISABLED
    return Action.USER_DISABLED if disabled else Action.USER_UPDATED
