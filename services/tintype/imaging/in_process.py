"""Imaging without a sandbox, for unit tests only: a bad picture can take the process with it."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tintype.imaging.decode import decode
from tintype.imaging.places import Gazetteer
from tintype.imaging.ports import Decoded, MoreBytes, Place, Probe, Request, UnsupportedMedia
from tintype.imaging.probe import check_name, probe
from tintype.imaging.settings import ImagingSettings


class InProcessImaging:
    """The same code as in the sandbox, in a thread; time and memory are not bounded."""

    def __init__(self, settings: ImagingSettings | None = None) -> None:
        self._settings = settings or ImagingSettings()
        self._places = Gazetteer()

    def probe(self, head: bytes, *, file_name: str, complete: bool) -> Probe | MoreBytes:
        return probe(head, file_name=file_name, complete=complete, most_pixels=self._settings.most_pixels)

    def check_name(self, file_name: str) -> None:
        check_name(file_name)

    async def process(self, source: Path | bytes, request: Request) -> Decoded:
        data = source if isinstance(source, bytes) else await asyncio.to_thread(source.read_bytes)
        header = self.probe(data, file_name="", complete=True)
        if not isinstance(header, Probe):
            raise UnsupportedMedia("the header cannot be read", detected="unknown")
        return await asyncio.to_thread(decode, data, header.format, request, most_pixels=self._settings.most_pixels)

    async def place_of(self, latitude_deg: float, longitude_deg: float) -> Place | None:
        return await self._places.place_of(latitude_deg, longitude_deg)
