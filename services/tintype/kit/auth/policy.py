"""Who may call what, read from the contract."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, cast

from google.protobuf import symbol_database
from google.protobuf.descriptor import MethodDescriptor
from google.protobuf.descriptor_pb2 import MethodOptions

from tintype.kit.auth.caller import Caller, Kind
from tintype.kit.errors import FailedPrecondition, PermissionDenied, Unauthenticated
from tintype.v1 import policy_pb2

if TYPE_CHECKING:
    from google.protobuf.internal.extension_dict import _ExtensionFieldDescriptor

# The generated stub says FieldDescriptor where the library wants its own class.
_POLICY: Final = cast("_ExtensionFieldDescriptor[MethodOptions, policy_pb2.Policy]", policy_pb2.policy)
EVERYBODYS: Final = frozenset({"grpc.health.v1.Health", "grpc.reflection.v1alpha.ServerReflection"})


class PolicyMissing(FailedPrecondition):
    """An RPC says not who may call it: no server starts with it."""


class ScopeMissing(PermissionDenied):
    """The credential is valid, but not for this."""

    reason = "SCOPE_MISSING"

    def __init__(self, scope: str) -> None:
        super().__init__(f"the credential lacks the scope {scope}", scope=scope)


class SessionRequired(PermissionDenied):
    """An API key was used for what only a signed-in user may do."""

    reason = "SESSION_REQUIRED"


class CredentialMissing(Unauthenticated):
    """The RPC is not public and the call carries no credential."""

    reason = "CREDENTIAL_MISSING"


@dataclass(frozen=True, slots=True)
class MethodPolicy:
    """The policy of one RPC."""

    public: bool = False
    scope: str = ""
    session_only: bool = False
    resource_field: str = ""

    def admit(self, caller: Caller) -> None:
        """Raises CredentialMissing, ScopeMissing or SessionRequired."""
        if self.public:
            return
        if caller.kind is Kind.ANONYMOUS:
            raise CredentialMissing("sign in first: the call carries no credential")
        if self.scope not in caller.scopes:
            raise ScopeMissing(self.scope)
        if self.session_only and caller.kind is not Kind.SESSION:
            raise SessionRequired("this needs a signed-in user, no API key")


def policies_of(services: Iterable[str]) -> dict[str, MethodPolicy]:
    """The policies of all RPCs of these services, by "/service/Method". Raises PolicyMissing."""
    found: dict[str, MethodPolicy] = {}
    pool = symbol_database.Default().pool
    for service in services:
        for method in pool.FindServiceByName(service).methods:
            found[f"/{service}/{method.name}"] = MethodPolicy(public=True) if service in EVERYBODYS else _read(method)
    return found


def _read(method: MethodDescriptor) -> MethodPolicy:
    options = method.GetOptions()
    if not options.HasExtension(_POLICY):
        raise PolicyMissing(f"{method.full_name} has no tintype.v1.policy")
    policy = options.Extensions[_POLICY]
    if policy.public == bool(policy.scope):
        raise PolicyMissing(f"{method.full_name} must be public or name a scope, and not both")
    return MethodPolicy(policy.public, policy.scope, policy.session_only, policy.resource_field)
