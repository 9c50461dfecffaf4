"""What every AlbumRepository must do."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest
from tests.album_builders import make_album
from tests.builders import OTHER, OWNER
from tests.clocks import NOON

from tintype.catalog.domain.album import AlbumChanged, AlbumOrder, AlbumValues, album_changed
from tintype.catalog.ports.album import AlbumConflict, AlbumExists, AlbumNotFound, AlbumRepository
from tintype.catalog.ports.photo import PageKey
from tintype.kit.outbox import Outbox

HOUR: Final = timedelta(hours=1)


class AlbumRepositorySuite(ABC):
    @abstractmethod
    def connect(self, home: Path) -> AbstractAsyncContextManager[tuple[AlbumRepository, Outbox[AlbumChanged]]]:
        """Open it in this folder."""

    @pytest.fixture
    async def opened(self, tmp_path: Path) -> AsyncIterator[tuple[AlbumRepository, Outbox[AlbumChanged]]]:
        async with self.connect(tmp_path) as opened:
            yield opened

    @pytest.fixture
    def albums(self, opened: tuple[AlbumRepository, Outbox[AlbumChanged]]) -> AlbumRepository:
        return opened[0]

    async def test_an_album_comes_back_as_it_was(self, albums: AlbumRepository) -> None:
        values = AlbumValues(title="Ünï", description="d", cover_photo_id="p", order=AlbumOrder.MANUAL)
        album = make_album(values=values, delete_time=NOON)
        await albums.add(album, facts=[])
        assert await albums.load(owner_id=OWNER, album_id=album.album_id) == album

    async def test_another_owner_finds_nothing(self, albums: AlbumRepository) -> None:
        await albums.add(album := make_album(), facts=[])
        with pytest.raises(AlbumNotFound):
            await albums.load(owner_id=OTHER, album_id=album.album_id)
        assert await albums.load_many(owner_id=OTHER, album_ids=[album.album_id]) == []
        assert (await albums.page(OTHER, limit=9)).albums == []
        with pytest.raises(AlbumNotFound):
            await albums.replace(replace(album, owner_id=OTHER), facts=[])

    async def test_an_id_is_taken_once(self, albums: AlbumRepository) -> None:
        await albums.add(make_album(), facts=[])
        with pytest.raises(AlbumExists):
            await albums.add(make_album(), facts=[])

    async def test_a_replace_takes_the_next_revision_and_tells_it(
        self, opened: tuple[AlbumRepository, Outbox[AlbumChanged]]
    ) -> None:
        albums, outbox = opened
        await albums.add(album := make_album(), facts=[album_changed(make_album())])
        stored = await albums.replace(album, facts=[album_changed(album)])
        assert stored.revision == 2
        waiting = await outbox.unpublished(older_than=NOON + 999 * HOUR, limit=9)
        assert [each.fact.revision for each in waiting] == [1, 2]

    async def test_a_replace_of_an_older_revision_is_refused(self, albums: AlbumRepository) -> None:
        await albums.add(album := make_album(), facts=[])
        await albums.replace(album, facts=[])
        with pytest.raises(AlbumConflict):
            await albums.replace(album, facts=[])
        with pytest.raises(AlbumConflict):
            await albums.remove(album)

    async def test_albums_come_newest_first_page_by_page_without_deleted_ones(self, albums: AlbumRepository) -> None:
        for hour, name in enumerate("abc"):
            await albums.add(make_album(name, create_time=NOON + hour * HOUR), facts=[])
        await albums.add(make_album("gone", create_time=NOON, delete_time=NOON), facts=[])
        names: list[str] = []
        after: PageKey = ()
        while True:
            page = await albums.page(OWNER, limit=2, after=after)
            names += [album.album_id for album in page.albums]
            if page.after is None:
                break
            after = page.after
        assert names == ["c", "b", "a"]

    async def test_deleted_albums_of_everybody_come_by_time(self, albums: AlbumRepository) -> None:
        await albums.add(make_album("late", delete_time=NOON + HOUR), facts=[])
        await albums.add(make_album("early", owner_id=OTHER, delete_time=NOON), facts=[])
        await albums.add(make_album("there"), facts=[])
        page = await albums.page_deleted(limit=9)
        assert [album.album_id for album in page.albums] == ["early", "late"]

    async def test_an_owner_leaves_nothing(self, albums: AlbumRepository) -> None:
        await albums.add(make_album("a"), facts=[])
        await albums.add(make_album("b", delete_time=NOON), facts=[])
        await albums.add(make_album("c", owner_id=OTHER), facts=[])
        assert await albums.count_owner(OWNER) == 2
        assert await albums.remove_owner(OWNER) == 2
        assert (await albums.count_owner(OWNER), await albums.count_owner(OTHER)) == (0, 1)
