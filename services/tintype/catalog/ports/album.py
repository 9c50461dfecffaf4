"""Where albums are kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from tintype.catalog.domain.album import Album, AlbumChanged
from tintype.catalog.ports.photo import PageKey
from tintype.kit.errors import AlreadyExists, Conflict, NotFound


class AlbumNotFound(NotFound):
    """No such album, or somebody else's, or a deleted one: a caller cannot tell which."""

    reason = "ALBUM_NOT_FOUND"

    def __init__(self, album_id: str) -> None:
        super().__init__(f"album {album_id} was not found", album_id=album_id)


class AlbumExists(AlreadyExists):
    """An album with this id is there, or was deleted lately."""

    def __init__(self, album_id: str) -> None:
        super().__init__(f"album {album_id} exists", album_id=album_id)


class AlbumConflict(Conflict):
    """Somebody else changed the album in between."""

    def __init__(self, album_id: str) -> None:
        super().__init__(f"album {album_id} was changed in between", album_id=album_id)


@dataclass(frozen=True, slots=True)
class AlbumPage:
    """Albums in order. `after` asks for what follows, None on the last page."""

    albums: Sequence[Album]
    after: PageKey | None


class AlbumRepository(Protocol):
    """The albums of all owners, deleted ones included until they are removed; to one owner, another's do not exist.

    A write happens whole or not at all, with its facts. Pages are stable under inserts.
    """

    async def add(self, album: Album, *, facts: Sequence[AlbumChanged]) -> None:
        """Store a new one as it is. Raises AlbumExists if its id is taken, by a deleted one too; of two, one wins."""

    async def replace(self, album: Album, *, facts: Sequence[AlbumChanged]) -> Album:
        """Returns it at its next revision, stamped on `facts` too; facts not yet published stay with it.

        Raises: AlbumConflict unless the stored revision is `album.revision`; AlbumNotFound.
        """

    async def remove(self, album: Album) -> None:
        """Take it away without a trace, unpublished facts included. Raises AlbumNotFound, AlbumConflict."""

    async def remove_owner(self, owner_id: str) -> int:
        """Take away everything of an owner; returns how many there were."""

    async def load(self, *, owner_id: str, album_id: str) -> Album:
        """Raises AlbumNotFound."""

    async def load_many(self, *, owner_id: str, album_ids: Sequence[str]) -> list[Album]:
        """Those that exist, in the order of the ids."""

    async def page(self, owner_id: str, *, limit: int, after: PageKey = ()) -> AlbumPage:
        """The albums of an owner that are not deleted, newest first, ties by id."""

    async def page_deleted(self, *, limit: int, after: PageKey = ()) -> AlbumPage:
        """Deleted albums of all owners, longest deleted first."""

    async def count_owner(self, owner_id: str) -> int:
        """How many albums there are of an owner, deleted ones included: 0 once it is erased."""
