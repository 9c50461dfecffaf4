"""Why a move does not begin, or does not end well."""

from __future__ import annotations

from tintype.kit.errors import FailedPrecondition


class NoLibrary(FailedPrecondition):
    """There is nothing to move where the source should be."""


class LibraryRuns(FailedPrecondition):
    """A process of one of the two libraries runs, and would change what is being copied."""


class DestinationInUse(FailedPrecondition):
    """Something lies there that is not of this move; nothing is ever overwritten."""


class SamePlace(FailedPrecondition):
    """Source and destination share a store."""
