"""The one connection of a process to NATS: made in the background, kept for ever, awaited by whoever needs it."""

from __future__ import annotations

import asyncio
import random
import ssl
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

import nats.errors
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js import JetStreamContext

from tintype.events.jetstream_errors import stream_errors
from tintype.events.ports import StreamUnavailable
from tintype.kit.cancelling import told_to_stop
from tintype.kit.log import log_of
from tintype.kit.urls import Url

ANSWER_S: Final = 5.0  # a server that takes longer to answer is away
FIRST_CONNECT_S: Final = 5.0  # then a process goes on without the server, and waits for it where it needs it
PING_EVERY_S: Final = 10  # a frozen server is noticed after three; the default of 2 minutes would hide it
_OUTSTANDING_PINGS: Final = 2
_CONNECT_S: Final = 2
_FIRST_PAUSE_S: Final = 0.1
_LONGEST_PAUSE_S: Final = 5.0
_LOOK_EVERY_S: Final = 0.5
_LAST_S: Final = 1.0  # for what is still to be said when a process ends

_log: Final = log_of(__name__)


@dataclass(frozen=True, slots=True)
class Access:
    """How a server is reached.

    Args:
        servers: URLs without credentials.
        user, password: empty if the server wants none; a user alone is a token.
        tls: for servers that want it.
    """

    servers: Sequence[str]
    user: str = ""
    password: str = ""
    tls: ssl.SSLContext | None = None

    @classmethod
    def by(cls, url: Url, tls: ssl.SSLContext | None = None) -> Access:
        """What a URL says; its host may be several, separated by commas."""
        servers = [f"{url.scheme}://{host}" for host in url.host.split(",")]
        return cls(servers, url.username, url.password, tls)


class JetStreamConnection:
    """A connection that is made again whenever it is lost: with a new client each time.

    Whoever waits for something that dies with the connection puts into `on_lost` what ends its wait.
    """

    def __init__(self, access: Access) -> None:
        self._access = access
        self._client = Client()
        self._js = self._client.jetstream(timeout=ANSWER_S)
        self._connected = asyncio.Event()
        self._closed = asyncio.Event()
        self._noted = ""
        self._later: set[asyncio.Task[None]] = set()
        self.on_lost: set[Callable[[], object]] = set()

    @classmethod
    @asynccontextmanager
    async def open(cls, access: Access) -> AsyncIterator[JetStreamConnection]:
        """Connect; without an answer within FIRST_CONNECT_S go on trying in the background."""
        connection = cls(access)
        keeping = asyncio.create_task(connection._keep())
        try:
            await connection.wait(FIRST_CONNECT_S)
            yield connection
        finally:
            keeping.cancel()
            await asyncio.wait([keeping, *connection._later], timeout=_LAST_S)
            await connection._client.close()

    @property
    def client(self) -> Client:
        """The connection. Raises StreamUnavailable while there is none."""
        if not self._connected.is_set() or not self._client.is_connected:
            raise StreamUnavailable("there is no connection to the stream", dependency="events")
        return self._client

    @property
    def js(self) -> JetStreamContext:
        """JetStream on it. Raises StreamUnavailable while there is none."""
        assert self.client
        return self._js

    async def wait(self, longest_s: float) -> bool:
        """Wait for the connection; says whether there is one."""
        try:
            async with asyncio.timeout(longest_s):
                await self._connected.wait()
        except TimeoutError:
            pass
        return self._connected.is_set()

    async def request(self, subject: str, payload: bytes, *, timeout_s: float) -> Msg:
        """One answer. Raises StreamUnavailable, at once if the connection is lost."""
        asking = asyncio.ensure_future(self.client.request(subject, payload, timeout=timeout_s))
        self.on_lost.add(asking.cancel)
        try:
            await asyncio.wait([asking])
            with stream_errors():
                return asking.result()
        except asyncio.CancelledError as error:
            if told_to_stop():
                raise
            raise StreamUnavailable("the connection to the stream was lost", dependency="events") from error
        finally:
            self.on_lost.discard(asking.cancel)
            asking.cancel()

    def later(self, saying: Coroutine[None, None, object]) -> asyncio.Task[None]:
        """Say something to the server that nobody has to wait for; it may get lost with the connection."""
        task = asyncio.create_task(_tolerant(saying))
        self._later.add(task)
        task.add_done_callback(self._later.discard)
        return task

    async def _keep(self) -> None:
        """Connect, and anew whenever that ends; again and again, later and later, while it fails."""
        pause = _FIRST_PAUSE_S
        while True:
            try:
                await self._connect()
                pause = _FIRST_PAUSE_S
                await self._until_closed()
            except (nats.errors.Error, OSError) as error:
                await self._note(error)
                await self._client.close()
            self._lose()
            await asyncio.sleep(pause * random.uniform(0.5, 1.0))  # so that not all processes come back at once
            pause = min(2 * pause, _LONGEST_PAUSE_S)

    async def _connect(self) -> None:
        access, self._client = self._access, Client()
        self._js = self._client.jetstream(timeout=ANSWER_S)
        self._closed.clear()
        token_alone = access.user and not access.password
        await self._client.connect(
            list(access.servers),
            name="tintype",
            user=self._user if access.password else None,
            password=access.password or None,
            token=self._user if token_alone else None,
            tls=access.tls,
            allow_reconnect=False,  # `_keep` does: nats-py gives up where a server that is there refuses it
            max_reconnect_attempts=1,
            reconnect_time_wait=0,
            connect_timeout=_CONNECT_S,
            ping_interval=PING_EVERY_S,
            max_outstanding_pings=_OUTSTANDING_PINGS,
            error_cb=self._note,
            closed_cb=self._ended,
        )
        self._refuse_plain_text()
        if not self._client.is_connected:  # a first answer that it did not expect: it would stay so for ever
            await self._client.close()
            raise nats.errors.Error("the server did not greet us as one does")
        _log.info("events_connected")
        self._noted = ""
        self._connected.set()

    async def _until_closed(self) -> None:
        """Look too: closing a connection to a frozen server may take long, and only then is it told."""
        while not self._client.is_closed:
            try:
                async with asyncio.timeout(_LOOK_EVERY_S):
                    await self._closed.wait()
            except TimeoutError:
                pass

    def _lose(self) -> None:
        self._connected.clear()
        for tell in list(self.on_lost):
            tell()

    def _user(self) -> str:
        """Asked for right before the credentials are sent."""
        self._refuse_plain_text()
        return self._access.user

    def _refuse_plain_text(self) -> None:
        """nats-py would go on without TLS where a server does not ask for it, whatever it was told."""
        if self._access.tls is not None and not self._client._server_info.get("tls_required"):
            raise nats.errors.SecureConnWantedError

    async def _ended(self) -> None:
        self._closed.set()

    async def _note(self, error: Exception) -> None:
        """Once for each kind: a server that is away is tried again and again."""
        kind = type(error).__name__
        if kind != self._noted:
            self._noted = kind
            _log.warning("events_not_connected", error=kind)


async def _tolerant(saying: Coroutine[None, None, object]) -> None:
    try:
        await saying
    except (nats.errors.Error, OSError) as error:
        _log.info("events_not_said", error=type(error).__name__)
