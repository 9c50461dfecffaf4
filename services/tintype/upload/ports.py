"""What upload needs: a place for its records, the catalog, and the limits of users."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Generic, Protocol, TypeVar

from tintype.kit.errors import AlreadyExists, Conflict, InvalidInput, NotFound, Unavailable
from tintype.upload.domain import Header, Picture, Upload

P = TypeVar("P")


class UploadNotFound(NotFound):
    """No such upload, an expired one, or somebody else's: a caller cannot tell which."""

    reason = "UPLOAD_NOT_FOUND"

    def __init__(self, upload_id: str) -> None:
        super().__init__(f"upload {upload_id} was not found", upload_id=upload_id)


class UploadExists(AlreadyExists):
    """The id is taken."""

    def __init__(self, upload_id: str) -> None:
        super().__init__(f"upload {upload_id} exists", upload_id=upload_id)


class UploadConflict(Conflict):
    """Another call changed the upload in between."""

    def __init__(self, upload_id: str) -> None:
        super().__init__(f"upload {upload_id} was changed meanwhile", upload_id=upload_id)


class CatalogUnavailable(Unavailable):
    """The catalog does not answer."""


class AccountsUnavailable(Unavailable):
    """Accounts does not answer, so nobody knows what may be taken in."""


class HeaderMissing(InvalidInput):
    """A stream does not begin with what it has to."""

    def __init__(self, field: str) -> None:
        super().__init__(
            f"the first message has to carry {field}",
            fields={field: "is required in the first message, and in no other"},
        )


class UploadRepository(Protocol):
    """The uploads of all owners; to one owner, another's does not exist. A write happens whole or not at all."""

    async def add(self, upload: Upload) -> None:
        """Raises UploadExists if the owner has one of this id; of two at once, one wins."""

    async def load(self, *, owner_id: str, upload_id: str) -> Upload:
        """Raises UploadNotFound."""

    async def replace(self, upload: Upload) -> Upload:
        """Returns it at its next revision. Raises UploadConflict unless the stored one is its own; UploadNotFound."""

    async def remove(self, upload: Upload) -> None:
        """Raises UploadConflict, UploadNotFound."""

    async def open_uploads(self, *, owner_id: str) -> Sequence[Upload]:
        """Those under way, oldest first."""

    async def expired(self, *, before: datetime, limit: int) -> Sequence[Upload]:
        """Of all owners and states, those whose `expire_time` lies before; the earliest first."""

    async def handles(self) -> frozenset[str]:
        """The staged bytes that records of all owners name."""

    async def remove_owner(self, owner_id: str) -> Sequence[Upload]:
        """Take away all of an owner; returns what there was, so that the staged bytes can go too."""

    async def count_owner(self, owner_id: str) -> int:
        """How many an owner has."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a user may store: 0 bytes mean no limit. A closed account takes nothing in."""

    quota_bytes: int
    closed: bool = False


class Accounts(Protocol):
    """The service that owns users."""

    async def limits(self, owner_id: str) -> Limits:
        """May be some seconds old. Raises AccountsUnavailable."""

    async def report_erased(self, *, operation_id: str, owner_id: str, left: Mapping[str, int]) -> None:
        """Tell an erasure what is left of a user, by store. Raises AccountsUnavailable."""


class Presence(Enum):
    """Whether the library has a file."""

    ABSENT = "absent"
    UPLOADING = "uploading"
    PRESENT = "present"
    TRASHED = "trashed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Check:
    """What there is of one hash; empty ids where there is nothing."""

    sha256: str
    presence: Presence
    photo_id: str = ""
    upload_id: str = ""


@dataclass(frozen=True, slots=True)
class Registered(Generic[P]):
    """The photo that the bytes are. `photo` is as the catalog answered, to be handed on unread."""

    photo_id: str
    photo: P
    already_existed: bool


class Catalog(Protocol[P]):
    """The service that owns photos."""

    async def register(self, *, owner_id: str, header: Header, picture: Picture, upload_id: str = "") -> Registered[P]:
        """Make the photo of verified bytes; the same bytes are the same photo. `upload_id` is the open upload of them.

        Raises Unavailable, and what the catalog answers: the quota is exceeded, the account is closed.
        """

    async def photo(self, *, owner_id: str, photo_id: str) -> Registered[P]:
        """The photo of a completed upload. Raises UploadNotFound if it is gone, CatalogUnavailable."""

    async def check(self, *, owner_id: str, sha256s: Sequence[str]) -> Sequence[Check]:
        """Those of the hashes that are photos. Raises CatalogUnavailable."""

    async def used_bytes(self, owner_id: str) -> int:
        """The size of all photos of an owner. Raises CatalogUnavailable."""
