"""Albums as their owners make, change and delete them."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from typing import Final

from tintype.catalog.domain.album import Album, AlbumField, AlbumOrder, AlbumValues, album_changed, updated
from tintype.catalog.domain.membership import membership_in
from tintype.catalog.domain.photo import Photo
from tintype.catalog.ports.album import AlbumConflict, AlbumExists, AlbumNotFound, AlbumRepository
from tintype.catalog.ports.photo import PageKey, PhotoNotFound, PhotoPage, PhotoRepository
from tintype.catalog.service.editing import UpdateMaskInvalid
from tintype.catalog.service.writing import EtagMismatch
from tintype.kit.clock import Clock
from tintype.kit.errors import InvalidInput
from tintype.kit.ids import IdSource, id_of_request
from tintype.kit.turns import Turns, tried

PAGE: Final = 500
LONGEST_TITLE: Final = 200  # as the contract says where it can
LONGEST_DESCRIPTION: Final = 5_000


class RequestIdReused(InvalidInput):
    """The request_id came with another body before."""

    reason = "REQUEST_ID_REUSED"

    def __init__(self, request_id: str) -> None:
        super().__init__("the request_id came with another body before", request_id=request_id)


@dataclass(frozen=True, slots=True)
class AlbumView:
    """An album, how many photos it shows, and the one that stands for it if that was asked for."""

    album: Album
    photos: int
    cover: Photo | None = None


@dataclass(frozen=True, slots=True)
class AlbumViews:
    """A page of albums. `after` asks for what follows, None on the last page."""

    albums: list[AlbumView]
    after: PageKey | None


class Albums:
    """Keeps albums; which photos are in them is the photos' own affair."""

    def __init__(self, albums: AlbumRepository, photos: PhotoRepository, clock: Clock, ids: IdSource) -> None:
        self._albums = albums
        self._photos = photos
        self._clock = clock
        self._ids = ids
        self._turns = Turns()

    async def create_album(self, *, owner_id: str, values: AlbumValues, request_id: str) -> AlbumView:
        """Make an album; a repeated request meets its first result. Raises RequestIdReused, AlbumNotFound."""
        derived = id_of_request(owner_id=owner_id, rpc="CreateAlbum", request_id=request_id)
        album = Album(
            album_id=derived if request_id else self._ids.new(),
            owner_id=owner_id,
            values=values,
            request=values,
            create_time=self._clock.now(),
        )
        try:
            await self._albums.add(album, facts=[album_changed(album)])
        except AlbumExists:
            album = await self.load(owner_id=owner_id, album_id=album.album_id)
        if album.request != values:
            raise RequestIdReused(request_id)
        return await self.view(album)

    async def load(self, *, owner_id: str, album_id: str) -> Album:
        """Raises AlbumNotFound, for a deleted one too."""
        album = await self._albums.load(owner_id=owner_id, album_id=album_id)
        if album.delete_time is not None:
            raise AlbumNotFound(album_id)
        return album

    async def get_album(self, *, owner_id: str, album_id: str, cover: bool = False) -> AlbumView:
        """Raises AlbumNotFound."""
        return await self.view(await self.load(owner_id=owner_id, album_id=album_id), cover=cover)

    async def list_albums(self, *, owner_id: str, limit: int, after: PageKey, cover: bool) -> AlbumViews:
        """Newest first."""
        page = await self._albums.page(owner_id, limit=limit, after=after)
        return AlbumViews([await self.view(album, cover=cover) for album in page.albums], page.after)

    async def list_album_names(self, *, owner_id: str) -> list[Album]:
        """Every album of an owner."""
        albums: list[Album] = []
        position: PageKey | None = ()
        while position is not None:
            page = await self._albums.page(owner_id, limit=PAGE, after=position)
            albums += page.albums
            position = page.after
        return albums

    async def update_album(
        self, *, owner_id: str, album_id: str, values: AlbumValues, mask: Collection[str], etag: str
    ) -> AlbumView:
        """Set the fields that the mask names.

        Raises: AlbumNotFound, EtagMismatch, UpdateMaskInvalid, InvalidInput; PhotoNotFound if the cover is not in it.
        """
        fields = _fields(mask, values)
        if AlbumField.COVER_PHOTO_ID in fields and values.cover_photo_id:
            photo = await self._photos.load(owner_id=owner_id, photo_id=values.cover_photo_id)
            if membership_in(photo, album_id) is None:
                raise PhotoNotFound(values.cover_photo_id)
        album = await self._change(
            owner_id=owner_id, album_id=album_id, etag=etag, decide=lambda album: updated(album, values, fields)
        )
        return await self.view(album)

    async def delete_album(self, *, owner_id: str, album_id: str, etag: str) -> None:
        """From here on it does not exist; `AlbumPhotos.clear_deleted` takes the photos out of it.

        Raises: AlbumNotFound, EtagMismatch.
        """
        now = self._clock.now()
        await self._change(
            owner_id=owner_id, album_id=album_id, etag=etag, decide=lambda album: replace(album, delete_time=now)
        )

    async def view(self, album: Album, *, cover: bool = False) -> AlbumView:
        """An album with what its photos say of it."""
        count = await self._photos.count_album(album.owner_id, album.album_id)
        return AlbumView(album, count, await self._cover(album) if cover and count else None)

    async def page_photos(self, album: Album, *, limit: int, after: PageKey = ()) -> PhotoPage:
        """The photos of an album in its order, without those in the trash."""
        order = album.values.order
        return await self._photos.page_album(
            album.owner_id,
            album.album_id,
            by_capture=order.by_capture,
            last_first=order is AlbumOrder.NEWEST_FIRST,
            limit=limit,
            after=after,
        )

    async def _cover(self, album: Album) -> Photo | None:
        """The owner's choice while it is in the album and not in the trash, else the first."""
        owner_id, album_id = album.owner_id, album.album_id
        for photo in await self._photos.load_many(owner_id=owner_id, photo_ids=[album.values.cover_photo_id]):
            if photo.trash_time is None and membership_in(photo, album_id) is not None:
                return photo
        page = await self.page_photos(album, limit=1)
        return page.photos[0] if page.photos else None

    async def _change(self, *, owner_id: str, album_id: str, etag: str, decide: Callable[[Album], Album]) -> Album:
        async def attempt() -> Album:
            album = await self.load(owner_id=owner_id, album_id=album_id)
            if etag and etag != album.etag:
                raise EtagMismatch(album.etag)
            decided = decide(album)
            if decided == album:
                return album
            return await self._albums.replace(decided, facts=[album_changed(decided)])

        async with self._turns.of((owner_id, album_id)):
            return await tried(attempt, overtaken=AlbumConflict)


def _fields(mask: Collection[str], values: AlbumValues) -> frozenset[AlbumField]:
    """Raises UpdateMaskInvalid, InvalidInput."""
    allowed = {field.value for field in AlbumField}
    if wrong := [path for path in mask if path not in allowed] or ([] if mask else [""]):
        raise UpdateMaskInvalid(wrong[0])
    fields = frozenset(AlbumField(path) for path in mask)
    if AlbumField.TITLE in fields and not 1 <= len(values.title) <= LONGEST_TITLE:
        raise InvalidInput("the title is empty or too long", fields={"album.title": "wants 1 to 200 characters"})
    if AlbumField.DESCRIPTION in fields and len(values.description) > LONGEST_DESCRIPTION:
        raise InvalidInput(
            "the description is too long", fields={"album.description": "wants 5,000 characters or less"}
        )
    return fields
