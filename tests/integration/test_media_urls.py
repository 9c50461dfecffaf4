"""Signed addresses of pictures lead to the port that listens, whichever port and protocol that is."""

from __future__ import annotations

import asyncio
import io
import ssl
import urllib.request
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import grpc
import pytest
from tests.drawn import draw
from tests.integration.test_tls_and_drain import certificate
from tests.isolation.world import PASSWORD, bearer, upload

from tintype.host import Running, running
from tintype.kit.errors import Unavailable
from tintype.kit.http import HttpUrl
from tintype.kit.log import configure
from tintype.kit.settings import Settings
from tintype.v1 import accounts_service_pb2, media_service_pb2, photo_pb2
from tintype.v1.accounts_service_pb2_grpc import AccountsServiceStub
from tintype.v1.media_service_pb2_grpc import MediaServiceStub
from tintype.v1.upload_service_pb2_grpc import UploadServiceStub

HOSTED = ("accounts", "catalog", "upload")


@asynccontextmanager
async def library(settings: Settings) -> AsyncIterator[tuple[Running, grpc.aio.Channel]]:
    configure(level="CRITICAL", form="json", stream=io.StringIO())
    async with running(settings, HOSTED) as runs:
        certificate_file = settings.tls_cert_file
        if certificate_file is None:
            channel = grpc.aio.insecure_channel(runs.address)
        else:
            credentials = grpc.ssl_channel_credentials(certificate_file.read_bytes())
            channel = grpc.aio.secure_channel(runs.address, credentials)
        async with channel:
            yield runs, channel


async def signed_url(channel: grpc.aio.Channel, data: bytes) -> str:
    """The address of the original of a photo that is put in first."""
    sign_up = accounts_service_pb2.SignUpRequest(user_name="ada", password=PASSWORD)
    tokens = (await AccountsServiceStub(channel).SignUp(sign_up, timeout=30)).tokens
    metadata = bearer(tokens.access_token)
    photo = (await UploadServiceStub(channel).UploadPhoto(iter(upload(data)), metadata=metadata)).photo
    request = media_service_pb2.SignMediaRequest(photo_id=photo.photo_id, variant=photo_pb2.VARIANT_ORIGINAL)
    return str((await MediaServiceStub(channel).SignMedia(request, metadata=metadata)).url)


@pytest.mark.parametrize("tls", [False, True], ids=["plain", "tls"])
async def test_a_signed_address_leads_to_any_free_port(tmp_path: Path, tls: bool) -> None:
    cert_file, key_file = certificate(tmp_path) if tls else (None, None)
    settings = Settings(
        home=tmp_path / "home",
        port=0,
        http_port=0,
        drain=timedelta(0),
        tls_cert_file=cert_file,
        tls_key_file=key_file,
    )
    data = draw(1)
    async with library(settings) as (runs, channel):
        url = await signed_url(channel, data)
        assert url.startswith(f"{runs.http}/media/")
        assert url.startswith("https://" if tls else "http://")
        assert await asyncio.to_thread(fetched, url, cert_file) == data


async def test_what_was_set_as_the_public_address_is_what_clients_are_given(tmp_path: Path) -> None:
    public = "https://photos.example.org"
    settings = Settings(home=tmp_path / "home", port=0, http_port=0, drain=timedelta(0), public_url=f"{public}/")
    async with library(settings) as (_, channel):
        assert (await signed_url(channel, draw(2))).startswith(f"{public}/media/")


def test_nobody_is_given_an_address_before_the_port_listens(tmp_path: Path) -> None:
    url = HttpUrl(Settings(home=tmp_path))
    with pytest.raises(Unavailable):
        url()
    url.listens("http://127.0.0.1:1")
    assert url() == "http://127.0.0.1:1"


def fetched(url: str, certificate_file: Path | None) -> bytes:
    context = ssl.create_default_context(cafile=str(certificate_file)) if certificate_file else None
    with urllib.request.urlopen(url, timeout=10, context=context) as answer:
        return bytes(answer.read())
