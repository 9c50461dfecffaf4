"""A whole library in this process, its users, and every credential that must not open it."""

from __future__ import annotations

import asyncio
import hashlib
import io
import itertools
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar, cast

import google_crc32c
import grpc
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from google.protobuf.message import Message
from tests.drawn import draw, poison
from tests.isolation.calls import Answer, Credential, call, rpcs

from tintype.host import running
from tintype.kit.auth.caller import Role
from tintype.kit.auth.tokens import SigningKey, service_key, sign_access, sign_service, type_of
from tintype.kit.clock import SystemClock
from tintype.kit.log import configure
from tintype.kit.scopes import KEY_SCOPES
from tintype.kit.settings import Settings
from tintype.v1 import accounts_service_pb2, photo_pb2, upload_service_pb2

M = TypeVar("M", bound=Message)
PASSWORD = "correct horse battery staple"
WAIT_S = 30
POLL_S = 0.05


class ShiftedClock:
    """The clock of the machine, some way off."""

    def __init__(self) -> None:
        self.shift = timedelta(0)

    def now(self) -> datetime:
        return SystemClock().now() + self.shift


@dataclass(frozen=True)
class Person:
    user_id: str
    session_id: str
    refresh_token: str
    signed: Credential


@dataclass(frozen=True)
class Strangers:
    """Credentials that are none: each must be told UNAUTHENTICATED and nothing else."""

    anonymous: Credential
    expired: Credential
    wrong_audience: Credential
    garbage: Credential
    forged: Credential
    revoked_session: Credential
    revoked_key: Credential


def bearer(token: str) -> Credential:
    return (("authorization", f"Bearer {token}"),)


def named(number: int) -> str:
    return f"user{number}"


class World:
    """What the cases call and make."""

    def __init__(
        self, channel: grpc.aio.Channel, clock: ShiftedClock, service: Credential, *, address: str, http: str
    ) -> None:
        self.channel = channel
        self.address = address
        self.clock = clock
        self.service = service
        self.http = http
        self.numbers = itertools.count(1)

    admin: Person
    ada: Person
    bob: Person
    strangers: Strangers

    async def call(self, name: str, requests: Sequence[Message], credential: Credential) -> Answer:
        return await call(self.channel, rpcs()[name], requests, credential)

    async def ask(self, name: str, answer: type[M], credential: Credential, /, **fields: object) -> M:
        """A call that must succeed."""
        answered = await self.call(name, [rpcs()[name].request(**fields)], credential)
        assert answered.code == "OK", (name, answered)
        return cast(M, answered.messages[0])

    async def joined(self, name: str = "") -> Person:
        name = name or named(next(self.numbers))
        answer = accounts_service_pb2.SignUpResponse
        return person(await self.ask("AccountsService.SignUp", answer, (), user_name=name, password=PASSWORD))

    async def signed_in(self, name: str) -> Person:
        answer = accounts_service_pb2.SignInResponse
        return person(await self.ask("AccountsService.SignIn", answer, (), user_name=name, password=PASSWORD))

    async def key(self, owner: Person, *scopes: str) -> tuple[str, Credential]:
        answer = accounts_service_pb2.CreateApiKeyResponse
        made = await self.ask("AccountsService.CreateApiKey", answer, owner.signed, name="key", scopes=scopes)
        return made.api_key.api_key_id, (("x-api-key", made.secret),)

    async def photo(self, *, owner: Person | None = None, data: bytes = b"") -> photo_pb2.Photo:
        """A photo that nobody else has, just registered."""
        requests = upload(data or draw(next(self.numbers)))
        answered = await self.call("UploadService.UploadPhoto", requests, (owner or self.ada).signed)
        assert answered.code == "OK", answered
        return cast(upload_service_pb2.UploadPhotoResponse, answered.messages[0]).photo

    async def looked_at(self, photo: photo_pb2.Photo, owner: Person | None = None) -> photo_pb2.Photo:
        """The photo once its analysis has ended."""
        async with asyncio.timeout(WAIT_S):
            while photo.state == photo_pb2.PHOTO_STATE_PROCESSING:
                await asyncio.sleep(POLL_S)
                credential = (owner or self.ada).signed
                got = await self.call(
                    "CatalogService.GetPhoto",
                    [rpcs()["CatalogService.GetPhoto"].request(photo_id=photo.photo_id)],
                    credential,
                )
                photo = got.messages[0].photo  # type: ignore[attr-defined]
        return photo

    async def broken_photo(self) -> photo_pb2.Photo:
        """One whose analysis has failed."""
        return await self.looked_at(await self.photo(data=poison(next(self.numbers))))


