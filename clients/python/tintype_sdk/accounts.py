"""Accounts: signing in, keys, and users for administrators."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta

from google.protobuf.duration_pb2 import Duration
from google.protobuf.field_mask_pb2 import FieldMask

from tintype.v1 import account_pb2, operation_pb2
from tintype.v1 import accounts_service_pb2 as pb
from tintype.v1 import users_service_pb2 as users_pb
from tintype.v1.accounts_service_pb2_grpc import AccountsServiceStub
from tintype.v1.users_service_pb2_grpc import UsersServiceStub
from tintype_sdk.connection import Connection


class Accounts:
    """AccountsService, for oneself. Signing in and up keeps the tokens in the client's TokenStore."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._stub = AccountsServiceStub(connection.channel)

    async def sign_up_mode(self) -> pb.GetSignUpResponse:
        """Who may make an account."""
        return await self._connection.call(
            self._stub.GetSignUp, pb.GetSignUpRequest(), pb.GetSignUpResponse, signed=False
        )

    async def sign_up(
        self, user_name: str, password: str, *, display_name: str = "", invitation: str = "", client: str = ""
    ) -> account_pb2.User:
        """Make an account and sign it in. Raises AlreadyExists, PermissionDenied, InvalidArgument."""
        request = pb.SignUpRequest(
            user_name=user_name, password=password, display_name=display_name, invitation=invitation, client=client
        )
        response = await self._connection.call(self._stub.SignUp, request, pb.SignUpResponse, signed=False)
        self._connection.begin(response.tokens, user_name=response.user.user_name)
        return response.user

    async def sign_in(self, user_name: str, password: str, *, client: str = "") -> account_pb2.User:
        """Begin a session. Raises Unauthenticated, ResourceExhausted after too many failures."""
        request = pb.SignInRequest(user_name=user_name, password=password, client=client)
        response = await self._connection.call(self._stub.SignIn, request, pb.SignInResponse, signed=False)
        self._connection.begin(response.tokens, user_name=response.user.user_name)
        return response.user

    async def sign_out(self, *, everywhere: bool = False) -> None:
        """End this session, or all of the user's; the tokens are forgotten."""
        await self._connection.call(self._stub.SignOut, pb.SignOutRequest(all=everywhere), pb.SignOutResponse)
        self._connection.tokens.clear()

    async def show(self) -> account_pb2.User:
        """The user that calls."""
        return (await self._connection.call(self._stub.GetAccount, pb.GetAccountRequest(), pb.GetAccountResponse)).user

    async def key_set(self) -> list[pb.JsonWebKey]:
        """The public keys that access tokens are signed with, for programs that check such tokens themselves."""
        response = await self._connection.call(
            self._stub.GetKeySet, pb.GetKeySetRequest(), pb.GetKeySetResponse, signed=False
        )
        return list(response.keys)

    async def rename(self, display_name: str) -> account_pb2.User:
        """Change the name that others see."""
        request = pb.UpdateAccountRequest(
            user=account_pb2.User(display_name=display_name), update_mask=FieldMask(paths=["display_name"])
        )
        return (await self._connection.call(self._stub.UpdateAccount, request, pb.UpdateAccountResponse)).user

    async def change_password(self, old_password: str, new_password: str) -> None:
        """Every other session of the user ends. Raises Unauthenticated, InvalidArgument."""
        request = pb.ChangePasswordRequest(old_password=old_password, new_password=new_password)
        await self._connection.call(self._stub.ChangePassword, request, pb.ChangePasswordResponse)

    async def sessions(self) -> list[account_pb2.Session]:
        """The user's sessions, newest first."""
        response = await self._connection.call(
            self._stub.ListSessions, pb.ListSessionsRequest(), pb.ListSessionsResponse
        )
        return list(response.sessions)

    async def revoke_session(self, session_id: str) -> None:
        """End one session. Raises NotFound."""
        request = pb.RevokeSessionRequest(session_id=session_id)
        await self._connection.call(self._stub.RevokeSession, request, pb.RevokeSessionResponse)

    async def erase(self, password: str) -> operation_pb2.Operation:
        """Delete the account and everything in it. Raises Unauthenticated, FailedPrecondition."""
        request = pb.EraseAccountRequest(password=password)
        return (await self._connection.call(self._stub.EraseAccount, request, pb.EraseAccountResponse)).operation


