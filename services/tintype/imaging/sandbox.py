"""Imaging on sandboxed processes: the service only ever sees headers, sizes and pixels."""

from __future__ import annotations

import asyncio
import math
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final, Self

from tintype.imaging import wire
from tintype.imaging.answers import read_answer
from tintype.imaging.decoder_process import DecoderProcess
from tintype.imaging.places import Gazetteer
from tintype.imaging.ports import PROBE_BYTES, Decoded, MoreBytes, Place, Probe, Request, UnsupportedMedia
from tintype.imaging.probe import check_name, probe
from tintype.imaging.settings import ImagingSettings
from tintype.imaging.shared_memory import open_source
from tintype.imaging.statements import FULL
from tintype.kit.log import log_of

_PIXELS_PER_ALLOWANCE: Final = 50_000_000
_log: Final = log_of(__name__)


class SandboxImaging:
    """Imaging with `settings.workers` decoders, each made when it is first needed and replaced when it breaks."""

    def __init__(self, settings: ImagingSettings) -> None:
        self._settings = settings
        self._turns = asyncio.Semaphore(settings.workers)
        self._idle: list[DecoderProcess] = []
        self._places = Gazetteer()
        self._told = False

    @classmethod
    @asynccontextmanager
    async def open(cls, settings: ImagingSettings) -> AsyncIterator[Self]:
        """Starts nothing yet; on leaving, every decoder ends."""
        imaging = cls(settings)
        try:
            yield imaging
        finally:
            for decoder in imaging._idle:
                await decoder.close()

    def probe(self, head: bytes, *, file_name: str, complete: bool) -> Probe | MoreBytes:
        return probe(head, file_name=file_name, complete=complete, most_pixels=self._settings.most_pixels)

    def check_name(self, file_name: str) -> None:
        check_name(file_name)

    async def process(self, source: Path | bytes, request: Request) -> Decoded:
        descriptor, header = await asyncio.to_thread(self._open, source)
        try:
            seconds = self._allowance(header)
            cpu_seconds = 2 * math.ceil(seconds)  # above the wall time, which ends it first unless it has threads
            job = wire.job(header.format, request, most_pixels=self._settings.most_pixels, cpu_seconds=cpu_seconds)
            async with self._decoder() as decoder:
                answer = await decoder.decode(job, descriptor, seconds=seconds)
                decoded = read_answer(answer, decoder.region.memory, header.format)
        finally:
            os.close(descriptor)
        _log.info("decoded", format=header.format.name, width_px=decoded.width_px, height_px=decoded.height_px)
        return decoded

    async def place_of(self, latitude_deg: float, longitude_deg: float) -> Place | None:
        return await self._places.place_of(latitude_deg, longitude_deg)

    @asynccontextmanager
    async def _decoder(self) -> AsyncIterator[DecoderProcess]:
        """A decoder of one's own, as long as one holds it."""
        async with self._turns:
            decoder = await self._take()
            try:
                yield decoder
            finally:
                if decoder.usable and decoder.photos < self._settings.photos_per_worker:
                    self._idle.append(decoder)
                else:
                    await asyncio.shield(decoder.close())

    async def _take(self) -> DecoderProcess:
        while self._idle:
            decoder = self._idle.pop()
            if decoder.usable:
                return decoder
            await decoder.close()
        decoder = await DecoderProcess.start(self._settings)
        if not self._told:
            self._told = True
            missing = sorted(FULL.difference(decoder.protections))
            _log.info("decoder_sandbox", protections=decoder.protections, missing=missing)
        return decoder

    def _open(self, source: Path | bytes) -> tuple[int, Probe]:
        """The file, which the caller closes, and its header, in one visit to a thread."""
        descriptor = open_source(source)
        try:
            return descriptor, self._probe_file(descriptor)
        except BaseException:
            os.close(descriptor)
            raise

    def _probe_file(self, descriptor: int) -> Probe:
        size = os.fstat(descriptor).st_size
        wanted = PROBE_BYTES
        while True:
            head = os.pread(descriptor, wanted, 0)
            result = self.probe(head, file_name="", complete=len(head) >= size)
            if isinstance(result, Probe):
                return result
            if result.needed_bytes <= wanted:
                raise UnsupportedMedia("the header cannot be read", detected="unknown")
            wanted = result.needed_bytes

    def _allowance(self, header: Probe) -> float:
        """Wall time for one picture."""
        pixels = header.width_px * header.height_px or self._settings.most_pixels
        return self._settings.time_per_50_megapixels.total_seconds() * max(1.0, pixels / _PIXELS_PER_ALLOWANCE)
