"""Accounts in the terms of the contract, and back. `fact_to_event` gives the message of a fact."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Final

from google.protobuf.message import Message

from tintype.accounts.domain.audit import AuditEvent
from tintype.accounts.domain.facts import UserDeleted
from tintype.accounts.domain.keys import ApiKey
from tintype.accounts.domain.revocations import Revocation
from tintype.accounts.domain.sessions import Session, Tokens
from tintype.accounts.domain.signing import SigningKey
from tintype.accounts.domain.users import Role, SignUpMode, User, UserState
from tintype.kit.timestamps import timestamp_of
from tintype.v1 import account_pb2, accounts_internal_service_pb2, accounts_service_pb2, events_pb2

ROLES: Final[Mapping[Role, account_pb2.UserRole]] = {
    Role.MEMBER: account_pb2.USER_ROLE_MEMBER,
    Role.ADMINISTRATOR: account_pb2.USER_ROLE_ADMINISTRATOR,
}
STATES: Final[Mapping[UserState, account_pb2.UserState]] = {
    UserState.ACTIVE: account_pb2.USER_STATE_ACTIVE,
    UserState.DISABLED: account_pb2.USER_STATE_DISABLED,
    UserState.ERASING: account_pb2.USER_STATE_ERASING,
}
MODES: Final[Mapping[SignUpMode, accounts_service_pb2.SignUpMode]] = {
    SignUpMode.OPEN: accounts_service_pb2.SIGN_UP_MODE_OPEN,
    SignUpMode.INVITATION: accounts_service_pb2.SIGN_UP_MODE_INVITATION,
    SignUpMode.CLOSED: accounts_service_pb2.SIGN_UP_MODE_CLOSED,
}
_ROLES_BACK: Final = {value: role for role, value in ROLES.items()}
_STATES_BACK: Final = {value: state for state, value in STATES.items()}


def role_from_proto(role: account_pb2.UserRole) -> Role | None:
    """None if it is unset or unknown."""
    return _ROLES_BACK.get(role)


def state_from_proto(state: account_pb2.UserState) -> UserState | None:
    """None if it is unset or unknown."""
    return _STATES_BACK.get(state)


def user_to_proto(user: User) -> account_pb2.User:
    """What its user and administrators may see."""
    return account_pb2.User(
        user_id=user.user_id,
        user_name=user.user_name,
        display_name=user.display_name,
        role=ROLES[user.role],
        state=STATES[user.state],
        quota_bytes=user.quota_bytes,
        create_time=timestamp_of(user.create_time),
        etag=user.etag,
        last_sign_in_time=timestamp_of(user.last_sign_in_time),
    )


def tokens_to_proto(tokens: Tokens) -> account_pb2.SessionTokens:
    """A pair of tokens."""
    return account_pb2.SessionTokens(
        access_token=tokens.access_token,
        access_expire_time=timestamp_of(tokens.access_expire_time),
        refresh_token=tokens.refresh_token,
        refresh_expire_time=timestamp_of(tokens.refresh_expire_time),
        session_id=tokens.session_id,
        access_lifetime=tokens.access_lifetime,
        refresh_lifetime=tokens.refresh_lifetime,
    )


def session_to_proto(session: Session, *, current: str) -> account_pb2.Session:
    """A session, as seen from the session `current`."""
    return account_pb2.Session(
        session_id=session.session_id,
        client=session.client,
        create_time=timestamp_of(session.create_time),
        last_use_time=timestamp_of(session.last_use_time),
        expire_time=timestamp_of(session.expire_time),
        current=session.session_id == current,
    )


def key_to_proto(key: ApiKey) -> account_pb2.ApiKey:
    """A key, without its secret."""
    return account_pb2.ApiKey(
        api_key_id=key.api_key_id,
        name=key.name,
        scopes=key.scopes,
        prefix=key.prefix,
        create_time=timestamp_of(key.create_time),
        expire_time=timestamp_of(key.expire_time),
        last_use_time=timestamp_of(key.last_use_time),
    )


def key_to_authentication(key: ApiKey) -> accounts_internal_service_pb2.AuthenticateKeyResponse:
    """Whose a key is."""
    return accounts_internal_service_pb2.AuthenticateKeyResponse(
        user_id=key.user_id, api_key_id=key.api_key_id, scopes=key.scopes, expire_time=timestamp_of(key.expire_time)
    )


def audit_event_to_proto(event: AuditEvent) -> account_pb2.AuditEvent:
    """An event; what it was done to is a user or something else."""
    return account_pb2.AuditEvent(
        audit_event_id=event.audit_event_id,
        time=timestamp_of(event.time),
        action=event.action,
        user_id=event.actor,
        subject_id=event.subject_user or event.subject_id,
        credential_id=event.credential_id,
        request_id=event.request_id,
        hash=event.hash,
    )


def revocations_to_proto(
    revocations: Iterable[Revocation], sequence: int
) -> accounts_internal_service_pb2.ListRevocationsResponse:
    """A piece of the log of revocations."""
    return accounts_internal_service_pb2.ListRevocationsResponse(
        revocations=[
            accounts_internal_service_pb2.Revocation(
                sequence=each.sequence,
                session_id=each.session_id,
                api_key_id=each.api_key_id,
                user_id=each.user_id,
                time=timestamp_of(each.time),
            )
            for each in revocations
        ],
        sequence=sequence,
    )


def key_set_to_proto(keys: Iterable[SigningKey]) -> accounts_service_pb2.GetKeySetResponse:
    """The public halves."""
    return accounts_service_pb2.GetKeySetResponse(
        keys=[
            accounts_service_pb2.JsonWebKey(
                kty="OKP",
                crv="Ed25519",
                kid=key.key_id,
                x=base64.urlsafe_b64encode(key.public).decode().rstrip("="),
                use="sig",
                alg="EdDSA",
            )
            for key in keys
        ]
    )


def lifetime_from_proto(message: Message, field: str) -> timedelta | None:
    """A duration of a request; None if it is unset."""
    return getattr(message, field).ToTimedelta() if message.HasField(field) else None


def fact_to_event(fact: UserDeleted) -> events_pb2.UserDeleted:
    """The message of a fact."""
    return events_pb2.UserDeleted(user_id=fact.user_id, operation_id=fact.operation_id)
