"""The library behind a certificate, by the real command line: its authority opens everything, plain text nothing."""

from __future__ import annotations

import asyncio
import ipaddress
import ssl
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from tests.e2e.command_line import CommandLine
from tests.e2e.conftest import ENVIRONMENT
from tests.e2e.waiting import until
from tests.profiles import PROFILES, AnyLibrary, library_on

from tintype.v1 import photo_pb2
from tintype_sdk import Client, FileTokens

pytestmark = pytest.mark.timeout(120)

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Authority:
    """An authority of our own, and what it has certified."""

    ca_file: Path
    cert_file: Path
    key_file: Path


def name_of(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def certificate(subject: str, key: ec.EllipticCurvePrivateKey, issuer: str) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder(name_of(issuer), name_of(subject), key.public_key(), x509.random_serial_number())
        .not_valid_before(now - DAY)
        .not_valid_after(now + DAY)
        .add_extension(x509.BasicConstraints(ca=subject == issuer, path_length=None), critical=True)
    )


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Certifies the loopback address."""
    folder = tmp_path_factory.mktemp("authority")
    made = Authority(folder / "ca.pem", folder / "cert.pem", folder / "key.pem")
    ca_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    ours = certificate("ours", ca_key, "ours").sign(ca_key, hashes.SHA256())
    names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    theirs = certificate("library", key, "ours").add_extension(names, critical=False).sign(ca_key, hashes.SHA256())
    made.ca_file.write_bytes(ours.public_bytes(Encoding.PEM))
    made.cert_file.write_bytes(theirs.public_bytes(Encoding.PEM))
    made.key_file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return made


@pytest.fixture(scope="module", params=PROFILES)
def library(
    request: pytest.FixtureRequest, authority: Authority, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[AnyLibrary]:
    """Behind the certificate, its processes too; webhooks may call this machine."""
    folder = tmp_path_factory.mktemp("library")
    environment = {
        **ENVIRONMENT,
        "TINTYPE_MODELS_HOME": str(folder / "models"),
        "TINTYPE_TLS_CERT_FILE": str(authority.cert_file),
        "TINTYPE_TLS_KEY_FILE": str(authority.key_file),
        "TINTYPE_TLS_CA_FILE": str(authority.ca_file),
        "TINTYPE_CATALOG_WEBHOOK_PRIVATE_NETWORKS": "127.0.0.0/8",
    }
    with library_on(request.param, folder / "home", environment) as started:
        yield started


@pytest.fixture
def ada(library: AnyLibrary, authority: Authority, tmp_path: Path) -> CommandLine:
    """Somebody who names the authority in every command, signed in."""
    line = CommandLine(library.address, tmp_path / "config", {"TINTYPE_CA": str(authority.ca_file)})
    name = f"ada-{tmp_path.name}"
    CommandLine(library.address, tmp_path / "config").ok("account", "create", name, "--ca", str(authority.ca_file))
    return line


def ready(line: CommandLine) -> bool:
    return [photo["state"] for photo in line.rows("photos", "list")] == ["PHOTO_STATE_READY"]


async def signed_url(library: AnyLibrary, ada: CommandLine, authority: Authority, photo_id: str) -> str:
    tokens = FileTokens(next((ada.config / "credentials").iterdir()))
    async with Client.open(library.address, tokens=tokens, ca_file=authority.ca_file) as client:
        return (await client.media.sign(photo_id, photo_pb2.VARIANT_THUMBNAIL)).url


def test_with_the_authority_photos_go_in_are_found_and_come_out(
    library: AnyLibrary, authority: Authority, ada: CommandLine, pictures: Path, tmp_path: Path
) -> None:
    ada.ok("upload", str(pictures / "red-barn.jpg"))
    until(lambda: ready(ada))
    until(lambda: ada.item("search", "red barn")["hits"] != [])
    photo_id = str(ada.rows("photos", "list")[0]["photo_id"])
    ada.ok("photos", "download", photo_id, "--to", str(tmp_path / "out.jpg"))
    assert (tmp_path / "out.jpg").read_bytes() == (pictures / "red-barn.jpg").read_bytes()
    url = asyncio.run(signed_url(library, ada, authority, photo_id))
    assert url.startswith(f"{library.http}/")
    assert library.http.startswith("https://")
    trusting = ssl.create_default_context(cafile=authority.ca_file)
    with urllib.request.urlopen(url, timeout=10, context=trusting) as answer:
        assert answer.read(2) == b"\xff\xd8"


def test_plain_text_and_strange_authorities_are_told_what_to_do(library: AnyLibrary, ada: CommandLine) -> None:
    ended = CommandLine(library.address, ada.config).run("photos", "list")
    assert ended.code == 5
    assert ended.err.startswith("tintype: ")
    assert ended.err.count("\n") == 1
    assert "--ca" in ended.err


def test_beyond_this_machine_it_does_not_start_without_a_certificate(tmp_path: Path) -> None:
    line = CommandLine("127.0.0.1:1", tmp_path / "config", {"TINTYPE_HOST": "0.0.0.0"})
    ended = line.run("up", "--home", str(tmp_path / "home"), "--port", "0", "--http-port", "0")
    assert ended.code == 2
    assert ended.err == (
        "tintype: TINTYPE_HOST is not a loopback address: give TINTYPE_TLS_CERT_FILE and TINTYPE_TLS_KEY_FILE, "
        "or set TINTYPE_PLAIN_TEXT=true where the network encrypts\n"
    )
    assert not (tmp_path / "home").exists()


@dataclass
class Receiver:
    """Takes calls."""

    url: str = ""
    bodies: list[bytes] = field(default_factory=list)


@contextmanager
def receiving() -> Iterator[Receiver]:
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            receiver.bodies.append(self.rfile.read(int(self.headers["content-length"])))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *arguments: object) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        receiver.url = f"http://127.0.0.1:{server.server_port}/hook"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield receiver
        finally:
            server.shutdown()
            thread.join()


def test_a_webhook_hears_of_the_trash_being_emptied(ada: CommandLine, pictures: Path) -> None:
    with receiving() as receiver:
        assert "secret" in ada.item("webhooks", "create", receiver.url)
        (hook,) = ada.rows("webhooks", "list")
        assert hook["url"] == receiver.url
        webhook_id = str(hook["webhook_id"])
        ada.ok("upload", str(pictures / "whiteboard.jpg"))
        until(lambda: ready(ada))
        photo_id = str(ada.rows("photos", "list")[0]["photo_id"])
        ada.ok("photos", "trash", photo_id)
        assert ada.item("photos", "purge", "--yes")["state"] == "OPERATION_STATE_SUCCEEDED"
        assert ada.run("photos", "show", photo_id).code == 4
        until(lambda: any(b"PHOTO_DELETED" in body.upper() for body in receiver.bodies))
        until(lambda: {each["http_status"] for each in ada.rows("webhooks", "deliveries", webhook_id)} == {204})
    ada.ok("webhooks", "delete", webhook_id)
    assert ada.rows("webhooks", "list") == []
