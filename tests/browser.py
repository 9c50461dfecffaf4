"""A browser as far as sessions go: it keeps cookies, and its page knows the word of its session."""

from __future__ import annotations

import itertools
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http.cookies import SimpleCookie
from typing import Any, Final

from aiohttp import ClientSession, DummyCookieJar, FormData
from multidict import CIMultiDictProxy
from tests.killable_bridge import KillableBridge

PASSWORD: Final = "a password that a browser keeps"
NUMBERS: Final = itertools.count(1)


@dataclass(frozen=True)
class Answer:
    """What came, whole."""

    status: int
    headers: CIMultiDictProxy[str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Browser:
    """One of somebody."""

    def __init__(self, http: ClientSession) -> None:
        self._http = http
        self.cookies: dict[str, str] = {}
        self.csrf_token = ""

    async def sign_up(self) -> str:
        """Make an account and sign in. Returns the user's name."""
        name = f"person{next(NUMBERS)}"
        answer = await self.send("POST", "/session/signUp", json={"userName": name, "password": PASSWORD})
        await self._begun(answer)
        return name

    async def sign_in(self, name: str, password: str = PASSWORD) -> Answer:
        """Returns the answer, whatever it is."""
        answer = await self.send("POST", "/session", json={"userName": name, "password": password})
        if answer.status == 201:
            await self._begun(answer)
        return answer

    async def send(self, method: str, path: str, **options: Any) -> Answer:
        """A request with the cookies and, where it is unsafe, the word of the page."""
        headers = dict(options.pop("headers", {}))
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if method not in ("GET", "HEAD"):
            headers.setdefault("X-CSRF-Token", self.csrf_token)
        async with self._http.request(method, path, headers=headers, allow_redirects=False, **options) as received:
            answer = Answer(received.status, received.headers, await received.read())
        self._keep(answer)
        return answer

    async def get_json(self, path: str) -> Any:
        """What is there."""
        answer = await self.send("GET", path)
        assert answer.status == 200, answer.text
        return answer.json

    async def upload(self, data: bytes, name: str = "beach.jpg") -> str:
        """The photo that a file becomes, by a form."""
        form = {"file": (name, data)}
        answer = await self.send("POST", "/v1/photos", data=as_form(form))
        assert answer.status in (200, 201), answer.text
        return str(answer.json["photo"]["photoId"])

    def header(self) -> str:
        """The cookies as a header, for requests of the test's own."""
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    async def _begun(self, answer: Answer) -> None:
        assert answer.status == 201, answer.text
        self.csrf_token = answer.json["csrfToken"]

    def _keep(self, answer: Answer) -> None:
        for line in answer.headers.getall("Set-Cookie", []):
            for name, morsel in SimpleCookie(line).items():
                if morsel["max-age"] == "0" or not morsel.value:
                    self.cookies.pop(name, None)
                else:
                    self.cookies[name] = morsel.value


def as_form(files: dict[str, tuple[str, bytes]], **fields: str) -> FormData:
    """A form that ends with its files."""
    form = FormData(fields)
    for name, (file_name, data) in files.items():
        form.add_field(name, data, filename=file_name)
    return form


@asynccontextmanager
async def browsing(bridge: KillableBridge) -> AsyncIterator[Browser]:
    """A browser that knows nobody yet."""
    async with ClientSession(bridge.url, cookie_jar=DummyCookieJar()) as http:
        yield Browser(http)
