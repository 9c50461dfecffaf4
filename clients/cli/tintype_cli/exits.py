"""How the command line ends: exit codes, and failures as one sentence with a next step."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from tintype_sdk.connection import InsecureAddress
from tintype_sdk.errors import (
    AlreadyExists,
    DeadlineExceeded,
    InvalidArgument,
    NotFound,
    OutOfRange,
    PermissionDenied,
    ResourceExhausted,
    TintypeError,
    Unauthenticated,
    Unavailable,
)


class Exit(IntEnum):
    """The exit codes."""

    OK = 0
    FAILED = 1
    USAGE = 2
    DENIED = 3
    NOT_FOUND = 4
    AWAY = 5
    REFUSED = 6
    INTERRUPTED = 130


EXIT_CODES: Final = (
    "Exit codes: 0 all is well, 1 failed, 2 wrong use, 3 sign-in needed or not allowed, 4 not found, "
    "5 the server is away, 6 some files were refused, 130 interrupted."
)


class Stop(Exception):
    """Ends the program with a sentence for the user."""

    def __init__(self, sentence: str, code: Exit = Exit.FAILED) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.code = code


@dataclass(frozen=True, slots=True)
class Failure:
    """What a failed call means to the user."""

    code: Exit
    sentence: str


_CODES: Final[tuple[tuple[type[TintypeError], Exit], ...]] = (
    (Unauthenticated, Exit.DENIED),
    (PermissionDenied, Exit.DENIED),
    (NotFound, Exit.NOT_FOUND),
    (Unavailable, Exit.AWAY),
    (InsecureAddress, Exit.USAGE),
    (InvalidArgument, Exit.USAGE),
    (OutOfRange, Exit.USAGE),
)

_NEXT_BY_REASON: Final = {
    "CREDENTIAL_MISSING": (
        "Sign in with 'tintype account sign-in', or make the first account with 'tintype account create'."
    ),
    "CREDENTIAL_INVALID": "Sign in again with 'tintype account sign-in', or give another key with --key.",
    "REFRESH_TOKEN_INVALID": "The session has ended: sign in again with 'tintype account sign-in'.",
    "SIGN_IN_REFUSED": "Check both and try again.",
    "SESSION_REQUIRED": "A key cannot do this: leave out --key and sign in with 'tintype account sign-in'.",
    "SCOPE_MISSING": "Use a key that holds this scope, or sign in as somebody who may.",
    "SIGN_UP_CLOSED": "Ask an administrator for an invitation ('tintype admin invite'); give it with --invitation.",
    "INVITATION_INVALID": "Ask an administrator for a new one.",
    "USER_NAME_TAKEN": "Choose another name, or sign in with 'tintype account sign-in'.",
    "PASSWORD_WEAK": "Choose a longer one, such as four words that do not belong together.",
    "QUOTA_EXCEEDED": "Empty the trash with 'tintype photos purge', or ask an administrator for more space.",
    "PHOTO_NOT_FOUND": "'tintype photos list' and 'tintype search' show the ids of photos.",
    "PHOTO_NOT_TRASHED": "Put it into the trash first with 'tintype photos trash'.",
    "PHOTO_TRASHED": "Restore it first with 'tintype photos restore'.",
    "ALBUM_NOT_FOUND": "'tintype albums list' shows what there is.",
    "ETAG_MISMATCH": "Look at it again, then repeat the change.",
    "UNSUPPORTED_MEDIA": "Pictures may be JPEG, PNG, WebP, GIF, TIFF, BMP, HEIC or AVIF.",
    "QUERY_EMPTY": 'Say what to look for, as in: tintype search "red umbrella at the beach".',
    "CURSOR_EXPIRED": "Leave out --cursor to begin with what happens from now on.",
    "WEBHOOK_URL_REFUSED": "Use an https address that is not in a private network.",
    "INTERNAL": "The server's log says more.",
}


def failure_of(error: TintypeError) -> Failure:
    """The exit code and the sentence of a failed call."""
    code = next((code for kind, code in _CODES if isinstance(error, kind)), Exit.FAILED)
    return Failure(code, f"{_sentence(error)} {_next_step(error)}".strip())


def _sentence(error: TintypeError) -> str:
    fields = "; ".join(f"{field}: {why}" for field, why in error.fields.items() if why not in error.message)
    text = f"{error.message}: {fields}" if fields else error.message
    text = text.rstrip(".! ") or "The call failed"
    return f"{text[0].upper()}{text[1:]}."


def _next_step(error: TintypeError) -> str:
    if error.reason in _NEXT_BY_REASON:
        return _NEXT_BY_REASON[error.reason]
    if isinstance(error, Unavailable):
        return (
            "Start the library with 'tintype up', or say where it is with --server, and with --ca if it asks for TLS."
        )
    if isinstance(error, ResourceExhausted) and error.retry_after_s is not None:
        return f"Try again in {max(1, round(error.retry_after_s))} s."
    if isinstance(error, DeadlineExceeded):
        return "Try again; 'tintype doctor' says whether the library is well."
    if isinstance(error, InsecureAddress):
        return "Give the server a certificate and name its authority with --ca."
    if isinstance(error, AlreadyExists):
        return "Choose another name."
    return ""
