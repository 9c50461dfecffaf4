"""MongoDB's errors as kinds of ours; the log keeps the driver's words, callers never see them."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from bson.errors import InvalidDocument
from pymongo.errors import (
    ConfigurationError,
    DuplicateKeyError,
    InvalidOperation,
    OperationFailure,
    PyMongoError,
)

from tintype.kit.errors import DomainError
from tintype.kit.store.errors import StoreFull, StoreUnavailable, StoreUnusable

_log: Final = logging.getLogger(__name__)

_OURS: Final = (DuplicateKeyError, InvalidDocument, InvalidOperation)
_FULL: Final = frozenset({14031, 12501})  # OutOfDiskSpace, QuotaExceeded
_REFUSED: Final = frozenset({13, 18})  # Unauthorized, AuthenticationFailed
_INDEXES: Final = frozenset({85, 86})  # IndexOptionsConflict, IndexKeySpecsConflict
_INDEX_NAME: Final = re.compile(r"index: (?:\S+\.\$)?(\S+)")


@contextmanager
def translated(what: str, *, opening: bool = False) -> Iterator[None]:
    """Turn what is not of the command's making into StoreUnavailable or StoreFull; while opening, StoreUnusable too.

    Once a process runs, a password that is refused is worth waiting for: nobody's photo may fail for it. A broken
    unique index is the adapter's to name, and a wrong call is a bug: both pass as they are.
    """
    try:
        yield
    except _OURS:
        raise
    except PyMongoError as error:
        unusable = _unusable(error) if opening else ""
        if unusable:
            _log.error("mongodb refused: %s: %s %s", what, type(error).__name__, error)
            raise StoreUnusable(f"{what}: {unusable}") from error
        raise translate(error, what) from error


def translate(error: PyMongoError, what: str) -> DomainError:
    """The kind of a driver's error, logged once here with the driver's words."""
    _log.error("mongodb failed: %s: %s %s", what, type(error).__name__, error)
    if isinstance(error, OperationFailure) and error.code in _FULL:
        return StoreFull("no room is left for the database")
    return StoreUnavailable("the database does not answer", dependency="database")


def _unusable(error: PyMongoError) -> str:
    """Why no retry can help; empty if one may."""
    code = error.code if isinstance(error, OperationFailure) else None
    if code in _REFUSED:
        return "MongoDB refuses the user, its password, or what it may do"
    if code in _INDEXES:
        return "MongoDB has other indexes of the same names: drop them, then start again"
    return "MongoDB cannot be reached by what its URL says" if isinstance(error, ConfigurationError) else ""


def broken_index(error: DuplicateKeyError) -> str:
    """The name of the unique index that was broken; empty if the server does not say."""
    found = _INDEX_NAME.search(str((error.details or {}).get("errmsg", error)))
    return found.group(1) if found else ""
