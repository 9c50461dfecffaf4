"""Tokens are believed only if everything about them is right."""

from __future__ import annotations

from datetime import timedelta

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from tests.clocks import NOON, FixedClock

from tintype.kit.auth.caller import Kind, Role
from tintype.kit.auth.tokens import (
    CredentialInvalid,
    SigningKey,
    service_key,
    sign_access,
    sign_service,
    verify_access,
    verify_service,
)

KEY = SigningKey("k1", Ed25519PrivateKey.generate())
KEYS = {"k1": KEY.public}


def signed(**overrides: object) -> str:
    claims: dict[str, object] = {
        "sub": "u1",
        "sid": "s1",
        "role": "member",
        "iat": NOON.timestamp(),
        "nbf": int(NOON.timestamp()),
        "exp": int(NOON.timestamp()) + 900,
        "iss": "tintype",
        "aud": "tintype",
    }
    header = {"typ": str(overrides.pop("typ", "at+jwt")), "kid": str(overrides.pop("kid", "k1"))}
    claims.update(overrides)
    claims = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(claims, KEY.private, "EdDSA", header)


def test_a_session_is_known_by_its_token() -> None:
    clock = FixedClock()
    token, expire = sign_access(
        KEY, user_id="u1", session_id="s1", role=Role.ADMINISTRATOR, audience="tintype", clock=clock
    )
    caller = verify_access(token, KEYS, audience="tintype", clock=clock)
    assert (caller.user_id, caller.session_id, caller.kind, caller.issued) == ("u1", "s1", Kind.SESSION, NOON)
    assert "admin" in caller.scopes
    assert "internal" not in caller.scopes
    assert expire == NOON + timedelta(minutes=15)


@pytest.mark.parametrize(
    "overrides",
    [
        {"typ": "service+jwt"},
        {"typ": "JWT"},
        {"kid": "k2"},
        {"aud": "another"},
        {"aud": ["tintype", "another"]},
        {"iss": "another"},
        {"exp": int(NOON.timestamp())},
        {"nbf": int(NOON.timestamp()) + 60},
        {"exp": None},
        {"nbf": None},
        {"iat": None},
        {"sub": None},
        {"sid": None},
        {"sid": ""},
        {"role": "service"},
        {"role": "king"},
    ],
    ids=str,
)
def test_a_token_with_one_thing_wrong_is_refused(overrides: dict[str, object]) -> None:
    assert verify_access(signed(), KEYS, audience="tintype", clock=FixedClock())  # the control
    with pytest.raises(CredentialInvalid):
        verify_access(signed(**overrides), KEYS, audience="tintype", clock=FixedClock())


def test_no_other_algorithm_is_believed() -> None:
    claims = jwt.decode(signed(), options={"verify_signature": False})
    header = {"typ": "at+jwt", "kid": "k1"}
    for forged in (
        jwt.encode(claims, "", "none", header),
        jwt.encode(claims, KEY.public.public_bytes_raw() + b"pad", "HS256", header),
    ):
        with pytest.raises(CredentialInvalid):
            verify_access(forged, KEYS, audience="tintype", clock=FixedClock())


def test_a_token_of_another_key_under_the_same_id_is_refused() -> None:
    other = {"k1": Ed25519PrivateKey.generate().public_key()}
    with pytest.raises(CredentialInvalid):
        verify_access(signed(), other, audience="tintype", clock=FixedClock())


def test_a_service_is_known_by_the_shared_secret_and_by_nothing_else() -> None:
    clock, key = FixedClock(), service_key("s" * 32)
    token, _ = sign_service(key, service="catalog", audience="tintype", clock=clock)
    caller = verify_service(token, service_key("s" * 32), audience="tintype", clock=clock)
    assert (caller.service, caller.kind, caller.scopes) == ("catalog", Kind.SERVICE, frozenset({"internal"}))
    with pytest.raises(CredentialInvalid):
        verify_service(token, service_key("t" * 32), audience="tintype", clock=clock)
    with pytest.raises(CredentialInvalid):
        verify_service(signed(), key, audience="tintype", clock=clock)
    clock.pass_(timedelta(minutes=5))
    with pytest.raises(CredentialInvalid):
        verify_service(token, key, audience="tintype", clock=clock)
