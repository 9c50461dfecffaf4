"""Two users with photos of their own: nothing of one appears to the other, however it is asked for."""

from __future__ import annotations

import asyncio
import urllib.error
import urllib.request
from collections.abc import Sequence
from typing import TypeVar

import pytest
from google.protobuf.field_mask_pb2 import FieldMask
from google.protobuf.message import Message
from tests.drawn import draw
from tests.isolation.calls import Answer, rpcs
from tests.isolation.cases import CASES
from tests.isolation.world import POLL_S, WAIT_S, Person, World

from tintype.v1 import (
    account_pb2,
    album_service_pb2,
    catalog_service_pb2,
    event_service_pb2,
    media_service_pb2,
    operation_pb2,
    photo_filter_pb2,
    photo_pb2,
    search_service_pb2,
    upload_service_pb2,
    users_service_pb2,
)

pytestmark = [pytest.mark.isolation, pytest.mark.asyncio(loop_scope="module")]

M = TypeVar("M", bound=Message)
SECRET_TAG = "mysecretworkshop"


async def ask(world: World, name: str, answer: type[M], person: Person, /, **fields: object) -> M:
    return await world.ask(name, answer, person.signed, **fields)


async def tried(world: World, name: str, person: Person, /, **fields: object) -> Answer:
    return await world.call(name, [rpcs()[name].request(**fields)], person.signed)


async def tagged(world: World) -> photo_pb2.Photo:
    """A photo of Ada's with a tag that nobody else has, found by it."""
    photo = await world.looked_at(await world.photo())
    tags = photo_pb2.Photo(tags=[photo_pb2.Tag(name=SECRET_TAG)], favourite=True)
    mask = FieldMask(paths=["tags", "favourite"])
    answer = catalog_service_pb2.UpdatePhotoResponse
    fields = {"photo_id": photo.photo_id, "photo": tags, "update_mask": mask}
    await ask(world, "CatalogService.UpdatePhoto", answer, world.ada, **fields)
    async with asyncio.timeout(WAIT_S):
        while True:
            if photo.photo_id in await found(world, world.ada, words=SECRET_TAG):
                return photo
            await asyncio.sleep(POLL_S)


async def found(world: World, person: Person, **fields: object) -> Sequence[str]:
    answer = search_service_pb2.SearchPhotosResponse
    got = await ask(world, "SearchService.SearchPhotos", answer, person, **{"page_size": 500, **fields})
    return [hit.photo.photo_id for hit in got.hits]


async def test_lists_counts_tags_and_searches_hold_ones_own(world: World) -> None:
    theirs = await tagged(world)
    mine = await world.looked_at(await world.photo(owner=world.bob), world.bob)
    bob = world.bob
    listed = await ask(world, "CatalogService.ListPhotos", catalog_service_pb2.ListPhotosResponse, bob)
    assert {photo.owner_id for photo in listed.photos} == {bob.user_id}
    months = catalog_service_pb2.ListTimelineBucketsResponse
    buckets = (await ask(world, "CatalogService.ListTimelineBuckets", months, bob, days_from=1)).buckets
    assert sum(bucket.count for bucket in buckets) == len(listed.photos)
    assert sum(day.count for bucket in buckets for day in bucket.days) == len(listed.photos)
    usage = await ask(world, "CatalogService.GetUsage", catalog_service_pb2.GetUsageResponse, bob)
    assert usage.photos == len(listed.photos)
    tags = await ask(world, "CatalogService.ListTags", catalog_service_pb2.ListTagsResponse, bob)
    assert SECRET_TAG not in str(tags)
    suggested = search_service_pb2.SuggestQueriesResponse
    assert SECRET_TAG not in str(await ask(world, "SearchService.SuggestQueries", suggested, bob, prefix="my"))
    assert theirs.photo_id not in await found(world, bob, words=SECRET_TAG)
    answer = search_service_pb2.SearchPhotosResponse
    everything = photo_filter_pb2.PhotoFilter(states=[photo_pb2.PHOTO_STATE_READY])
    got = await ask(world, "SearchService.SearchPhotos", answer, bob, filter=everything, facets=True)
    assert {hit.photo.photo_id for hit in got.hits} <= {photo.photo_id for photo in listed.photos}
    assert got.matches <= len(listed.photos)
    assert SECRET_TAG not in str(got.facets)
    assert mine.photo_id in {photo.photo_id for photo in listed.photos}


