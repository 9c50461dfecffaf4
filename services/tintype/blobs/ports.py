"""The port for files: originals and derived pictures by key, and staged writes that survive a restart."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Final, Protocol

from tintype.kit.errors import (
    Conflict,
    DataLoss,
    InvalidInput,
    NotFound,
    OutOfRange,
    ResourceExhausted,
    Unavailable,
)

CHUNK_BYTES: Final = 1 << 20  # what `read` yields at most, and the best size to `write`
LONGEST_URL: Final = timedelta(minutes=5)  # of a signed one

PREVIEW: Final = "preview.jpg"  # the variants that analysis makes and media hands out
THUMBNAIL: Final = "thumbnail.jpg"

_KEY: Final = re.compile(r"[A-Za-z0-9_-]{1,64}/[0-9a-f]{64}(?:/[A-Za-z0-9][A-Za-z0-9._-]{0,99})?")
_PREFIX: Final = re.compile(r"(?:[A-Za-z0-9_-]{1,64}/(?:[0-9a-f]{64}/)?)?")


class BlobNotFound(NotFound):
    """Nothing lies at this key."""

    def __init__(self, key: str) -> None:
        super().__init__(f"no blob lies at {key}")


class StagedNotFound(NotFound):
    """No staged write has this handle: it was promoted, discarded, or never made."""

    def __init__(self, handle: str) -> None:
        super().__init__(f"there is no staged write {handle}")


class StagedBusy(Conflict):
    """Another writer has this staged write open."""

    def __init__(self, handle: str) -> None:
        super().__init__(f"the staged write {handle} is being written")


class OffsetMismatch(OutOfRange):
    """A writer would not go on where the staged bytes end; `staged_bytes` says where that is."""

    reason = "OFFSET_MISMATCH"

    def __init__(self, *, offset: int, staged_bytes: int) -> None:
        super().__init__(
            f"{staged_bytes} bytes are staged, not {offset}",
            staged_bytes=str(staged_bytes),
        )
        self.staged_bytes = staged_bytes


class BlobMismatch(DataLoss):
    """Staged or stored bytes are not as long, or not the ones, that was said."""


class BlobStoreFull(ResourceExhausted):
    """No room is left where blobs are kept."""


class BlobStoreUnavailable(Unavailable):
    """The place where blobs are kept cannot be reached, or answers with errors."""


class InvalidBlobKey(InvalidInput):
    """Not `<owner>/<sha256>` or `<owner>/<sha256>/<variant>`."""


class PutOutcome(Enum):
    """What a conditional put met."""

    STORED = "stored"
    EXISTED = "existed"


@dataclass(frozen=True, slots=True)
class KeyParts:
    """What the key of a blob says; `variant` is empty in that of an original, `sha256` (32 bytes) is the original's."""

    owner_id: str
    sha256: bytes
    variant: str


@dataclass(frozen=True, slots=True)
class BlobStat:
    """What is known of a stored blob without reading it; `sha256` (32 bytes) only where the store keeps one."""

    key: str
    size_bytes: int
    modify_time: datetime
    sha256: bytes | None = None


@dataclass(frozen=True, slots=True)
class StagedStat:
    """A staged write, for the sweep of abandoned ones; `modify_time` is when bytes last came."""

    handle: str
    size_bytes: int
    modify_time: datetime


@dataclass(frozen=True, slots=True)
class Flushed:
    """How far a writer is durable; `sha256` (32 bytes) is of all bytes up to `offset`.

    `sha256` is None if another process wrote the earlier ones: then `hash_staged` reads them back.
    `offset` may be lower than what was written, where a store keeps whole parts only, until `finish`.
    """

    offset: int
    sha256: bytes | None


class BlobWriter(Protocol):
    """Appends to one staged write; of one task at a time."""

    async def write(self, chunk: bytes) -> None:
        """Hand over the next bytes; waits only while too much is on its way. Errors show up here or in `flush`."""

    async def flush(self) -> Flushed:
        """Make durable what was written so far, as far as the store can, and say how far that is."""

    async def finish(self) -> Flushed:
        """Make everything durable, a last short part too; nothing can be written afterwards.

        Of a staged write that need not last, promoting it makes durable what is left.
        """


