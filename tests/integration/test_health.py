"""A process whose blobs are gone says so for the services that need them, and for no others."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc
from tests.integration.test_media_urls import library

from tintype.kit.settings import Settings

SERVING = health_pb2.HealthCheckResponse.SERVING
NOT_SERVING = health_pb2.HealthCheckResponse.NOT_SERVING
WAIT_S = 20


async def test_what_needs_blobs_does_not_serve_while_their_folder_is_away(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home", port=0, http_port=0, drain=timedelta(0))
    async with library(settings) as (_, channel):
        assert await status(channel, "UploadService") == SERVING
        blobs, elsewhere = tmp_path / "home" / "blobs", tmp_path / "unmounted"
        blobs.rename(elsewhere)
        async with asyncio.timeout(WAIT_S):
            assert await changed(channel, "UploadService", until=NOT_SERVING)
        assert await status(channel, "CatalogService") == NOT_SERVING
        assert await status(channel, "AccountsService") == SERVING
        elsewhere.rename(blobs)
        async with asyncio.timeout(WAIT_S):
            assert await changed(channel, "UploadService", until=SERVING)


async def status(channel: grpc.aio.Channel, service: str) -> int:
    request = health_pb2.HealthCheckRequest(service=f"tintype.v1.{service}")
    return int((await health_pb2_grpc.HealthStub(channel).Check(request)).status)


async def changed(channel: grpc.aio.Channel, service: str, *, until: int) -> bool:
    request = health_pb2.HealthCheckRequest(service=f"tintype.v1.{service}")
    async for answer in health_pb2_grpc.HealthStub(channel).Watch(request):
        if answer.status == until:
            return True
    return False
