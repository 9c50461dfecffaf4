"""The RPCs of the catalog, through a real server."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import grpc
import pytest
from google.protobuf.field_mask_pb2 import FieldMask
from tests.builders import MODEL, make_content, sha256_of
from tests.catalog_rpc import Served, served_catalog
from tests.clocks import NOON

from tintype.catalog.convert.enums import STAGES
from tintype.catalog.convert.result import with_content
from tintype.catalog.domain.stage import REQUIRED, Stage
from tintype.kit.grpc.errors import reason_of
from tintype.kit.timestamps import timestamp_of
from tintype.v1 import catalog_internal_service_pb2 as internal_pb
from tintype.v1 import catalog_service_pb2 as pb
from tintype.v1 import photo_pb2, result_pb2, upload_service_pb2


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[Served]:
    with tempfile.TemporaryDirectory() as folder:  # the path of a Unix socket must be short
        async with served_catalog(tmp_path, Path(folder) / "s") as served:
            yield served


async def register(served: Served, seed: str = "one", owner_id: str = "ann") -> photo_pb2.Photo:
    header = upload_service_pb2.UploadHeader(file_name=f"a/{seed}.jpg", size_bytes=1000, sha256=sha256_of(seed))
    request = internal_pb.RegisterPhotoRequest(owner_id=owner_id, header=header, media_type="image/jpeg")
    response = await served.internal.RegisterPhoto(request, metadata=served.service())
    photo: photo_pb2.Photo = response.photo
    return photo


async def analyse(
    served: Served, photo: photo_pb2.Photo, stages: Sequence[Stage] = REQUIRED
) -> internal_pb.RecordResultResponse:
    results = [
        with_content(
            result_pb2.StageResult(stage=STAGES[stage], model=MODEL, make_time=timestamp_of(NOON)),
            make_content(stage),
        )
        for stage in stages
    ]
    request = internal_pb.RecordResultRequest(
        owner_id=photo.owner_id, photo_id=photo.photo_id, job_id="job-1", results=results
    )
    recorded: internal_pb.RecordResultResponse = await served.internal.RecordResult(request, metadata=served.service())
    return recorded


async def test_a_photo_goes_from_registration_to_ready(served: Served) -> None:
    registered = await register(served)
    assert (registered.file_name, registered.state) == ("one.jpg", photo_pb2.PHOTO_STATE_PROCESSING)
    recorded = await analyse(served, registered)
    assert list(recorded.applied) == [STAGES[stage] for stage in REQUIRED]
    request = pb.GetPhotoRequest(photo_id=registered.photo_id, thumbnail_url=True)
    photo = (await served.catalog.GetPhoto(request, metadata=served.user())).photo
    assert (photo.state, photo.revision) == (photo_pb2.PHOTO_STATE_READY, recorded.revision)
    assert "/media/" in photo.thumbnail_url
    key = internal_pb.PhotoKey(owner_id="ann", photo_id=photo.photo_id)
    results = await served.internal.BatchGetResults(
        internal_pb.BatchGetResultsRequest(keys=[key], stages=[photo_pb2.STAGE_EMBED]), metadata=served.service()
    )
    assert list(results.photos[0].results[0].embed.vector) == [0.5, -0.5]


async def test_the_text_found_comes_where_it_is_asked_for_and_never_in_lists(served: Served) -> None:
    photo = await register(served)
    await analyse(served, photo, [*REQUIRED, Stage.TEXT])
    for found_text, expected in ((True, ["STOP"]), (False, [])):
        request = pb.GetPhotoRequest(photo_id=photo.photo_id, found_text=found_text)
        got = (await served.catalog.GetPhoto(request, metadata=served.user())).photo
        assert list(got.found_text) == expected
    listed = await served.catalog.ListPhotos(pb.ListPhotosRequest(), metadata=served.user())
    assert [list(each.found_text) for each in listed.photos] == [[]]


async def test_a_photo_of_another_user_is_not_found(served: Served) -> None:
    photo = await register(served)
    for photo_id in (photo.photo_id, "never"):
        request = pb.GetPhotoRequest(photo_id=photo_id, found_text=True)
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await served.catalog.GetPhoto(request, metadata=served.user("bob"))
        assert (refused.value.code(), reason_of(refused.value)[0]) == (grpc.StatusCode.NOT_FOUND, "PHOTO_NOT_FOUND")


async def test_users_cannot_call_what_is_for_services(served: Served) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await served.internal.ListRevisions(internal_pb.ListRevisionsRequest(), metadata=served.user())
    assert refused.value.code() is grpc.StatusCode.PERMISSION_DENIED


async def test_lists_page_by_token_and_refuse_those_of_others(served: Served) -> None:
    ids = {(await register(served, f"p{number}")).photo_id for number in range(5)}
    seen: list[str] = []
    request = pb.ListPhotosRequest(page_size=2)
    while True:
        page = await served.catalog.ListPhotos(request, metadata=served.user())
        seen += [photo.photo_id for photo in page.photos]
        assert page.cursor
        if not page.next_page_token:
            break
        request.page_token = page.next_page_token
    assert (len(seen), set(seen)) == (5, ids)
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await served.catalog.ListPhotos(request, metadata=served.user("bob"))
    assert reason_of(refused.value)[0] == "PAGE_TOKEN_INVALID"


async def test_revisions_and_tags_page_too(served: Served) -> None:
    for seed, owner_id in (("one", "ann"), ("two", "ann"), ("one", "bob")):
        await analyse(served, await register(served, seed, owner_id))
    seen: list[tuple[str, str]] = []
    request = internal_pb.ListRevisionsRequest(page_size=2)
    while not seen or request.page_token:
        page = await served.internal.ListRevisions(request, metadata=served.service())
        seen += [(each.owner_id, each.photo_id) for each in page.revisions]
        request.page_token = page.next_page_token
    assert seen == sorted(seen)
    assert len(seen) == 3
    tags = pb.ListTagsRequest(page_size=1)
    first = await served.catalog.ListTags(tags, metadata=served.user())
    tags.page_token = first.next_page_token
    second = await served.catalog.ListTags(tags, metadata=served.user())
    assert [(tag.name, tag.photos) for tag in (*first.tags, *second.tags)] == [("dog", 2), ("holiday", 2)]
    assert second.next_page_token == ""


async def test_an_update_sets_what_its_mask_names_and_guards_by_etag(served: Served) -> None:
    photo = await register(served)
    request = pb.UpdatePhotoRequest(
        photo_id=photo.photo_id,
        photo=photo_pb2.Photo(title="mine", rating=4),
        update_mask=FieldMask(paths=["title"]),
        etag=photo.etag,
    )
    updated = (await served.catalog.UpdatePhoto(request, metadata=served.user())).photo
    assert (updated.title, updated.rating) == ("mine", 0)
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await served.catalog.UpdatePhoto(request, metadata=served.user())
    assert (refused.value.code(), reason_of(refused.value)[0]) == (grpc.StatusCode.ABORTED, "ETAG_MISMATCH")


async def test_the_timeline_has_days_where_they_are_asked_for(served: Served) -> None:
    for seed in ("one", "two"):
        await register(served, seed)

    async def asked(days_from: int) -> list[pb.TimelineBucket]:
        request = pb.ListTimelineBucketsRequest(days_from=days_from)
        return list((await served.catalog.ListTimelineBuckets(request, metadata=served.user())).buckets)

    [month] = await asked(0)
    assert (month.count, list(month.days)) == (2, [])
    [month] = await asked(2)
    assert [(day.day[:7] + "-01", day.count) for day in month.days] == [(month.month, 2)]
    assert not (await asked(3))[0].days
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await asked(-1)
    assert refused.value.code() == grpc.StatusCode.INVALID_ARGUMENT


async def test_trash_timeline_and_usage_agree(served: Served) -> None:
    photos = [await register(served, seed) for seed in ("one", "two")]
    trashed = await served.catalog.BatchTrashPhotos(
        pb.BatchTrashPhotosRequest(photo_ids=[photos[0].photo_id, "never"]), metadata=served.user()
    )
    assert [failure.reason for failure in trashed.failures] == ["PHOTO_NOT_FOUND"]
    assert trashed.photos[0].HasField("purge_time")
    timeline = await served.catalog.ListTimelineBuckets(pb.ListTimelineBucketsRequest(), metadata=served.user())
    assert [bucket.count for bucket in timeline.buckets] == [1]
    usage = await served.catalog.GetUsage(pb.GetUsageRequest(), metadata=served.user())
    assert (usage.used_bytes, usage.uploading_bytes, usage.photos, usage.trashed_photos) == (2000, 700, 2, 1)
    request = pb.DeletePhotoRequest(photo_id=photos[0].photo_id)
    await served.catalog.DeletePhoto(request, metadata=served.user())
    key = internal_pb.PhotoKey(owner_id="ann", photo_id=photos[0].photo_id)
    found = await served.internal.BatchGetResults(
        internal_pb.BatchGetResultsRequest(keys=[key]), metadata=served.service()
    )
    assert found.photos[0].deleted
    assert found.photos[0].photo.file_name == ""


async def test_a_batch_and_a_purge_run_as_operations(served: Served) -> None:
    for number in range(3):
        await register(served, f"p{number}")
    request = pb.StartBatchRequest(action=pb.BATCH_ACTION_TRASH, request_id="once")
    request.filter.min_rating = 0
    started = [(await served.catalog.StartBatch(request, metadata=served.user())).operation for _ in range(2)]
    assert started[0].operation_id == started[1].operation_id
    await finish(served)
    ended = await served.operations.get(owner_id="ann", operation_id=started[0].operation_id)
    assert ended.counts == {"changed": 3, "failed": 0}
    purge = (await served.catalog.PurgeTrash(pb.PurgeTrashRequest(), metadata=served.user())).operation
    await finish(served)
    ended = await served.operations.get(owner_id="ann", operation_id=purge.operation_id)
    assert ended.counts == {"changed": 3, "failed": 0}
    usage = await served.catalog.GetUsage(pb.GetUsageRequest(), metadata=served.user())
    assert usage.photos == 0


async def test_more_tags_than_a_photo_may_have_are_refused_before_anything_is_done(served: Served) -> None:
    photo = await register(served)
    tags = [photo_pb2.Tag(name=f"word {number}") for number in range(201)]
    for count, code in ((201, grpc.StatusCode.INVALID_ARGUMENT), (200, grpc.StatusCode.OK)):
        request = pb.UpdatePhotoRequest(
            photo_id=photo.photo_id, photo=photo_pb2.Photo(tags=tags[:count]), update_mask=FieldMask(paths=["tags"])
        )
        call = served.catalog.UpdatePhoto(request, metadata=served.user())
        assert await call.code() is code


async def test_workers_learn_which_models_are_wanted(served: Served) -> None:
    def offered(model: str, rank: int) -> internal_pb.GetWantedModelsRequest:
        offer = internal_pb.StageModel(stage=photo_pb2.STAGE_EMBED, model=model, rank=rank)
        return internal_pb.GetWantedModelsRequest(offered=[offer])

    for model, rank in (("default-1", 1), ("builtin-1", 0)):
        wanted = await served.internal.GetWantedModels(offered(model, rank), metadata=served.service())
        assert [each.model for each in wanted.wanted] == ["default-1"]


async def finish(served: Served) -> None:
    """Run what waits."""
    await served.runner.pick_up()
    await served.runner.finished()
