"""Cursors of the stream of facts."""

from __future__ import annotations

from tintype.catalog.convert.cursor import cursor_payload
from tintype.events.ports import EventStream
from tintype.kit.signing import Signer


class StreamCursors:
    """Cursors over the one stream, signed with the service secret."""

    def __init__(self, stream: EventStream, signer: Signer) -> None:
        self._stream = stream
        self._signer = signer

    async def now(self, owner_id: str) -> str:
        """See `Cursors`."""
        end = (await self._stream.state()).end
        return self._signer.seal(cursor_payload(owner_id=owner_id, epoch=end.epoch, sequence=end.sequence))
