"""`rest_get`: GetPhoto through the bridge, against the same call by gRPC, in turn on a connection of each."""

from __future__ import annotations

import asyncio
import http.client
import time
from pathlib import Path
from urllib.parse import urlsplit

import grpc
from tests.bench.library import PASSWORD, fresh_home
from tests.bench.measure import Progress, Row, Samples
from tests.bench.pictures import synthetic_photo
from tests.bench.rest_download import asked, uploaded
from tests.killable_bridge import killable

from tintype.v1 import catalog_service_pb2, catalog_service_pb2_grpc

SERVICES = ("accounts", "catalog", "upload")
CALLS = 2000
WARM_UP = 200
MOST_MS = 0.6  # what the bridge may add


async def run(progress: Progress) -> list[Row]:
    progress.say(f"rest_get: {CALLS} calls of GetPhoto by gRPC and by REST")
    with fresh_home() as home:
        return await asyncio.to_thread(_measured, Path(home) / "home")


def _measured(home: Path) -> list[Row]:
    limits = {"TINTYPE_RATE_PER_SECOND": "100000", "TINTYPE_RATE_BURST": "100000"}
    with killable(home, services=SERVICES, TINTYPE_LOG_LEVEL="WARNING", **limits) as bridge:
        token = asked(bridge, "/v1/signUp", {"userName": "gets", "password": PASSWORD})["tokens"]["accessToken"]
        photo_id = uploaded(bridge, synthetic_photo(1, width=640, height=480), token)
        request = catalog_service_pb2.GetPhotoRequest(photo_id=photo_id)
        line = http.client.HTTPConnection(urlsplit(bridge.url).netloc, timeout=30)
        with grpc.insecure_channel(bridge.library.address) as channel:
            stub = catalog_service_pb2_grpc.CatalogServiceStub(channel)
            direct: list[float] = []
            rest: list[float] = []
            for _ in range(WARM_UP + CALLS):
                start = time.perf_counter()
                stub.GetPhoto(request, metadata=[("authorization", f"Bearer {token}")])
                between = time.perf_counter()
                _get(line, f"/v1/photos/{photo_id}", token)
                direct.append((between - start) * 1000)
                rest.append((time.perf_counter() - between) * 1000)
        line.close()
    return [_row(Samples(tuple(direct[WARM_UP:])), Samples(tuple(rest[WARM_UP:])))]


def _get(line: http.client.HTTPConnection, path: str, token: str) -> None:
    line.request("GET", path, headers={"Authorization": f"Bearer {token}"})
    answer = line.getresponse()
    body = answer.read()
    if answer.status != http.client.OK:
        raise RuntimeError(f"{answer.status}: {body[:200]!r}")


def _row(direct: Samples, rest: Samples) -> Row:
    more = rest.percentile(0.5) - direct.percentile(0.5)
    return Row(
        "rest_get",
        "ms",
        rest,
        direct,
        mark=f"p50 <= gRPC + {MOST_MS}",
        met=more <= MOST_MS,
        note=f"gRPC p50 {direct.percentile(0.5):.2f}, the bridge adds {more:.2f}",
        latencies=True,
    )
