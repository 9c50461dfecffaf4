"""SQLite's errors as kinds of ours; the log keeps the driver's words, callers never see them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from tintype.kit.errors import DomainError
from tintype.kit.log import log_of
from tintype.kit.store.errors import StoreFull, StoreRefused, StoreUnavailable

_log: Final = log_of(__name__)

_OURS: Final = (
    sqlite3.IntegrityError,
    sqlite3.ProgrammingError,
    sqlite3.NotSupportedError,
)

_REFUSED: Final = frozenset({"SQLITE_ERROR", "SQLITE_TOOBIG", "SQLITE_MISMATCH", "SQLITE_RANGE"})  # whatever is retried


@contextmanager
def translated(what: str) -> Iterator[None]:
    """Turn what is not of the statement's making into StoreFull, StoreUnavailable or StoreRefused.

    A broken constraint is the adapter's to name, and a wrong call is a bug: both pass as they are.
    """
    try:
        yield
    except _OURS:
        raise
    except sqlite3.Error as error:
        raise translate(error, what) from error


def translate(error: sqlite3.Error, what: str) -> DomainError:
    """The kind of a driver's error, logged once here with the driver's words."""
    code = getattr(error, "sqlite_errorname", "")
    _log.error("sqlite_failed", what=what, code=code, because=str(error))  # it repeats no value of a statement
    if code.startswith("SQLITE_FULL"):
        return StoreFull("no room is left for the database")
    if code in _REFUSED:
        return StoreRefused(f"the database refuses this as it is ({code})")
    return StoreUnavailable("the database cannot be used")
