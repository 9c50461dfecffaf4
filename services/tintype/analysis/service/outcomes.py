"""What becomes of a stage: a word for it, and whether a failed one is worth another attempt."""

from __future__ import annotations

from tintype.analysis.domain import ATTEMPTS, SANDBOX_ATTEMPTS, Failure
from tintype.analysis.ports import StageResult
from tintype.blobs.ports import BlobNotFound
from tintype.imaging.ports import DecoderDied
from tintype.kit.errors import PASSING, DomainError, InvalidInput, NotFound


def outcome_of(result: StageResult) -> str:
    """What became of a stage, in a word."""
    if result.failure is not None:
        return "failed" if result.failure.final else "retry"
    return "skipped" if result.content is None else "done"


def failure_of(error: DomainError | FileNotFoundError, attempts: int) -> Failure:
    """Whether another attempt can help: never for bad input, once for a decoder that died, four times otherwise.

    Raises `error` itself if it says that something we depend on is away or full: that is nobody's failure.
    """
    if isinstance(error, PASSING):
        raise error
    if isinstance(error, BlobNotFound | FileNotFoundError | NotFound):
        return Failure("the stored file is missing", final=attempts + 1 >= ATTEMPTS)
    if isinstance(error, DecoderDied):
        return Failure(error.message, final=attempts + 1 >= SANDBOX_ATTEMPTS)
    return Failure(error.message, final=isinstance(error, InvalidInput) or attempts + 1 >= ATTEMPTS)
