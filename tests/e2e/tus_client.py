"""A client of tus that can be stopped at any byte: what libraries do, with the line in our own hands."""

from __future__ import annotations

import base64
import http.client
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

ENDPOINT: Final = "/v1/uploads/tus/"
PHOTO_ID: Final = "Tintype-Photo-Id"
PIECE: Final = 64 * 1024  # bytes sent at once: where the line may break
GIVE_UP_S: Final = 60.0
PAUSE_S: Final = 0.1
AWAY: Final = frozenset({408, 409, 423, 429, 500, 502, 503, 504})  # what clients of tus try again

Answer = tuple[int, dict[str, str]]


class NotTaken(Exception):
    """The bridge refused the file for good."""


@dataclass(slots=True)
class TusUpload:
    """One file on its way to a bridge."""

    base: str
    token: str
    data: bytes
    name: str
    sha256: str = ""
    _path: str = ""

    def create(self) -> None:
        """Say what is coming. Comes back once the bridge has an upload for it."""
        said = {"filename": self.name} | ({"sha256": self.sha256} if self.sha256 else {})
        metadata = ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in said.items())
        headers = {"Upload-Length": str(len(self.data)), "Upload-Metadata": metadata}
        _, answered = self._insist(lambda: self._call("POST", ENDPOINT, headers), 201)
        self._path = urlsplit(answered["location"]).path

    def offset(self) -> tuple[int, str]:
        """How much is safe, and the photo if it is one already."""
        _, answered = self._insist(lambda: self._call("HEAD", self._path, {}), 200)
        return int(answered["upload-offset"]), answered.get(PHOTO_ID.lower(), "")

    def send(self, start: int, *, stop: int = -1, disaster: Callable[[], None] | None = None) -> str:
        """Send what follows on `start`; at byte `stop` the disaster strikes, and the line is gone.

        Returns the photo, or nothing if it did not come to that.
        """
        headers = {"Upload-Offset": str(start), "Content-Type": "application/offset+octet-stream"}
        headers |= {"Content-Length": str(len(self.data) - start)}
        line = self._begin("PATCH", self._path, headers)
        if line is None:
            return ""
        try:
            for at in range(start, len(self.data), PIECE):
                end = min(at + PIECE, len(self.data))
                if disaster is not None and at <= stop < end:
                    line.send(self.data[at:stop])
                    disaster()
                    return ""
                line.send(self.data[at:end])
            answer = line.getresponse()
            answer.read()
            return answer.headers.get(PHOTO_ID, "") if answer.status == 204 else ""
        except (OSError, http.client.HTTPException):
            return ""
        finally:
            line.close()

    def finish(self) -> str:
        """Send the rest, however often it takes. Returns the photo."""
        until = time.monotonic() + GIVE_UP_S
        while time.monotonic() < until:
            offset, photo_id = self.offset()
            photo_id = photo_id or self.send(offset)
            if photo_id:
                return photo_id
        raise NotTaken(f"{self.name} was not taken within {GIVE_UP_S:.0f} s")

    def _call(self, method: str, path: str, headers: dict[str, str]) -> Answer:
        line = self._begin(method, path, headers)
        if line is None:
            return 503, {}
        try:
            answer = line.getresponse()
            answer.read()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}
        except (OSError, http.client.HTTPException):
            return 503, {}
        finally:
            line.close()

    def _begin(self, method: str, path: str, headers: dict[str, str]) -> http.client.HTTPConnection | None:
        line = http.client.HTTPConnection(urlsplit(self.base).netloc, timeout=GIVE_UP_S)
        try:
            line.putrequest(method, path)
            own = {"Tus-Resumable": "1.0.0", "Authorization": f"Bearer {self.token}"}
            for name, value in (own | headers).items():
                line.putheader(name, value)
            line.endheaders()
        except OSError:
            line.close()
            return None
        return line

    @staticmethod
    def _insist(call: Callable[[], Answer], wanted: int) -> Answer:
        until = time.monotonic() + GIVE_UP_S
        while True:
            status, answered = call()
            if status == wanted:
                return status, answered
            if status not in AWAY or time.monotonic() > until:
                raise NotTaken(f"{status} instead of {wanted}")
            threading.Event().wait(PAUSE_S)
