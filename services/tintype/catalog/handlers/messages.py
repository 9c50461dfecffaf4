"""What several RPCs answer with."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from tintype.catalog.convert.photo import photo_to_proto
from tintype.catalog.domain.media import Asker
from tintype.catalog.domain.photo import Photo
from tintype.catalog.ports.media import MediaUrls
from tintype.catalog.service.many import Failed
from tintype.kit.auth.caller import Context, caller_of
from tintype.v1 import catalog_service_pb2 as pb
from tintype.v1 import photo_pb2


class PhotoMessages:
    """Photos as clients get them, with signed addresses where they ask for them: those need the `context`."""

    def __init__(self, urls: MediaUrls, *, retention: timedelta) -> None:
        self._urls = urls
        self._retention = retention

    def photo(self, photo: Photo, *, thumbnail_url: bool = False, context: Context | None = None) -> photo_pb2.Photo:
        url = self._urls.thumbnail(photo, asker=asker_of(context)) if thumbnail_url and context else ""
        return photo_to_proto(photo, retention=self._retention, thumbnail_url=url)

    def photos(
        self, photos: Iterable[Photo], *, thumbnail_urls: bool = False, context: Context | None = None
    ) -> list[photo_pb2.Photo]:
        return [self.photo(photo, thumbnail_url=thumbnail_urls, context=context) for photo in photos]

    def thumbnail_url(self, photo: Photo | None, context: Context) -> str:
        return self._urls.thumbnail(photo, asker=asker_of(context)) if photo else ""


def asker_of(context: Context) -> Asker:
    """The caller, as the addresses that are made for it name it."""
    caller = caller_of(context)
    return Asker(user_id=caller.user_id, session_id=caller.session_id, key_id=caller.key_id, issued=caller.issued)


def failures(failed: Iterable[Failed]) -> list[pb.BatchFailure]:
    return [pb.BatchFailure(photo_id=each.photo_id, reason=each.reason, message=each.message) for each in failed]
