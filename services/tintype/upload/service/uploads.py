"""Uploads: resumable ones, and small files in one stream."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Final, Generic, TypeVar

from tintype.blobs.ports import BlobStore, StagedBusy, StagedNotFound, original_key
from tintype.imaging.ports import ImageTooLarge, Imaging, UnsupportedMedia
from tintype.kit.clock import Clock
from tintype.kit.ids import IdSource, id_of_request
from tintype.kit.turns import tried
from tintype.upload.domain import Chunk, Header, Upload, UploadState
from tintype.upload.ports import (
    Catalog,
    Check,
    Presence,
    Registered,
    UploadConflict,
    UploadExists,
    UploadNotFound,
    UploadRepository,
)
from tintype.upload.service.commit import Committer
from tintype.upload.service.errors import (
    ChecksumMismatch,
    OffsetMismatch,
    RequestIdReused,
    UploadBusy,
    UploadEnded,
)
from tintype.upload.service.intake import Intake, picture_of
from tintype.upload.service.quota import Quota

P = TypeVar("P")

UPLOAD_LIFETIME: Final = timedelta(hours=24)


class Uploads(Generic[P]):
    """The use cases of UploadService."""

    def __init__(
        self,
        *,
        uploads: UploadRepository,
        originals: BlobStore,
        imaging: Imaging,
        catalog: Catalog[P],
        committer: Committer[P],
        quota: Quota[P],
        clock: Clock,
        ids: IdSource,
    ) -> None:
        self._uploads = uploads
        self._originals = originals
        self._imaging = imaging
        self._catalog = catalog
        self._committer = committer
        self._quota = quota
        self._clock = clock
        self._ids = ids

    async def create_upload(self, *, owner_id: str, header: Header, request_id: str) -> tuple[Upload, int]:
        """Begin an upload, or meet the one that the same request began; with its durable offset.

        Raises: FileTooLarge, QuotaExceeded, AccountClosed, RequestIdReused, UnsupportedMedia by the name of the file.
        """
        self._imaging.check_name(header.file_name)
        upload_id = self._ids.new()
        if request_id:
            upload_id = id_of_request(owner_id=owner_id, rpc="CreateUpload", request_id=request_id)
            with suppress(UploadNotFound):
                return await self._met(owner_id=owner_id, upload_id=upload_id, header=header, request_id=request_id)
        await self._quota.admit(owner_id=owner_id, header=header)
        upload = await self._staged(owner_id=owner_id, upload_id=upload_id, header=header)
        try:
            await self._uploads.add(upload)
        except UploadExists:  # the same request came twice at once
            await self._originals.discard(upload.handle)
            return await self._met(owner_id=owner_id, upload_id=upload_id, header=header, request_id=request_id)
        return upload, 0

    async def append(self, *, owner_id: str, upload_id: str, chunks: AsyncIterator[Chunk]) -> int:
        """Take chunks in; returns the durable offset. What came before an error stays, unless it is no picture.

        Raises: UploadNotFound, UploadEnded, UploadBusy, and what Intake.receive does.
        """
        upload = await self._open(owner_id=owner_id, upload_id=upload_id)
        header = upload.header
        offset = await self._originals.staged_size(upload.handle)
        intake = Intake(imaging=self._imaging, file_name=header.file_name, size_bytes=header.size_bytes)
        try:
            async with self._originals.writer(upload.handle, offset=offset) as writer:
                await intake.receive(writer, chunks, offset=offset)
                flushed = await writer.flush()
        except StagedBusy as error:
            raise UploadBusy(upload_id) from error
        except (UnsupportedMedia, ImageTooLarge):
            await self._drop(upload)
            raise
        return flushed.offset

    async def get_upload(self, *, owner_id: str, upload_id: str) -> tuple[Upload, int]:
        """The upload and its durable offset. Raises UploadNotFound, for a cancelled one too."""
        upload = await self._uploads.load(owner_id=owner_id, upload_id=upload_id)
        return upload, await self._offset(upload)

    async def complete(self, *, owner_id: str, upload_id: str, sha256: str) -> Registered[P]:
        """Make the photo of an upload whose bytes are all there; completing twice returns the same photo.

        Without a hash that of the header counts, or else whatever came.
        Raises: UploadNotFound, UploadBusy, ChecksumMismatch, OffsetMismatch, UnsupportedMedia, ImageTooLarge.
        """
        upload = await self._uploads.load(owner_id=owner_id, upload_id=upload_id)
        if upload.state is UploadState.CANCELLED:
            raise UploadNotFound(upload_id)
        if upload.state is UploadState.COMPLETE:
            return await self._catalog.photo(owner_id=owner_id, photo_id=upload.photo_id)
        if upload.expire_time <= self._clock.now():
            raise UploadNotFound(upload_id)
        sha256 = await self._checked(upload, sha256)
        upload = await self._noted(upload, sha256)
        header = upload.completed(photo_id="", sha256=sha256).header
        try:
            picture = await picture_of(
                self._imaging,
                self._originals,
                upload.handle,
                file_name=header.file_name,
                size_bytes=header.size_bytes,
            )
        except (UnsupportedMedia, ImageTooLarge):
            await self._drop(upload)
            raise
        try:
            registered = await self._committer.commit(
                owner_id=owner_id,
                header=header,
                handle=upload.handle,
                sha256=bytes.fromhex(sha256),
                picture=picture,
                upload_id=upload_id,
            )
        except StagedBusy as error:
            raise UploadBusy(upload_id) from error
        await self._uploads.replace(upload.completed(photo_id=registered.photo_id, sha256=sha256))
        await self._originals.discard(upload.handle)
        return registered

    async def cancel(self, *, owner_id: str, upload_id: str) -> None:
        """Cancelling twice is cancelling once; a complete upload stays. Raises UploadNotFound, UploadBusy."""
        upload = await self._uploads.load(owner_id=owner_id, upload_id=upload_id)
        if upload.state is UploadState.OPEN:
            await self._drop(upload)

    async def upload_photo(self, *, owner_id: str, header: Header, chunks: AsyncIterator[Chunk]) -> Registered[P]:
        """Everything in one stream; nothing is kept when it fails.

        Raises: what create_upload, append and complete do.
        """
        await self._quota.admit(owner_id=owner_id, header=header)
        sha256 = bytes.fromhex(header.sha256)
        handle = await self._originals.stage(original_key(owner_id=owner_id, sha256=sha256), lasting=False)
        try:
            intake = Intake(imaging=self._imaging, file_name=header.file_name, size_bytes=header.size_bytes)
            async with self._originals.writer(handle, offset=0) as writer:
                received = await intake.receive(writer, chunks, offset=0)
                finished = await writer.finish()
            if received != header.size_bytes or finished.sha256 != sha256:
                raise ChecksumMismatch("size or SHA-256 of the file")
            picture = intake.picture or await picture_of(
                self._imaging,
                self._originals,
                handle,
                file_name=header.file_name,
                size_bytes=header.size_bytes,
            )
            return await self._committer.commit(
                owner_id=owner_id, header=header, handle=handle, sha256=sha256, picture=picture
            )
        finally:
            await self._originals.discard(handle)

    async def check_photos(self, *, owner_id: str, sha256s: Sequence[str]) -> list[Check]:
        """What the library has of each hash, in their order; a photo counts before an upload of the same bytes."""
        uploads = await self._uploads.open_uploads(owner_id=owner_id)
        found = {
            upload.sha256: Check(upload.sha256, Presence.UPLOADING, upload_id=upload.upload_id) for upload in uploads
        }
        photos = await self._catalog.check(owner_id=owner_id, sha256s=sha256s)
        found |= {check.sha256: check for check in photos}
        return [found.get(each, Check(each, Presence.ABSENT)) for each in sha256s]

    async def _met(self, *, owner_id: str, upload_id: str, header: Header, request_id: str) -> tuple[Upload, int]:
        """The upload as it stands; it begins anew where it was given up, or what it led to is no more."""

        async def attempt() -> tuple[Upload, int]:
            upload = await self._uploads.load(owner_id=owner_id, upload_id=upload_id)
            if upload.header.fingerprint() != header.fingerprint() and upload.state is not UploadState.COMPLETE:
                raise RequestIdReused(request_id)
            if await self._leads_on(upload):
                with suppress(StagedNotFound):
                    return upload, await self._offset(upload)
            return await self._begun_anew(upload, header=header)

        return await tried(attempt, overtaken=UploadConflict)

    async def _leads_on(self, upload: Upload) -> bool:
        """Whether an upload is open, or its photo neither in the trash nor gone nor without its file."""
        if upload.state is not UploadState.COMPLETE:
            return upload.state is UploadState.OPEN and upload.expire_time > self._clock.now()
        checks = await self._catalog.check(owner_id=upload.owner_id, sha256s=[upload.header.sha256])
        return any(check.presence in {Presence.PRESENT, Presence.FAILED} for check in checks)

    async def _begun_anew(self, upload: Upload, *, header: Header) -> tuple[Upload, int]:
        """Raises UploadConflict if somebody else began it anew, and what Quota.admit does."""
        await self._quota.admit(owner_id=upload.owner_id, header=header, upload_id=upload.upload_id)
        fresh = await self._staged(owner_id=upload.owner_id, upload_id=upload.upload_id, header=header)
        try:
            return await self._uploads.replace(replace(fresh, revision=upload.revision)), 0
        except (UploadConflict, UploadNotFound):
            await self._originals.discard(fresh.handle)
            raise

    async def _staged(self, *, owner_id: str, upload_id: str, header: Header) -> Upload:
        key = original_key(owner_id=owner_id, sha256=bytes.fromhex(header.sha256)) if header.sha256 else None
        now = self._clock.now()
        return Upload(
            upload_id=upload_id,
            owner_id=owner_id,
            revision=1,
            header=header,
            handle=await self._originals.stage(key),
            create_time=now,
            expire_time=now + UPLOAD_LIFETIME,
        )

    async def _offset(self, upload: Upload) -> int:
        if upload.state is UploadState.COMPLETE:
            return upload.header.size_bytes
        if upload.state is UploadState.CANCELLED:
            raise UploadNotFound(upload.upload_id)
        return await self._originals.staged_size(upload.handle)

    async def _open(self, *, owner_id: str, upload_id: str) -> Upload:
        upload = await self._uploads.load(owner_id=owner_id, upload_id=upload_id)
        if upload.state is UploadState.CANCELLED or upload.expire_time <= self._clock.now():
            raise UploadNotFound(upload_id)
        if upload.state is UploadState.COMPLETE:
            raise UploadEnded(upload_id)
        return upload

    async def _checked(self, upload: Upload, sha256: str) -> str:
        """The hash. Raises OffsetMismatch while bytes are missing, ChecksumMismatch if others were declared."""
        header = upload.header
        if header.sha256 and sha256 and header.sha256 != sha256:
            raise ChecksumMismatch("SHA-256 of the file", upload_id=upload.upload_id)
        try:
            staged = await self._originals.staged_size(upload.handle)
            if staged != header.size_bytes:
                raise OffsetMismatch(durable_offset=staged)
            digest = await self._hash_written(upload.handle, staged) or await self._originals.hash_staged(upload.handle)
        except StagedNotFound as error:
            raise UploadNotFound(upload.upload_id) from error
        if digest.hex() != (sha256 or header.sha256 or digest.hex()):
            raise ChecksumMismatch("SHA-256 of the file", upload_id=upload.upload_id)
        return digest.hex()

    async def _noted(self, upload: Upload, sha256: str) -> Upload:
        """By the record the sweep finds what a crash leaves at the place of the bytes."""
        if upload.sha256 == sha256:
            return upload
        return await self._uploads.replace(upload.found(sha256))

    async def _hash_written(self, handle: str, offset: int) -> bytes | None:
        """What was hashed while it was written; None if another process did, or an earlier try promoted it.

        It may be open for another call too: promoting tells.
        """
        try:
            async with self._originals.writer(handle, offset=offset) as writer:
                return (await writer.finish()).sha256
        except StagedBusy:
            return None

    async def _drop(self, upload: Upload) -> None:
        try:
            await self._originals.discard(upload.handle)
        except StagedBusy as error:
            raise UploadBusy(upload.upload_id) from error
        await self._uploads.replace(upload.cancelled())
