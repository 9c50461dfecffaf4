"""The revoking process acts at once."""

from __future__ import annotations

from tintype.accounts.domain.revocations import Revocation
from tintype.kit.auth import ports


class KitRevocationSink:
    """RevocationSink by what kit.auth knows of revocations in this process."""

    def __init__(self, sink: ports.RevocationSink) -> None:
        self._sink = sink

    def let_go(self) -> None:
        """See `RevocationSink`."""
        self._sink.let_go()

    def revoked(self, revocation: Revocation) -> None:
        self._sink.revoked(
            ports.Revocation(
                sequence=revocation.sequence,
                time=revocation.time,
                session_id=revocation.session_id,
                key_id=revocation.api_key_id,
                user_id=revocation.user_id,
            )
        )
