"""Cursors of the stream of facts."""

from __future__ import annotations

from tintype.catalog.convert.cursor import cursor_of, cursor_payload
from tintype.catalog.ports.cursor import CursorInvalid
from tintype.events.ports import EventStream
from tintype.kit.signing import Signer, TokenForged


class StreamCursors:
    """Cursors over the one stream, signed with the service secret."""

    def __init__(self, stream: EventStream, signer: Signer) -> None:
        self._stream = stream
        self._signer = signer

    async def now(self, owner_id: str) -> str:
        """See `Cursors`."""
        end = (await self._stream.state()).end
        return self.at(owner_id, epoch=end.epoch, sequence=end.sequence)

    def at(self, owner_id: str, *, epoch: str, sequence: int) -> str:
        """See `Cursors`."""
        return self._signer.seal(cursor_payload(owner_id=owner_id, epoch=epoch, sequence=sequence))

    def open(self, owner_id: str, cursor: str) -> tuple[str, int]:
        """See `Cursors`."""
        try:
            made_for, epoch, sequence = cursor_of(self._signer.open(cursor))
        except (TokenForged, ValueError) as error:  # a signed one of an older version may read otherwise
            raise CursorInvalid from error
        if made_for != owner_id:
            raise CursorInvalid
        return epoch, sequence
