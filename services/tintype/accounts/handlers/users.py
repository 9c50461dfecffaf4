"""UsersService over the use cases."""

from __future__ import annotations

from typing import Final

from tintype.accounts import convert
from tintype.accounts.handlers.calls import Context, edit_of, who_calls
from tintype.accounts.service.audit import Audit
from tintype.accounts.service.erasure import Erasures
from tintype.accounts.service.invitations import Invitations
from tintype.accounts.service.sign_up import Registration
from tintype.accounts.service.users import Users
from tintype.kit.operations.convert import operation_to_proto
from tintype.kit.paging import page_position, page_token, query_of
from tintype.kit.timestamps import timestamp_of
from tintype.v1 import users_service_pb2 as pb
from tintype.v1.users_service_pb2_grpc import UsersServiceServicer

PAGE_SIZE: Final = 50  # where a request states none


class UsersHandlers(UsersServiceServicer):
    """What administrators ask."""

    def __init__(
        self, registration: Registration, users: Users, invitations: Invitations, erasures: Erasures, audit: Audit
    ) -> None:
        self._registration = registration
        self._users = users
        self._invitations = invitations
        self._erasures = erasures
        self._audit = audit

    async def ListUsers(self, request: pb.ListUsersRequest, context: Context) -> pb.ListUsersResponse:
        query = query_of(request, owner_id="")
        (after,) = page_position(request.page_token, query=query, kinds=[str]) or ("",)
        users, following = await self._users.list_users(after=str(after), limit=request.page_size or PAGE_SIZE)
        return pb.ListUsersResponse(
            users=[convert.user_to_proto(user) for user in users], next_page_token=page_token(following, query=query)
        )

    async def GetUser(self, request: pb.GetUserRequest, context: Context) -> pb.GetUserResponse:
        return pb.GetUserResponse(user=convert.user_to_proto(await self._users.get_user(user_id=request.user_id)))

    async def CreateUser(self, request: pb.CreateUserRequest, context: Context) -> pb.CreateUserResponse:
        user = await self._registration.create_user(
            user_name=request.user_name,
            password=request.password,
            display_name=request.display_name,
            role=convert.role_from_proto(request.role),
            quota_bytes=request.quota_bytes,
            who=who_calls(context),
        )
        return pb.CreateUserResponse(user=convert.user_to_proto(user))

    async def UpdateUser(self, request: pb.UpdateUserRequest, context: Context) -> pb.UpdateUserResponse:
        user = await self._users.update_user(edit_of(request), user_id=request.user_id, who=who_calls(context))
        return pb.UpdateUserResponse(user=convert.user_to_proto(user))

    async def ResetPassword(self, request: pb.ResetPasswordRequest, context: Context) -> pb.ResetPasswordResponse:
        await self._users.reset_password(
            user_id=request.user_id, new_password=request.new_password, who=who_calls(context)
        )
        return pb.ResetPasswordResponse()

    async def EraseUser(self, request: pb.EraseUserRequest, context: Context) -> pb.EraseUserResponse:
        operation = await self._erasures.erase_user(user_id=request.user_id, who=who_calls(context))
        return pb.EraseUserResponse(operation=operation_to_proto(operation))

    async def CreateInvitation(
        self, request: pb.CreateInvitationRequest, context: Context
    ) -> pb.CreateInvitationResponse:
        invitation, code = await self._invitations.create_invitation(
            lifetime=convert.lifetime_from_proto(request, "lifetime"), who=who_calls(context)
        )
        return pb.CreateInvitationResponse(invitation=code, expire_time=timestamp_of(invitation.expire_time))

    async def ListAuditEvents(self, request: pb.ListAuditEventsRequest, context: Context) -> pb.ListAuditEventsResponse:
        query = query_of(request, owner_id="")
        (before,) = page_position(request.page_token, query=query, kinds=[int]) or (0,)
        events, following = await self._audit.list_audit_events(
            before=int(before), limit=request.page_size or PAGE_SIZE, user_id=request.user_id
        )
        return pb.ListAuditEventsResponse(
            audit_events=[convert.audit_event_to_proto(event) for event in events],
            next_page_token=page_token(following, query=query),
        )
