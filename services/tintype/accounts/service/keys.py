"""API keys of users."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from tintype.accounts.domain.audit import Action
from tintype.accounts.domain.keys import ApiKey
from tintype.accounts.domain.secrets import secret_hash
from tintype.accounts.ports import (
    ApiKeyNotFound,
    ApiKeyRepository,
    RevisionConflict,
    UserNotFound,
    UserRepository,
)
from tintype.accounts.service.audit import Audit
from tintype.accounts.service.revocations import MOST_KEYS, Revocations
from tintype.accounts.service.who import Who
from tintype.kit.clock import Clock
from tintype.kit.errors import InvalidInput, ResourceExhausted, Unauthenticated
from tintype.kit.ids import IdSource
from tintype.kit.scopes import KEY_SCOPES


class CredentialInvalid(Unauthenticated):
    """The key is unknown, expired or revoked; which of these is not told."""

    reason = "CREDENTIAL_INVALID"

    def __init__(self) -> None:
        super().__init__("the credential is not accepted")


class ApiKeys:
    """The keys of all users."""

    def __init__(
        self,
        keys: ApiKeyRepository,
        users: UserRepository,
        revocations: Revocations,
        audit: Audit,
        ids: IdSource,
        clock: Clock,
    ) -> None:
        self._keys = keys
        self._users = users
        self._revocations = revocations
        self._audit = audit
        self._ids = ids
        self._clock = clock

    async def create_api_key(
        self, *, name: str, scopes: Sequence[str], lifetime: timedelta | None, who: Who
    ) -> tuple[ApiKey, str]:
        """A key and its secret, which nobody can learn again. Raises InvalidInput, ResourceExhausted."""
        if refused := sorted(set(scopes) - KEY_SCOPES):
            what = f"no key can hold {', '.join(refused)}"
            raise InvalidInput(what, fields={"scopes": what})
        if lifetime is not None and lifetime <= timedelta(0):
            raise InvalidInput("a key must live for a while", fields={"lifetime": "must be more than zero"})
        if await self._keys.count_of_user(who.user_id) >= MOST_KEYS:
            raise ResourceExhausted(f"a user has at most {MOST_KEYS} keys: revoke one first", subject="api_keys")
        key, secret = ApiKey.made(
            api_key_id=self._ids.new(),
            user_id=who.user_id,
            name=name,
            scopes=frozenset(scopes),
            now=self._clock.now(),
            lifetime=lifetime,
        )
        await self._keys.add(key)
        await self._audit.record(Action.KEY_CREATED, who, subject_id=key.api_key_id)
        return key, secret

    async def list_api_keys(self, *, user_id: str) -> list[ApiKey]:
        """Those in force, newest first."""
        now = self._clock.now()
        return [key for key in await self._keys.of_user(user_id, limit=MOST_KEYS) if not key.expired(now)]

    async def revoke_api_key(self, *, api_key_id: str, who: Who) -> None:
        """Raises ApiKeyNotFound."""
        if not await self._revocations.end_key(user_id=who.user_id, api_key_id=api_key_id):
            raise ApiKeyNotFound(api_key_id)
        await self._audit.record(Action.KEY_REVOKED, who, subject_id=api_key_id)

    async def authenticate_key(self, *, secret: str) -> ApiKey:
        """Whose it is and what it may do. Raises CredentialInvalid."""
        key = await self._keys.find_by_hash(secret_hash(secret))
        now = self._clock.now()
        if key is None or key.expired(now) or not await self._may_call(key.user_id):
            raise CredentialInvalid
        if key.use_worth_noting(now):
            await self._note_use(key)
        return key

    async def _may_call(self, user_id: str) -> bool:
        try:
            return (await self._users.load(user_id)).can_sign_in
        except UserNotFound:
            return False

    async def _note_use(self, key: ApiKey) -> None:
        try:
            await self._keys.replace(key.used(self._clock.now()))
        except RevisionConflict:
            return  # another call noted it in the same moment
        except ApiKeyNotFound as error:
            raise CredentialInvalid from error
