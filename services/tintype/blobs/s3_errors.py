"""What the SDK and an S3 server's answers mean to a caller; what else goes wrong is BlobStoreUnavailable.

S3Absent            no such object or upload; what a caller does not expect is BlobStoreUnavailable like the rest
S3NoBucket          the bucket is gone, or the URL means another server: never taken for objects that are absent
S3Precondition      something lies there already
S3Range             the range begins behind the end
S3Away              no connection, or it broke; whether the server acted is not known, unless `unsent`
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from minio.error import InvalidResponseError, MinioException, S3Error, ServerError
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError, SSLError

from tintype.blobs.ports import BlobMismatch, BlobStoreFull, BlobStoreUnavailable
from tintype.kit.errors import OutOfRange
from tintype.kit.log import log_of
from tintype.kit.servers import CredentialsRefused, RightMissing, ServerUnfit

_ABSENT: Final = {"NoSuchKey", "NoSuchUpload"}
_DAMAGED: Final = {
    "BadDigest",
    "XAmzContentChecksumMismatch",
    "XAmzContentSHA256Mismatch",
    "InvalidPart",
    "InvalidDigest",
}
_FULL: Final = {"XMinioStorageFull", "XMinioAdminBucketQuotaExceeded", "QuotaExceeded", "InsufficientStorage"}
_STRANGER: Final = {"InvalidAccessKeyId", "SignatureDoesNotMatch", "XAdminUserNotFound"}  # the last is versitygw's
_BUSY: Final = {"SlowDown", "ServiceUnavailable", "RequestTimeout"}
_BUSY_STATUS: Final = {502, 503, 504}

_log: Final = log_of(__name__)


class S3Absent(BlobStoreUnavailable):
    """`what` is the server's word for what is not there."""

    def __init__(self, what: str) -> None:
        super().__init__("the blob store does not have what it was given")
        self.what = what


class S3NoBucket(BlobStoreUnavailable):
    """The bucket is not there; nothing is known of what should be in it."""

    def __init__(self) -> None:
        super().__init__("the bucket of blobs is gone")


class S3Precondition(Exception):
    """Something lies at this key."""


class S3Range(OutOfRange):
    """The range begins at the end or behind it."""


class S3Away(BlobStoreUnavailable):
    """`unsent` says that the server cannot have acted on the request."""

    def __init__(self, message: str, *, unsent: bool) -> None:
        super().__init__(message)
        self.unsent = unsent


@contextmanager
def translated(what: str) -> Iterator[None]:
    """Turn errors of the SDK and of its HTTP client into those above and the port's."""
    try:
        yield
    except S3Error as error:
        raise _of_code(what, error) from error
    except ServerError as error:
        _log.warning("s3_failed", what=what, status=error.status_code)
        raise S3Away("the blob store answers with errors", unsent=error.status_code in _BUSY_STATUS) from error
    except (InvalidResponseError, MinioException) as error:
        _log.warning("s3_answer_unknown", what=what, error=type(error).__name__)
        raise BlobStoreUnavailable("the blob store gives answers that are none of S3") from error
    except (HTTPError, OSError) as error:
        unsent = isinstance(error, NewConnectionError | ConnectTimeoutError)
        reason = "TLS was refused" if isinstance(error, SSLError) else "it is away"
        _log.warning("s3_away", what=what, error=type(error).__name__)
        raise S3Away(f"the blob store cannot be reached: {reason}", unsent=unsent) from error


def unfit(error: Exception, *, host: str, right: str) -> ServerUnfit | None:
    """What an operator must mend before this error goes away; None where waiting may help."""
    cause = error.__cause__
    if not isinstance(cause, S3Error):
        return None
    if cause.code in _STRANGER:
        return CredentialsRefused(f"{host} does not know this access key, or its secret is another")
    if cause.code == "AccessDenied":
        return RightMissing(f"{host} does not let this access key {right}")
    return None


def _of_code(what: str, error: S3Error) -> Exception:
    code = error.code or ""
    if code in _ABSENT:
        return S3Absent(code)
    if code == "NoSuchBucket":
        _log.warning("s3_bucket_gone", what=what)
        return S3NoBucket()
    if code == "PreconditionFailed":
        return S3Precondition()
    if code == "InvalidRange":
        return S3Range("the range begins behind the end")
    if code in _DAMAGED:
        return BlobMismatch("the bytes that arrived at the blob store are not those that were sent, or declared")
    _log.warning("s3_refused", what=what, code=code)
    if code in _FULL:
        return BlobStoreFull("no room is left for blobs")
    if code in _BUSY:
        return S3Away("the blob store is busy", unsent=True)
    return BlobStoreUnavailable("the blob store refuses what is asked of it")
