"""The RPCs of accounts through a real server: conversion, policy, errors."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, timedelta
from pathlib import Path

import grpc
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from google.protobuf.field_mask_pb2 import FieldMask
from tests.accounts_world import PASSWORD, World

from tintype.accounts.bootstrap import app_of
from tintype.kit.auth import caller as kit
from tintype.kit.auth.policy import policies_of
from tintype.kit.auth.tokens import verify_access
from tintype.kit.grpc.calls import Call
from tintype.kit.grpc.errors import error_of
from tintype.kit.grpc.interceptors import Pipeline
from tintype.v1 import account_pb2, operation_pb2
from tintype.v1 import accounts_internal_service_pb2 as internal_pb
from tintype.v1 import accounts_service_pb2 as pb
from tintype.v1 import users_service_pb2 as users_pb
from tintype.v1.accounts_internal_service_pb2_grpc import AccountsInternalServiceStub
from tintype.v1.accounts_service_pb2_grpc import AccountsServiceStub
from tintype.v1.users_service_pb2_grpc import UsersServiceStub

SERVICES = ("AccountsService", "UsersService", "AccountsInternalService")


class Acting:
    """A layer: whoever the test says calls, if the policy admits it."""

    def __init__(self) -> None:
        self.caller = kit.ANONYMOUS

    @asynccontextmanager
    async def around(self, call: Call) -> AsyncIterator[None]:
        call.policy.admit(self.caller)
        kit.set_caller(self.caller)
        kit.set_request_id("request-1")
        yield


@dataclass
class Served:
    """The stubs of a running server, and who calls."""

    acting: Acting
    accounts: AccountsServiceStub
    users: UsersServiceStub
    internal: AccountsInternalServiceStub

    def act(self, user: account_pb2.User, tokens: account_pb2.SessionTokens) -> None:
        role = kit.Role.ADMINISTRATOR if user.role == account_pb2.USER_ROLE_ADMINISTRATOR else kit.Role.MEMBER
        self.acting.caller = kit.Caller(
            user_id=user.user_id, role=role, scopes=role.scopes, kind=kit.Kind.SESSION, session_id=tokens.session_id
        )

    def act_as_service(self) -> None:
        self.acting.caller = kit.Caller(
            role=kit.Role.SERVICE, scopes=kit.Role.SERVICE.scopes, kind=kit.Kind.SERVICE, service="catalog"
        )

    async def sign_up(self) -> pb.SignUpResponse:
        answer: pb.SignUpResponse = await self.accounts.SignUp(
            pb.SignUpRequest(user_name="Ann", password=PASSWORD, client="test")
        )
        self.act(answer.user, answer.tokens)
        return answer


@pytest.fixture
async def served(world: World, tmp_path: Path) -> AsyncIterator[Served]:
    acting = Acting()
    policies = policies_of(f"tintype.v1.{service}" for service in SERVICES)
    server = grpc.aio.server(interceptors=[Pipeline(policies, [acting])])
    for add in app_of(world.cases, world.stores, world.stream).served:
        add(server)
    address = f"unix:{tmp_path}/rpc.sock"
    server.add_insecure_port(address)
    await server.start()
    async with grpc.aio.insecure_channel(address) as channel:
        stubs = AccountsServiceStub(channel), UsersServiceStub(channel), AccountsInternalServiceStub(channel)
        yield Served(acting, *stubs)
    await server.stop(None)


async def reason_of(call: grpc.aio.UnaryUnaryCall[object, object]) -> str:
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await call
    return error_of(refused.value, peer="accounts").reason


async def test_signing_up_gives_a_user_and_a_token_that_the_key_set_verifies(served: Served, world: World) -> None:
    assert (await served.accounts.GetSignUp(pb.GetSignUpRequest())).first
    answer = await served.sign_up()
    assert (answer.user.user_name, answer.user.role) == ("ann", account_pb2.USER_ROLE_ADMINISTRATOR)
    (key,) = (await served.accounts.GetKeySet(pb.GetKeySetRequest())).keys
    assert (key.kty, key.crv, key.alg, key.use) == ("OKP", "Ed25519", "EdDSA", "sig")
    keys = {key.kid: Ed25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(key.x + "="))}
    caller = verify_access(answer.tokens.access_token, keys, audience="tintype", clock=world.clock)
    assert (caller.user_id, caller.session_id) == (answer.user.user_id, answer.tokens.session_id)
    assert "admin" in caller.scopes


async def test_a_session_lists_itself_as_current_and_is_refreshed(served: Served) -> None:
    first = await served.sign_up()
    await served.accounts.SignIn(pb.SignInRequest(user_name="ann", password=PASSWORD, client="other"))
    sessions = (await served.accounts.ListSessions(pb.ListSessionsRequest())).sessions
    assert {session.client: session.current for session in sessions} == {"test": True, "other": False}
    refreshed = await served.accounts.RefreshSession(pb.RefreshSessionRequest(refresh_token=first.tokens.refresh_token))
    assert refreshed.tokens.session_id == first.tokens.session_id
    await served.accounts.SignOut(pb.SignOutRequest(all=True))
    assert not (await served.accounts.ListSessions(pb.ListSessionsRequest())).sessions


async def test_tokens_say_how_long_they_live_as_well_as_until_when(served: Served, world: World) -> None:
    first = (await served.sign_up()).tokens
    assert first.access_lifetime.ToTimedelta() == timedelta(minutes=15)
    assert first.access_expire_time.ToDatetime(UTC) == world.clock.now() + first.access_lifetime.ToTimedelta()
    assert first.refresh_expire_time.ToDatetime(UTC) == world.clock.now() + first.refresh_lifetime.ToTimedelta()


async def test_errors_come_with_their_reason(served: Served) -> None:
    sign_in = pb.SignInRequest(user_name="ann", password="x")
    assert await reason_of(served.accounts.SignIn(sign_in)) == "SIGN_IN_REFUSED"
    assert await reason_of(served.accounts.GetAccount(pb.GetAccountRequest())) == "CREDENTIAL_MISSING"
    await served.sign_up()
    again = pb.SignUpRequest(user_name="bob", password=PASSWORD)
    assert await reason_of(served.accounts.SignUp(again)) == "SIGN_UP_CLOSED"
    key = pb.CreateApiKeyRequest(name="k", scopes=["admin"])
    assert await reason_of(served.accounts.CreateApiKey(key)) == "INVALID_ARGUMENT"
    damaged = users_pb.ListUsersRequest(page_token="damaged")
    assert await reason_of(served.users.ListUsers(damaged)) == "PAGE_TOKEN_INVALID"
    missing = users_pb.GetUserRequest(user_id="nobody")
    assert await reason_of(served.users.GetUser(missing)) == "USER_NOT_FOUND"


async def test_an_account_is_read_and_renamed_and_its_password_changed(served: Served) -> None:
    await served.sign_up()
    account = (await served.accounts.GetAccount(pb.GetAccountRequest())).user
    update = pb.UpdateAccountRequest(
        user=account_pb2.User(display_name="Ann B."), update_mask=FieldMask(paths=["display_name"]), etag=account.etag
    )
    assert (await served.accounts.UpdateAccount(update)).user.display_name == "Ann B."
    assert await reason_of(served.accounts.UpdateAccount(update)) == "ETAG_MISMATCH"
    change = pb.ChangePasswordRequest(old_password=PASSWORD, new_password="cobalt ladder sings 9")
    await served.accounts.ChangePassword(change)
    assert await reason_of(served.accounts.ChangePassword(change)) == "SIGN_IN_REFUSED"


async def test_a_key_is_shown_once_resolved_and_revoked(served: Served) -> None:
    owner = await served.sign_up()
    request = pb.CreateApiKeyRequest(name="script", scopes=["search"])
    request.lifetime.FromSeconds(3600)
    created = await served.accounts.CreateApiKey(request)
    assert created.api_key.HasField("expire_time")
    (listed,) = (await served.accounts.ListApiKeys(pb.ListApiKeysRequest())).api_keys
    assert listed == created.api_key
    served.act_as_service()
    authenticate = internal_pb.AuthenticateKeyRequest(secret=created.secret)
    found = await served.internal.AuthenticateKey(authenticate)
    assert (found.user_id, found.api_key_id, list(found.scopes)) == (
        owner.user.user_id,
        created.api_key.api_key_id,
        ["search"],
    )
    served.act(owner.user, owner.tokens)
    await served.accounts.RevokeApiKey(pb.RevokeApiKeyRequest(api_key_id=created.api_key.api_key_id))
    served.act_as_service()
    assert await reason_of(served.internal.AuthenticateKey(authenticate)) == "CREDENTIAL_INVALID"
    revocations = await served.internal.ListRevocations(internal_pb.ListRevocationsRequest())
    assert [each.api_key_id for each in revocations.revocations] == [created.api_key.api_key_id]


async def test_administrators_manage_users_page_by_page(served: Served) -> None:
    await served.sign_up()
    for name in ("bob", "cid"):
        await served.users.CreateUser(users_pb.CreateUserRequest(user_name=name, password=PASSWORD))
    first = await served.users.ListUsers(users_pb.ListUsersRequest(page_size=2))
    assert [user.user_name for user in first.users] == ["ann", "bob"]
    rest = await served.users.ListUsers(users_pb.ListUsersRequest(page_size=2, page_token=first.next_page_token))
    assert ([user.user_name for user in rest.users], rest.next_page_token) == (["cid"], "")
    update = users_pb.UpdateUserRequest(
        user_id=rest.users[0].user_id,
        user=account_pb2.User(state=account_pb2.USER_STATE_DISABLED, quota_bytes=7),
        update_mask=FieldMask(paths=["state", "quota_bytes"]),
    )
    updated = (await served.users.UpdateUser(update)).user
    assert (updated.state, updated.quota_bytes) == (account_pb2.USER_STATE_DISABLED, 7)
    await served.users.ResetPassword(
        users_pb.ResetPasswordRequest(user_id=updated.user_id, new_password="cobalt ladder sings 9")
    )
    served.act_as_service()
    limits = await served.internal.GetUserLimits(internal_pb.GetUserLimitsRequest(user_id=updated.user_id))
    assert (limits.quota_bytes, limits.state) == (7, account_pb2.USER_STATE_DISABLED)
    assert len((await served.internal.ListUserIds(internal_pb.ListUserIdsRequest())).user_ids) == 3


async def test_an_invitation_lets_somebody_in_and_what_was_done_is_listed(served: Served) -> None:
    owner = await served.sign_up()
    invitation = await served.users.CreateInvitation(users_pb.CreateInvitationRequest())
    bob = await served.accounts.SignUp(
        pb.SignUpRequest(user_name="bob", password=PASSWORD, invitation=invitation.invitation)
    )
    assert bob.user.role == account_pb2.USER_ROLE_MEMBER
    served.act_as_service()
    await served.internal.RecordAudit(
        internal_pb.RecordAuditRequest(action="sensitive_delete", user_id=bob.user.user_id, subject_id="p1")
    )
    served.act(owner.user, owner.tokens)
    page = await served.users.ListAuditEvents(users_pb.ListAuditEventsRequest(page_size=1))
    (event,) = page.audit_events
    assert (event.action, event.user_id, event.subject_id) == ("sensitive_delete", bob.user.user_id, "p1")
    following = await served.users.ListAuditEvents(
        users_pb.ListAuditEventsRequest(page_size=1, page_token=page.next_page_token)
    )
    assert following.audit_events[0].action == "authn_login_success"


async def test_an_erasure_is_an_operation_that_services_report_to(served: Served, world: World) -> None:
    await served.sign_up()
    bob = (await served.users.CreateUser(users_pb.CreateUserRequest(user_name="bob", password=PASSWORD))).user
    operation = (await served.users.EraseUser(users_pb.EraseUserRequest(user_id=bob.user_id))).operation
    assert operation.kind == operation_pb2.OPERATION_KIND_ERASE_USER
    served.act_as_service()
    await served.internal.ReportErased(
        internal_pb.ReportErasedRequest(
            operation_id=operation.operation_id, service="catalog", user_id=bob.user_id, left={"photos": 2}
        )
    )
    erasure = await world.stores.erasures.find(bob.user_id)
    assert erasure is not None
    assert erasure.counts() == {"catalog.photos": 2}


async def test_members_administer_nothing_and_users_ask_nothing_internal(served: Served) -> None:
    owner = await served.sign_up()
    assert await reason_of(served.internal.ListUserIds(internal_pb.ListUserIdsRequest())) == "SCOPE_MISSING"
    served.acting.caller = kit.Caller(
        user_id=owner.user.user_id, role=kit.Role.MEMBER, scopes=kit.Role.MEMBER.scopes, kind=kit.Kind.SESSION
    )
    assert await reason_of(served.users.ListUsers(users_pb.ListUsersRequest())) == "SCOPE_MISSING"