async def test_searching_by_a_photo_or_album_of_another_is_searching_by_none(world: World) -> None:
    photo, never = await world.looked_at(await world.photo()), "a" * 20
    theirs = await tried(world, "SearchService.SearchPhotos", world.bob, like_photo_id=photo.photo_id)
    absent = await tried(world, "SearchService.SearchPhotos", world.bob, like_photo_id=never)
    assert theirs.code == "NOT_FOUND"
    assert theirs.without(photo.photo_id) == absent.without(never)
    album = (await CASES["AlbumService.GetAlbum"](world)).requests[0]
    inside = photo_filter_pb2.PhotoFilter(
        album_ids=photo_filter_pb2.SetMatch(any_of=[str(getattr(album, "album_id", ""))])
    )
    assert not await found(world, world.bob, filter=inside)


async def test_bytes_of_another_are_absent(world: World) -> None:
    photo = await world.photo()
    answer = upload_service_pb2.CheckPhotosResponse
    checks = (await ask(world, "UploadService.CheckPhotos", answer, world.bob, sha256s=[photo.sha256])).checks
    assert [(check.presence, check.photo_id) for check in checks] == [(upload_service_pb2.PRESENCE_ABSENT, "")]


async def test_the_same_bytes_are_another_photo_to_another_user(world: World) -> None:
    data = draw(990_001)
    theirs, mine = await world.photo(data=data), await world.photo(owner=world.bob, data=data)
    assert theirs.photo_id != mine.photo_id
    assert mine.owner_id == world.bob.user_id


@pytest.mark.parametrize("name", ["BatchUpdatePhotos", "BatchTrashPhotos", "BatchRestorePhotos"])
async def test_a_batch_treats_photos_of_another_as_unknown(world: World, name: str) -> None:
    photo, never = await world.looked_at(await world.photo()), "a" * 20
    edit = {"edit": catalog_service_pb2.PhotoEdit(rating=1)} if name == "BatchUpdatePhotos" else {}
    got = await tried(world, f"CatalogService.{name}", world.bob, photo_ids=[photo.photo_id, never], **edit)
    assert got.code == "OK"
    answer = got.messages[0]
    assert isinstance(
        answer,
        catalog_service_pb2.BatchUpdatePhotosResponse
        | catalog_service_pb2.BatchTrashPhotosResponse
        | catalog_service_pb2.BatchRestorePhotosResponse,
    )
    assert not answer.photos
    told = [(each.reason, each.message.replace(each.photo_id, "")) for each in answer.failures]
    assert told[0] == told[1]
    get = catalog_service_pb2.GetPhotoResponse
    after = (await ask(world, "CatalogService.GetPhoto", get, world.ada, photo_id=photo.photo_id)).photo
    assert (after.rating, after.HasField("trash_time")) == (0, False)


async def test_a_batch_get_misses_photos_of_another(world: World) -> None:
    photo, never = await world.photo(), "a" * 20
    answer = catalog_service_pb2.BatchGetPhotosResponse
    ids = [photo.photo_id, never]
    got = await ask(world, "CatalogService.BatchGetPhotos", answer, world.bob, photo_ids=ids)
    assert (list(got.photos), list(got.missing_ids)) == ([], ids)


