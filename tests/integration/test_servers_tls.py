"""Real servers behind TLS of a test's own: trusted by the file that the URL names, and by nothing else."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from deploy.native.instance import Instance
from deploy.native.server import Command, Place
from deploy.native.server import Server as Kind
from deploy.native.servers.nats import Nats
from deploy.native.servers.versitygw import Versitygw
from tests.certificates import Authority
from tests.contract.blob_store import DATA, KEY
from tests.servers import SMALL_STREAM

from tintype.blobs.connect import Store, connect
from tintype.blobs.s3_check import check as check_s3
from tintype.events.connect import open_jetstream
from tintype.events.jetstream_check import check as check_nats
from tintype.kit.fact import Event
from tintype.kit.ids import RandomIds
from tintype.kit.servers import TlsRefused
from tintype.kit.urls import Url

pytestmark = [pytest.mark.servers, pytest.mark.timeout(300)]


class SecretVersitygw(Versitygw):
    """Speaks TLS and nothing else."""

    def __init__(self, cert_file: Path, key_file: Path) -> None:
        self._tls = ("--cert", str(cert_file), "--key", str(key_file))

    def command(self, place: Place) -> Command:
        plain = super().command(place)
        binary, *rest = plain.arguments
        return Command((binary, *self._tls, *rest), plain.environment)

    def answers(self, place: Place) -> bool:
        return listens(place.ports["s3"])

    def urls(self, place: Place) -> Mapping[str, str]:
        return {name: url.replace("s3+http:", "s3+https:") for name, url in super().urls(place).items()}


class SecretNats(Nats):
    """Speaks TLS to those who show a certificate of the authority."""

    def __init__(self, cert_file: Path, key_file: Path, ca_file: Path) -> None:
        self._tls = f'tls {{ cert_file: "{cert_file}", key_file: "{key_file}", ca_file: "{ca_file}", verify: true }}\n'

    def command(self, place: Place) -> Command:
        command = super().command(place)
        with (place.folder / "nats.conf").open("a") as file:
            file.write(self._tls)
        return command

    def urls(self, place: Place) -> Mapping[str, str]:
        return {name: url.replace("nats:", "tls:") for name, url in super().urls(place).items()}


def listens(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False


@contextmanager
def started(kind: Kind, folder: Path) -> Iterator[Instance]:
    instance = Instance(kind, folder)
    instance.start()
    try:
        yield instance
    finally:
        instance.kill()


async def test_blobs_travel_by_tls(tmp_path: Path) -> None:
    ours, theirs = Authority(tmp_path, "ours"), Authority(tmp_path, "theirs")
    with started(SecretVersitygw(*ours.certify("server")), tmp_path / "server") as server:
        url = server.urls()["blobs_versitygw"] + "/photos"
        async with connect(Url(f"{url}?ca={ours.ca_file}"), Store.ORIGINALS) as blobs:
            await blobs.put(KEY, DATA)
            assert await blobs.load(KEY) == DATA
        for unknown in (f"{url}?ca={theirs.ca_file}", url):
            with pytest.raises(TlsRefused):
                await check_s3(Url(unknown))


async def test_facts_travel_by_tls_between_those_who_know_each_other(tmp_path: Path) -> None:
    ours = Authority(tmp_path, "ours")
    with started(SecretNats(*ours.certify("server"), ours.ca_file), tmp_path / "server") as server:
        cert_file, key_file = ours.certify("client")
        url = f"{server.urls()['events']}/photos?{SMALL_STREAM}&ca={ours.ca_file}"
        async with open_jetstream(Url(f"{url}&cert={cert_file}&key={key_file}")) as stream:
            await stream.publish([Event(RandomIds().new(), "ann", "PhotoChanged", b"x", datetime.now(UTC))])
            assert await stream.count_owner("ann") == 1
        with pytest.raises(TlsRefused):
            await check_nats(Url(url))
