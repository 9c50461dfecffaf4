"""MongoDB's errors as kinds of ours; the log has what the server calls them, callers never see it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from bson.errors import InvalidDocument
from pymongo.errors import (
    BulkWriteError,
    ConfigurationError,
    ConnectionFailure,
    DocumentTooLarge,
    DuplicateKeyError,
    InvalidOperation,
    OperationFailure,
    PyMongoError,
)

from tintype.kit.errors import DomainError
from tintype.kit.log import log_of
from tintype.kit.store.errors import StoreDenied, StoreFull, StoreRefused, StoreUnavailable, StoreUnusable

_log: Final = log_of(__name__)

_OURS: Final = (DuplicateKeyError, InvalidDocument, InvalidOperation)
_TAKEN: Final = 11000  # DuplicateKey
_FULL: Final = frozenset({14031, 12501})  # OutOfDiskSpace, QuotaExceeded
_REFUSED: Final = frozenset({13, 18})  # Unauthorized, AuthenticationFailed
_INDEXES: Final = frozenset({85, 86})  # IndexOptionsConflict, IndexKeySpecsConflict
# What the driver itself tries again once (its helpers have the list), then what the server says of this moment only.
_PASSING: Final = frozenset(
    {
        *(6, 7, 89, 9001, 262, 134),  # HostUnreachable, HostNotFound, NetworkTimeout, SocketException, time, majority
        *(91, 189, 10058, 10107, 11600, 11602, 13435, 13436),  # shutting down, recovering, not the primary
        *(24, 46, 50, 112),  # LockTimeout, LockBusy, MaxTimeMSExpired, WriteConflict
        *(64, 79, 100, 133),  # WriteConcernTimeout, and members of the set that are away
        *(43, 175, 237, 11601),  # CursorNotFound, QueryPlanKilled, CursorKilled, Interrupted
        *(63, 150, 13388),  # shards that move: StaleShardVersion, StaleEpoch, StaleConfig
        *(202, 384, 391, 462),  # between servers; ReauthenticationRequired; IngressRequestRateLimitExceeded
    }
)
_PASSING_LABELS: Final = ("RetryableWriteError", "TransientTransactionError", "RetryableError", "SystemOverloadedError")
_INDEX_NAME: Final = re.compile(r"index: (?:\S+\.\$)?(\S+)")


@contextmanager
def translated(what: str, *, opening: bool = False) -> Iterator[None]:
    """Turn what the driver raises into StoreUnavailable, StoreDenied, StoreFull or StoreRefused.

    While opening, what a person must mend is StoreUnusable; once a process runs, a password that is refused is worth
    waiting for: nobody's photo may fail for it. A broken unique index is the adapter's to name, and a wrong call is a
    bug: both pass as they are.
    """
    try:
        yield
    except DocumentTooLarge as error:
        raise StoreRefused("the document is larger than the database takes") from error
    except _OURS:
        raise
    except PyMongoError as error:
        unusable = _unusable(error) if opening else ""
        if unusable:
            _report(what, error)
            raise StoreUnusable(f"{what}: {unusable}") from error
        raise translate(error, what) from error


def translate(error: PyMongoError, what: str) -> DomainError:
    """The kind of a driver's error, logged once here."""
    _report(what, error)
    codes = codes_of(error)
    if codes & _FULL:
        return StoreFull("no room is left for the database")
    if codes & _REFUSED:
        message = "the database refuses the user, its password, or what it may do: `doctor` says which"
        return StoreDenied(message, dependency="database")
    if not codes or codes & _PASSING or any(error.has_error_label(label) for label in _PASSING_LABELS):
        return StoreUnavailable("the database does not answer", dependency="database")
    return StoreRefused(f"the database refuses this as it is ({', '.join(map(str, sorted(codes)))})")


def _report(what: str, error: PyMongoError) -> None:
    """By the server's codes: its words, and those of a bulk write, repeat the document that was to be stored."""
    because = str(error) if isinstance(error, ConnectionFailure | ConfigurationError) else ""
    codes = sorted(codes_of(error))
    _log.error("mongodb_failed", what=what, error=type(error).__name__, codes=codes, because=because)


def codes_of(error: PyMongoError) -> frozenset[int]:
    """What the server says is wrong, in its own numbers; of a bulk write, of each part. Empty if it says nothing."""
    if isinstance(error, BulkWriteError):
        failures = [*error.details.get("writeErrors", ()), *error.details.get("writeConcernErrors", ())]
        return frozenset(failure["code"] for failure in failures)
    code = error.code if isinstance(error, OperationFailure) else None
    return frozenset() if code is None else frozenset({code})


def only_taken(error: BulkWriteError) -> bool:
    """Whether all that a bulk write could not do is what is there already."""
    return codes_of(error) == {_TAKEN}


def _unusable(error: PyMongoError) -> str:
    """Why no retry can help; empty if one may."""
    codes = codes_of(error)
    if codes & _REFUSED:
        return "MongoDB refuses the user, its password, or what it may do"
    if codes & _INDEXES:
        return "MongoDB has other indexes of the same names: drop them, then start again"
    return "MongoDB cannot be reached by what its URL says" if isinstance(error, ConfigurationError) else ""


def broken_index(error: DuplicateKeyError) -> str:
    """The name of the unique index that was broken; empty if the server does not say."""
    found = _INDEX_NAME.search(str((error.details or {}).get("errmsg", error)))
    return found.group(1) if found else ""
