"""A process whose servers are away listens at once, says what it waits for, and is ready when they have come."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import urllib.error
import urllib.request
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import grpc
import pytest
from deploy.native.ports import free_ports
from grpc_health.v1 import health_pb2
from grpc_health.v1.health_pb2_grpc import HealthStub
from tests.native import private_server

from tintype.kit.grpc.errors import reason_of
from tintype.kit.settings import Settings
from tintype.servers import Missing
from tintype.v1 import accounts_service_pb2 as pb
from tintype.v1.accounts_service_pb2_grpc import AccountsServiceStub

START_S = 60
ACCOUNTS = "tintype.v1.AccountsService"
SERVING, NOT_SERVING = health_pb2.HealthCheckResponse.SERVING, health_pb2.HealthCheckResponse.NOT_SERVING


@dataclass(frozen=True)
class Process:
    child: asyncio.subprocess.Process
    address: str
    http: str

    async def ended(self) -> int:
        self.child.terminate()
        async with asyncio.timeout(START_S):
            await self.child.communicate()
        return self.child.returncode or 0


@asynccontextmanager
async def started(home: Path, events: str) -> AsyncIterator[Process]:
    port, http_port = free_ports(2)
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tintype", "accounts", "--json"),
        env={
            **{name: value for name, value in os.environ.items() if not name.startswith("TINTYPE_")},
            "TINTYPE_HOME": str(home),
            "TINTYPE_PORT": str(port),
            "TINTYPE_HTTP_PORT": str(http_port),
            "TINTYPE_DRAIN": "PT0S",
            "TINTYPE_EVENTS_URL": events,
        },
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        yield Process(child, f"127.0.0.1:{port}", f"http://127.0.0.1:{http_port}")
    finally:
        if child.returncode is None:
            child.kill()
        await child.communicate()


def fetched(url: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


async def refusal(channel: grpc.aio.Channel) -> grpc.aio.AioRpcError:
    with pytest.raises(grpc.aio.AioRpcError) as raised:
        await AccountsServiceStub(channel).SignUp(pb.SignUpRequest(), timeout=START_S, wait_for_ready=True)
    return raised.value


async def test_a_process_that_waits_says_for_what_and_can_be_stopped(tmp_path: Path) -> None:
    nowhere = f"nats://ann:hunter2@127.0.0.1:{free_ports(1)[0]}"
    async with started(tmp_path, nowhere) as waiting, grpc.aio.insecure_channel(waiting.address) as channel:
        refused = await refusal(channel)
        assert refused.code() is grpc.StatusCode.UNAVAILABLE
        assert refused.details() == "the library is starting and waits for its stream of facts"
        assert reason_of(refused)[0] == "UNAVAILABLE"
        for service in ("", ACCOUNTS):
            answer = await HealthStub(channel).Check(health_pb2.HealthCheckRequest(service=service))
            assert answer.status == NOT_SERVING
        status, said = await asyncio.to_thread(fetched, f"{waiting.http}/healthz")
        assert (status, "stream of facts" in said) == (503, True)
        assert (await asyncio.to_thread(fetched, f"{waiting.http}/metrics"))[0] == 200
        status, said = await asyncio.to_thread(fetched, f"{waiting.http}/media/token")
        assert (status, json.loads(said)["reason"]) == (503, "UNAVAILABLE")
        assert await waiting.ended() == 0


@pytest.mark.servers
async def test_a_process_that_started_first_is_ready_when_its_server_has_come(tmp_path: Path) -> None:
    nats = private_server("nats", tmp_path / "nats")
    nats.start()
    url = nats.urls()["events"]
    nats.stop()
    try:
        async with started(tmp_path / "home", url) as process, grpc.aio.insecure_channel(process.address) as channel:
            await refusal(channel)
            nats.start()
            assert process.child.stdout is not None
            async with asyncio.timeout(START_S):
                ready = json.loads(await process.child.stdout.readline())
            assert (ready["address"], ready["http"]) == (process.address, process.http)
            request = pb.SignUpRequest(user_name="ada", password="correct horse battery staple")
            await AccountsServiceStub(channel).SignUp(request, timeout=30, wait_for_ready=True)
            answer = await HealthStub(channel).Check(health_pb2.HealthCheckRequest(service=ACCOUNTS))
            assert answer.status == SERVING
            assert (await asyncio.to_thread(fetched, f"{process.http}/healthz"))[0] == 200
            assert await process.ended() == 0
    finally:
        nats.kill()


def test_what_is_missing_is_said_in_words_and_without_addresses(tmp_path: Path) -> None:
    settings = Settings.model_validate(
        {
            "home": tmp_path,
            "database_url": "mongodb://db.example:27017/library",
            "index_url": "elasticsearch+http://index.example:9200",
        }
    )
    missing = Missing(settings, ["accounts", "search"])
    assert str(missing) == "the library is starting and waits for its database and its search index"
    missing.parts.clear()
    assert str(missing) == "the library is starting: try again in a moment"
    assert Missing(settings, ["people"]).parts == ["database"]
