"""What is said of a server that is away, does not let us in, or is not one that we know."""

from __future__ import annotations

import asyncio
import gc
import os
import socket
import ssl
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from aiohttp import web
from tests.certificates import Authority
from tests.server_fakes import Document, http_server, listening, mongo_server, nats_server, triton_server

from tintype.blobs import s3_check
from tintype.events import jetstream_check
from tintype.kit.operations.domain import Severity
from tintype.kit.reach import Address, answers
from tintype.kit.servers import (
    CredentialsRefused,
    RightMissing,
    ServerAnswer,
    ServerCheck,
    ServerUnfit,
    ServerUnreachable,
    TlsRefused,
    VersionUnfit,
    version_of,
)
from tintype.kit.settings import Settings
from tintype.kit.store import mongo_check
from tintype.kit.tls import client_tls
from tintype.kit.urls import Url
from tintype.search.adapters.elasticsearch import check as elasticsearch_check
from tintype.servers import NEEDS, check_servers, wait_for_servers
from tintype.vision.engines import triton_check

INFO = {"version": "2.15.2", "jetstream": True}
READY = {b"PING": b"PONG\r\n", b"PUB $JS": b"MSG _INBOX.tintype 1 2\r\n{}\r\n"}
EVERY: list[tuple[str, ServerCheck]] = [
    ("mongodb", mongo_check.check),
    ("nats", jetstream_check.check),
    ("s3+http", s3_check.check),
    ("elasticsearch+http", elasticsearch_check.check),
    ("triton+grpc", triton_check.check),
]


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def serving(cert: Path, key: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(cert, key)
    return context


async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Speaks no protocol: hangs up."""


@pytest.mark.parametrize(("scheme", "check"), EVERY)
async def test_where_nothing_listens_waiting_may_help(scheme: str, check: ServerCheck) -> None:
    port = free_port()
    with pytest.raises(ServerUnreachable, match=f"nothing listens on 127.0.0.1:{port}"):
        await check(Url(f"{scheme}://user:hunter2@127.0.0.1:{port}/library"))
    with pytest.raises(ServerUnreachable, match="there is no address for"):
        await check(Url(f"{scheme}://user:hunter2@nowhere.invalid:{port}/library"))


# MongoDB's driver forgets the socket of a server that hangs up in its greeting; collected here, not in another test.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize(("scheme", "check"), EVERY)
async def test_what_speaks_another_protocol_is_not_believed(scheme: str, check: ServerCheck) -> None:
    async with listening(silent) as port:
        with pytest.raises((ServerUnreachable, ServerUnfit)) as caught:
            await check(Url(f"{scheme}://user:hunter2@127.0.0.1:{port}/library"))
    assert "hunter2" not in str(caught.value)
    gc.collect()


async def test_tls_is_refused_with_the_reason(tmp_path: Path) -> None:
    ours, theirs = Authority(tmp_path, "ours"), Authority(tmp_path, "theirs")
    trusted = client_tls(Url(f"tls://127.0.0.1/?ca={ours.ca_file}"))
    for certificate, said in (
        (theirs.certify("stranger"), "comes from an authority that is not trusted here"),
        (ours.certify("elsewhere", address="127.0.0.9"), "is for another address"),
    ):
        async with listening(silent, serving(*certificate)) as port:
            with pytest.raises(TlsRefused, match=f"127.0.0.1:{port} was reached, and its certificate {said}"):
                await answers(Address("127.0.0.1", port), trusted)
    async with listening(silent, serving(*ours.certify("right"))) as port:
        await answers(Address("127.0.0.1", port), trusted)
    async with http_server(lambda _: web.Response()) as port:
        with pytest.raises(TlsRefused, match="does not speak TLS"):
            await answers(Address("127.0.0.1", port), trusted)


@pytest.mark.parametrize(
    ("info", "said", "error", "message"),
    [
        ({"version": "2.10.4"}, READY, VersionUnfit, r"is NATS 2\.10\.4, 2\.14 or newer is needed"),
        (INFO, {b"PING": b"-ERR 'Authorization Violation'\r\n"}, CredentialsRefused, "refuses the user ann"),
        ({**INFO, "tls_required": True}, READY, TlsRefused, "wants TLS"),
        (INFO, {**READY, b"PUB $JS": b"-ERR 'Permissions Violation for Publish'\r\n"}, RightMissing, "may not ask"),
        (INFO, {**READY, b"PUB $JS": b"HMSG _INBOX.tintype 1 16 16\r\n"}, ServerUnfit, "JetStream is off: start"),
        (
            INFO,
            {**READY, b"PUB $JS": b'MSG _INBOX.tintype 1 9\r\n{"error": {"code": 503}}\r\n'},
            ServerUnfit,
            "JetStream is off for this account",
        ),
    ],
)
async def test_nats_says_what_is_wrong(
    info: Document, said: Mapping[bytes, bytes], error: type[Exception], message: str
) -> None:
    async with listening(nats_server(info, said)) as port:
        with pytest.raises(error, match=message) as caught:
            await jetstream_check.check(Url(f"nats://ann:hunter2@127.0.0.1:{port}"))
    assert "hunter2" not in str(caught.value)


async def test_nats_with_jetstream_is_accepted_even_if_the_first_server_is_away() -> None:
    async with listening(nats_server(INFO, READY)) as port:
        url = Url(f"nats://ann:hunter2@127.0.0.1:{free_port()},127.0.0.1:{port}")
        assert await jetstream_check.check(url) == ServerAnswer("NATS", "2.15.2")


GREETING = {"ismaster": True, "maxWireVersion": 21, "minWireVersion": 0, "saslSupportedMechs": ["SCRAM-SHA-256"]}
BUILD = {"version": "8.0.4", "gitVersion": "abc"}
EMPTY = {"cursor": {"id": 0, "ns": "library.$cmd.listCollections", "firstBatch": []}}
MAY_READ = {
    "authInfo": {
        "authenticatedUsers": [{"user": "ann"}],
        "authenticatedUserPrivileges": [{"resource": {"db": "library", "collection": ""}, "actions": ["find"]}],
    }
}


@pytest.mark.parametrize(
    ("said", "error", "message"),
    [
        ({"buildInfo": {"version": "6.0.9"}}, VersionUnfit, r"is MongoDB 6\.0\.9, 7 or newer is needed"),
        ({"ismaster": {**GREETING, "maxWireVersion": 5}}, VersionUnfit, "older than MongoDB 7"),
        (
            {"listCollections": {"ok": 0.0, "code": 13, "errmsg": "not authorized"}},
            CredentialsRefused,
            "refuses a client without",
        ),
        ({"connectionStatus": MAY_READ}, RightMissing, "may not insert, remove, update in library"),
    ],
)
async def test_mongodb_says_what_is_wrong(said: Mapping[str, Document], error: type[Exception], message: str) -> None:
    commands: dict[str, Document] = {"ismaster": GREETING, "buildInfo": BUILD, "listCollections": EMPTY, **said}
    async with listening(mongo_server(commands)) as port:
        with pytest.raises(error, match=message):
            await mongo_check.check(Url(f"mongodb://127.0.0.1:{port}/library"))


async def test_mongodb_refuses_a_password() -> None:
    refusal = {"ok": 0.0, "code": 18, "errmsg": "Authentication failed."}
    async with listening(mongo_server({"ismaster": GREETING, "saslStart": refusal})) as port:
        with pytest.raises(CredentialsRefused, match="refuses ann") as caught:
            await mongo_check.check(Url(f"mongodb://ann:hunter2@127.0.0.1:{port}/library"))
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(("build", "warnings"), [(BUILD, 0), ({"version": "7.0.0"}, 1)])
async def test_a_stand_in_for_mongodb_is_accepted_with_a_warning(build: Document, warnings: int) -> None:
    async with listening(mongo_server({"ismaster": GREETING, "buildInfo": build, "listCollections": EMPTY})) as port:
        answer = await mongo_check.check(Url(f"mongodb://127.0.0.1:{port}/library"))
    assert len(answer.warnings) == warnings


Answering = Callable[[web.Request], web.Response]


def elasticsearch(status: int, body: object, *, product: str = "Elasticsearch") -> Answering:
    def answer(request: web.Request) -> web.Response:
        del request
        return web.json_response(body, status=status, headers={"X-Elastic-Product": product})

    return answer


@pytest.mark.parametrize(
    ("status", "body", "error", "message"),
    [
        (200, {"version": {"number": "8.19.0"}}, VersionUnfit, r"is Elasticsearch 8\.19\.0, 9\.2 or newer, below 10"),
        (401, {"error": {"type": "security_exception"}}, CredentialsRefused, "refuses ann"),
        (403, {"error": {"type": "security_exception"}}, RightMissing, "monitor is needed"),
        (503, {"error": "no master"}, ServerUnreachable, "answers 503"),
    ],
)
async def test_elasticsearch_says_what_is_wrong(
    status: int, body: object, error: type[Exception], message: str
) -> None:
    async with http_server(elasticsearch(status, body)) as port:
        with pytest.raises(error, match=message) as caught:
            await elasticsearch_check.check(Url(f"elasticsearch+http://ann:hunter2@127.0.0.1:{port}/library"))
    assert "hunter2" not in str(caught.value)


async def test_what_only_looks_like_elasticsearch_is_refused() -> None:
    async with http_server(elasticsearch(200, {"version": {"number": "9.5.0"}}, product="Other")) as port:
        with pytest.raises(VersionUnfit, match="is no Elasticsearch"):
            await elasticsearch_check.check(Url(f"elasticsearch+http://127.0.0.1:{port}/library"))


@pytest.mark.parametrize(
    ("code", "status", "error", "message"),
    [
        ("InvalidAccessKeyId", 403, CredentialsRefused, "refuses the key ann, or its secret"),
        ("SignatureDoesNotMatch", 403, CredentialsRefused, "refuses the key ann, or its secret"),
        ("AccessDenied", 403, RightMissing, "may not list the bucket library-originals"),
        ("RequestTimeTooSkewed", 403, ServerUnfit, "the clocks"),
        ("SlowDown", 503, ServerUnreachable, "SlowDown|does not answer"),
    ],
)
async def test_s3_says_what_is_wrong(code: str, status: int, error: type[Exception], message: str) -> None:
    body = f"<Error><Code>{code}</Code><Message>no</Message></Error>"
    async with http_server(lambda _: web.Response(text=body, status=status, content_type="application/xml")) as port:
        with pytest.raises(error, match=message) as caught:
            await s3_check.check(Url(f"s3+http://ann:hunter2@127.0.0.1:{port}/library"))
    assert "hunter2" not in str(caught.value)


async def test_triton_has_to_be_new_enough() -> None:
    async with triton_server("2.40.0") as port:
        with pytest.raises(VersionUnfit, match=r"is Triton 2\.40\.0, 2\.51 or newer is needed"):
            await triton_check.check(Url(f"triton+grpc://127.0.0.1:{port}"))
    async with triton_server("2.51.0") as port:
        answer = await triton_check.check(Url(f"triton+grpc://127.0.0.1:{port}"))
    assert (answer.product, answer.version, len(answer.warnings)) == ("Triton", "2.51.0", 1)


async def test_doctor_names_each_server_and_what_to_do(tmp_path: Path) -> None:
    settings = Settings.model_validate(
        {
            "home": tmp_path,
            "database_url": f"mongodb://127.0.0.1:{free_port()}/library",
            "events_url": f"tls://127.0.0.1:{free_port()}/?ca={tmp_path}/absent.pem",
        }
    )
    found = {finding.check: finding for finding in await check_servers(settings)}
    assert set(found) == {"database", "events"}  # the others are files
    assert found["database"].severity is found["events"].severity is Severity.ERROR
    assert "nothing listens" in found["database"].message
    assert found["database"].advice
    assert "absent.pem" in found["events"].message


async def test_a_start_waits_for_what_is_away_and_not_for_what_is_unfit(tmp_path: Path) -> None:
    port = free_port()
    settings = Settings.model_validate({"home": tmp_path, "events_url": f"nats://127.0.0.1:{port}"})
    waiting = asyncio.create_task(wait_for_servers(settings, ["upload"]))
    done, _ = await asyncio.wait([waiting], timeout=0.3)
    assert not done
    server = await asyncio.start_server(nats_server(INFO, READY), "127.0.0.1", port)
    async with server:
        await asyncio.wait_for(waiting, 10)
    unfit = asyncio.start_server(nats_server({"version": "2.9.0"}, READY), "127.0.0.1", port)
    async with await unfit:
        with pytest.raises(VersionUnfit, match=r"^TINTYPE_EVENTS_URL: "):
            await wait_for_servers(settings, ["upload"])


async def test_a_process_that_waits_for_a_server_can_be_stopped(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tintype", "upload"),
        env={
            **{name: value for name, value in os.environ.items() if not name.startswith("TINTYPE_")},
            "TINTYPE_HOME": str(tmp_path),
            "TINTYPE_PORT": "0",
            "TINTYPE_HTTP_PORT": "0",
            "TINTYPE_EVENTS_URL": f"nats://ann:hunter2@127.0.0.1:{free_port()}",
        },
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stderr is not None
    line = (await asyncio.wait_for(process.stderr.readline(), 60)).decode()
    assert "waiting_for" in line
    assert "nothing listens" in line
    assert "hunter2" not in line
    process.terminate()
    assert await asyncio.wait_for(process.wait(), 30) == 0


async def test_a_right_that_is_missing_is_an_error_for_doctor_and_a_warning_for_a_start(tmp_path: Path) -> None:
    said = {**READY, b"PUB $JS": b"-ERR 'Permissions Violation for Publish'\r\n"}
    async with listening(nats_server(INFO, said)) as port:
        settings = Settings.model_validate({"home": tmp_path, "events_url": f"nats://127.0.0.1:{port}"})
        await wait_for_servers(settings, ["search"])
        (finding,) = await check_servers(settings)
    assert (finding.check, finding.severity) == ("events", Severity.ERROR)


def test_versions_are_compared_by_their_numbers() -> None:
    assert version_of("2.14.0-rc.1") == (2, 14, 0)
    assert version_of("9.5.3") > (9, 2)
    assert version_of("unknown") == ()


def test_every_service_says_what_it_needs() -> None:
    from tintype.host import SERVICES

    assert set(NEEDS) == set(SERVICES)