def person(answer: accounts_service_pb2.SignUpResponse | accounts_service_pb2.SignInResponse) -> Person:
    tokens = answer.tokens
    return Person(answer.user.user_id, tokens.session_id, tokens.refresh_token, bearer(tokens.access_token))


def upload(data: bytes) -> list[Message]:
    header = upload_service_pb2.UploadHeader(
        file_name="a.png" if data.startswith(b"\x89PNG") else "a.jpg",
        size_bytes=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
    )
    chunk = upload_service_pb2.Chunk(offset=0, data=data, crc32c=google_crc32c.value(data))
    return [upload_service_pb2.UploadPhotoRequest(header=header, chunk=chunk)]


@asynccontextmanager
async def opened(home: Path) -> AsyncIterator[World]:
    """A library with an administrator, two members, and credentials gone bad. The environment picks the pack."""
    configure(level="CRITICAL", form="json", stream=io.StringIO())
    elsewhere = await _token_for_another_audience(home)
    async with _hosted(home, "tintype") as world:
        world.clock.shift = timedelta(hours=-1)
        expired = (await world.signed_in("ada")).signed
        world.clock.shift = timedelta(0)
        world.admin, world.ada = await world.signed_in("root"), await world.signed_in("ada")
        world.bob = await world.joined("bob")
        world.strangers = await _strangers(world, expired, elsewhere)
        yield world


async def _token_for_another_audience(home: Path) -> Credential:
    async with _hosted(home, "elsewhere") as world:
        await world.joined("root")
        return (await world.joined("ada")).signed


@asynccontextmanager
async def _hosted(home: Path, audience: str) -> AsyncIterator[World]:
    settings = Settings(
        home=home,
        port=0,
        http_port=0,
        drain=timedelta(0),
        audience=audience,
        rate_per_second=100_000,
        rate_burst=100_000,
    )
    clock = ShiftedClock()
    secret = service_key(settings.read_service_secret())
    token, _ = sign_service(secret, service="catalog", audience=audience, clock=SystemClock())
    async with running(settings, clock=clock) as runs, grpc.aio.insecure_channel(runs.address) as channel:
        yield World(channel, clock, bearer(token), address=runs.address, http=runs.http)


async def _strangers(world: World, expired: Credential, elsewhere: Credential) -> Strangers:
    signed_out = await world.signed_in("ada")
    key_id, key = await world.key(world.ada, *sorted(KEY_SCOPES - {"admin"}))
    await world.ask("AccountsService.SignOut", accounts_service_pb2.SignOutResponse, signed_out.signed)
    revoke = accounts_service_pb2.RevokeApiKeyResponse
    await world.ask("AccountsService.RevokeApiKey", revoke, world.ada.signed, api_key_id=key_id)
    return Strangers(
        anonymous=(),
        expired=expired,
        wrong_audience=elsewhere,
        garbage=bearer("a.b.c"),
        forged=_forged(world),
        revoked_session=signed_out.signed,
        revoked_key=key,
    )


def _forged(world: World) -> Credential:
    """Everything right but the signature."""
    _, key_id = type_of(world.admin.signed[0][1].removeprefix("Bearer "))
    token, _ = sign_access(
        SigningKey(key_id, Ed25519PrivateKey.generate()),
        user_id=world.admin.user_id,
        session_id=world.admin.session_id,
        role=Role.ADMINISTRATOR,
        audience="tintype",
        clock=SystemClock(),
    )
    return bearer(token)
