"""AccountsInternalService over the use cases."""

from __future__ import annotations

from tintype.accounts import convert
from tintype.accounts.handlers.calls import Context
from tintype.accounts.service.audit import Audit
from tintype.accounts.service.erasure import Erasures
from tintype.accounts.service.keys import ApiKeys
from tintype.accounts.service.revocations import Revocations
from tintype.accounts.service.users import Users
from tintype.accounts.service.who import Who
from tintype.v1 import accounts_internal_service_pb2 as pb
from tintype.v1.accounts_internal_service_pb2_grpc import AccountsInternalServiceServicer


class AccountsInternalHandlers(AccountsInternalServiceServicer):
    """What other services ask."""

    def __init__(self, keys: ApiKeys, revocations: Revocations, users: Users, erasures: Erasures, audit: Audit) -> None:
        self._keys = keys
        self._revocations = revocations
        self._users = users
        self._erasures = erasures
        self._audit = audit

    async def AuthenticateKey(self, request: pb.AuthenticateKeyRequest, context: Context) -> pb.AuthenticateKeyResponse:
        return convert.key_to_authentication(await self._keys.authenticate_key(secret=request.secret))

    async def ListRevocations(self, request: pb.ListRevocationsRequest, context: Context) -> pb.ListRevocationsResponse:
        found, last = await self._revocations.list_revocations(after_sequence=request.after_sequence)
        return convert.revocations_to_proto(found, last)

    async def GetUserLimits(self, request: pb.GetUserLimitsRequest, context: Context) -> pb.GetUserLimitsResponse:
        user = await self._users.get_user(user_id=request.user_id)
        return pb.GetUserLimitsResponse(quota_bytes=user.quota_bytes, state=convert.STATES[user.state])

    async def ReportErased(self, request: pb.ReportErasedRequest, context: Context) -> pb.ReportErasedResponse:
        await self._erasures.report_erased(
            user_id=request.user_id,
            operation_id=request.operation_id,
            service=request.service,
            left=dict(request.left),
        )
        return pb.ReportErasedResponse()

    async def RecordAudit(self, request: pb.RecordAuditRequest, context: Context) -> pb.RecordAuditResponse:
        who = Who(request.user_id, request.credential_id, request.request_id)
        await self._audit.record(request.action, who, subject_id=request.subject_id)
        return pb.RecordAuditResponse()

    async def ListUserIds(self, request: pb.ListUserIdsRequest, context: Context) -> pb.ListUserIdsResponse:
        return pb.ListUserIdsResponse(user_ids=await self._users.list_user_ids())
