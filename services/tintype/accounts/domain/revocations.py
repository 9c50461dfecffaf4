"""What is no longer accepted, as a sequence that every process follows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Revocation:
    """One of session_id, api_key_id and user_id is set. That of a user ends every credential made up to `time`.

    `sequence` is given by the log.
    """

    time: datetime
    session_id: str = ""
    api_key_id: str = ""
    user_id: str = ""
    sequence: int = 0
