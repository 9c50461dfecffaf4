"""Text out of files: untrusted, in unknown encodings. Pure."""

from __future__ import annotations

import re
from typing import Final

# Control characters, and the marks that turn the reading direction of all that follows them.
_UNWANTED: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"
)
_SPACES: Final = re.compile(r"[ \t]+")


def clean(value: bytes | str, *, longest: int) -> str:
    """Decode (UTF-8, else Latin-1), end at a NUL, drop control characters, trim, and cut to `longest` characters."""
    if isinstance(value, bytes):
        value = value.split(b"\0", 1)[0]
        try:
            text = value.decode("utf-8")
        except UnicodeDecodeError:
            text = value.decode("latin-1")
    else:
        text = value
    text = _UNWANTED.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return _SPACES.sub(" ", text).strip()[:longest].rstrip()
