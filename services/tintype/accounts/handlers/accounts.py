"""AccountsService over the use cases."""

from __future__ import annotations

from tintype.accounts import convert
from tintype.accounts.handlers.calls import Context, edit_of, who_calls
from tintype.accounts.service.erasure import Erasures
from tintype.accounts.service.keys import ApiKeys
from tintype.accounts.service.sessions import Sessions
from tintype.accounts.service.sign_up import Registration
from tintype.accounts.service.signing import SigningKeys
from tintype.accounts.service.users import Users
from tintype.kit.auth.caller import caller_of
from tintype.kit.operations.convert import operation_to_proto
from tintype.v1 import accounts_service_pb2 as pb
from tintype.v1.accounts_service_pb2_grpc import AccountsServiceServicer


class AccountsHandlers(AccountsServiceServicer):
    """What users ask of their own accounts."""

    def __init__(
        self,
        registration: Registration,
        sessions: Sessions,
        signing: SigningKeys,
        users: Users,
        keys: ApiKeys,
        erasures: Erasures,
    ) -> None:
        self._registration = registration
        self._sessions = sessions
        self._signing = signing
        self._users = users
        self._keys = keys
        self._erasures = erasures

    async def GetSignUp(self, request: pb.GetSignUpRequest, context: Context) -> pb.GetSignUpResponse:
        mode, first = await self._registration.get_sign_up()
        return pb.GetSignUpResponse(mode=convert.MODES[mode], first=first)

    async def SignUp(self, request: pb.SignUpRequest, context: Context) -> pb.SignUpResponse:
        user, tokens = await self._registration.sign_up(
            user_name=request.user_name,
            password=request.password,
            display_name=request.display_name,
            invitation=request.invitation,
            client=request.client,
            who=who_calls(context),
        )
        return pb.SignUpResponse(user=convert.user_to_proto(user), tokens=convert.tokens_to_proto(tokens))

    async def SignIn(self, request: pb.SignInRequest, context: Context) -> pb.SignInResponse:
        user, tokens = await self._sessions.sign_in(
            user_name=request.user_name, password=request.password, client=request.client, who=who_calls(context)
        )
        return pb.SignInResponse(user=convert.user_to_proto(user), tokens=convert.tokens_to_proto(tokens))

    async def RefreshSession(self, request: pb.RefreshSessionRequest, context: Context) -> pb.RefreshSessionResponse:
        tokens = await self._sessions.refresh_session(refresh_token=request.refresh_token, who=who_calls(context))
        return pb.RefreshSessionResponse(tokens=convert.tokens_to_proto(tokens))

    async def GetKeySet(self, request: pb.GetKeySetRequest, context: Context) -> pb.GetKeySetResponse:
        return convert.key_set_to_proto(await self._signing.key_set())

    async def SignOut(self, request: pb.SignOutRequest, context: Context) -> pb.SignOutResponse:
        session_id = caller_of(context).session_id
        await self._sessions.sign_out(session_id=session_id, everywhere=request.all, who=who_calls(context))
        return pb.SignOutResponse()

    async def ListSessions(self, request: pb.ListSessionsRequest, context: Context) -> pb.ListSessionsResponse:
        caller = caller_of(context)
        sessions = await self._sessions.list_sessions(user_id=caller.user_id)
        return pb.ListSessionsResponse(
            sessions=[convert.session_to_proto(session, current=caller.session_id) for session in sessions]
        )

    async def RevokeSession(self, request: pb.RevokeSessionRequest, context: Context) -> pb.RevokeSessionResponse:
        await self._sessions.revoke_session(session_id=request.session_id, who=who_calls(context))
        return pb.RevokeSessionResponse()

    async def GetAccount(self, request: pb.GetAccountRequest, context: Context) -> pb.GetAccountResponse:
        user = await self._users.get_user(user_id=caller_of(context).user_id)
        return pb.GetAccountResponse(user=convert.user_to_proto(user))

    async def UpdateAccount(self, request: pb.UpdateAccountRequest, context: Context) -> pb.UpdateAccountResponse:
        user = await self._users.update_account(edit_of(request), who=who_calls(context))
        return pb.UpdateAccountResponse(user=convert.user_to_proto(user))

    async def ChangePassword(self, request: pb.ChangePasswordRequest, context: Context) -> pb.ChangePasswordResponse:
        await self._users.change_password(
            old_password=request.old_password,
            new_password=request.new_password,
            session_id=caller_of(context).session_id,
            who=who_calls(context),
        )
        return pb.ChangePasswordResponse()

    async def EraseAccount(self, request: pb.EraseAccountRequest, context: Context) -> pb.EraseAccountResponse:
        operation = await self._erasures.erase_account(
            password=request.password, session_id=caller_of(context).session_id, who=who_calls(context)
        )
        return pb.EraseAccountResponse(operation=operation_to_proto(operation))

    async def CreateApiKey(self, request: pb.CreateApiKeyRequest, context: Context) -> pb.CreateApiKeyResponse:
        key, secret = await self._keys.create_api_key(
            name=request.name,
            scopes=request.scopes,
            lifetime=convert.lifetime_from_proto(request, "lifetime"),
            who=who_calls(context),
        )
        return pb.CreateApiKeyResponse(api_key=convert.key_to_proto(key), secret=secret)

    async def ListApiKeys(self, request: pb.ListApiKeysRequest, context: Context) -> pb.ListApiKeysResponse:
        keys = await self._keys.list_api_keys(user_id=caller_of(context).user_id)
        return pb.ListApiKeysResponse(api_keys=[convert.key_to_proto(key) for key in keys])

    async def RevokeApiKey(self, request: pb.RevokeApiKeyRequest, context: Context) -> pb.RevokeApiKeyResponse:
        await self._keys.revoke_api_key(api_key_id=request.api_key_id, who=who_calls(context))
        return pb.RevokeApiKeyResponse()
