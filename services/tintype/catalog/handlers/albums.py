"""AlbumService."""

from __future__ import annotations

from typing import Final

from tintype.catalog.convert.album import album_to_proto, album_values_of
from tintype.catalog.domain.album import AlbumOrder
from tintype.catalog.handlers.messages import PhotoMessages, failures
from tintype.catalog.service.album_photos import AlbumPhotos
from tintype.catalog.service.albums import Albums, AlbumView
from tintype.kit.auth.caller import Context, caller_of
from tintype.kit.paging import page_position, page_token, query_of
from tintype.v1 import album_service_pb2 as pb
from tintype.v1.album_service_pb2_grpc import AlbumServiceServicer

PAGE: Final = 50  # as the contract says

_POSITION: Final[dict[AlbumOrder, tuple[type[str] | type[int], ...]]] = {
    AlbumOrder.OLDEST_FIRST: (int, str),
    AlbumOrder.NEWEST_FIRST: (int, str),
    AlbumOrder.MANUAL: (str, str),
}


class AlbumHandlers(AlbumServiceServicer):
    def __init__(self, albums: Albums, photos: AlbumPhotos, messages: PhotoMessages) -> None:
        self._albums = albums
        self._photos = photos
        self._messages = messages

    async def CreateAlbum(self, request: pb.CreateAlbumRequest, context: Context) -> pb.CreateAlbumResponse:
        view = await self._albums.create_album(
            owner_id=caller_of(context).user_id, values=album_values_of(request), request_id=request.request_id
        )
        return pb.CreateAlbumResponse(album=self._message(view, context))

    async def GetAlbum(self, request: pb.GetAlbumRequest, context: Context) -> pb.GetAlbumResponse:
        view = await self._albums.get_album(
            owner_id=caller_of(context).user_id, album_id=request.album_id, cover=request.cover_thumbnail_url
        )
        return pb.GetAlbumResponse(album=self._message(view, context))

    async def ListAlbums(self, request: pb.ListAlbumsRequest, context: Context) -> pb.ListAlbumsResponse:
        owner_id = caller_of(context).user_id
        query = query_of(request, owner_id=owner_id)
        page = await self._albums.list_albums(
            owner_id=owner_id,
            limit=request.page_size or PAGE,
            after=page_position(request.page_token, query=query, kinds=(int, str)),
            cover=request.cover_thumbnail_urls,
        )
        return pb.ListAlbumsResponse(
            albums=[self._message(view, context) for view in page.albums],
            next_page_token=page_token(page.after, query=query),
        )

    async def UpdateAlbum(self, request: pb.UpdateAlbumRequest, context: Context) -> pb.UpdateAlbumResponse:
        view = await self._albums.update_album(
            owner_id=caller_of(context).user_id,
            album_id=request.album_id,
            values=album_values_of(request.album),
            mask=list(request.update_mask.paths),
            etag=request.etag,
        )
        return pb.UpdateAlbumResponse(album=self._message(view, context))

    async def DeleteAlbum(self, request: pb.DeleteAlbumRequest, context: Context) -> pb.DeleteAlbumResponse:
        await self._albums.delete_album(
            owner_id=caller_of(context).user_id, album_id=request.album_id, etag=request.etag
        )
        self._photos.clear_soon()
        return pb.DeleteAlbumResponse()

    async def BatchAddToAlbum(self, request: pb.BatchAddToAlbumRequest, context: Context) -> pb.BatchAddToAlbumResponse:
        owner_id = caller_of(context).user_id
        outcome = await self._photos.add(owner_id, request.album_id, list(request.photo_ids))
        view = await self._albums.get_album(owner_id=owner_id, album_id=request.album_id)
        return pb.BatchAddToAlbumResponse(album=self._message(view, context), failures=failures(outcome.failures))

    async def BatchRemoveFromAlbum(
        self, request: pb.BatchRemoveFromAlbumRequest, context: Context
    ) -> pb.BatchRemoveFromAlbumResponse:
        owner_id = caller_of(context).user_id
        outcome = await self._photos.remove(
            owner_id=owner_id, album_id=request.album_id, photo_ids=list(request.photo_ids)
        )
        view = await self._albums.get_album(owner_id=owner_id, album_id=request.album_id)
        return pb.BatchRemoveFromAlbumResponse(album=self._message(view, context), failures=failures(outcome.failures))

    async def MoveInAlbum(self, request: pb.MoveInAlbumRequest, context: Context) -> pb.MoveInAlbumResponse:
        view = await self._photos.move(
            owner_id=caller_of(context).user_id,
            album_id=request.album_id,
            photo_id=request.photo_id,
            after_photo_id=request.after_photo_id,
        )
        return pb.MoveInAlbumResponse(album=self._message(view, context))

    async def ListAlbumPhotos(self, request: pb.ListAlbumPhotosRequest, context: Context) -> pb.ListAlbumPhotosResponse:
        owner_id = caller_of(context).user_id
        album = await self._albums.load(owner_id=owner_id, album_id=request.album_id)
        order = album.values.order
        query = query_of(request, owner_id=owner_id) + order.encode()  # a page of another order does not go on
        page = await self._albums.page_photos(
            album,
            limit=request.page_size or PAGE,
            after=page_position(request.page_token, query=query, kinds=_POSITION[order]),
        )
        return pb.ListAlbumPhotosResponse(
            photos=self._messages.photos(page.photos, thumbnail_urls=request.thumbnail_urls, context=context),
            next_page_token=page_token(page.after, query=query),
        )

    def _message(self, view: AlbumView, context: Context) -> pb.Album:
        url = self._messages.thumbnail_url(view.cover, context)
        return album_to_proto(view.album, photos=view.photos, cover_thumbnail_url=url)