async def test_photos_of_another_do_not_get_into_an_album_nor_ones_own_into_theirs(world: World) -> None:
    photo, never = await world.photo(), "a" * 20
    made = album_service_pb2.CreateAlbumResponse
    album_id = (await ask(world, "AlbumService.CreateAlbum", made, world.bob, title="mine")).album.album_id
    ids = [photo.photo_id, never]
    answer = album_service_pb2.BatchAddToAlbumResponse
    got = await ask(world, "AlbumService.BatchAddToAlbum", answer, world.bob, album_id=album_id, photo_ids=ids)
    assert got.album.photos == 0
    told = [(each.reason, each.message.replace(each.photo_id, "")) for each in got.failures]
    assert told[0] == told[1]
    theirs = (await ask(world, "AlbumService.CreateAlbum", made, world.ada, title="theirs")).album.album_id
    batch = {
        "filter": photo_filter_pb2.PhotoFilter(),
        "action": catalog_service_pb2.BATCH_ACTION_ADD_TO_ALBUM,
    }
    refused = await tried(world, "CatalogService.StartBatch", world.bob, album_id=theirs, **batch)
    absent = await tried(world, "CatalogService.StartBatch", world.bob, album_id="0" * 32, **batch)
    assert refused.without(theirs) == absent.without("0" * 32)
    listing = album_service_pb2.ListAlbumPhotosResponse
    assert not (await ask(world, "AlbumService.ListAlbumPhotos", listing, world.ada, album_id=theirs)).photos


async def test_a_page_token_of_another_opens_nothing(world: World) -> None:
    for _ in range(3):
        await world.photo()
    answer = catalog_service_pb2.ListPhotosResponse
    page = await ask(world, "CatalogService.ListPhotos", answer, world.ada, page_size=1)
    assert page.next_page_token
    for person in (world.bob, world.admin):
        got = await tried(world, "CatalogService.ListPhotos", person, page_size=1, page_token=page.next_page_token)
        assert (got.code, got.reason) == ("INVALID_ARGUMENT", "PAGE_TOKEN_INVALID")


async def test_a_cursor_of_another_watches_nothing_and_events_are_ones_own(world: World) -> None:
    answer = catalog_service_pb2.ListPhotosResponse
    theirs = (await ask(world, "CatalogService.ListPhotos", answer, world.ada)).cursor
    mine = (await ask(world, "CatalogService.ListPhotos", answer, world.bob)).cursor
    photo, own = await world.photo(), await world.photo(owner=world.bob)
    watched = await tried(world, "EventService.WatchEvents", world.bob, cursor=theirs)
    assert watched.code in ("INVALID_ARGUMENT", "OUT_OF_RANGE"), watched
    got = await tried(world, "EventService.WatchEvents", world.bob, cursor=mine)
    events = [each.event for each in got.messages if isinstance(each, event_service_pb2.WatchEventsResponse)]
    assert own.photo_id in {event.photo_id for event in events}
    assert photo.photo_id not in {event.photo_id for event in events}


async def test_webhooks_keys_sessions_and_operations_of_another_are_not_listed(world: World) -> None:
    hooked = await CASES["EventService.DeleteWebhook"](world)
    operation = await CASES["OperationService.GetOperation"](world)
    for name in ("EventService.ListWebhooks", "AccountsService.ListApiKeys", "AlbumService.ListAlbums"):
        theirs, mine = await tried(world, name, world.ada), await tried(world, name, world.bob)
        assert theirs.code == mine.code == "OK"
        assert not set(ids_in(theirs.messages[0])) & set(ids_in(mine.messages[0]))
    listed = await ask(world, "OperationService.ListOperations", operation_pb2.ListOperationsResponse, world.bob)
    assert {each.owner_id for each in listed.operations} <= {world.bob.user_id}
    assert hooked.requests
    assert operation.requests


def ids_in(answer: Message) -> list[str]:
    return [line for line in str(answer).splitlines() if "_id:" in line and "owner_id" not in line]


