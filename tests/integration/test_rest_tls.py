"""A library with a certificate: its bridge shows the same one, to browsers and to the library, and trusts only it."""

from __future__ import annotations

import asyncio
import ssl
from pathlib import Path

import aiohttp
import pytest
from tests.bridge import bridged
from tests.certificates import Authority
from tests.library import running

from tintype_cli.bridge_process import secured_as

pytestmark = pytest.mark.timeout(120)


async def test_everything_is_encrypted_where_the_library_has_a_certificate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = Authority(tmp_path)
    certificate, key = authority.certify("library")
    files = {
        "TINTYPE_TLS_CERT_FILE": str(certificate),
        "TINTYPE_TLS_KEY_FILE": str(key),
        "TINTYPE_TLS_CA_FILE": str(authority.ca_file),
    }
    for name, file in files.items():
        monkeypatch.setenv(name, file)
    trusted = ssl.create_default_context(cafile=str(authority.ca_file))
    async with (
        running(tmp_path / "home", **files) as library,
        bridged(tmp_path, library.address, library.http, gallery=None, **secured_as(library.http)) as bridge,
        aiohttp.ClientSession() as session,
    ):
        assert bridge.address.startswith("https://")
        async with session.get(f"{bridge.address}/health.json", ssl=trusted) as answer:
            assert (await answer.json())["works"] is True
            assert "max-age" in answer.headers["Strict-Transport-Security"]
        plain = bridge.address.replace("https:", "http:")
        async with asyncio.timeout(10), session.get(f"{plain}/v1/signUp") as answer:
            assert answer.status == 400, "plain text is told so, and nothing else"


async def test_a_library_that_another_authority_certified_is_not_spoken_to(tmp_path: Path) -> None:
    ours, theirs = Authority(tmp_path, "ours"), Authority(tmp_path, "theirs")
    certificate, key = theirs.certify("library")
    files = {"TINTYPE_TLS_CERT_FILE": str(certificate), "TINTYPE_TLS_KEY_FILE": str(key)}
    trusting = {"TINTYPE_GATEWAY_HOST_CA": str(ours.ca_file)}
    async with (
        running(tmp_path / "home", **files) as library,
        bridged(tmp_path, library.address, library.http, gallery=None, **trusting) as bridge,
        aiohttp.ClientSession() as session,
        session.get(f"{bridge.address}/v1/signUp") as answer,
    ):
        assert (answer.status, (await answer.json())["code"]) == (503, 14)
