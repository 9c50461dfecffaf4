"""What a file is told by."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final

CHUNK_BYTES: Final = 1 << 20


def sha256_of(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()
