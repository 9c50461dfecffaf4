"""Albums."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Sequence

from google.protobuf.field_mask_pb2 import FieldMask

from tintype.v1 import album_service_pb2 as pb
from tintype.v1 import catalog_service_pb2 as catalog_pb
from tintype.v1 import photo_pb2
from tintype.v1.album_service_pb2_grpc import AlbumServiceStub
from tintype_sdk.connection import Connection

BATCH: int = 500


class Albums:
    """AlbumService."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._stub = AlbumServiceStub(connection.channel)

    async def create(self, title: str, *, description: str = "", request_id: str = "") -> pb.Album:
        """Make an album; the same request_id makes it once."""
        request = pb.CreateAlbumRequest(
            title=title, description=description, request_id=request_id or str(uuid.uuid4())
        )
        return (await self._connection.call(self._stub.CreateAlbum, request, pb.CreateAlbumResponse)).album

    async def get(self, album_id: str) -> pb.Album:
        """Raises NotFound."""
        request = pb.GetAlbumRequest(album_id=album_id)
        return (await self._connection.call(self._stub.GetAlbum, request, pb.GetAlbumResponse)).album

    async def all(self) -> AsyncIterator[pb.Album]:
        """All albums, newest first."""
        request = pb.ListAlbumsRequest(page_size=BATCH)
        while True:
            page = await self._connection.call(self._stub.ListAlbums, request, pb.ListAlbumsResponse)
            for album in page.albums:
                yield album
            if not page.next_page_token:
                return
            request.page_token = page.next_page_token

    async def update(self, album_id: str, album: pb.Album, paths: Sequence[str], *, etag: str = "") -> pb.Album:
        """Set the fields that `paths` name. Raises NotFound, Aborted if `etag` is stale, InvalidArgument."""
        request = pb.UpdateAlbumRequest(album_id=album_id, album=album, update_mask=FieldMask(paths=paths), etag=etag)
        return (await self._connection.call(self._stub.UpdateAlbum, request, pb.UpdateAlbumResponse)).album

    async def delete(self, album_id: str) -> None:
        """The photos stay. Raises NotFound."""
        await self._connection.call(
            self._stub.DeleteAlbum, pb.DeleteAlbumRequest(album_id=album_id), pb.DeleteAlbumResponse
        )

    async def add(self, album_id: str, photo_ids: Sequence[str]) -> list[catalog_pb.BatchFailure]:
        """Put photos in; returns what failed. Raises NotFound."""
        failures: list[catalog_pb.BatchFailure] = []
        for start in range(0, len(photo_ids), BATCH):
            request = pb.BatchAddToAlbumRequest(album_id=album_id, photo_ids=photo_ids[start : start + BATCH])
            response = await self._connection.call(self._stub.BatchAddToAlbum, request, pb.BatchAddToAlbumResponse)
            failures += response.failures
        return failures

    async def remove(self, album_id: str, photo_ids: Sequence[str]) -> list[catalog_pb.BatchFailure]:
        """Take photos out; returns what failed. Raises NotFound."""
        failures: list[catalog_pb.BatchFailure] = []
        for start in range(0, len(photo_ids), BATCH):
            request = pb.BatchRemoveFromAlbumRequest(album_id=album_id, photo_ids=photo_ids[start : start + BATCH])
            response = await self._connection.call(
                self._stub.BatchRemoveFromAlbum, request, pb.BatchRemoveFromAlbumResponse
            )
            failures += response.failures
        return failures

    async def move(self, album_id: str, photo_id: str, *, after_photo_id: str = "") -> pb.Album:
        """Put a photo behind another, or first. Raises NotFound."""
        request = pb.MoveInAlbumRequest(album_id=album_id, photo_id=photo_id, after_photo_id=after_photo_id)
        return (await self._connection.call(self._stub.MoveInAlbum, request, pb.MoveInAlbumResponse)).album

    async def photos(self, album_id: str) -> AsyncIterator[photo_pb2.Photo]:
        """The photos in the album's order. Raises NotFound."""
        request = pb.ListAlbumPhotosRequest(album_id=album_id, page_size=BATCH)
        while True:
            page = await self._connection.call(self._stub.ListAlbumPhotos, request, pb.ListAlbumPhotosResponse)
            for photo in page.photos:
                yield photo
            if not page.next_page_token:
                return
            request.page_token = page.next_page_token
