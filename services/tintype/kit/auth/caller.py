"""Who is calling."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from typing import Final, Protocol

from tintype.kit.errors import Unauthenticated
from tintype.kit.scopes import ADMINISTRATOR_SCOPES, INTERNAL, MEMBER_SCOPES

_ALWAYS: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Role(Enum):
    """What a user is in this installation."""

    MEMBER = "member"
    ADMINISTRATOR = "administrator"
    SERVICE = "service"
    NOBODY = "nobody"

    @property
    def scopes(self) -> frozenset[str]:
        """What a session of this role holds."""
        return _SCOPES[self]


_SCOPES: Final = {
    Role.MEMBER: MEMBER_SCOPES,
    Role.ADMINISTRATOR: ADMINISTRATOR_SCOPES,
    Role.SERVICE: frozenset({INTERNAL}),
    Role.NOBODY: frozenset[str](),
}


class Kind(Enum):
    """What kind of credential came with the call."""

    SESSION = "session"
    KEY = "key"
    SERVICE = "service"
    ANONYMOUS = "anonymous"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls: `session_id` is set for a session, `key_id` for an API key, `service` for one of our services.

    `user_id` is empty for services and for anonymous calls of public RPCs. `issued` is when the token was made, or the
    key was looked up: what was revoked later ends it.
    """

    user_id: str = ""
    role: Role = Role.NOBODY
    scopes: frozenset[str] = frozenset()
    kind: Kind = Kind.ANONYMOUS
    session_id: str = ""
    key_id: str = ""
    service: str = ""
    issued: datetime = _ALWAYS

    @property
    def credential_id(self) -> str:
        """The session or the key, for the audit log; empty for others."""
        return self.session_id or self.key_id


ANONYMOUS: Final = Caller()


class Context(Protocol):
    """As much of a gRPC context as says that a call is under way: only handlers have a caller."""

    def time_remaining(self) -> float | None:
        """Seconds until the deadline."""


_caller: ContextVar[Caller | None] = ContextVar("tintype_caller", default=None)
_request_id: ContextVar[str] = ContextVar("tintype_request_id", default="")
_peer: ContextVar[str] = ContextVar("tintype_peer", default="")


def caller_of(context: Context) -> Caller:
    """Who makes the call that this context belongs to. Raises Unauthenticated outside a call."""
    del context
    caller = _caller.get()
    if caller is None:
        raise Unauthenticated("no call is under way")
    return caller


def request_id_of(context: Context) -> str:
    """The id of this call, as it stands in every log line and in the trailing metadata; it came with it or was made."""
    del context
    return _request_id.get()


def peer_of(context: Context) -> str:
    """Where the call comes from, as gRPC writes it (ipv4:10.0.0.1:5000), beyond the proxies that the settings trust."""
    del context
    return _peer.get()


def set_caller(caller: Caller) -> None:
    """For the interceptor: from here on this task works for `caller`."""
    _caller.set(caller)


def set_request_id(request_id: str) -> None:
    """For the interceptor: from here on this task works for that request."""
    _request_id.set(request_id)


def set_peer(peer: str) -> None:
    """For the interceptor: where the call comes from that this task works for."""
    _peer.set(peer)


def peer_under_way() -> str:
    """Where the call comes from that this task works for, to pass it on; empty outside a call."""
    return _peer.get()


def request_id_under_way() -> str:
    """The id of the call that this task works for, to carry on to other services; empty outside a call."""
    return _request_id.get()


def caller_under_way() -> Caller:
    """Who makes the call that this task works for, to name its credential to other services; ANONYMOUS outside one."""
    return _caller.get() or ANONYMOUS
