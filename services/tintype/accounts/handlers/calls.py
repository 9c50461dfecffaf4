"""What the handlers take from a call besides its request."""

from __future__ import annotations

from typing import Final

import grpc
from google.protobuf.message import Message

from tintype.accounts import convert
from tintype.accounts.service.users import Edit
from tintype.accounts.service.who import Who
from tintype.kit.auth.caller import caller_of, peer_of, request_id_of
from tintype.v1.accounts_service_pb2 import UpdateAccountRequest
from tintype.v1.users_service_pb2 import UpdateUserRequest

Context = grpc.aio.ServicerContext[Message, Message]

_TRANSPORTS: Final = ("ipv4:", "ipv6:")


def who_calls(context: Context) -> Who:
    """The caller, for the use cases that record who it was."""
    caller = caller_of(context)
    return Who(caller.user_id, caller.credential_id, request_id_of(context), address_of(peer_of(context)))


def address_of(peer: str) -> str:
    """The host of a gRPC peer without its port, which differs from call to call; a local socket is one address."""
    if not peer.startswith(_TRANSPORTS):
        return "local"
    return peer.partition(":")[2].rpartition(":")[0]


def edit_of(request: UpdateAccountRequest | UpdateUserRequest) -> Edit:
    """The new values of an update."""
    return Edit(
        paths=frozenset(request.update_mask.paths),
        display_name=request.user.display_name,
        role=convert.role_from_proto(request.user.role),
        state=convert.state_from_proto(request.user.state),
        quota_bytes=request.user.quota_bytes,
        etag=request.etag,
    )
