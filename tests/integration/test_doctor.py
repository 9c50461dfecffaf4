"""What doctor says of a machine: it needs ports to look at, but no library that runs."""

from __future__ import annotations

import json
import socket
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from tests.integration.test_tls_and_drain import certificate

from tintype.kit.doctor import check_ports, check_python, check_tls, doctor
from tintype.kit.errors import Unavailable
from tintype.kit.operations.domain import Finding, Severity
from tintype.kit.settings import Settings
from tintype.kit.store.file_lock import locked


def test_a_port_is_free_or_taken_by_others_or_by_this_library(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        settings = Settings(home=tmp_path, port=other.getsockname()[1], http_port=0)
        taken, any_port = check_ports(settings)
        assert (taken.severity, any_port.severity) == (Severity.ERROR, Severity.OK)
        assert "TINTYPE_PORT" in taken.advice
        with locked(tmp_path / "tintype"):
            assert check_ports(settings)[0].severity is Severity.OK
    assert check_ports(settings)[0].severity is Severity.OK


def test_an_address_of_another_machine_is_an_error(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, host="192.0.2.1", plain_text=True, port=0, http_port=0)
    assert check_ports(settings)[0].severity is Severity.ERROR


def test_a_certificate_must_fit_its_key_and_be_valid_for_a_while(tmp_path: Path) -> None:
    def of(folder: str, days: int = 60) -> tuple[Path, Path]:
        (tmp_path / folder).mkdir()
        return certificate(tmp_path / folder, lifetime=timedelta(days=days))

    (good, key), (soon, soon_key), (gone, gone_key) = of("good"), of("soon", 3), of("gone", -1)
    for cert_file, key_file, severity in (
        (good, key, Severity.OK),
        (soon, soon_key, Severity.WARNING),
        (gone, gone_key, Severity.ERROR),
        (good, soon_key, Severity.ERROR),
        (good, tmp_path / "missing.pem", Severity.ERROR),
    ):
        (finding,) = check_tls(Settings(home=tmp_path, tls_cert_file=cert_file, tls_key_file=key_file))
        assert finding.severity is severity, finding
        assert bool(finding.advice) is (severity is not Severity.OK)
    assert check_tls(Settings(home=tmp_path)) == []


@pytest.mark.parametrize(("version", "severity"), [((3, 11), Severity.OK), ((3, 14), Severity.WARNING)])
def test_a_python_that_nobody_tried_is_warned_of(version: tuple[int, int], severity: Severity) -> None:
    assert check_python(version).severity is severity


@pytest.fixture
def home(tmp_path: Path) -> Path:
    tmp_path.chmod(0o700)
    return tmp_path


async def test_a_check_that_cannot_be_made_is_a_finding(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async def broken() -> Sequence[Finding]:
        raise Unavailable("the decoder did not start")

    assert await doctor(["--json"], Settings(home=home, port=0, http_port=0), [broken]) == 1
    findings = json.loads(capsys.readouterr().out)
    assert findings[-1]["message"] == "the decoder did not start"
    assert {finding["check"] for finding in findings} >= {"home", "work tree", "disk", "python", "sqlite", "port"}
    assert await doctor([], Settings(home=home, port=0, http_port=0), []) == 0
