"""What every adapter of the records of uploads must do."""

from __future__ import annotations

import asyncio
import dataclasses
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from pathlib import Path

import pytest
from tests.clocks import NOON

from tintype.upload.domain import CaptureTime, Header, Location, Upload, UploadState
from tintype.upload.ports import UploadConflict, UploadExists, UploadNotFound, UploadRepository

OWNER = "ann"


def make_upload(upload_id: str = "u1", *, owner_id: str = OWNER, minute: int = 0) -> Upload:
    """Begun that many minutes past noon, and open for a day."""
    begun = NOON + timedelta(minutes=minute)
    header = Header(
        file_name="beach.jpg",
        size_bytes=1234,
        sha256="ab" * 32,
        capture_time=CaptureTime(local_time="2024-05-01T12:00:00", utc_offset_minutes=120),
        location=Location(latitude_deg=55.7, longitude_deg=13.2),
        description="sea",
    )
    return Upload(
        upload_id=upload_id,
        owner_id=owner_id,
        revision=1,
        header=header,
        handle=f"handle-of-{upload_id}-of-{owner_id}",
        create_time=begun,
        expire_time=begun + timedelta(days=1),
    )


class UploadRepositorySuite(ABC):
    """A subclass for each database says how to connect."""

    @abstractmethod
    def connect(self, home: Path) -> AbstractAsyncContextManager[UploadRepository]:
        """The uploads of a new installation, or of the one that was made here before."""

    @pytest.fixture
    async def uploads(self, tmp_path: Path) -> AsyncIterator[UploadRepository]:
        """None yet."""
        async with self.connect(tmp_path) as uploads:
            yield uploads

    async def test_an_upload_comes_back_as_it_was_given(self, tmp_path: Path) -> None:
        async with self.connect(tmp_path) as uploads:
            await uploads.add(upload := make_upload())
        async with self.connect(tmp_path) as uploads:
            assert await uploads.load(owner_id=OWNER, upload_id="u1") == upload

    async def test_to_one_owner_the_upload_of_another_does_not_exist(self, uploads: UploadRepository) -> None:
        await uploads.add(upload := make_upload())
        stranger = dataclasses.replace(upload, owner_id="bob")
        for attempt in (
            uploads.load(owner_id="bob", upload_id="u1"),
            uploads.replace(stranger),
            uploads.remove(stranger),
        ):
            with pytest.raises(UploadNotFound):
                await attempt
        await uploads.add(stranger)
        assert await uploads.load(owner_id=OWNER, upload_id="u1") == upload

    async def test_an_id_is_taken_once(self, uploads: UploadRepository) -> None:
        outcomes = await asyncio.gather(*(uploads.add(make_upload()) for _ in range(4)), return_exceptions=True)
        assert sum(isinstance(outcome, UploadExists) for outcome in outcomes) == 3

    async def test_of_two_writers_of_one_revision_one_wins(self, uploads: UploadRepository) -> None:
        await uploads.add(upload := make_upload())
        changes = (upload.cancelled(), upload.completed(photo_id="p1", sha256="cd" * 32))
        outcomes = await asyncio.gather(*map(uploads.replace, changes), return_exceptions=True)
        assert sum(isinstance(outcome, UploadConflict) for outcome in outcomes) == 1
        stored = await uploads.load(owner_id=OWNER, upload_id="u1")
        assert stored.revision == 2
        assert stored in outcomes
        with pytest.raises(UploadConflict):
            await uploads.remove(upload)
        await uploads.remove(stored)
        with pytest.raises(UploadNotFound):
            await uploads.load(owner_id=OWNER, upload_id="u1")

    async def test_open_uploads_are_told_oldest_first(self, uploads: UploadRepository) -> None:
        for name, minute in (("u2", 2), ("u1", 1), ("u3", 3)):
            await uploads.add(make_upload(name, minute=minute))
        await uploads.add(make_upload("other", owner_id="bob"))
        await uploads.replace(make_upload("u2", minute=2).cancelled())
        assert [each.upload_id for each in await uploads.open_uploads(owner_id=OWNER)] == ["u1", "u3"]

    async def test_expired_ones_are_of_all_owners_and_states(self, uploads: UploadRepository) -> None:
        await uploads.add(make_upload("late", minute=9))
        await uploads.add(make_upload("second", owner_id="bob", minute=2))
        await uploads.add(make_upload("first", minute=1))
        await uploads.replace(make_upload("first", minute=1).cancelled())
        before = NOON + timedelta(days=1, minutes=9)
        found = await uploads.expired(before=before, limit=5)
        assert [(each.upload_id, each.state) for each in found] == [
            ("first", UploadState.CANCELLED),
            ("second", UploadState.OPEN),
        ]
        assert [each.upload_id for each in await uploads.expired(before=before, limit=1)] == ["first"]

    async def test_removing_an_owner_tells_what_there_was(self, uploads: UploadRepository) -> None:
        await uploads.add(first := make_upload("u1"))
        await uploads.add(second := make_upload("u2", minute=1))
        await uploads.add(other := make_upload("u1", owner_id="bob"))
        assert await uploads.handles() == {first.handle, second.handle, other.handle}
        assert await uploads.count_owner(OWNER) == 2
        assert list(await uploads.remove_owner(OWNER)) == [first, second]
        assert (await uploads.count_owner(OWNER), await uploads.count_owner("bob")) == (0, 1)
        assert await uploads.handles() == {other.handle}
