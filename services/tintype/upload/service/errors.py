"""What can be wrong with an upload."""

from __future__ import annotations

from tintype.kit.errors import (
    Conflict,
    DataLoss,
    FailedPrecondition,
    InvalidInput,
    OutOfRange,
    ResourceExhausted,
)


class OffsetMismatch(OutOfRange):
    """A chunk does not begin where the upload ends."""

    reason = "OFFSET_MISMATCH"

    def __init__(self, *, durable_offset: int) -> None:
        super().__init__(
            f"the upload goes on at byte {durable_offset}; ask GetUpload and send from there",
            durable_offset=str(durable_offset),
        )


class ChunkCorrupt(DataLoss):
    """The bytes of a chunk do not have its CRC-32C; nothing of it was kept."""

    reason = "CHUNK_CORRUPT"

    def __init__(self, offset: int) -> None:
        super().__init__(f"the chunk at byte {offset} arrived damaged; send it again", offset=str(offset))


class ChecksumMismatch(DataLoss):
    """Size or SHA-256 of what came are not what was declared."""

    reason = "CHECKSUM_MISMATCH"

    def __init__(self, what: str, **metadata: str) -> None:
        super().__init__(f"the {what} is not what was declared; no photo was made", **metadata)


class FileTooLarge(ResourceExhausted):
    """The file is bigger than the limit, or than was declared."""

    reason = "FILE_TOO_LARGE"

    def __init__(self, *, size_bytes: int, limit: int) -> None:
        super().__init__(
            f"the file has {size_bytes} bytes, at most {limit} are taken",
            subject="file_size",
            size_bytes=str(size_bytes),
            limit=str(limit),
        )


class QuotaExceeded(ResourceExhausted):
    """Photos and uploads under way would be more than the user's quota."""

    reason = "QUOTA_EXCEEDED"

    def __init__(self, *, quota_bytes: int, used_bytes: int) -> None:
        super().__init__(
            f"{used_bytes} of {quota_bytes} bytes are used; delete photos or ask for a higher quota",
            subject="quota",
            quota_bytes=str(quota_bytes),
            used_bytes=str(used_bytes),
        )


class AccountClosed(FailedPrecondition):
    """The account is being erased."""

    reason = "ACCOUNT_CLOSED"

    def __init__(self) -> None:
        super().__init__("the account is being erased and takes nothing in")


class UploadBusy(Conflict):
    """Another call is writing to the upload."""

    reason = "UPLOAD_BUSY"

    def __init__(self, upload_id: str) -> None:
        super().__init__("another call is writing to this upload; try again shortly", upload_id=upload_id)


class UploadEnded(FailedPrecondition):
    """The upload is complete, and takes no more bytes."""

    reason = "UPLOAD_BUSY"

    def __init__(self, upload_id: str) -> None:
        super().__init__("the upload is complete and takes no more bytes", upload_id=upload_id)


class RequestIdReused(InvalidInput):
    """The same request_id came with another body before."""

    reason = "REQUEST_ID_REUSED"

    def __init__(self, request_id: str) -> None:
        super().__init__("this request_id was used for another file", request_id=request_id)
