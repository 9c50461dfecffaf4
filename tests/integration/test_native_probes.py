"""The questions of `deploy.native` are answered by real servers of their protocols."""

from __future__ import annotations

import asyncio
import socket

import grpc
import pytest
from deploy.native import grpc_probe, probes
from deploy.native.ports import free_ports
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from tests.servers import Servers

from tintype.kit.urls import Url

CHECK = "/grpc.health.v1.Health/Check"


async def test_a_grpc_server_answers_by_the_bytes_of_its_message() -> None:
    server = grpc.aio.server()
    health_pb2_grpc.add_HealthServicer_to_server(health.aio.HealthServicer(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    try:
        serving = health_pb2.HealthCheckResponse(status=health_pb2.HealthCheckResponse.SERVING)
        answer = await in_thread(port, CHECK)
        assert answer == serving.SerializeToString()
        assert await in_thread(port, "/grpc.health.v1.Health/NoSuchMethod") is None
    finally:
        await server.stop(0)


async def in_thread(port: int, method: str) -> bytes | None:
    return await asyncio.to_thread(grpc_probe.answer_of, port, method)


def test_what_speaks_another_protocol_or_nothing_does_not_answer() -> None:
    (nobody,) = free_ports(1)
    with socket.create_server(("127.0.0.1", 0)) as mute:
        mute_port = mute.getsockname()[1]
        for port in (nobody, mute_port):
            assert grpc_probe.answer_of(port, CHECK) is None
            assert not probes.mongodb_ping(port)
            assert not probes.http_ok(port, "/")


@pytest.mark.servers
def test_the_real_servers_answer(servers: Servers) -> None:
    def port(url: str) -> int:
        return int(Url(url).host.rpartition(":")[2])

    assert probes.mongodb_ping(port(servers.database))
    assert probes.http_ok(port(servers.index), "/_cluster/health")
    assert grpc_probe.answer_of(port(servers.inference), "/inference.GRPCInferenceService/ServerLive") == b"\x08\x01"
