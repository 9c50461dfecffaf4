"""From staged bytes to a photo: promote, verify, register, and look for a deletion that crossed the way."""

from __future__ import annotations

import asyncio
import hashlib
from typing import Final, Generic, TypeVar

from tintype.blobs.ports import BlobMismatch, BlobNotFound, BlobStore, PutOutcome, claim_of, original_key
from tintype.kit.operations.leases import Leases
from tintype.kit.operations.ports import LeaseHeld, LeaseRepository
from tintype.kit.steps import Step, no_step
from tintype.upload.domain import Header, Picture
from tintype.upload.ports import Catalog, Registered
from tintype.upload.service.errors import ChecksumMismatch

P = TypeVar("P")

_CLAIM_PAUSE_S: Final = 0.2  # between looks at a claim; it expires 60 s after its holder died


class Committer(Generic[P]):
    """The steps 2 to 4 of an upload. `step` is called before each and after the last, with its name."""

    def __init__(
        self,
        *,
        originals: BlobStore,
        catalog: Catalog[P],
        claims: LeaseRepository,
        leases: Leases,
        step: Step = no_step,
    ) -> None:
        self._originals = originals
        self._catalog = catalog
        self._claims = claims
        self._leases = leases
        self._step = step

    async def commit(
        self, *, owner_id: str, header: Header, handle: str, sha256: bytes, picture: Picture, upload_id: str = ""
    ) -> Registered[P]:
        """Make the photo; once this returns it is safe.

        Raises ChecksumMismatch if the staged bytes are others than declared, and what the catalog answers.
        """
        key = original_key(owner_id=owner_id, sha256=sha256)
        await self._step("promote")
        await self._promote(handle, key, sha256=sha256, size_bytes=header.size_bytes)
        await self._step("register")
        registered = await self._catalog.register(
            owner_id=owner_id, header=header, picture=picture, upload_id=upload_id
        )
        await self._step("claim")
        await self._outlive_deletion(handle, key, sha256=sha256, size_bytes=header.size_bytes)
        await self._step("acknowledge")
        return registered

    async def _promote(self, handle: str, key: str, *, sha256: bytes, size_bytes: int) -> None:
        """Give the bytes their place, and make sure that what lies there is them."""
        try:
            outcome = await self._originals.promote(handle, key, sha256=sha256, size_bytes=size_bytes, keep=True)
        except BlobMismatch as error:
            raise ChecksumMismatch("size or SHA-256 of the file") from error
        await self._step("verify")
        if not await self._is_whole(key, sha256=sha256, size_bytes=size_bytes, fresh=outcome is PutOutcome.STORED):
            await self._originals.promote(handle, key, sha256=sha256, size_bytes=size_bytes, overwrite=True)
            if not await self._is_whole(key, sha256=sha256, size_bytes=size_bytes, fresh=True):
                raise ChecksumMismatch("stored copy of the file")

    async def _is_whole(self, key: str, *, sha256: bytes, size_bytes: int, fresh: bool) -> bool:
        """By length and stored checksum; bytes that somebody else put there are read where the store keeps none."""
        try:
            stat = await self._originals.stat(key)
        except BlobNotFound:
            return False
        if stat.size_bytes != size_bytes:
            return False
        if stat.sha256 is not None:
            return stat.sha256 == sha256
        return fresh or await self._hash(key) == sha256

    async def _hash(self, key: str) -> bytes:
        digest = hashlib.sha256()
        async for chunk in self._originals.read(key):
            digest.update(chunk)
        return digest.digest()

    async def _outlive_deletion(self, handle: str, key: str, *, sha256: bytes, size_bytes: int) -> None:
        """A deletion of the same bytes that began before the photo was registered may take the object away for as long
        as it holds its claim: wait until there is none, then put the object back if it is gone."""
        while await self._claims.load(claim_of(key)) is not None:
            try:
                async with self._leases.held(claim_of(key)):
                    break  # whoever held it is dead
            except LeaseHeld:
                await asyncio.sleep(_CLAIM_PAUSE_S)
        try:
            await self._originals.stat(key)
        except BlobNotFound:
            await self._originals.promote(handle, key, sha256=sha256, size_bytes=size_bytes, keep=True)
