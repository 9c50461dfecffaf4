"""What can go wrong in any store; adapters turn what a caller should see into their port's own errors."""

from __future__ import annotations

from tintype.kit.errors import DomainError, FailedPrecondition, NewerVersionNeeded, ResourceExhausted, Unavailable


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
    """The database does not answer, or says that it cannot now; the log has the cause."""


class StoreDenied(StoreUnavailable):
    """The database does not let us in, or not do this, which a person must mend: nobody's work may fail for it."""


class StoreRefused(DomainError):
    """The database will not do this whatever is waited for; to a caller an internal error, to a job a failed attempt.

    A statement that it does not understand, a document that is too large or against its rules.
    """
