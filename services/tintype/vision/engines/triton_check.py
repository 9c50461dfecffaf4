"""Who answers at Triton's address."""

from __future__ import annotations

from typing import Final

import grpc

from tintype.kit.reach import Address, answers
from tintype.kit.servers import (
    LONGEST_S,
    CredentialsRefused,
    ServerAnswer,
    ServerChecks,
    ServerUnfit,
    ServerUnreachable,
    VersionUnfit,
    version_of,
)
from tintype.kit.tls import client_tls, tls_files
from tintype.kit.urls import Url

OLDEST: Final = (2, 51)  # of NVIDIA's container 24.10: the oldest that is tested
PORT: Final = 8001
_LOADING: Final = "model_repository"


async def check(url: Url) -> ServerAnswer:
    """Raises ServerUnreachable, ServerUnfit, InvalidUrl."""
    from tritonclient.grpc import service_pb2, service_pb2_grpc

    address = Address.of(url.host, default_port=PORT)
    await answers(address, client_tls(url))
    async with _channel(address, url) as channel:
        try:
            request = service_pb2.ServerMetadataRequest()
            found = await service_pb2_grpc.GRPCInferenceServiceStub(channel).ServerMetadata(request, timeout=LONGEST_S)
        except grpc.aio.AioRpcError as error:
            raise _unfit(error.code(), address) from error
    version, extensions = str(found.version), [str(name) for name in found.extensions]
    if version_of(version)[:2] < OLDEST:
        wanted = ".".join(map(str, OLDEST))
        raise VersionUnfit(f"{address} is Triton {version}, {wanted} or newer is needed")
    loads = any(name.startswith(_LOADING) for name in extensions)
    warnings = () if loads else ("it does not load models when asked, so a broken one is not repaired by itself",)
    return ServerAnswer("Triton", version, warnings)


def _channel(address: Address, url: Url) -> grpc.aio.Channel:
    files = tls_files(url)
    if files is None:
        return grpc.aio.insecure_channel(str(address))
    credentials = grpc.ssl_channel_credentials(
        root_certificates=files.ca.read_bytes() if files.ca else None,
        private_key=files.key.read_bytes() if files.key else None,
        certificate_chain=files.cert.read_bytes() if files.cert else None,
    )
    return grpc.aio.secure_channel(str(address), credentials)


def _unfit(code: grpc.StatusCode, address: Address) -> Exception:
    if code is grpc.StatusCode.UNIMPLEMENTED:
        return ServerUnfit(f"{address} speaks gRPC, and is no Triton")
    if code in (grpc.StatusCode.UNAUTHENTICATED, grpc.StatusCode.PERMISSION_DENIED):
        return CredentialsRefused(f"{address} refuses us")
    return ServerUnreachable(f"{address} is there, and does not answer as Triton: is it the port of gRPC?")


CHECKS: Final[ServerChecks] = {"triton+grpc": check, "triton+grpcs": check}
