"""Webhooks called over HTTP, at a receiver on this machine."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from tests.builders import OWNER
from tests.clocks import FixedClock
from tests.webhook_builders import hooks_in, make_event

from tintype.catalog.adapters.http_webhook_sender import HttpWebhookSender
from tintype.catalog.convert.library_event import event_body
from tintype.catalog.ports.webhook import SendFailed, WebhookUrlRefused
from tintype.catalog.service.delivering import Delivering
from tintype.catalog.service.webhooks import Webhooks
from tintype.kit.ids import RandomIds
from tintype.kit.store.sqlite import Database

LOOPBACK = [ipaddress.ip_network("127.0.0.0/8")]


class Receiver:
    """Remembers what it is sent, and proves it by the secret."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, dict[str, str], bytes]] = []
        self.statuses: list[int] = []

    async def receive(self, request: web.Request) -> web.Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.calls.append((request.path, headers, await request.read()))
        status = self.statuses.pop(0) if self.statuses else 204
        return web.Response(status=status, headers={"Location": "/elsewhere"} if status == 302 else None)


@pytest.fixture
async def receiver() -> Receiver:
    return Receiver()


@pytest.fixture
async def server(receiver: Receiver) -> AsyncIterator[TestServer]:
    app = web.Application()
    app.router.add_post("/{path}", receiver.receive)
    server = TestServer(app, host="127.0.0.1")
    async with server:
        yield server


async def test_an_event_reaches_the_receiver_signed_and_is_tried_again(
    tmp_path: Path, receiver: Receiver, server: TestServer
) -> None:
    async with Database.open(tmp_path / "library.db") as database:
        stored, deliveries = await hooks_in(database)
        clock, sender = FixedClock(), HttpWebhookSender(LOOPBACK)
        webhooks = Webhooks(stored, deliveries, sender, clock, RandomIds())
        delivering = Delivering(stored, deliveries, webhooks, sender, clock, RandomIds(), body=event_body)
        webhook, secret = await webhooks.create_webhook(
            owner_id=OWNER, url=str(server.make_url("/hook")), kinds=(), request_id=""
        )
        receiver.statuses = [503]
        await delivering.hear(make_event())
        await delivering.deliver_due()
        clock.pass_(timedelta(minutes=1))
        await delivering.deliver_due()
        page = await webhooks.list_deliveries(owner_id=OWNER, webhook_id=webhook.webhook_id, limit=9, after=())
    assert [each.http_status for each in page.attempts] == [204, 503]
    assert len(receiver.calls) == 2
    for path, headers, body in receiver.calls:
        proof = hmac.new(secret.encode(), headers["tintype-timestamp"].encode() + b"." + body, hashlib.sha256)
        assert path == "/hook"
        assert headers["tintype-signature"] == f"sha256={proof.hexdigest()}"
        assert headers["content-type"] == "application/json"


async def test_a_redirect_is_not_followed(receiver: Receiver, server: TestServer) -> None:
    receiver.statuses = [302]
    assert await HttpWebhookSender(LOOPBACK).post(str(server.make_url("/hook")), headers={}, body=b"{}") == 302
    assert [path for path, _, _ in receiver.calls] == ["/hook"]


async def test_without_the_setting_this_machine_is_not_called(receiver: Receiver, server: TestServer) -> None:
    with pytest.raises(WebhookUrlRefused):
        await HttpWebhookSender().post(str(server.make_url("/hook")), headers={}, body=b"{}")
    assert receiver.calls == []


async def test_a_name_is_resolved_once_and_that_address_is_called(receiver: Receiver, server: TestServer) -> None:
    asked: list[str] = []

    async def rebinding(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["127.0.0.2"]

    sender = HttpWebhookSender(LOOPBACK, resolve=rebinding)
    url = f"http://hooks.example:{server.port}/hook"
    assert await sender.post(url, headers={}, body=b"{}") == 204
    assert asked == ["hooks.example"]
    assert receiver.calls[0][1]["host"] == f"hooks.example:{server.port}"


async def test_nobody_there_is_a_failure(server: TestServer) -> None:
    url = str(server.make_url("/hook"))
    await server.close()
    with pytest.raises(SendFailed):
        await HttpWebhookSender(LOOPBACK).post(url, headers={}, body=b"{}")


@pytest.mark.parametrize("url", ["https://127.0.0.1/", "https://[::ffff:10.0.0.1]/", "https://2130706433/"])
async def test_numbers_are_resolved_like_names(url: str) -> None:
    with pytest.raises(WebhookUrlRefused):
        await HttpWebhookSender().check(url)
