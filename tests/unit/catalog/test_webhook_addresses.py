"""Nobody reaches our networks through a webhook."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence

import pytest

from tintype.catalog.adapters.http_webhook_sender import HttpWebhookSender, is_public
from tintype.catalog.ports.webhook import SendFailed, WebhookUrlRefused

PUBLIC = "93.184.216.34"


def sender(*addresses: str, private: str = "") -> HttpWebhookSender:
    """One to whom every name is these addresses."""

    async def resolve(host: str, port: int) -> Sequence[str]:
        return addresses

    return HttpWebhookSender([ipaddress.ip_network(private)] if private else [], resolve=resolve)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "fe80::1",
        "fc00::1",
        "ff02::1",
        "64:ff9b::7f00:1",
        "64:ff9b:1::a00:1",
        "2002:7f00:1::",
        "2001:0:7f00:1::",
    ],
)
async def test_an_address_that_is_not_on_the_open_internet_is_refused(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))
    with pytest.raises(WebhookUrlRefused):
        await sender(address).check("https://hooks.example/")
    with pytest.raises(WebhookUrlRefused):
        await sender(address).post("https://hooks.example/", headers={}, body=b"")


@pytest.mark.parametrize("address", [PUBLIC, "2606:2800:220:1::1"])
async def test_an_address_on_the_open_internet_is_allowed(address: str) -> None:
    await sender(address).check("https://hooks.example/")


async def test_one_bad_address_among_good_ones_is_enough() -> None:
    with pytest.raises(WebhookUrlRefused):
        await sender(PUBLIC, "127.0.0.1").check("https://hooks.example/")


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example/",
        "ftp://hooks.example/",
        "file:///etc/passwd",
        "https://user:word@hooks.example/",
        "https://",
        "https://[::1",
        "hooks.example",
    ],
)
async def test_other_forms_of_address_are_refused(url: str) -> None:
    with pytest.raises(WebhookUrlRefused):
        await sender(PUBLIC).check(url)


async def test_the_setting_allows_a_network_and_no_other() -> None:
    allowing = sender("10.1.0.9", private="10.1.0.0/16")
    await allowing.check("http://hooks.example/")
    await allowing.check("https://hooks.example/")
    with pytest.raises(WebhookUrlRefused):
        await sender("10.2.0.9", private="10.1.0.0/16").check("https://hooks.example/")
    with pytest.raises(WebhookUrlRefused):
        await sender(PUBLIC, private="10.1.0.0/16").check("http://hooks.example/")


async def test_a_name_that_is_not_known_yet_is_let_through_and_fails_when_called() -> None:
    async def unknown(host: str, port: int) -> Sequence[str]:
        raise OSError("no such name")

    await HttpWebhookSender(resolve=unknown).check("https://hooks.example/")
    with pytest.raises(SendFailed):
        await HttpWebhookSender(resolve=unknown).post("https://hooks.example/", headers={}, body=b"")
