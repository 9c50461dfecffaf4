"""The catalog by RPC."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import grpc

from tintype.kit.auth.caller import caller_under_way
from tintype.kit.grpc.errors import error_of
from tintype.search.convert.source import STAGES, catalog_revision_of, page_photo_of, source_of
from tintype.search.domain.answer import PagePhoto
from tintype.search.domain.document import DocumentKey, SourcePhoto
from tintype.search.ports import CatalogRevision
from tintype.v1 import catalog_internal_service_pb2 as pb
from tintype.v1.catalog_internal_service_pb2_grpc import CatalogInternalServiceStub


class RpcCatalog:
    """Catalog over CatalogInternalService."""

    def __init__(self, channel: grpc.aio.Channel) -> None:
        self._stub = CatalogInternalServiceStub(channel)

    async def load_sources(self, keys: Sequence[DocumentKey]) -> Sequence[SourcePhoto]:
        """See `Catalog`."""
        photos = [pb.PhotoKey(owner_id=key.owner_id, photo_id=key.photo_id) for key in keys]
        try:
            response = await self._stub.BatchGetResults(pb.BatchGetResultsRequest(keys=photos, stages=STAGES))
        except grpc.aio.AioRpcError as error:
            raise error_of(error, peer="catalog") from error
        return [source_of(each) for each in response.photos]

    async def load_page(
        self, owner_id: str, photo_ids: Sequence[str], *, thumbnail_urls: bool
    ) -> Mapping[str, PagePhoto]:
        """See `Catalog`; photos and addresses are asked for at the same time."""
        keys = [pb.PhotoKey(owner_id=owner_id, photo_id=photo_id) for photo_id in photo_ids]
        photos = self._stub.BatchGetResults(pb.BatchGetResultsRequest(keys=keys, photos_only=True))
        try:
            urls = await self._thumbnails(owner_id, photo_ids) if thumbnail_urls else {}
            response = await photos
        except grpc.aio.AioRpcError as error:
            raise error_of(error, peer="catalog") from error
        finally:
            photos.cancel()
        return {
            each.photo.photo_id: page_photo_of(each, urls.get(each.photo.photo_id, ""))
            for each in response.photos
            if not each.deleted
        }

    async def album_titles(self, owner_id: str) -> Mapping[str, str]:
        """See `Catalog`."""
        try:
            response = await self._stub.ListAlbumNames(pb.ListAlbumNamesRequest(owner_id=owner_id))
        except grpc.aio.AioRpcError as error:
            raise error_of(error, peer="catalog") from error
        return {album.album_id: album.title for album in response.albums}

    async def revisions(self, *, page_token: str, limit: int) -> tuple[Sequence[CatalogRevision], str]:
        """See `Catalog`."""
        try:
            response = await self._stub.ListRevisions(pb.ListRevisionsRequest(page_size=limit, page_token=page_token))
        except grpc.aio.AioRpcError as error:
            raise error_of(error, peer="catalog") from error
        return [catalog_revision_of(each) for each in response.revisions], response.next_page_token

    async def _thumbnails(self, owner_id: str, photo_ids: Sequence[str]) -> Mapping[str, str]:
        caller = caller_under_way()  # the addresses end with the credential that asked for them
        request = pb.SignThumbnailsRequest(
            owner_id=owner_id, photo_ids=photo_ids, session_id=caller.session_id, key_id=caller.key_id
        )
        request.issue_time.FromDatetime(caller.issued)
        response = await self._stub.SignThumbnails(request)
        return dict(zip(photo_ids, response.urls, strict=True))