class BlobStore(Protocol):
    """Blobs by key: `<owner>/<sha256>`, or `<owner>/<sha256>/<variant>` in a store of derived ones.

    One store holds keys of one of the two shapes. A blob is there whole or not at all, and durable once a call
    returns. Every call may raise InvalidBlobKey, BlobStoreFull or BlobStoreUnavailable.
    """

    async def put(self, key: str, data: bytes) -> PutOutcome:
        """Store if nothing lies there; of two at once one is STORED. Says nothing about the bytes of the other."""

    async def overwrite(self, key: str, data: bytes) -> None:
        """Store whatever lies there; readers see the old bytes or the new ones."""

    async def probe(self) -> None:
        """Raises BlobStoreUnavailable if the store is away; it costs little."""

    async def stat(self, key: str) -> BlobStat:
        """Raises BlobNotFound."""

    async def load(self, key: str) -> bytes:
        """The whole blob. Raises BlobNotFound."""

    def read(self, key: str, *, start: int = 0, length: int | None = None) -> AsyncIterator[bytes]:
        """Chunks of at most CHUNK_BYTES from `start`; ends early where the blob ends.

        The first step raises BlobNotFound, or OutOfRange if `start` lies behind the end.
        """

    async def signed_url(self, key: str, *, lasts: timedelta, media_type: str, disposition: str) -> str | None:
        """A URL of the store itself, by which whoever has it may GET the blob for so long, LONGEST_URL at most.

        None where clients cannot reach the store. Whether a blob lies there is not looked at. The URL is a secret.

        Args:
            key: of the blob.
            lasts: a second at least.
            media_type: what the store says as Content-Type.
            disposition: what it says as Content-Disposition.
        """

    async def delete(self, key: str) -> None:
        """Make sure that nothing lies there; deleting twice is deleting once."""

    async def delete_prefix(self, prefix: str) -> int:
        """Delete what `list` would show for it; returns how many. `prefix` is `<owner>/` or `<owner>/<sha256>/`."""

    def list(self, prefix: str = "", *, after: str = "") -> AsyncIterator[BlobStat]:
        """Blobs whose key starts with `prefix` (empty, or ending in a slash), in order of key, behind `after`.

        Blobs that come or go meanwhile may be seen or not.
        """

    async def count(self, prefix: str = "") -> int:
        """How many `list` would show."""

    async def stage(self, key: str | None = None, *, lasting: bool = True) -> str:
        """Begin a staged write and return its handle, which outlives the process.

        Args:
            key: where it will be promoted to, if its SHA-256 is declared; an adapter may save a copy by it.
            lasting: False for one that this process writes at once, from the start, or not at all: there may be
                nothing of it before that.
        """

    def writer(self, handle: str, *, offset: int) -> AbstractAsyncContextManager[BlobWriter]:
        """Append from `offset`; leaving, even by an error, makes what was written durable as far as the store can.

        Raises StagedNotFound, OffsetMismatch unless `offset` is what `staged_size` answers, and StagedBusy if it has a
        writer or was promoted and kept.
        """

    async def staged_size(self, handle: str) -> int:
        """Where a writer must go on. Raises StagedNotFound."""

    async def hash_staged(self, handle: str) -> bytes:
        """The SHA-256 (32 bytes) of what is staged, read back. Raises StagedNotFound."""

    def read_staged(self, handle: str, *, start: int = 0, length: int | None = None) -> AsyncIterator[bytes]:
        """As `read`, of what is staged: to look at a header before promoting. The first step raises StagedNotFound."""

    async def promote(
        self,
        handle: str,
        key: str,
        *,
        sha256: bytes,
        size_bytes: int,
        overwrite: bool = False,
        keep: bool = False,
    ) -> PutOutcome:
        """Make the staged bytes a blob, if nothing lies there or `overwrite`.

        STORED ends the staged write, unless `keep`: then it can be promoted again, but not written, until it is
        discarded, should somebody delete the blob before a photo names it; `overwrite` ends it all the same.
        EXISTED leaves it, so that the caller can look at what is there and then discard it, or promote once more with
        `overwrite`. Promoting again after STORED is EXISTED if the blob has that size.

        Raises StagedNotFound, StagedBusy, and BlobMismatch if the staged bytes are not `size_bytes` long, or not
        of that hash where the store checks it (the caller hashed them while writing). Where the staged bytes of a big
        file became the blob itself, promoting again what was deleted since raises BlobStoreUnavailable: whoever sends
        them has to begin anew.
        """

    async def discard(self, handle: str) -> None:
        """Drop a staged write; discarding twice is discarding once. Raises StagedBusy."""

    def list_staged(self) -> AsyncIterator[StagedStat]:
        """Every staged write there is, in no order."""


def original_key(*, owner_id: str, sha256: bytes) -> str:
    """Where the original of an owner lies. Raises InvalidBlobKey."""
    return checked_key(f"{owner_id}/{sha256.hex()}")


def derived_key(*, owner_id: str, sha256: bytes, variant: str) -> str:
    """Where a picture made from an original lies, such as PREVIEW. Raises InvalidBlobKey."""
    return checked_key(f"{owner_id}/{sha256.hex()}/{variant}")


def key_parts(key: str) -> KeyParts:
    """What `original_key` or `derived_key` made the key of. Raises InvalidBlobKey."""
    owner_id, sha256, *variant = checked_key(key).split("/")
    return KeyParts(owner_id, bytes.fromhex(sha256), "".join(variant))


def checked_key(key: str) -> str:
    """Return the key if it is well formed, so that no key reaches outside of its store. Raises InvalidBlobKey."""
    if _KEY.fullmatch(key) is None:
        raise InvalidBlobKey("not the key of a blob")
    return key


def checked_prefix(prefix: str) -> str:
    """Return the prefix if it is well formed. Raises InvalidBlobKey."""
    if _PREFIX.fullmatch(prefix) is None:
        raise InvalidBlobKey("a prefix is an owner, or an owner and a SHA-256, with a slash behind")
    return prefix


def claim_of(key: str) -> str:
    """The name of the lease that whoever deletes an original holds, and that an upload of the same bytes waits for."""
    return f"blob:{key}"
