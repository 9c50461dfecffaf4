"""Browsers' sessions at the real bridge, before a real library."""

from __future__ import annotations

import asyncio
import time

import pytest
from aiohttp import ClientSession, DummyCookieJar
from tests.browser import PASSWORD, Answer, Browser, browsing
from tests.killable_bridge import KillableBridge

ACCESS, REFRESH = "__Host-tintype-access", "__Host-tintype-refresh"


def outdated(browser: Browser) -> None:
    """Make the access token one whose end is near, as after a quarter of an hour."""
    _, _, token = browser.cookies[ACCESS].partition(".")
    browser.cookies[ACCESS] = f"{int(time.time())}.{token}"


def reason_of(answer: Answer) -> str:
    """The reason that a refusal states."""
    return str(answer.json["details"][0]["reason"])


async def test_signing_in_signing_out_and_who_it_is(bridge: KillableBridge) -> None:
    async with browsing(bridge) as browser:
        assert (await browser.send("GET", "/session")).status == 401
        name = await browser.sign_up()
        assert (await browser.get_json("/session"))["user"]["userName"] == name
        assert (await browser.get_json("/v1/account"))["userName"] == name
        old = dict(browser.cookies)
        assert (await browser.send("DELETE", "/session")).status == 204
        assert browser.cookies == {}
        browser.cookies = old  # a copy that somebody kept
        assert (await browser.send("GET", "/v1/account")).status == 401
        assert (await browser.sign_in(name)).status == 201
        assert (await browser.get_json("/session"))["csrfToken"] == browser.csrf_token


async def test_no_answer_shows_a_token_and_no_script_can_read_one(bridge: KillableBridge) -> None:
    async with browsing(bridge) as browser:
        answer = await browser.send("POST", "/session/signUp", json={"userName": "shy", "password": PASSWORD})
        body = answer.text
        assert not [
            value for value in browser.cookies.values() if value.partition(".")[2][:40] in body and "." in value
        ]
        cookies = answer.headers.getall("Set-Cookie")
        assert len(cookies) == 3
        for cookie in cookies:
            assert cookie.startswith("__Host-tintype-")
            assert {"HttpOnly", "Secure", "SameSite=Strict", "Path=/"} <= set(cookie.split("; "))


async def test_parallel_calls_after_a_quarter_of_an_hour_renew_once_and_end_nothing(browser: Browser) -> None:
    for _ in range(3):
        outdated(browser)
        before = browser.cookies[REFRESH]
        answers = await asyncio.gather(*(browser.send("GET", "/v1/account") for _ in range(20)))
        assert {answer.status for answer in answers} == {200}
        assert browser.cookies[REFRESH] != before
    assert len((await browser.get_json("/v1/sessions"))["sessions"]) == 1


async def test_a_change_needs_the_word_of_the_page(browser: Browser) -> None:
    change = {"displayName": "Ada"}
    for headers in ({"X-CSRF-Token": ""}, {"X-CSRF-Token": "guess"}, {"Sec-Fetch-Site": "cross-site"}):
        answer = await browser.send("PATCH", "/v1/account", json=change, headers=headers)
        assert (answer.status, reason_of(answer)) == (403, "CSRF_TOKEN_INVALID")
    assert (await browser.send("PATCH", "/v1/account", json=change)).status == 200


async def test_a_key_needs_no_word(browser: Browser, bridge: KillableBridge) -> None:
    made = await browser.send("POST", "/v1/apiKeys", json={"name": "script", "scopes": ["photos.read"]})
    headers = {"X-Api-Key": made.json["secret"]}
    async with ClientSession(bridge.url, cookie_jar=DummyCookieJar()) as http:
        async with http.post("/v1/photos:batchGet", json={"photoIds": ["p"]}, headers=headers) as answer:
            assert answer.status == 200
        async with http.get("/v1/account", headers=headers) as answer:
            assert answer.status == 403  # its scopes are the library's matter


async def test_over_plain_http_from_elsewhere_signing_in_says_that_it_needs_https(bridge: KillableBridge) -> None:
    async with browsing(bridge) as browser:
        body = {"userName": "ada", "password": PASSWORD}
        answer = await browser.send("POST", "/session", json=body, headers={"Host": "photos.lan:7462"})
        assert answer.status == 400
        assert reason_of(answer) == "HTTPS_REQUIRED"


async def test_a_changed_password_ends_the_other_browsers(browser: Browser, bridge: KillableBridge) -> None:
    name = (await browser.get_json("/session"))["user"]["userName"]
    async with browsing(bridge) as other:
        assert (await other.sign_in(name)).status == 201
        change = {"oldPassword": PASSWORD, "newPassword": "another password of hers"}
        assert (await browser.send("POST", "/v1/account:changePassword", json=change)).status == 200
        assert (await other.send("GET", "/session")).status == 401
        assert other.cookies == {}
        assert (await browser.send("GET", "/session")).status == 200


@pytest.mark.parametrize("name", ["nobody-of-that-name"])
async def test_guessing_is_refused_as_the_library_refuses_it(bridge: KillableBridge, name: str) -> None:
    async with browsing(bridge) as browser:
        statuses = [(await browser.sign_in(name, f"guess {number}")).status for number in range(12)]
        assert statuses[0] == 401
        assert statuses[-1] == 429
