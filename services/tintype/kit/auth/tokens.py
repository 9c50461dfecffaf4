"""Signed tokens: Ed25519 and nothing else; algorithm, type, audience and times are all checked."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from functools import lru_cache
from typing import Final

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from tintype.kit.auth.caller import Caller, Kind, Role
from tintype.kit.clock import Clock
from tintype.kit.errors import Unauthenticated

ALGORITHM: Final = "EdDSA"
ISSUER: Final = "tintype"
ACCESS_LIFETIME: Final = timedelta(minutes=15)
SERVICE_LIFETIME: Final = timedelta(minutes=5)
LEEWAY: Final = timedelta(seconds=10)  # how far the clocks of two machines may be apart
SERVICE_KEY_ID: Final = "service"
_MOST_KNOWN: Final = 10_000  # recent tokens
_REQUIRED: Final = ["exp", "nbf", "iat", "iss", "aud", "sub"]


class TokenType(Enum):
    """What a token is for; it stands in its header, so that one kind never passes for another."""

    ACCESS = "at+jwt"
    SERVICE = "service+jwt"


class CredentialInvalid(Unauthenticated):
    """Unknown, damaged, expired, revoked, or for another audience; which of these is not told."""

    reason = "CREDENTIAL_INVALID"

    def __init__(self) -> None:
        super().__init__("the credential is not valid (any more): sign in again")


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key and the id by which its public half is found."""

    key_id: str
    private: Ed25519PrivateKey

    @property
    def public(self) -> Ed25519PublicKey:
        """What tokens are checked against."""
        return self.private.public_key()


def service_key(secret: str) -> SigningKey:
    """The key that all processes of an installation derive from their service secret."""
    seed = hashlib.sha256(b"tintype service token\0" + secret.encode()).digest()
    return SigningKey(SERVICE_KEY_ID, Ed25519PrivateKey.from_private_bytes(seed))


def sign_access(
    key: SigningKey, *, user_id: str, session_id: str, role: Role, audience: str, clock: Clock
) -> tuple[str, datetime]:
    """An access token of a session, and when it expires."""
    now = clock.now()
    claims: dict[str, object] = {"sub": user_id, "sid": session_id, "role": role.value}
    expire = now + ACCESS_LIFETIME
    return _sign(key, TokenType.ACCESS, claims, audience=audience, now=now, expire=expire), expire


def sign_service(key: SigningKey, *, service: str, audience: str, clock: Clock) -> tuple[str, datetime]:
    """A token of one of our services, and when it expires."""
    now = clock.now()
    expire = now + SERVICE_LIFETIME
    return _sign(key, TokenType.SERVICE, {"sub": service}, audience=audience, now=now, expire=expire), expire


def type_of(token: str) -> tuple[TokenType, str]:
    """What a token says of itself, unchecked: its type and the id of its key. Raises CredentialInvalid."""
    try:
        return _header_of(token.partition(".")[0])
    except (jwt.InvalidTokenError, ValueError):
        raise CredentialInvalid from None


@lru_cache(maxsize=64)  # all tokens of one key and type share it; reading one takes 0.05 ms of each call
def _header_of(segment: str) -> tuple[TokenType, str]:
    header = jwt.get_unverified_header(f"{segment}..")
    return TokenType(header.get("typ")), str(header.get("kid", ""))


class Signatures:
    """Checks signatures, and remembers those of recent tokens by digest: to check one costs 0.3 ms of every call.

    What changes with time, the keys in force and the hour, is not its business.
    """

    def __init__(self) -> None:
        self._known: OrderedDict[bytes, Mapping[str, object]] = OrderedDict()

    def claims(self, token: str, key: Ed25519PublicKey, *, audience: str) -> Mapping[str, object]:
        """What the key has signed. Raises CredentialInvalid."""
        digest = hashlib.sha256(b"\0".join((key.public_bytes_raw(), audience.encode(), token.encode()))).digest()
        if (known := self._known.get(digest)) is not None:
            self._known.move_to_end(digest)
            return known
        options = jwt.types.Options(
            require=_REQUIRED, strict_aud=True, verify_exp=False, verify_nbf=False, verify_iat=False
        )
        try:
            claims: Mapping[str, object] = jwt.decode(
                token, key, [ALGORITHM], options, audience=audience, issuer=ISSUER
            )
        except (jwt.InvalidTokenError, ValueError):
            raise CredentialInvalid from None
        self._known[digest] = claims
        if len(self._known) > _MOST_KNOWN:
            self._known.popitem(last=False)
        return claims


def verify_access(
    token: str,
    keys: Mapping[str, Ed25519PublicKey],
    *,
    audience: str,
    clock: Clock,
    signatures: Signatures | None = None,
) -> Caller:
    """Whose session the token is of. Raises CredentialInvalid."""
    claims = _verified(token, TokenType.ACCESS, keys, audience=audience, clock=clock, signatures=signatures)
    try:
        role = Role(claims["role"])
        session_id = str(claims["sid"])
    except (KeyError, ValueError):
        raise CredentialInvalid from None
    if role not in (Role.MEMBER, Role.ADMINISTRATOR) or not session_id:
        raise CredentialInvalid
    return Caller(
        user_id=str(claims["sub"]),
        role=role,
        scopes=role.scopes,
        kind=Kind.SESSION,
        session_id=session_id,
        issued=datetime.fromtimestamp(float(str(claims["iat"])), UTC),
    )


def verify_service(
    token: str, key: SigningKey, *, audience: str, clock: Clock, signatures: Signatures | None = None
) -> Caller:
    """Which service calls. Raises CredentialInvalid."""
    keys = {SERVICE_KEY_ID: key.public}
    claims = _verified(token, TokenType.SERVICE, keys, audience=audience, clock=clock, signatures=signatures)
    return Caller(
        role=Role.SERVICE,
        scopes=Role.SERVICE.scopes,
        kind=Kind.SERVICE,
        service=str(claims["sub"]),
        issued=clock.now(),
    )


def _sign(
    key: SigningKey,
    token_type: TokenType,
    claims: Mapping[str, object],
    *,
    audience: str,
    now: datetime,
    expire: datetime,
) -> str:
    times = {"iat": now.timestamp(), "nbf": int(now.timestamp()), "exp": int(expire.timestamp())}
    payload = {**claims, **times, "iss": ISSUER, "aud": audience}
    return jwt.encode(payload, key.private, ALGORITHM, {"typ": token_type.value, "kid": key.key_id})


def _verified(
    token: str,
    token_type: TokenType,
    keys: Mapping[str, Ed25519PublicKey],
    *,
    audience: str,
    clock: Clock,
    signatures: Signatures | None,
) -> Mapping[str, object]:
    said, key_id = type_of(token)
    key = keys.get(key_id)
    if said is not token_type or key is None:
        raise CredentialInvalid
    claims = (signatures or Signatures()).claims(token, key, audience=audience)
    try:
        begin, end = float(str(claims["nbf"])), float(str(claims["exp"]))
    except ValueError:
        raise CredentialInvalid from None
    now, leeway = clock.now().timestamp(), LEEWAY.total_seconds()
    if not begin - leeway <= now < end:  # by our clock, which tests set
        raise CredentialInvalid
    return claims
