"""Into the trash, out of it, and away for good."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

from tintype.catalog.domain.change import Change, deleted, restored, trashed
from tintype.catalog.domain.photo import Photo
from tintype.catalog.ports.photo import PhotoRepository
from tintype.catalog.service.many import Outcome, each_of
from tintype.catalog.service.removing import Removing
from tintype.catalog.service.writing import PhotoWriter
from tintype.kit.errors import PASSING, Conflict, FailedPrecondition


class PhotoNotTrashed(FailedPrecondition):
    """The photo must be in the trash for this."""

    reason = "PHOTO_NOT_TRASHED"

    def __init__(self, photo_id: str) -> None:
        super().__init__(f"photo {photo_id} is not in the trash", photo_id=photo_id)


class Trashing:
    """Keeps photos for a while before it deletes them."""

    def __init__(
        self,
        photos: PhotoRepository,
        writer: PhotoWriter,
        removing: Removing,
    ) -> None:
        self._photos = photos
        self._writer = writer
        self._removing = removing

    async def trash_photo(self, *, owner_id: str, photo_id: str, etag: str = "") -> Photo:
        """Trashing twice is trashing once: the first time stays. Raises PhotoNotFound, EtagMismatch."""
        return await self._writer.change(owner_id=owner_id, photo_id=photo_id, etag=etag, decide=trashed)

    async def restore_photo(self, *, owner_id: str, photo_id: str, etag: str = "") -> Photo:
        """Raises PhotoNotFound, PhotoNotTrashed, EtagMismatch."""
        return await self._writer.change(owner_id=owner_id, photo_id=photo_id, etag=etag, decide=_restore)

    async def delete_photo(
        self, *, owner_id: str, photo_id: str, etag: str = "", until: datetime | None = None
    ) -> None:
        """Delete a trashed photo for good, if it was trashed at `until` or earlier. Its content goes now or by a sweep.

        Raises: PhotoNotFound, PhotoNotTrashed, EtagMismatch.
        """
        tombstone = await self._writer.change(
            owner_id=owner_id, photo_id=photo_id, etag=etag, decide=lambda photo, now: _delete(photo, now, until)
        )
        # The photo is deleted; that its content could not be removed right now is the sweep's concern.
        with suppress(*PASSING, Conflict):
            await self._removing.remove_content(tombstone)

    async def batch_trash(self, *, owner_id: str, photo_ids: Sequence[str]) -> Outcome:
        """Trash each photo."""
        return await each_of(photo_ids, lambda photo_id: self.trash_photo(owner_id=owner_id, photo_id=photo_id))

    async def batch_restore(self, *, owner_id: str, photo_ids: Sequence[str]) -> Outcome:
        """Restore each photo."""
        return await each_of(photo_ids, lambda photo_id: self.restore_photo(owner_id=owner_id, photo_id=photo_id))

    async def batch_delete(self, *, owner_id: str, photo_ids: Sequence[str], until: datetime | None = None) -> Outcome:
        """Delete each photo that was trashed by then; one that was restored meanwhile fails, and stays."""

        async def delete(photo_id: str) -> Photo:
            await self.delete_photo(owner_id=owner_id, photo_id=photo_id, until=until)
            return await self._photos.load(owner_id=owner_id, photo_id=photo_id)

        return await each_of(photo_ids, delete)


def _restore(photo: Photo, now: datetime) -> Change:
    if photo.trash_time is None:
        raise PhotoNotTrashed(photo.photo_id)
    return restored(photo)


def _delete(photo: Photo, now: datetime, until: datetime | None) -> Change:
    if photo.trash_time is None or (until is not None and photo.trash_time > until):
        raise PhotoNotTrashed(photo.photo_id)
    return deleted(photo, now)
