"""Accounts in the terms of the contract."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

import pytest
from tests.accounts_world import NOON, make_key, make_session, make_user

from tintype.accounts import convert
from tintype.accounts.domain.facts import UserDeleted
from tintype.accounts.domain.users import Role, SignUpMode, UserState
from tintype.accounts.handlers.calls import address_of
from tintype.v1 import account_pb2, accounts_service_pb2


def test_every_enum_value_has_its_own_counterpart() -> None:
    assert set(convert.ROLES) == set(Role)
    assert set(convert.STATES) == set(UserState)
    assert set(convert.MODES) == set(SignUpMode)
    for table, enum in (
        (convert.ROLES, account_pb2.UserRole),
        (convert.STATES, account_pb2.UserState),
        (convert.MODES, accounts_service_pb2.SignUpMode),
    ):
        assert sorted(table.values()) == [value for value in enum.values() if value]
    assert [convert.role_from_proto(convert.ROLES[role]) for role in Role] == list(Role)
    assert [convert.state_from_proto(convert.STATES[state]) for state in UserState] == list(UserState)
    assert convert.role_from_proto(account_pb2.USER_ROLE_UNSPECIFIED) is None


def test_what_never_happened_is_unset() -> None:
    assert not convert.user_to_proto(make_user()).HasField("last_sign_in_time")
    assert not convert.key_to_proto(make_key()).HasField("expire_time")
    signed_in = dataclasses.replace(make_user(), last_sign_in_time=NOON)
    assert convert.user_to_proto(signed_in).last_sign_in_time.ToDatetime() == NOON.replace(tzinfo=None)


def test_nothing_secret_of_a_user_key_or_session_goes_out() -> None:
    out = (
        convert.user_to_proto(make_user(password_hash="SECRET", pseudonym="SECRET")),
        convert.key_to_proto(make_key(secret_hash="SECRET")),
        convert.session_to_proto(make_session(family_hash="SECRET", token_hash="SECRET"), current=""),
    )
    assert "SECRET" not in str(out)


def test_a_fact_names_the_user_and_the_operation() -> None:
    message = convert.fact_to_event(UserDeleted("u1", "o1"))
    assert (message.user_id, message.operation_id) == ("u1", "o1")


def test_a_lifetime_that_is_unset_is_none() -> None:
    request = accounts_service_pb2.CreateApiKeyRequest()
    assert convert.lifetime_from_proto(request, "lifetime") is None
    request.lifetime.FromTimedelta(timedelta(hours=1))
    assert convert.lifetime_from_proto(request, "lifetime") == timedelta(hours=1)


@pytest.mark.parametrize(
    ("peer", "address"),
    [
        ("ipv4:192.0.2.1:5000", "192.0.2.1"),
        ("ipv6:%5B2001:db8::1%5D:5000", "%5B2001:db8::1%5D"),
        ("unix:/some/socket", "local"),
        ("unix:", "local"),
    ],
)
def test_the_port_of_a_peer_does_not_count(peer: str, address: str) -> None:
    assert address_of(peer) == address
