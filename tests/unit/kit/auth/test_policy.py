"""Every RPC of the contract says who may call it."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest
from google.protobuf import descriptor_pb2, symbol_database

import tintype.v1
from tintype.kit.auth.policy import PolicyMissing, policies_of
from tintype.kit.scopes import ADMINISTRATOR_SCOPES, INTERNAL


def services() -> list[str]:
    """Every service of the contract."""
    folder = Path(str(tintype.v1.__path__[0]))
    modules = [importlib.import_module(f"tintype.v1.{file.stem}") for file in sorted(folder.glob("*_pb2.py"))]
    return [service.full_name for module in modules for service in module.DESCRIPTOR.services_by_name.values()]


def test_every_rpc_is_public_or_names_a_scope_that_there_is() -> None:
    found = policies_of(services())
    assert len(found) > 50
    assert {policy.scope for policy in found.values() if not policy.public} <= {*ADMINISTRATOR_SCOPES, INTERNAL}
    assert all(policy.scope == INTERNAL for method, policy in found.items() if "InternalService/" in method)


def test_only_what_must_be_is_public() -> None:
    public = {method.rpartition("/")[2] for method, policy in policies_of(services()).items() if policy.public}
    assert public == {"GetSignUp", "SignUp", "SignIn", "RefreshSession", "GetKeySet"}


def test_what_could_widen_a_credential_refuses_keys() -> None:
    found = {method.rpartition("/")[2]: policy for method, policy in policies_of(services()).items()}
    for name in ("CreateApiKey", "RevokeApiKey", "ChangePassword", "EraseAccount"):
        assert found[name].session_only, name


def test_a_service_with_an_rpc_without_policy_is_refused() -> None:
    file = descriptor_pb2.FileDescriptorProto(name="tests/bare.proto", package="tests.bare", syntax="proto3")
    file.message_type.add(name="Empty")
    method = file.service.add(name="Bare").method.add(name="Do", input_type=".tests.bare.Empty")
    method.output_type = ".tests.bare.Empty"
    symbol_database.Default().pool.AddSerializedFile(file.SerializeToString())
    with pytest.raises(PolicyMissing, match=r"tests\.bare\.Bare\.Do"):
        policies_of(["tests.bare.Bare"])
