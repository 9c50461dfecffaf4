"""`python -m tintype` as a process: it starts, is believed, is alone on its home, and goes when told."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import urllib.request
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import grpc
import pytest

from tintype.host import NotShared, ServiceUnknown, check_hosting
from tintype.kit.grpc.errors import reason_of
from tintype.kit.settings import Settings
from tintype.v1 import accounts_service_pb2 as pb
from tintype.v1 import admin_service_pb2, operation_pb2
from tintype.v1.accounts_service_pb2_grpc import AccountsServiceStub
from tintype.v1.admin_service_pb2_grpc import AdminServiceStub
from tintype.v1.operation_pb2_grpc import OperationServiceStub

ROOT = Path(__file__).resolve().parents[2]
START_S = 60


@dataclass(frozen=True)
class Started:
    process: asyncio.subprocess.Process
    address: str
    http: str
    ready: dict[str, object]


def environment(home: Path, **given: str) -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith("TINTYPE_")}
    return own | {
        "PYTHONPATH": str(ROOT / "services"),
        "TINTYPE_HOME": str(home),
        "TINTYPE_PORT": "0",
        "TINTYPE_HTTP_PORT": "0",
        "TINTYPE_DRAIN": "PT0S",
        **given,
    }


async def start(
    home: Path, *arguments: str, services: Sequence[str] = ("accounts",), **given: str
) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tintype",
        *services,
        "--json",
        *arguments,
        env=environment(home, **given),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


@asynccontextmanager
async def started(home: Path) -> AsyncIterator[Started]:
    process = await start(home, "--ready-file", str(home.parent / "ready"))
    try:
        assert process.stdout is not None
        async with asyncio.timeout(START_S):
            line = await process.stdout.readline()
        assert line, (await process.communicate())[1].decode()
        ready = json.loads(line)
        yield Started(process, ready["address"], ready["http"], ready)
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def ended(process: asyncio.subprocess.Process) -> tuple[int, str]:
    async with asyncio.timeout(START_S):
        _, said = await process.communicate()
    assert process.returncode is not None
    return process.returncode, said.decode()


async def test_a_process_serves_who_signs_up_says_that_it_is_healthy_and_ends_when_told(tmp_path: Path) -> None:
    async with started(tmp_path / "home") as tintype:
        assert tintype.ready["services"] == ["accounts"]
        assert json.loads((tmp_path / "ready").read_text()) == tintype.ready
        async with grpc.aio.insecure_channel(tintype.address) as channel:
            accounts, operations = AccountsServiceStub(channel), OperationServiceStub(channel)
            request = pb.SignUpRequest(user_name="ada", password="correct horse battery staple")
            token = (await accounts.SignUp(request, timeout=30)).tokens.access_token
            metadata = [("authorization", f"Bearer {token}")]
            assert (await accounts.GetAccount(pb.GetAccountRequest(), metadata=metadata)).user.user_name == "ada"
            listed = await operations.ListOperations(operation_pb2.ListOperationsRequest(), metadata=metadata)
            assert len(listed.operations) == 0
            with pytest.raises(grpc.aio.AioRpcError) as anonymous:
                await accounts.GetAccount(pb.GetAccountRequest())
            assert reason_of(anonymous.value)[0] == "CREDENTIAL_MISSING"
            await accounts.SignOut(pb.SignOutRequest(), metadata=metadata)
            with pytest.raises(grpc.aio.AioRpcError) as signed_out:
                await accounts.GetAccount(pb.GetAccountRequest(), metadata=metadata)
            assert reason_of(signed_out.value)[0] == "CREDENTIAL_INVALID"
        assert await asyncio.to_thread(fetched, tintype.http + "/healthz") == "ok\n"
        assert "tintype_rpc_seconds" in await asyncio.to_thread(fetched, tintype.http + "/metrics")
        tintype.process.send_signal(signal.SIGTERM)
        code, said = await ended(tintype.process)
        assert code == 0, said
        assert "battery" not in said
        assert token not in said


async def test_an_api_key_counts_until_it_is_revoked_and_never_for_keys(tmp_path: Path) -> None:
    async with started(tmp_path / "home") as tintype, grpc.aio.insecure_channel(tintype.address) as channel:
        accounts, metadata = AccountsServiceStub(channel), await signed_up(channel)
        request = pb.CreateApiKeyRequest(name="script", scopes=["operations"])
        made = await accounts.CreateApiKey(request, metadata=metadata)
        key, operations = [("x-api-key", made.secret)], OperationServiceStub(channel)
        await operations.ListOperations(operation_pb2.ListOperationsRequest(), metadata=key)
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await accounts.ListApiKeys(pb.ListApiKeysRequest(), metadata=key)
        assert refused.value.code() is grpc.StatusCode.PERMISSION_DENIED
        await accounts.RevokeApiKey(pb.RevokeApiKeyRequest(api_key_id=made.api_key.api_key_id), metadata=metadata)
        with pytest.raises(grpc.aio.AioRpcError) as revoked:
            await operations.ListOperations(operation_pb2.ListOperationsRequest(), metadata=key)
        assert reason_of(revoked.value)[0] == "CREDENTIAL_INVALID"


async def test_an_administrator_sees_the_sweeps_and_runs_one(tmp_path: Path) -> None:
    async with started(tmp_path / "home") as tintype, grpc.aio.insecure_channel(tintype.address) as channel:
        admin, operations, metadata = AdminServiceStub(channel), OperationServiceStub(channel), await signed_up(channel)
        sweeps = await admin.ListSweeps(admin_service_pb2.ListSweepsRequest(), metadata=metadata)
        assert "operations" in {sweep.sweep for sweep in sweeps.sweeps}
        asked = await admin.RunSweep(admin_service_pb2.RunSweepRequest(sweep="operations"), metadata=metadata)
        watch = operation_pb2.WatchOperationRequest(operation_id=asked.operation.operation_id)
        seen = [answer.operation async for answer in operations.WatchOperation(watch, metadata=metadata, timeout=30)]
        assert operation_pb2.OperationState.Name(seen[-1].state) == "OPERATION_STATE_SUCCEEDED", seen[-1]
        findings = await admin.Diagnose(admin_service_pb2.DiagnoseRequest(), metadata=metadata)
        assert all(finding.severity != admin_service_pb2.SEVERITY_ERROR for finding in findings.findings)
        counted = await admin.GetStatistics(admin_service_pb2.GetStatisticsRequest(), metadata=metadata)
        assert counted.values["dead_letters"] == 0


async def signed_up(channel: grpc.aio.Channel) -> list[tuple[str, str]]:
    """The metadata of the first user, who is administrator."""
    request = pb.SignUpRequest(user_name="ada", password="correct horse battery staple")
    answer = await AccountsServiceStub(channel).SignUp(request, timeout=30)
    return [("authorization", f"Bearer {answer.tokens.access_token}")]


async def test_a_second_process_on_the_same_home_is_refused_and_the_home_is_free_afterwards(tmp_path: Path) -> None:
    home = tmp_path / "home"
    async with started(home) as first:
        code, said = await ended(await start(home))
        assert code == 3
        assert "another Tintype runs on this home" in said
        first.process.kill()
        await first.process.wait()
    async with started(home):
        pass


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("TINTYPE_PORT", "seventy", "valid integer"),
        ("TINTYPE_ACCOUNTS_SESSION_LIFETIME", "soon", "as in P30D or PT15M"),
        ("TINTYPE_DATABASE_URL", "postgres://host/library", "none of mongodb, mongodb+srv, sqlite"),
    ],
)
async def test_settings_that_make_no_sense_are_one_sentence(tmp_path: Path, name: str, value: str, told: str) -> None:
    code, said = await ended(await start(tmp_path / "home", **{name: value}))
    assert code == 2
    assert said.startswith(f"tintype: {name}: ")
    assert told in said
    assert len(said.splitlines()) == 1


@pytest.mark.parametrize(
    ("hosted", "missing"), [(("catalog",), "accounts"), (("accounts", "catalog"), "upload"), (("search",), "catalog")]
)
async def test_hosting_some_services_without_those_that_they_need_is_one_sentence(
    tmp_path: Path, hosted: tuple[str, ...], missing: str
) -> None:
    code, said = await ended(await start(tmp_path / "home", services=hosted))
    assert code == 2
    assert said.splitlines()[-1].startswith(f"tintype: hosting {', '.join(hosted)} needs {missing}: host it")
    assert f"TINTYPE_SERVICES={missing}=" in said


def test_a_sqlite_file_is_not_shared_by_processes(tmp_path: Path) -> None:
    elsewhere = Settings(home=tmp_path, services={"upload": "127.0.0.1:1"}, service_secret="s" * 64)
    with pytest.raises(NotShared, match="upload"):
        check_hosting(elsewhere, ["accounts"])
    assert check_hosting(Settings(home=tmp_path), ["accounts"]) == ("accounts",)
    with pytest.raises(ServiceUnknown):
        check_hosting(Settings(home=tmp_path), ["weather"])


def fetched(url: str) -> str:
    with urllib.request.urlopen(url, timeout=10) as answer:
        return str(answer.read().decode())
