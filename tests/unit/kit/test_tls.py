"""What a URL says of TLS."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest
from tests.certificates import Authority

from tintype.kit.errors import DomainError
from tintype.kit.tls import TlsFilesUnusable, client_tls, tls_files
from tintype.kit.urls import InvalidUrl, Url

HOST = "store.example:1"


@pytest.mark.parametrize("scheme", ["mongodb", "nats", "s3+http", "elasticsearch+http", "triton+grpc"])
def test_plain_schemes_are_plain(scheme: str) -> None:
    assert client_tls(Url(f"{scheme}://{HOST}/tintype")) is None


@pytest.mark.parametrize("scheme", ["mongodb+srv", "tls", "s3+https", "elasticsearch+https", "triton+grpcs"])
def test_the_scheme_asks_for_tls_that_checks_chain_and_name(scheme: str) -> None:
    context = client_tls(Url(f"{scheme}://{HOST}"))
    assert context is not None
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)
    assert context.minimum_version == ssl.TLSVersion.TLSv1_2


@pytest.mark.parametrize("scheme", ["mongodb", "nats"])
def test_a_plain_scheme_that_may_be_upgraded_is_by_naming_a_file(scheme: str, tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    files = tls_files(Url(f"{scheme}://{HOST}/?ca={authority.ca_file}"))
    assert files is not None
    assert (files.ca, files.cert) == (authority.ca_file, None)
    assert tls_files(Url(f"mongodb://{HOST}/?tls=true")) is not None


def test_files_beside_a_plain_scheme_are_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(InvalidUrl, match=r"use s3\+https:"):
        tls_files(Url(f"s3+http://{HOST}/?ca={tmp_path}/ca.pem"))


def test_a_certificate_of_our_own_is_loaded_with_its_key(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    cert, key = authority.certify("client")
    url = Url(f"tls://{HOST}/?ca={authority.ca_file}&cert={cert}&key={key}")
    assert client_tls(url) is not None
    files = tls_files(url)
    assert files is not None
    with files.combined() as both:
        assert both is not None
        assert both.stat().st_mode & 0o077 == 0
        assert both.read_bytes().count(b"-----BEGIN") == 2
    assert not both.exists()


@pytest.mark.parametrize("option", ["ca", "cert"])
def test_what_is_wrong_with_which_file_is_said(option: str, tmp_path: Path) -> None:
    (junk := tmp_path / "junk.pem").write_text("not a certificate")
    with pytest.raises(TlsFilesUnusable, match=f"options? {option} (holds no|and key do not)"):
        client_tls(Url(f"tls://{HOST}/?{option}={junk}"))
    with pytest.raises(TlsFilesUnusable, match=f"option {option} cannot be read"):
        client_tls(Url(f"tls://{HOST}/?{option}={tmp_path}/absent.pem"))
    with pytest.raises(DomainError, match="without its cert"):
        client_tls(Url(f"tls://{HOST}/?key={junk}"))
