"""Choosing and checking passwords."""

from __future__ import annotations

from tintype.accounts.domain.audit import Action
from tintype.accounts.domain.passwords import plain_forms, weakness
from tintype.accounts.domain.users import User
from tintype.accounts.ports import CommonPasswords, PasswordHasher
from tintype.accounts.service.audit import Audit
from tintype.accounts.service.throttle import Throttle
from tintype.accounts.service.who import Who
from tintype.kit.errors import InvalidInput, Unauthenticated


class PasswordWeak(InvalidInput):
    """Too short, a name, or among the most common ones."""

    reason = "PASSWORD_WEAK"

    def __init__(self, why: str) -> None:
        super().__init__(why, fields={"password": why})


class SignInRefused(Unauthenticated):
    """The user name or the password is wrong, or the user is disabled: which of these is not told."""

    reason = "SIGN_IN_REFUSED"

    def __init__(self) -> None:
        super().__init__("the user name or the password is wrong")


class Passwords:
    """What a user proves to be the user by."""

    def __init__(self, hasher: PasswordHasher, common: CommonPasswords, throttle: Throttle, audit: Audit) -> None:
        self._hasher = hasher
        self._common = common
        self._throttle = throttle
        self._audit = audit

    async def chosen(self, password: str, *, user_name: str) -> str:
        """The hash of a new password. Raises PasswordWeak."""
        if why := weakness(password, user_name=user_name):
            raise PasswordWeak(why)
        for form in plain_forms(password):
            if await self._common.contains(form):
                raise PasswordWeak("the password is among the most common ones")
        return await self._hasher.hash(password)

    async def check(self, password: str, *, user_name: str, user: User | None, failure: Action, who: Who) -> None:
        """Raises SignInRefused unless it is the password of a user who may sign in; TooManyAttempts.

        Takes as long for a user who does not exist, and records the failure without the name: people type their
        password there.
        """
        await self._throttle.begin(user_name=user_name, peer=who.peer)
        fits = await self._hasher.verify(user.password_hash if user else "", password)
        if user is None or not fits or not user.can_sign_in:
            await self._audit.record(failure, who, actor=user)
            if await self._throttle.exhausted(user_name=user_name, peer=who.peer):
                await self._audit.record(Action.SIGN_IN_LOCKED, who, actor=user)
            raise SignInRefused
        await self._throttle.succeeded(user_name=user_name, peer=who.peer)

    async def refreshed(self, password: str, *, user: User) -> User:
        """The user with a new hash, if the settings have become stronger since the old one was made."""
        if not self._hasher.outdated(user.password_hash):
            return user
        return user.with_password(await self._hasher.hash(password))
