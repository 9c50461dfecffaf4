"""One change to every photo that matches, however many there are."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from tintype.catalog.domain.photo import Photo
from tintype.catalog.domain.photo_filter import Inclusion, PhotoFilter, PhotoOrder
from tintype.catalog.ports.photo import PageKey, PhotoRepository
from tintype.catalog.service.many import Outcome

PAGE: Final = 200
TRASH: Final = PhotoFilter(archived=Inclusion.INCLUDED, trashed=Inclusion.ONLY)

ChangeMany = Callable[[list[str]], Awaitable[Outcome]]
Report = Callable[[int, int, PageKey], None]
Wanted = Callable[[Photo], bool]


def _all(photo: Photo) -> bool:
    return True


class Batching:
    """Pages through an owner's photos and changes each."""

    def __init__(self, photos: PhotoRepository) -> None:
        self._photos = photos

    async def change_all(
        self,
        owner_id: str,
        *,
        filter: PhotoFilter,
        change: ChangeMany,
        report: Report,
        after: PageKey = (),
        wanted: Wanted = _all,
    ) -> Mapping[str, int]:
        """Change every photo that matches, in the order of upload, which no change changes; returns counts.

        Args:
            owner_id: the owner.
            filter: what matches.
            change: changes up to 200 photos.
            report: called after each page: how many are done, how many failed, where to go on after a crash.
            after: where to go on.
            wanted: of those that match, which to change.
        """
        done = failed = 0
        position: PageKey | None = after
        while position is not None:
            page = await self._photos.page(
                owner_id,
                filter=filter,
                order=PhotoOrder.UPLOAD_TIME,
                oldest_first=True,
                limit=PAGE,
                after=position,
            )
            outcome = await change([photo.photo_id for photo in page.photos if wanted(photo)])
            done, failed = done + len(outcome.photos), failed + len(outcome.failures)
            report(done, failed, page.after or position)
            position = page.after
        return {"changed": done, "failed": failed}
