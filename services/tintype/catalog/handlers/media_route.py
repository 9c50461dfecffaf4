"""GET and HEAD /media/{token}: a file for whoever has its signed address."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Final
from urllib.parse import quote

from aiohttp import web

from tintype.catalog.domain.media import MediaFile, MediaGrant
from tintype.catalog.domain.result import Variant
from tintype.catalog.handlers.ranges import ByteRange, matches, range_of
from tintype.catalog.service.media import Media

PATH: Final = "/media/{token}"

_SAFE: Final = {  # what somebody uploaded must never act as a page of ours
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Referrer-Policy": "no-referrer",
    "Accept-Ranges": "bytes",
}


class MediaRoute:
    def __init__(self, media: Media) -> None:
        self._media = media

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Answer GET and HEAD, whole, in part, or with 304 where the client has it."""
        grant, file = await self._media.open_granted(request.match_info["token"])
        headers = self._headers(grant, file)
        if matches(request.headers.get("If-None-Match", ""), headers["ETag"]):
            return web.Response(status=304, headers=headers)
        part = _part(request, file, headers["ETag"])
        if part is not None and part.length == 0:
            return web.Response(status=416, headers=headers | {"Content-Range": f"bytes */{file.size_bytes}"})
        if url := await self._elsewhere(request, grant, file, headers):
            return _redirect(url, headers)
        response = _response(file, part, headers)
        await response.prepare(request)
        if request.method != "HEAD":
            start, length = (part.start, part.length) if part else (0, file.size_bytes)
            async for chunk in self._media.read_granted(grant, file, start=start, length=length):
                await response.write(chunk)
        await response.write_eof()
        return response

    async def _elsewhere(
        self, request: web.Request, grant: MediaGrant, file: MediaFile, headers: Mapping[str, str]
    ) -> str | None:
        """The store knows neither our ETag nor, by what is signed for GET, any other method."""
        if request.method != "GET" or request.headers.get("If-Range") == headers["ETag"]:
            return None
        return await self._media.elsewhere(grant, file, disposition=headers["Content-Disposition"])

    def _headers(self, grant: MediaGrant, file: MediaFile) -> dict[str, str]:
        return {
            **_SAFE,
            "ETag": f'"{file.version}"',
            "Cache-Control": f"private, max-age={self._media.seconds_left(grant)}",
            "Content-Disposition": disposition(file),
        }


def disposition(file: MediaFile) -> str:
    """Originals are saved, not shown; the name holds nothing that acts on a terminal, a path or a header."""
    kind = "attachment" if file.variant is Variant.ORIGINAL else "inline"
    name = "".join(each for each in file.file_name if unicodedata.category(each)[0] != "C" and each not in '/\\"')
    plain = "".join(each if each.isascii() and (each.isalnum() or each in " .-_()") else "_" for each in name)
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _part(request: web.Request, file: MediaFile, etag: str) -> ByteRange | None:
    """The range, unless it is meant for other bytes than these."""
    if request.headers.get("If-Range", etag) != etag:
        return None
    return range_of(request.headers.get("Range", ""), size_bytes=file.size_bytes)


def _redirect(url: str, headers: Mapping[str, str]) -> web.Response:
    """With the method and the range kept. Nobody stores it: the URL ends soon, and it is a secret."""
    kept = {name: value for name, value in headers.items() if name in _SAFE}
    return web.Response(status=307, headers=kept | {"Cache-Control": "no-store", "Location": url})


def _response(file: MediaFile, part: ByteRange | None, headers: dict[str, str]) -> web.StreamResponse:
    response = web.StreamResponse(status=206 if part else 200, headers=headers)
    response.content_type = file.media_type
    response.content_length = part.length if part else file.size_bytes
    if part:
        last = part.start + part.length - 1
        response.headers["Content-Range"] = f"bytes {part.start}-{last}/{file.size_bytes}"
    return response
