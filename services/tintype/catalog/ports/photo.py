"""Where photos are kept, and what can be counted of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from tintype.catalog.domain.fact import PhotoFact
from tintype.catalog.domain.photo import Photo
from tintype.catalog.domain.photo_filter import PhotoFilter, PhotoOrder
from tintype.catalog.domain.timeline import DayCount
from tintype.kit.errors import AlreadyExists, Conflict, InvalidInput, NotFound

PageKey = tuple[str | int, ...]


class PhotoNotFound(NotFound):
    """No such photo, or somebody else's: a caller cannot tell which."""

    reason = "PHOTO_NOT_FOUND"

    def __init__(self, photo_id: str) -> None:
        super().__init__(f"photo {photo_id} was not found", photo_id=photo_id)


class PhotoExists(AlreadyExists):
    """A photo with this id is there, or a tombstone."""

    def __init__(self, photo_id: str) -> None:
        super().__init__(f"photo {photo_id} exists", photo_id=photo_id)


class PhotoConflict(Conflict):
    """Somebody else changed the photo in between."""

    def __init__(self, photo_id: str) -> None:
        super().__init__(f"photo {photo_id} was changed in between", photo_id=photo_id)


class UntoldChange(InvalidInput):
    """A replace without PhotoRegistered, PhotoChanged or PhotoDeleted: the index would never hear of the revision."""

    reason = "INTERNAL"


@dataclass(frozen=True, slots=True)
class PhotoPage:
    """Photos in order. `after` asks for what follows, None on the last page; a page may hold fewer than asked for."""

    photos: Sequence[Photo]
    after: PageKey | None


@dataclass(frozen=True, slots=True)
class TagCount:
    """A tag and how many photos show it."""

    name: str
    photos: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What the photos of an owner take, trashed ones included."""

    used_bytes: int
    photos: int
    trashed_photos: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    """What the photos of everybody add up to; `states` counts by the name of the state."""

    photos: int
    trashed_photos: int
    corrupt_photos: int
    tombstones: int
    owners: int
    used_bytes: int
    states: dict[str, int]


class PhotoRepository(Protocol):
    """The photos of all owners, tombstones included; to one owner, another's photo does not exist.

    A write happens whole or not at all, with its facts. Pages are stable under inserts.
    """

    async def add(self, photo: Photo, *, facts: Sequence[PhotoFact]) -> None:
        """Store a new one as it is. Raises PhotoExists if its id is taken, by a tombstone too; of two, one wins."""

    async def replace(self, photo: Photo, *, facts: Sequence[PhotoFact]) -> Photo:
        """Returns it at its next revision, stamped on `facts` too; facts not yet published stay with it.

        Raises: PhotoConflict unless the stored revision is `photo.revision`; PhotoNotFound; UntoldChange.
        """

    async def remove(self, photo: Photo) -> None:
        """Take it away without a trace. Raises PhotoNotFound, PhotoConflict."""

    async def remove_owner(self, owner_id: str) -> int:
        """Take away everything of an owner; returns how many there were."""

    async def load(self, *, owner_id: str, photo_id: str) -> Photo:
        """Raises PhotoNotFound."""

    async def load_many(self, *, owner_id: str, photo_ids: Sequence[str]) -> list[Photo]:
        """Those that exist, in the order of the ids."""

    async def load_cards(self, *, owner_id: str, photo_ids: Sequence[str]) -> Mapping[str, bytes]:
        """What the store keeps ready of photos to show, as the contract has them on the wire, by photo id.

        Those it keeps nothing of are left out, deleted and trashed ones among them: convert what `load_many` gives.
        """

    async def page(
        self,
        owner_id: str,
        *,
        filter: PhotoFilter,
        order: PhotoOrder = PhotoOrder.CAPTURE_TIME,
        oldest_first: bool = False,
        limit: int,
        after: PageKey = (),
    ) -> PhotoPage:
        """Photos that match, by the chosen time and then by id; a call looks at a bounded number of photos."""

    async def page_all(self, *, owner_id: str = "", limit: int, after: PageKey = ()) -> PhotoPage:
        """Every photo and tombstone of an owner, or of all of them, by owner and id."""

    async def page_album(
        self,
        owner_id: str,
        album_id: str,
        *,
        by_capture: bool = False,
        last_first: bool = False,
        trashed: bool = False,
        limit: int,
        after: PageKey = (),
    ) -> PhotoPage:
        """The photos of an album that are not in the trash, or those that are, by rank or capture time, then by id."""

    async def page_trashed(self, *, until: datetime, limit: int, after: PageKey = ()) -> PhotoPage:
        """The photos of all owners that were trashed at `until` or earlier, longest in the trash first."""

    async def page_tombstones(
        self, *, until: datetime, content_left: bool, limit: int, after: PageKey = ()
    ) -> PhotoPage:
        """Tombstones of photos deleted at `until` or earlier, oldest first, with or without content left."""

    async def page_pending(self, *, until: datetime, limit: int, after: PageKey = ()) -> PhotoPage:
        """Photos of which a stage was asked for at `until` or earlier and still waits, longest waiting first."""

    async def count_days(self, owner_id: str, *, archived: bool) -> list[DayCount]:
        """Photos by day of local capture time, newest first; trashed ones never, archived ones if asked for."""

    async def count_tags(self, owner_id: str, *, prefix: str, limit: int, skip: int) -> list[TagCount]:
        """Tags of photos that are not trashed, most used first, ties by name. The prefix is compared without case."""

    async def count_album(self, owner_id: str, album_id: str) -> int:
        """How many photos of an album are not trashed."""

    async def usage(self, owner_id: str) -> Usage:
        """What an owner's photos take."""

    async def count_owner(self, owner_id: str) -> int:
        """How many photos and tombstones there are of an owner: 0 once it is erased."""

    async def statistics(self) -> Statistics:
        """What everything adds up to."""
