"""One sandboxed decoder, seen from the service: started, given one picture at a time, killed when it misbehaves."""

from __future__ import annotations

import asyncio
import json
import socket
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

import tintype
from tintype.imaging.ports import DecoderCrashed, DecoderUnavailable, DecodeTimeout
from tintype.imaging.settings import ImagingSettings
from tintype.imaging.shared_memory import Region
from tintype.imaging.wire import LENGTH, LONGEST_MESSAGE

_SOURCES: Final = str(Path(next(iter(tintype.__path__))).parent)
_PROGRAM: Final = "import sys; sys.path.insert(0, sys.argv[1]); from tintype.imaging.sandbox_worker import main; main()"


@dataclass(slots=True)
class DecoderProcess:
    """A child with no environment, no descriptors but its socket and its memory, and what `protections` says."""

    _process: asyncio.subprocess.Process
    _channel: socket.socket
    region: Region
    protections: tuple[str, ...] = ()
    photos: int = 0
    _healthy: bool = True

    @classmethod
    async def start(cls, settings: ImagingSettings) -> Self:
        """Raises DecoderUnavailable if the child does not report in time."""
        region = Region.make()
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        ours.setblocking(False)
        limits = json.dumps({"memory_bytes": settings.memory_bytes, "files": settings.files})
        descriptors = (theirs.fileno(), region.descriptor)
        with theirs:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-I", "-c", _PROGRAM, _SOURCES, *map(str, descriptors), limits),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.DEVNULL,
                pass_fds=descriptors,
                env={},
                cwd="/",
            )
        decoder = cls(process, ours, region)
        hello: Mapping[str, object] = {}
        try:
            async with asyncio.timeout(settings.start_timeout.total_seconds()):
                hello = await decoder._receive()
        except (TimeoutError, OSError, EOFError, ValueError) as error:
            raise DecoderUnavailable("the decoder did not start", exit_code=str(process.returncode)) from error
        finally:
            if not hello:
                await decoder.close()
        said = hello.get("protections")
        decoder.protections = tuple(str(name) for name in said) if isinstance(said, list) else ()
        return decoder

    @property
    def usable(self) -> bool:
        """Alive, and not in the middle of anything. One that ended while idle is not to be blamed on a picture."""
        if not self._healthy or self._process.returncode is not None:
            return False
        try:
            self._channel.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return True
        except OSError:
            pass
        return False  # it hung up, or spoke without being asked

    async def decode(self, job: bytes, descriptor: int, *, seconds: float) -> Mapping[str, object]:
        """Send a job with the descriptor of its file and wait for the answer.

        Raises DecodeTimeout after `seconds`, DecoderCrashed where the child ended or spoke nonsense. After either, or
        when cancelled, it is no longer usable.
        """
        self._healthy = False
        self.photos += 1
        try:
            async with asyncio.timeout(seconds):
                socket.send_fds(self._channel, [job], [descriptor])
                answer = await self._receive()
        except TimeoutError:
            raise DecodeTimeout(f"the decoder did not end within {seconds:.0f} s", seconds=f"{seconds:.0f}") from None
        except (OSError, EOFError, ValueError) as error:
            raise DecoderCrashed("the decoder crashed") from error
        self._healthy = True
        return answer

    async def close(self) -> None:
        """End the child at once, whatever it does, and free its memory."""
        self._channel.close()
        if self._process.returncode is None:
            self._process.kill()
        await self._process.wait()
        self.region.close()

    async def _receive(self) -> Mapping[str, object]:
        (size,) = LENGTH.unpack(await self._receive_exactly(LENGTH.size))
        if size > LONGEST_MESSAGE:
            raise ValueError("the answer is too long")
        message = json.loads(await self._receive_exactly(size))
        if not isinstance(message, dict):
            raise ValueError("the answer is no object")
        return message

    async def _receive_exactly(self, size: int) -> bytes:
        loop = asyncio.get_running_loop()
        data = bytearray()
        while len(data) < size:
            part = await loop.sock_recv(self._channel, size - len(data))
            if not part:
                raise EOFError
            data += part
        return bytes(data)