async def test_a_signed_address_opens_one_picture_and_cannot_be_bent(world: World) -> None:
    photo = await world.photo()
    signing = {"photo_id": photo.photo_id, "variant": photo_pb2.VARIANT_ORIGINAL}
    answer = media_service_pb2.SignMediaResponse
    url = (await ask(world, "MediaService.SignMedia", answer, world.ada, **signing)).url
    base, _, token = url.rpartition("/media/")
    assert await asyncio.to_thread(status_of, f"{world.http}/media/{token}") == 200
    assert base
    for bent in (
        token[:-4] + turned(token[-4:]),
        turned(token[:4]) + token[4:],
        token[: len(token) // 2],
        token + "A",
        "x",
    ):
        assert await asyncio.to_thread(status_of, f"{world.http}/media/{bent}") in (401, 403, 404), bent
    ended = await world.signed_in("ada")
    own = (await world.ask("MediaService.SignMedia", answer, ended.signed, **signing)).url.rpartition("/media/")[2]
    await tried(world, "AccountsService.SignOut", ended)
    assert await asyncio.to_thread(status_of, f"{world.http}/media/{own}") in (401, 403, 404)


def turned(part: str) -> str:
    """Another letter in every place, whatever stood there."""
    return "".join("A" if letter != "A" else "B" for letter in part)


def status_of(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code


PHOTO_FIELDS = ["owner_id", "photo_id", "revision", "etag", "sha256", "state", "stages", "trash_time", "album_ids"]
ACCOUNT_FIELDS = ["role", "scopes", "state", "quota_bytes", "user_id", "user_name", "create_time"]
ALBUM_FIELDS = ["owner_id", "album_id", "revision", "photos", "kind"]


@pytest.mark.parametrize("path", PHOTO_FIELDS)
async def test_a_mask_cannot_set_what_is_not_a_users_to_set_of_a_photo(world: World, path: str) -> None:
    photo = await world.looked_at(await world.photo())
    bent = photo_pb2.Photo(owner_id=world.bob.user_id, sha256="0" * 64, state=photo_pb2.PHOTO_STATE_FAILED, revision=99)
    for paths in ([path], ["favourite", path]):
        fields = {"photo_id": photo.photo_id, "photo": bent, "update_mask": FieldMask(paths=paths)}
        got = await tried(world, "CatalogService.UpdatePhoto", world.ada, **fields)
        assert got.code == "INVALID_ARGUMENT", got
    answer = catalog_service_pb2.GetPhotoResponse
    after = (await ask(world, "CatalogService.GetPhoto", answer, world.ada, photo_id=photo.photo_id)).photo
    assert (after.owner_id, after.sha256, after.favourite) == (world.ada.user_id, photo.sha256, False)


@pytest.mark.parametrize("path", ACCOUNT_FIELDS)
async def test_nobody_can_raise_oneself_by_a_mask(world: World, path: str) -> None:
    bent = account_pb2.User(role=account_pb2.USER_ROLE_ADMINISTRATOR, quota_bytes=1 << 50, user_id=world.admin.user_id)
    fields = {"user": bent, "update_mask": FieldMask(paths=[path])}
    got = await tried(world, "AccountsService.UpdateAccount", world.bob, **fields)
    assert got.code == "INVALID_ARGUMENT", got
    assert (await tried(world, "UsersService.ListUsers", world.bob)).code == "PERMISSION_DENIED"


@pytest.mark.parametrize("path", ALBUM_FIELDS)
async def test_a_mask_cannot_give_an_album_away(world: World, path: str) -> None:
    album_id = getattr((await CASES["AlbumService.GetAlbum"](world)).requests[0], "album_id", "")
    bent = album_service_pb2.Album(owner_id=world.bob.user_id, revision=99, photos=5)
    fields = {"album_id": album_id, "album": bent, "update_mask": FieldMask(paths=[path])}
    assert (await tried(world, "AlbumService.UpdateAlbum", world.ada, **fields)).code == "INVALID_ARGUMENT"


async def test_an_administrator_changes_no_ids_and_no_scopes_by_a_mask(world: World) -> None:
    for path in ("user_id", "scopes", "create_time", "password"):
        fields = {"user_id": world.bob.user_id, "user": account_pb2.User(user_id="x"), "update_mask": {"paths": [path]}}
        assert (await tried(world, "UsersService.UpdateUser", world.admin, **fields)).code == "INVALID_ARGUMENT"
    get = users_service_pb2.GetUserResponse
    user = (await ask(world, "UsersService.GetUser", get, world.admin, user_id=world.bob.user_id)).user
    assert user.role == account_pb2.USER_ROLE_MEMBER


async def test_no_key_is_made_with_the_scope_of_keys_of_services_or_above_ones_own(world: World) -> None:
    for scope in ("keys", "internal", "admin", "everything", ""):
        got = await tried(world, "AccountsService.CreateApiKey", world.bob, name="k", scopes=["search", scope])
        assert got.code in ("INVALID_ARGUMENT", "PERMISSION_DENIED"), (scope, got)
