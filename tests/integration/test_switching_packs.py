"""Photos that `builtin` looked at are looked at again once a better pack is there, and are found all the while."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from tests.library import Library, running

from tintype.v1 import photo_pb2, search_service_pb2
from tintype_sdk import Client

PHOTOS = 12
LONGEST_S = 90
QUERY = "blue sky over water"
POLL_S = 0.05
PASSWORD = "correct horse battery"
BUILTIN, DEVELOPMENT = "builtin-1", "development-1"


async def photos_of(client: Client) -> list[photo_pb2.Photo]:
    return [photo async for photo in client.photos.all()]


def embedded_by(photo: photo_pb2.Photo) -> str:
    """The model of the vector in force."""
    return next(stage.model for stage in photo.stages if stage.stage == photo_pb2.STAGE_EMBED)


async def until_indexed(client: Client, space: str) -> None:
    """Until every photo is processed and stands in the index with a vector of this space, and of no other."""
    async with asyncio.timeout(LONGEST_S):
        while True:
            if dict((await client.search.status()).spaces) == {space: PHOTOS}:
                break
            await asyncio.sleep(POLL_S)
    assert {photo.state for photo in await photos_of(client)} == {photo_pb2.PHOTO_STATE_READY}


async def hits(client: Client) -> set[str]:
    """The photos that are found by words."""
    request = search_service_pb2.SearchPhotosRequest(words=QUERY, page_size=2 * PHOTOS)
    return {hit.photo.photo_id for hit in (await client.search.photos(request=request)).hits}


async def imported(library: Library, files: list[Path]) -> set[str]:
    """Put them in, and return what a search finds."""
    async with Client.open(library.address) as client:
        await client.accounts.sign_up("ann", PASSWORD)
        for file in files:
            await client.uploads.upload_file(file)
        await until_indexed(client, BUILTIN)
        return await hits(client)


@pytest.mark.timeout(300)
async def test_a_better_pack_looks_again_and_search_finds_the_photos_all_the_while(
    tmp_path: Path, samples: Path, models: Path
) -> None:
    home, files = tmp_path / "home", sorted((samples / "captioned").glob("c*.jpg"))[:PHOTOS]
    quiet = {"TINTYPE_CATALOG_TEXT": "false"}
    async with running(home, TINTYPE_MODEL_PACK="builtin", **quiet) as library:
        before = await imported(library, files)
        await library.stopped()
    better = {"TINTYPE_MODEL_PACK": "development", "TINTYPE_MODELS_MIRROR": str(models)}
    async with running(home, **better, **quiet) as library, Client.open(library.address) as client:
        await client.accounts.sign_in("ann", PASSWORD)
        meanwhile: list[set[str]] = []
        async with asyncio.timeout(LONGEST_S):
            while {embedded_by(photo) for photo in await photos_of(client)} != {DEVELOPMENT}:
                meanwhile.append(await hits(client))
                await asyncio.sleep(POLL_S)
        await until_indexed(client, DEVELOPMENT)
        by_both = before & await hits(client)
        assert by_both
        assert all(found >= by_both for found in meanwhile), "what both packs find is found while one takes over"
        await library.stopped()
