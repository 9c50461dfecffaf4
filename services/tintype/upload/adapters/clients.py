"""The catalog and accounts by RPC."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from datetime import timedelta

import grpc

from tintype.kit.grpc.errors import error_of
from tintype.upload import convert
from tintype.upload.domain import Header, Picture
from tintype.upload.ports import (
    Check,
    Limits,
    Registered,
    UploadNotFound,
)
from tintype.v1 import account_pb2, photo_pb2
from tintype.v1 import accounts_internal_service_pb2 as accounts_pb
from tintype.v1 import catalog_internal_service_pb2 as catalog_pb
from tintype.v1.accounts_internal_service_pb2_grpc import AccountsInternalServiceStub
from tintype.v1.catalog_internal_service_pb2_grpc import CatalogInternalServiceStub


class RpcCatalog:
    """Catalog over CatalogInternalService. What it refuses, the client is told in its words."""

    def __init__(self, channel: grpc.aio.Channel) -> None:
        self._stub = CatalogInternalServiceStub(channel)

    async def register(
        self, *, owner_id: str, header: Header, picture: Picture, upload_id: str = ""
    ) -> Registered[photo_pb2.Photo]:
        request = convert.register_request(owner_id, header, picture, upload_id=upload_id)
        try:
            response = await self._stub.RegisterPhoto(request)
        except grpc.aio.AioRpcError as error:
            raise error_of(error, peer="catalog") from error
        return Registered(response.photo.photo_id, response.photo, response.already_existed)

    async def photo(self, *, owner_id: str, photo_id: str) -> Registered[photo_pb2.Photo]:
        key = catalog_pb.PhotoKey(owner_id=owner_id, photo_id=photo_id)
        # Only the photo is wanted: captions alone keep vectors out of the answer.
        request = catalog_pb.BatchGetResultsRequest(keys=[key], stages=[photo_pb2.STAGE_CAPTION])
        try:
            response = await self._stub.BatchGetResults(request)
        except grpc.aio.AioRpcError as error:
            raise error_of(error, peer="catalog") from error
        if not response.photos or response.photos[0].deleted:
            raise UploadNotFound(photo_id)
        return Registered(photo_id, response.photos[0].photo, already_existed=True)

    async def check(self, *, owner_id: str, sha256s: Sequence[str]) -> Sequence[Check]:
        try:
            response = await self._stub.CheckHashes(catalog_pb.CheckHashesRequest(owner_id=owner_id, sha256s=sha256s))
        except grpc.aio.AioRpcError as error:
            raise error_of(error, peer="catalog") from error
        return [convert.check_from_proto(check) for check in response.checks]

    async def used_bytes(self, owner_id: str) -> int:
        try:
            response = await self._stub.GetOwnerUsage(catalog_pb.GetOwnerUsageRequest(owner_id=owner_id))
        except grpc.aio.AioRpcError as error:
            raise error_of(error, peer="catalog") from error
        return int(response.used_bytes)


class RpcAccounts:
    """Accounts over AccountsInternalService; limits are remembered for `limits_age`, or imports would wait."""

    def __init__(self, channel: grpc.aio.Channel, *, limits_age: timedelta) -> None:
        self._stub = AccountsInternalServiceStub(channel)
        self._limits_age_s = limits_age.total_seconds()
        self._known: dict[str, tuple[float, Limits]] = {}

    async def limits(self, owner_id: str) -> Limits:
        asked, limits = self._known.get(owner_id, (float("-inf"), None))
        if limits is not None and time.monotonic() - asked < self._limits_age_s:
            return limits
        try:
            response = await self._stub.GetUserLimits(accounts_pb.GetUserLimitsRequest(user_id=owner_id))
        except grpc.aio.AioRpcError as error:
            raise error_of(error, peer="accounts") from error
        limits = Limits(response.quota_bytes, closed=response.state == account_pb2.USER_STATE_ERASING)
        self._known[owner_id] = (time.monotonic(), limits)
        return limits

    async def report_erased(self, *, operation_id: str, owner_id: str, left: Mapping[str, int]) -> None:
        request = accounts_pb.ReportErasedRequest(
            operation_id=operation_id, service="upload", user_id=owner_id, left=left
        )
        try:
            await self._stub.ReportErased(request)
        except grpc.aio.AioRpcError as error:
            raise error_of(error, peer="accounts") from error
