"""Calls of Triton, and what its refusals mean."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, nullcontext
from enum import Enum
from typing import Final

import numpy as np
from tritonclient.grpc.aio import InferenceServerClient, InferInput, InferRequestedOutput
from tritonclient.utils import InferenceServerException, np_to_triton_dtype

from tintype.kit.tls import tls_files
from tintype.kit.urls import InvalidUrl, Url
from tintype.vision.engines.triton_memory import Place, SharedInputs
from tintype.vision.ports import Tensor

SCHEMES: Final = ("triton+grpc", "triton+grpcs")
PORT: Final = 8001
LOAD_S: Final = 60.0  # 1 to 2 s on an idle machine
_SOON_S: Final = 5.0
_KEY: Final = "triton-grpc-protocol-"  # Triton's own: what may restrict groups of calls, by --grpc-restricted-protocol
_CHANNEL: Final = [
    ("grpc.max_send_message_length", -1),
    ("grpc.max_receive_message_length", -1),
    # gRPC's own wait grows to two minutes, and a Triton that is back would stay away for as long.
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.max_reconnect_backoff_ms", 1000),
]


class Cause(Enum):
    """Why a call failed, as far as it matters what to do about it."""

    AWAY = "away"  # nobody answers
    SLOW = "slow"  # no answer in time
    BUSY = "busy"  # its queue is full, or this waited in it for too long
    MISSING = "missing"  # the model is not loaded: never was, is on its way, or the server ends
    FORGOTTEN = "forgotten"  # the region of shared memory: the server began anew
    BROKEN = "broken"  # what runs the model is dead
    FAILED = "failed"  # anything else


class Refused(Exception):
    """A call of Triton that failed."""

    def __init__(self, cause: Cause, words: str) -> None:
        super().__init__(words)
        self.cause = cause


class TritonClient:
    """One connection, for one event loop: clients that are made again and again leak.

    Args:
        client: of the server.
        headers: sent with every call.
        deadline_s: the longest that an inference may take; the server drops it from its queue then too.
        memory: where large inputs are put for a server on this host; None sends them.
    """

    def __init__(
        self,
        client: InferenceServerClient,
        *,
        headers: Mapping[str, str],
        deadline_s: float,
        memory: SharedInputs | None,
    ) -> None:
        self._client = client
        self._headers = dict(headers) or None
        self._deadline_s = deadline_s
        self._memory = memory
        self._registering = asyncio.Lock()

    @classmethod
    @asynccontextmanager
    async def open(cls, url: Url, *, deadline_s: float) -> AsyncIterator[TritonClient]:
        """Connects at the first call, and again whenever the server is back.

        Args:
            url: `triton+grpc://[key:value@]host[:port]`, `triton+grpcs` with TLS and the options `ca`, `cert` and
                `key`; the user is the name of a key that restricted calls need. With the option `shared_memory=true`
                large inputs go through /dev/shm, for a server on this host.

        Raises: InvalidUrl, TlsFilesUnusable.
        """
        if not url.host:
            raise InvalidUrl(f"{url.scheme}: needs a host, as in {url.scheme}://127.0.0.1:{PORT}")
        with SharedInputs.open() if _yes(url, "shared_memory") else nullcontext() as memory:
            client = _client(url)
            try:
                headers = {f"{_KEY}{url.username}": url.password} if url.username else {}
                yield cls(client, headers=headers, deadline_s=deadline_s, memory=memory)
            finally:
                await client.close()

    async def infer(self, model: str, inputs: Mapping[str, Tensor], outputs: Sequence[str]) -> dict[str, Tensor]:
        """Run a model. Returns all that it gives where `outputs` is empty. Raises: Refused."""
        places: list[Place] = []
        try:
            tensors = [await self._input(name, tensor, places) for name, tensor in inputs.items()]
            result = await self._client.infer(
                model,
                tensors,
                outputs=[InferRequestedOutput(name) for name in outputs] or None,
                timeout=int(self._deadline_s * 1e6),
                client_timeout=self._deadline_s,
                headers=self._headers,
            )
        except InferenceServerException as error:
            raise self._refused(error) from error
        finally:
            for place in places:
                place.free()
        return {output.name: np.asarray(result.as_numpy(output.name)) for output in result.get_response().outputs}

    async def ready(self, model: str) -> bool:
        """Whether the server has loaded it, dead or alive. Raises: Refused."""
        try:
            return bool(await self._client.is_model_ready(model, headers=self._headers, client_timeout=_SOON_S))
        except InferenceServerException as error:
            raise self._refused(error) from error

    async def load(self, model: str) -> None:
        """Load a model; one that is loaded and has not changed stays as it is. Raises: Refused."""
        try:
            await self._client.load_model(model, headers=self._headers, client_timeout=LOAD_S)
        except InferenceServerException as error:
            raise self._refused(error) from error

    async def unload(self, model: str) -> None:
        """Unload a model; what runs comes to its end. Raises: Refused."""
        try:
            await self._client.unload_model(model, headers=self._headers, client_timeout=_SOON_S)
        except InferenceServerException as error:
            raise self._refused(error) from error

    async def _input(self, name: str, tensor: Tensor, places: list[Place]) -> InferInput:
        given = InferInput(name, list(tensor.shape), np_to_triton_dtype(tensor.dtype))
        place = self._memory.take(tensor) if self._memory else None
        if self._memory is None or place is None:
            given.set_data_from_numpy(tensor)
            return given
        places.append(place)
        async with self._registering:
            if not self._memory.registered:
                await self._register(self._memory)
        if not self._memory.registered:
            given.set_data_from_numpy(tensor)
        else:
            given.set_shared_memory(self._memory.name, tensor.nbytes, offset=place.offset)
        return given

    async def _register(self, memory: SharedInputs) -> None:
        """Make the region known to the server, and what earlier processes left there unknown."""
        wait = {"headers": self._headers, "client_timeout": _SOON_S}
        try:
            known = (await self._client.get_system_shared_memory_status(**wait)).regions
            for name in memory.left_over(known):
                await self._client.unregister_system_shared_memory(name, **wait)
            if memory.name not in known:
                await self._client.register_system_shared_memory(memory.name, memory.key, memory.size_bytes, **wait)
        except InferenceServerException as error:
            refused = self._refused(error)
            if refused.cause in (Cause.AWAY, Cause.SLOW):
                raise refused from error
            memory.give_up(str(error.message()))
        else:
            memory.registered = True

    def _refused(self, error: InferenceServerException) -> Refused:
        cause = cause_of(str(error.status()), str(error.message()))
        if cause is Cause.FORGOTTEN and self._memory:
            self._memory.registered = False
        return Refused(cause, str(error.message()))


def cause_of(status: str, words: str) -> Cause:
    """What a failed call means: by its status, and by Triton's words where that says too little."""
    code = status.removeprefix("StatusCode.")
    if "shared memory region" in words and code == "NOT_FOUND":
        return Cause.FORGOTTEN
    if code == "NOT_FOUND":
        return Cause.MISSING
    if code == "UNAVAILABLE":
        return Cause.BUSY if "queue" in words or "timeout expired" in words else Cause.AWAY
    if code == "DEADLINE_EXCEEDED":
        return Cause.SLOW
    return Cause.BROKEN if "not healthy" in words else Cause.FAILED


def _client(url: Url) -> InferenceServerClient:
    files = tls_files(url)
    host = url.host if url.host.rpartition(":")[2].isdigit() else f"{url.host}:{PORT}"
    if files is None:
        return InferenceServerClient(host, channel_args=_CHANNEL)
    named = {"root_certificates": files.ca, "certificate_chain": files.cert, "private_key": files.key}
    given = {name: str(file) for name, file in named.items() if file}
    return InferenceServerClient(host, ssl=True, channel_args=_CHANNEL, **given)


def _yes(url: Url, option: str) -> bool:
    """Raises: InvalidUrl."""
    value = url.options.get(option, "false").lower()
    if value not in ("true", "false"):
        raise InvalidUrl(f"{url.scheme}: the option {option} is true or false")
    return value == "true"