class Keys:
    """API keys of the user that calls."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._stub = AccountsServiceStub(connection.channel)

    async def create(
        self, name: str, scopes: Sequence[str], *, lifetime: timedelta | None = None
    ) -> tuple[account_pb2.ApiKey, str]:
        """A key, and its secret, which is shown this once. Raises InvalidArgument."""
        request = pb.CreateApiKeyRequest(name=name, scopes=scopes)
        if lifetime is not None:
            request.lifetime.CopyFrom(_duration(lifetime))
        response = await self._connection.call(self._stub.CreateApiKey, request, pb.CreateApiKeyResponse)
        return response.api_key, response.secret

    async def all(self) -> list[account_pb2.ApiKey]:
        """The keys in force, newest first."""
        response = await self._connection.call(self._stub.ListApiKeys, pb.ListApiKeysRequest(), pb.ListApiKeysResponse)
        return list(response.api_keys)

    async def revoke(self, api_key_id: str) -> None:
        """End a key. Raises NotFound."""
        request = pb.RevokeApiKeyRequest(api_key_id=api_key_id)
        await self._connection.call(self._stub.RevokeApiKey, request, pb.RevokeApiKeyResponse)


class Users:
    """UsersService, for administrators."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._stub = UsersServiceStub(connection.channel)

    async def all(self) -> AsyncIterator[account_pb2.User]:
        """All users by name."""
        token = ""
        while True:
            request = users_pb.ListUsersRequest(page_size=500, page_token=token)
            page = await self._connection.call(self._stub.ListUsers, request, users_pb.ListUsersResponse)
            for user in page.users:
                yield user
            if not (token := page.next_page_token):
                return

    async def get(self, user_id: str) -> account_pb2.User:
        """Raises NotFound."""
        request = users_pb.GetUserRequest(user_id=user_id)
        return (await self._connection.call(self._stub.GetUser, request, users_pb.GetUserResponse)).user

    async def create(
        self,
        user_name: str,
        password: str,
        *,
        display_name: str = "",
        administrator: bool = False,
        quota_bytes: int = 0,
    ) -> account_pb2.User:
        """An account for somebody else. Raises AlreadyExists, InvalidArgument."""
        role = account_pb2.USER_ROLE_ADMINISTRATOR if administrator else account_pb2.USER_ROLE_MEMBER
        request = users_pb.CreateUserRequest(
            user_name=user_name, password=password, display_name=display_name, role=role, quota_bytes=quota_bytes
        )
        return (await self._connection.call(self._stub.CreateUser, request, users_pb.CreateUserResponse)).user

    async def update(self, user_id: str, user: account_pb2.User, paths: Sequence[str]) -> account_pb2.User:
        """Set the fields that `paths` name: display_name, role, state, quota_bytes. Raises as the contract says."""
        request = users_pb.UpdateUserRequest(user_id=user_id, user=user, update_mask=FieldMask(paths=paths))
        return (await self._connection.call(self._stub.UpdateUser, request, users_pb.UpdateUserResponse)).user

    async def reset_password(self, user_id: str, new_password: str) -> None:
        """All sessions of the user end. Raises NotFound, InvalidArgument."""
        request = users_pb.ResetPasswordRequest(user_id=user_id, new_password=new_password)
        await self._connection.call(self._stub.ResetPassword, request, users_pb.ResetPasswordResponse)

    async def erase(self, user_id: str) -> operation_pb2.Operation:
        """Delete a user and everything of the user's. Raises NotFound, FailedPrecondition."""
        request = users_pb.EraseUserRequest(user_id=user_id)
        return (await self._connection.call(self._stub.EraseUser, request, users_pb.EraseUserResponse)).operation

    async def invite(self, *, lifetime: timedelta | None = None) -> users_pb.CreateInvitationResponse:
        """A code with which one account can be made."""
        request = users_pb.CreateInvitationRequest()
        if lifetime is not None:
            request.lifetime.CopyFrom(_duration(lifetime))
        return await self._connection.call(self._stub.CreateInvitation, request, users_pb.CreateInvitationResponse)

    async def audit(self, *, user_id: str = "") -> AsyncIterator[account_pb2.AuditEvent]:
        """The audit log, newest first."""
        token = ""
        while True:
            request = users_pb.ListAuditEventsRequest(page_size=500, page_token=token, user_id=user_id)
            page = await self._connection.call(self._stub.ListAuditEvents, request, users_pb.ListAuditEventsResponse)
            for event in page.audit_events:
                yield event
            if not (token := page.next_page_token):
                return


def _duration(span: timedelta) -> Duration:
    message = Duration()
    message.FromTimedelta(span)
    return message
