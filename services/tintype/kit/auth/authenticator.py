"""From the metadata of a call to its caller."""

from __future__ import annotations

import dataclasses
import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Final

from tintype.kit.auth.caller import ANONYMOUS, Caller, Kind, Role
from tintype.kit.auth.ports import KeyResolver, KeySet, ResolvedKey, Revocation
from tintype.kit.auth.tokens import (
    CredentialInvalid,
    Signatures,
    SigningKey,
    TokenType,
    type_of,
    verify_access,
    verify_service,
)
from tintype.kit.clock import Clock
from tintype.kit.scopes import KEY_SCOPES

AUTHORIZATION: Final = "authorization"
API_KEY: Final = "x-api-key"
_BEARER: Final = "bearer "
_LONGEST: Final = 8192  # characters of a credential
KEY_CACHED: Final = timedelta(seconds=30)  # a revoked key is dropped at once; this bounds the rest, such as its expiry
_MOST_KEYS: Final = 10_000


class Authenticator:
    """Knows callers by their tokens and keys. `authorization` counts where a call has both."""

    def __init__(
        self,
        *,
        keys: KeyResolver,
        key_set: KeySet,
        service_key: SigningKey,
        audience: str,
        clock: Clock,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._keys = keys
        self._key_set = key_set
        self._service_key = service_key
        self._audience = audience
        self._clock = clock
        self._now = now
        self._signatures = Signatures()
        self._resolved: OrderedDict[bytes, tuple[float, Caller]] = OrderedDict()

    async def caller(self, metadata: Mapping[str, str]) -> Caller:
        """ANONYMOUS without a credential. Raises CredentialInvalid, or Unavailable if nobody can say."""
        authorization = metadata.get(AUTHORIZATION, "")
        api_key = metadata.get(API_KEY, "")
        if max(len(authorization), len(api_key)) > _LONGEST:
            raise CredentialInvalid
        if authorization:
            if not authorization.lower().startswith(_BEARER):
                raise CredentialInvalid
            return await self._of_token(authorization[len(_BEARER) :].strip())
        return await self._of_key(api_key) if api_key else ANONYMOUS

    def forget(self, revocation: Revocation) -> None:
        """Drop the keys that a revocation is about; they are asked for again."""
        about = {revocation.key_id, revocation.user_id} - {""}
        for digest, (_, caller) in list(self._resolved.items()):
            if caller.key_id in about or caller.user_id in about:
                del self._resolved[digest]

    async def _of_token(self, token: str) -> Caller:
        token_type, _ = type_of(token)
        if token_type is TokenType.SERVICE:
            return verify_service(
                token, self._service_key, audience=self._audience, clock=self._clock, signatures=self._signatures
            )
        keys = await self._key_set.keys()
        return verify_access(token, keys, audience=self._audience, clock=self._clock, signatures=self._signatures)

    async def _of_key(self, secret: str) -> Caller:
        digest = hashlib.sha256(secret.encode()).digest()  # so that no key lies in memory for long
        until, caller = self._resolved.get(digest, (0.0, ANONYMOUS))
        if until > self._now():
            return caller
        asked = self._clock.now()
        found = await self._keys.resolve(secret)
        caller = dataclasses.replace(_caller_of(found), issued=asked)
        lifetime = KEY_CACHED if found.expire_time is None else min(KEY_CACHED, found.expire_time - asked)
        if lifetime <= timedelta(0):
            raise CredentialInvalid
        self._resolved[digest] = (self._now() + lifetime.total_seconds(), caller)
        if len(self._resolved) > _MOST_KEYS:
            self._resolved.popitem(last=False)
        return caller


def _caller_of(key: ResolvedKey) -> Caller:
    """The scopes are cut to what a key may hold, whatever accounts says."""
    return Caller(
        user_id=key.user_id, role=Role.MEMBER, scopes=key.scopes & KEY_SCOPES, kind=Kind.KEY, key_id=key.key_id
    )
