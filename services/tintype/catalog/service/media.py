"""Files for owners, and for whoever has an address that an owner signed."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final, cast

from tintype.blobs.ports import PREVIEW, THUMBNAIL, BlobNotFound, BlobStat, BlobStore, derived_key, original_key
from tintype.catalog.domain.media import DERIVED_TYPE, Asker, MediaFile, MediaGrant, has_variant
from tintype.catalog.domain.photo import Photo
from tintype.catalog.domain.result import Variant
from tintype.catalog.ports.media import Credentials, MediaUrlInvalid, MediaUrls
from tintype.catalog.ports.photo import PhotoRepository
from tintype.catalog.service.writing import living
from tintype.kit.clock import Clock
from tintype.kit.errors import DataLoss, NotFound, OutOfRange

_ELSEWHERE: Final = timedelta(minutes=1)  # a client goes there at once
_NAMES = {Variant.PREVIEW: PREVIEW, Variant.THUMBNAIL: THUMBNAIL}


class VariantNotFound(NotFound):
    """The variant of the photo does not exist (yet)."""

    reason = "VARIANT_NOT_FOUND"

    def __init__(self, photo_id: str, variant: Variant) -> None:
        super().__init__(f"photo {photo_id} has no {variant.value} (yet)", photo_id=photo_id, variant=variant.name)


class PhotoCorrupt(DataLoss):
    """The stored original is missing, or not as long as it was."""

    reason = "PHOTO_CORRUPT"

    def __init__(self, photo_id: str) -> None:
        super().__init__(f"the file of photo {photo_id} is damaged or missing", photo_id=photo_id)


class Media:
    """Reads originals and derived pictures; signs addresses, and serves what they grant."""

    def __init__(
        self,
        *,
        photos: PhotoRepository,
        originals: BlobStore,
        derived: BlobStore,
        urls: MediaUrls,
        credentials: Credentials,
        clock: Clock,
    ) -> None:
        self._photos = photos
        self._originals = originals
        self._derived = derived
        self._urls = urls
        self._credentials = credentials
        self._clock = clock

    async def open(self, *, owner_id: str, photo_id: str, variant: Variant) -> MediaFile:
        """What a variant is. Raises PhotoNotFound, VariantNotFound, PhotoCorrupt."""
        photo = living(await self._photos.load(owner_id=owner_id, photo_id=photo_id))
        _check_variant(photo, variant)
        stat = await self._stat(photo, variant)
        original = variant is Variant.ORIGINAL
        if original and stat.size_bytes != photo.file.size_bytes:
            raise PhotoCorrupt(photo_id)
        return MediaFile(
            photo=photo,
            variant=variant,
            media_type=photo.file.media_type if original else DERIVED_TYPE,
            size_bytes=stat.size_bytes,
            version=photo.file.sha256 if original else _version(stat),
        )

    async def read(self, file: MediaFile, *, start: int = 0, length: int | None = None) -> AsyncIterator[bytes]:
        """Runs of at most 1 MiB. Raises OutOfRange if `start` lies behind the end; PhotoCorrupt."""
        if start > file.size_bytes:
            raise OutOfRange("the range begins after the end", size_bytes=str(file.size_bytes))
        if start == file.size_bytes:
            return
        store, key = self._place(file.photo, file.variant)
        chunks = cast(AsyncGenerator[bytes, None], store.read(key, start=start, length=length))
        try:
            async with aclosing(chunks):
                async for chunk in chunks:
                    yield chunk
        except BlobNotFound as error:
            raise _missing(file.photo, file.variant) from error

    async def sign(self, *, photo_id: str, variant: Variant, asker: Asker) -> tuple[str, datetime]:
        """An address for one of the asker's photos, and when it expires. Raises PhotoNotFound, VariantNotFound."""
        photo = living(await self._photos.load(owner_id=asker.user_id, photo_id=photo_id))
        _check_variant(photo, variant)
        return self._urls.sign(photo, variant, asker=asker)

    async def sign_thumbnails(self, *, photo_ids: Sequence[str], asker: Asker) -> list[str]:
        """The addresses of thumbnails, in the order of the ids; empty where there is none."""
        if not asker.session_id and not asker.key_id:  # a service by itself: what is revoked from now on counts
            asker = replace(asker, issued=self._clock.now())
        found = await self._photos.load_many(owner_id=asker.user_id, photo_ids=list(dict.fromkeys(photo_ids)))
        photos = {photo.photo_id: photo for photo in found if photo.deletion is None}
        return [self._urls.thumbnail(photos[each], asker=asker) if each in photos else "" for each in photo_ids]

    async def open_granted(self, token: str) -> tuple[MediaGrant, MediaFile]:
        """What an address grants. Raises MediaUrlInvalid, Unauthenticated, and as `open`."""
        grant = self._urls.open(token)
        self._check(grant)
        file = await self.open(owner_id=grant.asker.user_id, photo_id=grant.photo_id, variant=grant.variant)
        return grant, file

    async def read_granted(
        self, grant: MediaGrant, file: MediaFile, *, start: int, length: int
    ) -> AsyncIterator[bytes]:
        """As `read`; ends with Unauthenticated when the credential is revoked, not when the address expires."""
        async for chunk in self.read(file, start=start, length=length):
            self._credentials.check(grant.asker)
            yield chunk

    async def elsewhere(self, grant: MediaGrant, file: MediaFile, *, disposition: str) -> str | None:
        """A URL of the object store that serves the same bytes with this Content-Disposition, if clients reach it.

        Of originals only: derived pictures are small, and browsers keep them by the address that they came from. It
        serves whoever has it for a minute, even if the credential is revoked meanwhile.
        """
        if file.variant is not Variant.ORIGINAL or self.seconds_left(grant) < 1:
            return None
        lasts = min(_ELSEWHERE, timedelta(seconds=self.seconds_left(grant)))
        store, key = self._place(file.photo, file.variant)
        return await store.signed_url(key, lasts=lasts, media_type=file.media_type, disposition=disposition)

    def seconds_left(self, grant: MediaGrant) -> int:
        """How long an address still serves."""
        return max(0, grant.expire_s - int(self._clock.now().timestamp()))

    def _check(self, grant: MediaGrant) -> None:
        if self._clock.now().timestamp() >= grant.expire_s:
            raise MediaUrlInvalid
        self._credentials.check(grant.asker)

    async def _stat(self, photo: Photo, variant: Variant) -> BlobStat:
        store, key = self._place(photo, variant)
        try:
            return await store.stat(key)
        except BlobNotFound as error:
            raise _missing(photo, variant) from error

    def _place(self, photo: Photo, variant: Variant) -> tuple[BlobStore, str]:
        sha256 = bytes.fromhex(photo.file.sha256)
        if variant is Variant.ORIGINAL:
            return self._originals, original_key(owner_id=photo.owner_id, sha256=sha256)
        return self._derived, derived_key(owner_id=photo.owner_id, sha256=sha256, variant=_NAMES[variant])


def _check_variant(photo: Photo, variant: Variant) -> None:
    if not has_variant(photo, variant):
        raise VariantNotFound(photo.photo_id, variant)


def _missing(photo: Photo, variant: Variant) -> PhotoCorrupt | VariantNotFound:
    original = variant is Variant.ORIGINAL
    return PhotoCorrupt(photo.photo_id) if original else VariantNotFound(photo.photo_id, variant)


def _version(stat: BlobStat) -> str:
    """Derived pictures may be made again, at another time."""
    return hashlib.sha256(f"{stat.key} {stat.size_bytes} {stat.modify_time.isoformat()}".encode()).hexdigest()[:32]
