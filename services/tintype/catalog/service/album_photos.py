"""The photos of albums: put in, taken out, moved, listed."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

from tintype.catalog.domain.album import Album
from tintype.catalog.domain.change import Change
from tintype.catalog.domain.membership import joined, left, membership_in, moved
from tintype.catalog.domain.photo import MAX_ALBUMS, Membership, Photo
from tintype.catalog.domain.rank import rank_behind, rank_between
from tintype.catalog.ports.album import AlbumRepository
from tintype.catalog.ports.photo import PageKey, PhotoNotFound, PhotoRepository
from tintype.catalog.service.albums import Albums, AlbumView
from tintype.catalog.service.analysing import PhotoTrashed
from tintype.catalog.service.many import Outcome, each_of
from tintype.catalog.service.writing import PhotoWriter
from tintype.kit.clock import Clock
from tintype.kit.errors import DomainError, FailedPrecondition
from tintype.kit.turns import Turns

BATCH: Final = 100
# A deleted album is kept for so long after its last photo went, for a photo may be put into it by a call under way.
DELETED_KEPT: Final = timedelta(days=1)


class TooManyAlbums(FailedPrecondition):
    """The photo is in as many albums as a photo can be."""

    reason = "TOO_MANY_ALBUMS"

    def __init__(self, photo_id: str) -> None:
        message = f"photo {photo_id} is in {MAX_ALBUMS} albums already"
        super().__init__(message, photo_id=photo_id, limit=str(MAX_ALBUMS))


class AlbumPhotos:
    """Changes memberships by changing photos, one by one."""

    def __init__(
        self, albums: Albums, deleted: AlbumRepository, photos: PhotoRepository, writer: PhotoWriter, clock: Clock
    ) -> None:
        self._albums = albums
        self._deleted = deleted
        self._photos = photos
        self._writer = writer
        self._clock = clock
        self._turns = Turns()
        self._wake = asyncio.Event()

    async def add(self, owner_id: str, album_id: str, photo_ids: Sequence[str]) -> Outcome:
        """Put photos behind those that are in the album, in their order. Raises AlbumNotFound."""
        album = await self._albums.load(owner_id=owner_id, album_id=album_id)
        async with self._turns.of((owner_id, album_id)):
            last = await self._last_rank(album)
            ids = list(dict.fromkeys(photo_ids))
            ranks = {each: rank_behind(last, photo_id=each, steps=step) for step, each in enumerate(ids, start=1)}

            async def join(photo_id: str) -> Photo:
                def decide(photo: Photo, now: datetime) -> Change:
                    return _joined(photo, album_id, rank=ranks[photo_id], now=now)

                return await self._writer.change(owner_id=owner_id, photo_id=photo_id, decide=decide)

            return await each_of(ids, join)

    async def remove(self, *, owner_id: str, album_id: str, photo_ids: Sequence[str]) -> Outcome:
        """Take photos out. Raises AlbumNotFound."""
        await self._albums.load(owner_id=owner_id, album_id=album_id)

        async def leave(photo_id: str) -> Photo:
            return await self._writer.change(
                owner_id=owner_id, photo_id=photo_id, decide=lambda photo, now: left(photo, album_id)
            )

        return await each_of(photo_ids, leave)

    async def move(self, *, owner_id: str, album_id: str, photo_id: str, after_photo_id: str) -> AlbumView:
        """Put a photo behind another one of the album, or first. Raises AlbumNotFound, PhotoNotFound."""
        album = await self._albums.load(owner_id=owner_id, album_id=album_id)
        async with self._turns.of((owner_id, album_id)):
            await self._member(album, photo_id)
            low = await self._member(album, after_photo_id) if after_photo_id else None
            if after_photo_id != photo_id:
                after = (low.rank, after_photo_id) if low else ()
                high = await self._next_rank(album, after=after, but=photo_id)
                rank = rank_between(low.rank if low else "", high, photo_id=photo_id)
                await self._writer.change(
                    owner_id=owner_id, photo_id=photo_id, decide=lambda photo, now: moved(photo, album_id, rank=rank)
                )
        return await self._albums.view(album)

    def clear_soon(self) -> None:
        """Tell `clear_as_deleted` that an album was deleted."""
        self._wake.set()

    async def clear_as_deleted(self) -> None:
        """Clear albums at once when they are deleted, until cancelled; the sweep clears what this leaves."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            with suppress(DomainError):
                await self.clear_deleted()

    async def clear_deleted(self) -> int:
        """Take photos out of deleted albums, in small batches, then forget the albums; returns how many photos."""
        taken = 0
        position: PageKey | None = ()
        while position is not None:
            page = await self._deleted.page_deleted(limit=BATCH, after=position)
            for album in page.albums:
                taken += (cleared := await self._clear(album))
                if not cleared and album.delete_time and album.delete_time + DELETED_KEPT < self._clock.now():
                    await self._deleted.remove(album)
            position = page.after
        return taken

    async def _clear(self, album: Album) -> int:
        taken = 0
        for trashed in (False, True):
            while True:
                page = await self._photos.page_album(album.owner_id, album.album_id, trashed=trashed, limit=BATCH)
                if not page.photos:
                    break
                for photo in page.photos:
                    await self._writer.change(
                        owner_id=album.owner_id,
                        photo_id=photo.photo_id,
                        tombstones=True,
                        decide=lambda photo, now: left(photo, album.album_id),
                    )
                taken += len(page.photos)
        return taken

    async def _last_rank(self, album: Album) -> str:
        last = await self._photos.page_album(album.owner_id, album.album_id, last_first=True, limit=1)
        membership = membership_in(last.photos[0], album.album_id) if last.photos else None
        return membership.rank if membership else ""

    async def _next_rank(self, album: Album, *, after: PageKey, but: str) -> str:
        """The rank of the first photo behind a place, `but` this one left out; empty if there is none."""
        page = await self._photos.page_album(album.owner_id, album.album_id, limit=2, after=after)
        ranks = [membership_in(photo, album.album_id) for photo in page.photos if photo.photo_id != but]
        return ranks[0].rank if ranks and ranks[0] else ""

    async def _member(self, album: Album, photo_id: str) -> Membership:
        """Raises PhotoNotFound if the photo is not in the album."""
        photo = await self._photos.load(owner_id=album.owner_id, photo_id=photo_id)
        membership = membership_in(photo, album.album_id)
        if membership is None:
            raise PhotoNotFound(photo_id)
        return membership


def _joined(photo: Photo, album_id: str, *, rank: str, now: datetime) -> Change:
    """Raises PhotoTrashed, TooManyAlbums."""
    if photo.trash_time is not None:
        raise PhotoTrashed(photo.photo_id)
    if len(photo.memberships) >= MAX_ALBUMS and membership_in(photo, album_id) is None:
        raise TooManyAlbums(photo.photo_id)
    return joined(photo, album_id, rank=rank, now=now)
