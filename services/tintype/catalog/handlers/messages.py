"""What several RPCs answer with."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from tintype.catalog.convert.photo import photo_to_proto
from tintype.catalog.domain.photo import Photo
from tintype.catalog.ports.thumbnail import ThumbnailUrls
from tintype.catalog.service.many import Failed
from tintype.v1 import catalog_service_pb2 as pb
from tintype.v1 import photo_pb2


class PhotoMessages:
    """Photos as clients get them, with signed addresses where they ask for them."""

    def __init__(self, urls: ThumbnailUrls, *, retention: timedelta) -> None:
        self._urls = urls
        self._retention = retention

    def photo(self, photo: Photo, *, thumbnail_url: bool = False) -> photo_pb2.Photo:
        url = self._urls.sign(photo) if thumbnail_url else ""
        return photo_to_proto(photo, retention=self._retention, thumbnail_url=url)

    def photos(self, photos: Iterable[Photo], *, thumbnail_urls: bool = False) -> list[photo_pb2.Photo]:
        return [self.photo(photo, thumbnail_url=thumbnail_urls) for photo in photos]


def failures(failed: Iterable[Failed]) -> list[pb.BatchFailure]:
    return [pb.BatchFailure(photo_id=each.photo_id, reason=each.reason, message=each.message) for each in failed]
