"""What can go wrong in any store; adapters turn what a caller should see into their port's own errors."""

from __future__ import annotations

from tintype.kit.errors import FailedPrecondition, NewerVersionNeeded, ResourceExhausted, Unavailable


class NewerSchema(NewerVersionNeeded):
    """Written by a newer version of the program: this one cannot read it, and must not replace it."""

    def __init__(self, what: str, *, found: int, known: int) -> None:
        message = f"{what} has schema {found}, this version knows {known}: use the newer version again"
        super().__init__(message, newer=str(found))


class StoreInUse(FailedPrecondition):
    """Another process holds the file: a home folder belongs to one process at a time."""


class StoreUnusable(FailedPrecondition):
    """The file cannot be used by this installation, whatever is retried."""


class StoreFull(ResourceExhausted):
    """No room is left on the disk of the database; nothing of the write was kept."""


class StoreUnavailable(Unavailable):
    """The database answers with an error that is not of the caller's making; the log has the cause."""
