"""The listener of a server: which TLS it speaks, whose port it takes, and how it goes away."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import grpc
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from grpc_health.v1 import health_pb2, health_pb2_grpc
from tests.integration.served_rpc import served

from tintype.kit.grpc.server import AddressTaken
from tintype.kit.http import HttpServer
from tintype.kit.settings import Settings
from tintype.kit.telemetry import Telemetry
from tintype.v1 import accounts_service_pb2 as pb
from tintype.v1.accounts_service_pb2_grpc import AccountsServiceStub

SERVING = health_pb2.HealthCheckResponse.SERVING
NOT_SERVING = health_pb2.HealthCheckResponse.NOT_SERVING


async def at_once() -> None:
    """No pause."""


def certificate(folder: Path, *, lifetime: timedelta = timedelta(days=1)) -> tuple[Path, Path]:
    """A certificate of its own for the loopback address, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=2))
        .not_valid_after(now + lifetime)
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]),
            critical=False,
        )
        .sign(key, hashes.SHA256())
    )
    cert_file, key_file = folder / "cert.pem", folder / "key.pem"
    cert_file.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return cert_file, key_file


def handshake(address: str, version: ssl.TLSVersion) -> str:
    """What is agreed with a client that speaks this version and no other."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_ciphers("ALL:@SECLEVEL=0")  # or this client would refuse TLS 1.1 itself
    context.set_alpn_protocols(["h2", "http/1.1"])
    context.minimum_version, context.maximum_version = version, version
    host, _, port = address.rpartition(":")
    with socket.create_connection((host, int(port)), timeout=10) as plain, context.wrap_socket(plain) as tls:
        return str(tls.version())


@pytest.mark.filterwarnings("ignore:.*TLSv1_1 is deprecated:DeprecationWarning")
async def test_tls_begins_at_1_2(tmp_path: Path) -> None:
    cert_file, key_file = certificate(tmp_path)
    async with served(tmp_path, at_once, tls_cert_file=cert_file, tls_key_file=key_file) as server:
        assert await asyncio.to_thread(handshake, server.address, ssl.TLSVersion.TLSv1_2) == "TLSv1.2"
        assert await asyncio.to_thread(handshake, server.address, ssl.TLSVersion.TLSv1_3) == "TLSv1.3"
        with pytest.raises(ssl.SSLError, match=r"UNEXPECTED_EOF|PROTOCOL_VERSION"):  # the server's doing
            await asyncio.to_thread(handshake, server.address, ssl.TLSVersion.TLSv1_1)


@pytest.mark.filterwarnings("ignore:.*TLSv1_1 is deprecated:DeprecationWarning")
async def test_the_http_port_begins_at_1_2_too(tmp_path: Path) -> None:
    cert_file, key_file = certificate(tmp_path)
    settings = Settings(home=tmp_path, http_port=0, tls_cert_file=cert_file, tls_key_file=key_file)
    async with HttpServer(settings, Telemetry(), [], ready=lambda: True).listening() as url:
        address = url.removeprefix("https://")
        assert await asyncio.to_thread(handshake, address, ssl.TLSVersion.TLSv1_2) == "TLSv1.2"
        with pytest.raises(ssl.SSLError, match=r"UNEXPECTED_EOF|PROTOCOL_VERSION"):
            await asyncio.to_thread(handshake, address, ssl.TLSVersion.TLSv1_1)


async def test_a_client_that_knows_the_certificate_is_served_and_plain_text_is_not(tmp_path: Path) -> None:
    cert_file, key_file = certificate(tmp_path)
    async with served(tmp_path, at_once, tls_cert_file=cert_file, tls_key_file=key_file) as server:
        credentials = grpc.ssl_channel_credentials(cert_file.read_bytes())
        async with grpc.aio.secure_channel(server.address, credentials) as channel:
            await AccountsServiceStub(channel).GetSignUp(pb.GetSignUpRequest(), timeout=10)
        async with grpc.aio.insecure_channel(server.address) as channel:
            with pytest.raises(grpc.aio.AioRpcError):
                await AccountsServiceStub(channel).GetSignUp(pb.GetSignUpRequest(), timeout=2)


async def test_a_taken_port_is_an_error(tmp_path: Path) -> None:
    async with served(tmp_path, at_once) as first:
        port = int(first.address.rpartition(":")[2])
        with pytest.raises(AddressTaken, match="TINTYPE_PORT"):
            async with served(tmp_path, at_once, port=port):
                pass


async def test_draining_says_so_takes_no_more_calls_and_cuts_none(tmp_path: Path) -> None:
    began, release = asyncio.Event(), asyncio.Event()

    async def until_released() -> None:
        began.set()
        await release.wait()

    async with (
        served(tmp_path, until_released, drain=timedelta(milliseconds=300)) as server,
        grpc.aio.insecure_channel(server.address) as channel,
    ):
        health = health_pb2_grpc.HealthStub(channel)
        request = health_pb2.HealthCheckRequest(service="tintype.v1.AccountsService")
        assert (await health.Check(request)).status == SERVING
        watch = health.Watch(request)
        assert (await watch.read()).status == SERVING
        in_flight = asyncio.ensure_future(AccountsServiceStub(channel).GetSignUp(pb.GetSignUpRequest()))
        await began.wait()
        draining = asyncio.create_task(server.server.drain())
        assert (await watch.read()).status == NOT_SERVING
        with pytest.raises(grpc.aio.AioRpcError) as watched:
            await watch.read()
        assert watched.value.code() is grpc.StatusCode.UNAVAILABLE
        async with grpc.aio.insecure_channel(server.address) as late:
            with pytest.raises(grpc.aio.AioRpcError) as refused:
                await AccountsServiceStub(late).GetSignUp(pb.GetSignUpRequest(), timeout=5)
        assert refused.value.code() is grpc.StatusCode.UNAVAILABLE
        assert not draining.done()
        release.set()
        assert await in_flight is not None
        async with asyncio.timeout(5):
            await draining


async def test_what_outlasts_the_grace_is_cut(tmp_path: Path) -> None:
    began = asyncio.Event()

    async def for_ever() -> None:
        began.set()
        await asyncio.Event().wait()

    async with (
        served(tmp_path, for_ever, grace=timedelta(milliseconds=200)) as server,
        grpc.aio.insecure_channel(server.address) as channel,
    ):
        in_flight = asyncio.ensure_future(AccountsServiceStub(channel).GetSignUp(pb.GetSignUpRequest()))
        await began.wait()
        async with asyncio.timeout(5):
            await server.server.drain()
        with pytest.raises(grpc.aio.AioRpcError):
            await in_flight
