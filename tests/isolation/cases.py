"""For each RPC a request that its rightful caller may make: on things of Ada's, made anew for every case."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final

from google.protobuf.field_mask_pb2 import FieldMask
from google.protobuf.message import Message
from tests.drawn import draw
from tests.isolation.calls import Credential, rpcs
from tests.isolation.world import PASSWORD, POLL_S, WAIT_S, World, upload

from tintype.kit.scopes import INTERNAL
from tintype.v1 import (
    account_pb2,
    admin_service_pb2,
    album_service_pb2,
    catalog_service_pb2,
    event_service_pb2,
    photo_filter_pb2,
    photo_pb2,
    result_pb2,
    upload_service_pb2,
)

HOOK: Final = "https://hooks.example.org/tintype"


@dataclass(frozen=True)
class Case:
    """What to send, and who may: by default Ada, the administrator or a service, as the policy says."""

    requests: Sequence[Message]
    rightful: Credential | None = None


Make = Callable[[World], Awaitable[Case]]
CASES: Final[dict[str, Make]] = {}


def rightful(world: World, name: str, case: Case) -> Credential:
    scope = rpcs()[name].policy.scope
    by_scope = {"admin": world.admin.signed, INTERNAL: world.service, "": ()}
    return by_scope.get(scope, world.ada.signed) if case.rightful is None else case.rightful


def case(name: str) -> Callable[[Callable[[World], Awaitable[dict[str, object] | Case]]], None]:
    """Say how the request of an RPC is made: its fields, or a whole Case."""

    def keep(make: Callable[[World], Awaitable[dict[str, object] | Case]]) -> None:
        async def made(world: World) -> Case:
            given = await make(world)
            return given if isinstance(given, Case) else Case([rpcs()[name].request(**given)])

        CASES[name] = made

    return keep


def plain(name: str, /, **fields: object) -> None:
    """An RPC whose request needs nothing to be made for it."""

    async def made(world: World) -> Case:
        return Case([rpcs()[name].request(**fields)])

    CASES[name] = made


# Accounts

for _name in ("GetSignUp", "GetKeySet", "ListSessions", "GetAccount", "ListApiKeys"):
    plain(f"AccountsService.{_name}")
plain("AccountsService.CreateApiKey", name="a key", scopes=["search"])
plain(
    "AccountsService.UpdateAccount",
    user=account_pb2.User(display_name="Ada"),
    update_mask=FieldMask(paths=["display_name"]),
)


@case("AccountsService.SignUp")
async def _(world: World) -> dict[str, object]:
    return {"user_name": f"new{next(world.numbers)}", "password": PASSWORD}


@case("AccountsService.SignIn")
async def _(world: World) -> dict[str, object]:
    return {"user_name": "bob", "password": PASSWORD}


@case("AccountsService.RefreshSession")
async def _(world: World) -> dict[str, object]:
    return {"refresh_token": (await world.signed_in("ada")).refresh_token}


@case("AccountsService.SignOut")
async def _(world: World) -> Case:
    return Case([rpcs()["AccountsService.SignOut"].request()], (await world.signed_in("ada")).signed)


@case("AccountsService.RevokeSession")
async def _(world: World) -> dict[str, object]:
    return {"session_id": (await world.signed_in("ada")).session_id}


@case("AccountsService.RevokeApiKey")
async def _(world: World) -> dict[str, object]:
    return {"api_key_id": (await world.key(world.ada, "search"))[0]}


@case("AccountsService.ChangePassword")
async def _(world: World) -> Case:
    request = rpcs()["AccountsService.ChangePassword"].request(
        old_password=PASSWORD, new_password="another horse, another staple"
    )
    return Case([request], (await world.joined()).signed)


@case("AccountsService.EraseAccount")
async def _(world: World) -> Case:
    return Case([rpcs()["AccountsService.EraseAccount"].request(password=PASSWORD)], (await world.joined()).signed)


# Users and administration

for _name in ("UsersService.ListUsers", "UsersService.ListAuditEvents", "UsersService.CreateInvitation"):
    plain(_name)
for _name in ("ListJobs", "ListDeadLetters", "ListSweeps", "GetStatistics", "ListModels", "Diagnose"):
    plain(f"AdminService.{_name}")
plain("AdminService.RunSweep", sweep="S8")
plain("AdminService.Reanalyse", stages=[photo_pb2.STAGE_METADATA], failed_only=True)


@case("UsersService.GetUser")
async def _(world: World) -> dict[str, object]:
    return {"user_id": world.ada.user_id}


@case("UsersService.CreateUser")
async def _(world: World) -> dict[str, object]:
    role = account_pb2.USER_ROLE_MEMBER
    return {"user_name": f"made{next(world.numbers)}", "password": PASSWORD, "role": role}


@case("UsersService.UpdateUser")
async def _(world: World) -> dict[str, object]:
    user, mask = account_pb2.User(quota_bytes=1 << 40), FieldMask(paths=["quota_bytes"])
    return {"user_id": world.ada.user_id, "user": user, "update_mask": mask}


@case("UsersService.ResetPassword")
async def _(world: World) -> dict[str, object]:
    return {"user_id": (await world.joined()).user_id, "new_password": "another horse, another staple"}


@case("UsersService.EraseUser")
async def _(world: World) -> dict[str, object]:
    return {"user_id": (await world.joined()).user_id}


async def dead_letter(world: World) -> dict[str, object]:
    """The fact of a photo that cannot be decoded, given up by the workers."""
    photo = await world.broken_photo()
    async with asyncio.timeout(WAIT_S):
        while True:
            answer = admin_service_pb2.ListDeadLettersResponse
            listed = await world.ask("AdminService.ListDeadLetters", answer, world.admin.signed, page_size=500)
            for letter in listed.dead_letters:
                if letter.photo_id == photo.photo_id:
                    return {"dead_letter_id": letter.dead_letter_id}
            await asyncio.sleep(POLL_S)


case("AdminService.ReplayDeadLetter")(dead_letter)
case("AdminService.DeleteDeadLetter")(dead_letter)

# Between services

plain("AccountsInternalService.ListRevocations")
plain("AccountsInternalService.ListUserIds")
plain("AccountsInternalService.RecordAudit", action="SIGN_IN")
plain("CatalogInternalService.ListRevisions", page_size=1)
plain("CatalogInternalService.GetWantedModels")


@case("AccountsInternalService.AuthenticateKey")
async def _(world: World) -> dict[str, object]:
    return {"secret": (await world.key(world.ada, "search"))[1][0][1]}


@case("AccountsInternalService.GetUserLimits")
async def _(world: World) -> dict[str, object]:
    return {"user_id": world.ada.user_id}


@case("AccountsInternalService.ReportErased")
async def _(world: World) -> dict[str, object]:
    return {"operation_id": "0" * 32, "service": "search", "user_id": world.ada.user_id}


async def owner(world: World) -> dict[str, object]:
    return {"owner_id": world.ada.user_id}


for _name in ("CatalogInternalService.ListAlbumNames", "CatalogInternalService.GetOwnerUsage"):
    case(_name)(owner)
case("UploadInternalService.GetOpenUploads")(owner)


@case("CatalogInternalService.CheckHashes")
async def _(world: World) -> dict[str, object]:
    return {"owner_id": world.ada.user_id, "sha256s": [(await world.photo()).sha256]}


@case("CatalogInternalService.RegisterPhoto")
async def _(world: World) -> dict[str, object]:
    data = draw(next(world.numbers))
    header = upload_service_pb2.UploadHeader(
        file_name="a.jpg", size_bytes=len(data), sha256=hashlib.sha256(data).hexdigest()
    )
    joined = await world.joined()  # nobody's invariants are looked at who has a photo without bytes
    return {"owner_id": joined.user_id, "header": header, "media_type": "image/jpeg", "width_px": 1, "height_px": 1}


@case("CatalogInternalService.RecordResult")
async def _(world: World) -> dict[str, object]:
    photo = await world.photo()
    result = result_pb2.StageResult(stage=photo_pb2.STAGE_CAPTION, skipped=True)
    result.make_time.GetCurrentTime()
    return {"owner_id": world.ada.user_id, "photo_id": photo.photo_id, "job_id": "0" * 32, "results": [result]}


async def keys(world: World) -> dict[str, object]:
    return {"keys": [{"owner_id": world.ada.user_id, "photo_id": (await world.photo()).photo_id}]}


case("CatalogInternalService.BatchGetResults")(keys)


@case("CatalogInternalService.RequestStages")
async def _(world: World) -> dict[str, object]:
    return {**await keys(world), "stages": [photo_pb2.STAGE_METADATA]}


@case("CatalogInternalService.SignThumbnails")
async def _(world: World) -> dict[str, object]:
    return {"owner_id": world.ada.user_id, "photo_ids": [(await world.photo()).photo_id]}


# Photos

for _name in ("ListPhotos", "ListTimelineBuckets", "ListTags", "GetUsage", "PurgeTrash"):
    plain(f"CatalogService.{_name}")


async def photo_id(world: World) -> dict[str, object]:
    return {"photo_id": (await world.photo()).photo_id}


async def photo_ids(world: World) -> dict[str, object]:
    return {"photo_ids": [(await world.photo()).photo_id]}


async def trashed_id(world: World) -> dict[str, object]:
    fields = await photo_id(world)
    await world.ask("CatalogService.TrashPhoto", catalog_service_pb2.TrashPhotoResponse, world.ada.signed, **fields)
    return fields


for _name in (
    "CatalogService.GetPhoto",
    "CatalogService.TrashPhoto",
    "MediaService.Download",
    "MediaService.SignMedia",
):
    case(_name)(photo_id)
for _name in ("BatchGetPhotos", "BatchTrashPhotos"):
    case(f"CatalogService.{_name}")(photo_ids)
for _name in ("RestorePhoto", "DeletePhoto"):
    case(f"CatalogService.{_name}")(trashed_id)


async def original(world: World) -> dict[str, object]:
    return {**await photo_id(world), "variant": photo_pb2.VARIANT_ORIGINAL}


for _name in ("MediaService.Download", "MediaService.SignMedia"):
    case(_name)(original)


@case("CatalogService.UpdatePhoto")
async def _(world: World) -> dict[str, object]:
    mask = FieldMask(paths=["favourite"])
    return {**await photo_id(world), "photo": photo_pb2.Photo(favourite=True), "update_mask": mask}


@case("CatalogService.BatchUpdatePhotos")
async def _(world: World) -> dict[str, object]:
    return {**await photo_ids(world), "edit": catalog_service_pb2.PhotoEdit(rating=3)}


@case("CatalogService.BatchRestorePhotos")
async def _(world: World) -> dict[str, object]:
    return {"photo_ids": [(await trashed_id(world))["photo_id"]]}


@case("CatalogService.StartBatch")
async def _(world: World) -> dict[str, object]:
    nothing = photo_filter_pb2.PhotoFilter(min_rating=5)
    return {"filter": nothing, "action": catalog_service_pb2.BATCH_ACTION_TRASH}


@case("CatalogService.RetryStages")
async def _(world: World) -> dict[str, object]:
    return {"photo_id": (await world.broken_photo()).photo_id, "stages": [photo_pb2.STAGE_DERIVE]}


# Albums

plain("AlbumService.ListAlbums")
plain("AlbumService.CreateAlbum", title="Lund")


async def album_id(world: World) -> dict[str, object]:
    answer = album_service_pb2.CreateAlbumResponse
    made = await world.ask("AlbumService.CreateAlbum", answer, world.ada.signed, title="Lund")
    return {"album_id": made.album.album_id}


async def filled_album(world: World) -> dict[str, object]:
    fields = {**await album_id(world), **await photo_ids(world)}
    answer = album_service_pb2.BatchAddToAlbumResponse
    await world.ask("AlbumService.BatchAddToAlbum", answer, world.ada.signed, **fields)
    return fields


for _name in ("GetAlbum", "DeleteAlbum", "ListAlbumPhotos"):
    case(f"AlbumService.{_name}")(album_id)
case("AlbumService.BatchRemoveFromAlbum")(filled_album)


@case("AlbumService.UpdateAlbum")
async def _(world: World) -> dict[str, object]:
    mask = FieldMask(paths=["title"])
    return {**await album_id(world), "album": album_service_pb2.Album(title="Malmö"), "update_mask": mask}


@case("AlbumService.BatchAddToAlbum")
async def _(world: World) -> dict[str, object]:
    return {**await album_id(world), **await photo_ids(world)}


@case("AlbumService.MoveInAlbum")
async def _(world: World) -> dict[str, object]:
    fields = await filled_album(world)
    moved = fields.pop("photo_ids")
    assert isinstance(moved, list)
    answer = album_service_pb2.UpdateAlbumResponse
    manual = album_service_pb2.Album(order=album_service_pb2.ALBUM_ORDER_MANUAL)
    mask = FieldMask(paths=["order"])
    await world.ask("AlbumService.UpdateAlbum", answer, world.ada.signed, album=manual, update_mask=mask, **fields)
    return {**fields, "photo_id": moved[0]}


# Search, vectors, events, operations

plain("SearchService.SearchPhotos", words="red")
plain("SearchService.SuggestQueries")
plain("SearchService.GetIndexStatus")
plain("SearchService.RebuildIndex")
plain("EmbedService.EmbedText", texts=["red"])
plain("EmbedService.EmbedImages", images=[draw(1)])
plain("EventService.WatchEvents")
plain("EventService.ListWebhooks")
plain("EventService.CreateWebhook", url=HOOK)
plain("OperationService.ListOperations")


async def webhook_id(world: World) -> dict[str, object]:
    answer = event_service_pb2.CreateWebhookResponse
    made = await world.ask("EventService.CreateWebhook", answer, world.ada.signed, url=HOOK)
    return {"webhook_id": made.webhook.webhook_id}


for _name in ("DeleteWebhook", "ListWebhookDeliveries"):
    case(f"EventService.{_name}")(webhook_id)


async def operation_id(world: World) -> dict[str, object]:
    answer = catalog_service_pb2.PurgeTrashResponse
    started = await world.ask("CatalogService.PurgeTrash", answer, world.ada.signed)
    return {"operation_id": started.operation.operation_id}


for _name in ("GetOperation", "WatchOperation", "CancelOperation"):
    case(f"OperationService.{_name}")(operation_id)

# Uploads


@case("UploadService.CreateUpload")
async def _(world: World) -> dict[str, object]:
    return {"header": upload_service_pb2.UploadHeader(file_name="a.jpg", size_bytes=10)}


async def open_upload(world: World) -> tuple[str, bytes]:
    data = draw(next(world.numbers))
    header = upload_service_pb2.UploadHeader(file_name="a.jpg", size_bytes=len(data))
    answer = upload_service_pb2.CreateUploadResponse
    made = await world.ask("UploadService.CreateUpload", answer, world.ada.signed, header=header)
    return made.upload.upload_id, data


async def upload_id(world: World) -> dict[str, object]:
    return {"upload_id": (await open_upload(world))[0]}


for _name in ("GetUpload", "CancelUpload"):
    case(f"UploadService.{_name}")(upload_id)


def appending(upload_id: str, data: bytes) -> list[Message]:
    whole = upload(data)[0]
    assert isinstance(whole, upload_service_pb2.UploadPhotoRequest)
    return [upload_service_pb2.AppendUploadRequest(upload_id=upload_id, chunk=whole.chunk)]


@case("UploadService.AppendUpload")
async def _(world: World) -> Case:
    return Case(appending(*await open_upload(world)))


@case("UploadService.CompleteUpload")
async def _(world: World) -> dict[str, object]:
    upload_id, data = await open_upload(world)
    answered = await world.call("UploadService.AppendUpload", appending(upload_id, data), world.ada.signed)
    assert answered.code == "OK", answered
    return {"upload_id": upload_id, "sha256": hashlib.sha256(data).hexdigest()}


@case("UploadService.UploadPhoto")
async def _(world: World) -> Case:
    return Case(upload(draw(next(world.numbers))))


@case("UploadService.CheckPhotos")
async def _(world: World) -> dict[str, object]:
    return {"sha256s": [(await world.photo()).sha256]}
