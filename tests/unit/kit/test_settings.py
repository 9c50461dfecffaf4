"""Settings that would be unsafe do not start."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from tintype.kit.credentials import KnownCredential, SecretUnreadable, is_loopback
from tintype.kit.settings import Settings, secret_in


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TINTYPE_HOME", str(tmp_path / "home"))


def test_everything_lies_below_the_home_unless_a_url_says_otherwise(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TINTYPE_INDEX_URL", "sqlite:///elsewhere/index.db")
    settings = Settings()
    assert settings.url("database").file == tmp_path / "home/library.db"
    assert settings.url("blobs").file == tmp_path / "home/blobs"
    assert settings.url("index").file == Path("/elsewhere/index.db")
    assert settings.url("inference").scheme == "onnx"


def test_the_home_and_its_secrets_are_their_owners_alone(tmp_path: Path) -> None:
    settings = Settings()
    secret = settings.read_service_secret()
    assert len(secret) == 64
    assert settings.read_service_secret() == secret
    assert settings.home.stat().st_mode & 0o777 == 0o700
    assert (settings.home / "secrets/service.key").stat().st_mode & 0o777 == 0o600
    assert secret_in(settings.home, "other.key") != secret


@pytest.mark.parametrize(
    "given",
    [
        {"HOST": "0.0.0.0"},
        {"HTTP_HOST": "192.168.1.4"},
        {"HOST": "library.example"},
        {"TLS_CERT_FILE": "cert.pem"},
        {"PRODUCTION": "true"},
        {"SERVICES": "catalog=127.0.0.1:7000"},
        {"SERVICES": "catalog", "SERVICE_SECRET": "x" * 64},
        {"SERVICE_SECRET": "short"},
        {"PORT": "70000"},
    ],
    ids=str,
)
def test_unsafe_settings_do_not_start(given: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    Settings()  # the control
    for name, value in given.items():
        monkeypatch.setenv(f"TINTYPE_{name}", value)
    with pytest.raises(ValidationError) as caught:
        Settings()
    assert "x" * 64 not in str(caught.value)


def test_plain_text_beyond_loopback_is_for_those_who_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TINTYPE_HOST", "0.0.0.0")
    monkeypatch.setenv("TINTYPE_PLAIN_TEXT", "true")
    assert Settings().host == "0.0.0.0"


def test_services_elsewhere_are_read_from_pairs_and_secrets_from_files(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "secret").write_text("f" * 40 + "\n")
    monkeypatch.setenv("TINTYPE_SERVICE_SECRET_FILE", str(tmp_path / "secret"))
    monkeypatch.setenv("TINTYPE_SERVICES", "catalog=10.0.0.2:7460, search=10.0.0.3:7460")
    settings = Settings()
    assert settings.services == {"catalog": "10.0.0.2:7460", "search": "10.0.0.3:7460"}
    assert settings.read_service_secret() == "f" * 40


def test_a_service_may_have_several_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TINTYPE_SERVICE_SECRET", "f" * 40)
    monkeypatch.setenv("TINTYPE_SERVICES", "analysis=10.0.0.2:7460,search=10.0.0.4:7460,analysis=10.0.0.3:7460")
    assert Settings().services == {"analysis": "10.0.0.2:7460,10.0.0.3:7460", "search": "10.0.0.4:7460"}
    for second in ("two:7460", "[::1]:7460", "10.0.0.3"):
        monkeypatch.setenv("TINTYPE_SERVICES", f"analysis=10.0.0.2:7460,analysis={second}")
        with pytest.raises(ValidationError, match="IP addresses of one version"):
            Settings()


def test_a_password_in_a_url_is_not_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TINTYPE_DATABASE_URL", "mongodb://ada:hunter2@db/library")
    assert "hunter2" not in repr(Settings())


@pytest.mark.parametrize(
    ("host", "expected"),
    [("127.0.0.1", True), ("127.9.9.9", True), ("::1", True), ("localhost", True), ("", False), ("0.0.0.0", False)],
)
def test_loopback_is_what_nobody_outside_reaches(host: str, expected: bool) -> None:
    assert is_loopback(host) is expected


def test_urls_and_passwords_come_from_secret_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "url").write_text("mongodb://ada:hunter2@db/library\n")
    (tmp_path / "password").write_text("p@ss/word\n")
    monkeypatch.setenv("TINTYPE_DATABASE_URL_FILE", str(tmp_path / "url"))
    monkeypatch.setenv("TINTYPE_BLOBS_URL", "s3+https://key@store.example/library")
    monkeypatch.setenv("TINTYPE_BLOBS_PASSWORD_FILE", str(tmp_path / "password"))
    settings = Settings()
    assert settings.url("database").password == "hunter2"
    assert (settings.url("blobs").username, settings.url("blobs").password) == ("key", "p@ss/word")
    assert settings.url("blobs").path == "/library"


def test_a_secret_file_that_cannot_be_read_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    for file, said in (("absent", "cannot be read"), ("empty", "is empty")):
        monkeypatch.setenv("TINTYPE_EVENTS_URL_FILE", str(tmp_path / file))
        with pytest.raises(SecretUnreadable, match=f"TINTYPE_EVENTS_URL_FILE: the file {said}"):
            Settings()


@pytest.mark.parametrize(
    ("setting", "url"),
    [
        ("BLOBS_URL", "s3+http://minioadmin:minioadmin@{}:9000/library"),
        ("INDEX_URL", "elasticsearch+http://elastic:changeme@{}:9200/library"),
        ("DATABASE_URL", "mongodb://admin:admin@{}:27017/library"),
        ("EVENTS_URL", "nats://tintype:tintype@{}:4222"),
    ],
)
def test_a_password_that_everybody_knows_is_for_this_machine_alone(
    setting: str, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"TINTYPE_{setting}", url.format("127.0.0.1"))
    Settings()  # the control
    monkeypatch.setenv(f"TINTYPE_{setting}", url.format("store.example"))
    with pytest.raises(KnownCredential, match=f"TINTYPE_{setting}: the password of"):
        Settings()


def test_one_host_beyond_this_machine_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TINTYPE_DATABASE_URL", "mongodb://root:root@127.0.0.1:1,10.0.0.2:2/library")
    with pytest.raises(KnownCredential):
        Settings()
