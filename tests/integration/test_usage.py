"""What is under way counts, once, in the usage and the quota of its owner."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from pathlib import Path

import google_crc32c
import grpc
import pytest
from google.protobuf.field_mask_pb2 import FieldMask
from tests.drawn import draw
from tests.integration.test_media_urls import library
from tests.isolation.calls import Credential
from tests.isolation.world import PASSWORD, bearer

from tintype.catalog.adapters.clients import RpcUploads
from tintype.kit.errors import Unavailable
from tintype.kit.grpc.errors import reason_of
from tintype.kit.settings import Settings
from tintype.v1 import account_pb2, accounts_service_pb2, catalog_service_pb2, users_service_pb2
from tintype.v1 import upload_service_pb2 as pb
from tintype.v1.accounts_service_pb2_grpc import AccountsServiceStub
from tintype.v1.catalog_service_pb2_grpc import CatalogServiceStub
from tintype.v1.upload_service_pb2_grpc import UploadServiceStub
from tintype.v1.users_service_pb2_grpc import UsersServiceStub

DATA = draw(1)
SHA256 = hashlib.sha256(DATA).hexdigest()


async def test_an_upload_counts_while_it_is_under_way_and_never_twice(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home", port=0, http_port=0, drain=timedelta(0))
    async with library(settings) as (_, channel):
        me = await signed_up_with_quota(channel, len(DATA))
        uploads = UploadServiceStub(channel)
        header = pb.UploadHeader(file_name="a.jpg", size_bytes=len(DATA), sha256=SHA256)
        made = (await uploads.CreateUpload(pb.CreateUploadRequest(header=header), metadata=me)).upload
        assert await usage(channel, me) == (0, len(DATA))
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await uploads.CreateUpload(pb.CreateUploadRequest(header=header), metadata=me)
        assert reason_of(refused.value)[0] == "QUOTA_EXCEEDED"
        chunk = pb.Chunk(offset=0, data=DATA, crc32c=google_crc32c.value(DATA))
        await uploads.AppendUpload(iter([pb.AppendUploadRequest(upload_id=made.upload_id, chunk=chunk)]), metadata=me)
        complete = pb.CompleteUploadRequest(upload_id=made.upload_id, sha256=SHA256)
        assert not (await uploads.CompleteUpload(complete, metadata=me)).already_existed
        assert await usage(channel, me) == (len(DATA), 0)


async def test_without_an_answer_of_upload_nobody_guesses(tmp_path: Path) -> None:
    async with grpc.aio.insecure_channel(f"unix:{tmp_path}/nobody") as channel:
        with pytest.raises(Unavailable) as away:
            await RpcUploads(channel).uploading_bytes("ada")
    assert away.value.metadata == {"dependency": "upload"}


async def signed_up_with_quota(channel: grpc.aio.Channel, quota_bytes: int) -> Credential:
    sign_up = accounts_service_pb2.SignUpRequest(user_name="ada", password=PASSWORD)
    answer = await AccountsServiceStub(channel).SignUp(sign_up, timeout=30)
    metadata = bearer(answer.tokens.access_token)
    request = users_service_pb2.UpdateUserRequest(
        user_id=answer.user.user_id,
        user=account_pb2.User(quota_bytes=quota_bytes),
        update_mask=FieldMask(paths=["quota_bytes"]),
    )
    await UsersServiceStub(channel).UpdateUser(request, metadata=metadata)
    return metadata


async def usage(channel: grpc.aio.Channel, metadata: Credential) -> tuple[int, int]:
    """Bytes of photos, and bytes of uploads under way."""
    answer = await CatalogServiceStub(channel).GetUsage(catalog_service_pb2.GetUsageRequest(), metadata=metadata)
    return answer.used_bytes, answer.uploading_bytes
