"""Albums as the contract says them."""

from __future__ import annotations

from google.protobuf.message import Message

from tintype.catalog.convert.enums import ALBUM_ORDER_OF, ALBUM_ORDERS
from tintype.catalog.domain.album import Album, AlbumChanged, AlbumValues
from tintype.kit.timestamps import timestamp_of
from tintype.v1 import album_service_pb2 as pb
from tintype.v1 import catalog_internal_service_pb2, events_pb2


def album_to_proto(album: Album, *, photos: int, cover_thumbnail_url: str = "") -> pb.Album:
    """An album as its owner sees it; `photos` is how many it shows."""
    values = album.values
    return pb.Album(
        album_id=album.album_id,
        owner_id=album.owner_id,
        revision=album.revision,
        etag=album.etag,
        title=values.title,
        description=values.description,
        cover_photo_id=values.cover_photo_id,
        order=ALBUM_ORDERS[values.order],
        photos=photos,
        create_time=timestamp_of(album.create_time),
        kind=pb.ALBUM_KIND_ORDINARY,
        cover_thumbnail_url=cover_thumbnail_url,
    )


def album_values_of(album: pb.Album | pb.CreateAlbumRequest) -> AlbumValues:
    """What an owner sets; an album that is being created has no cover yet."""
    cover = album.cover_photo_id if isinstance(album, pb.Album) else ""
    return AlbumValues(
        title=album.title,
        description=album.description,
        cover_photo_id=cover,
        order=ALBUM_ORDER_OF[album.order],
    )


def album_name_to_proto(album: Album) -> catalog_internal_service_pb2.AlbumName:
    """An album's id and title."""
    return catalog_internal_service_pb2.AlbumName(album_id=album.album_id, title=album.values.title)


def album_fact_to_event(fact: AlbumChanged) -> Message:
    """The message of a fact."""
    return events_pb2.AlbumChanged(
        album_id=fact.album_id, owner_id=fact.owner_id, revision=fact.revision, deleted=fact.deleted
    )
