"""Photos as their owner sees them, and as other services do."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from tintype.catalog.domain.photo import Photo
from tintype.catalog.domain.photo_filter import PhotoFilter, PhotoOrder
from tintype.catalog.domain.result import ResultKey, StageResult, TextResult
from tintype.catalog.domain.stage import Stage
from tintype.catalog.domain.timeline import Bucket, buckets_of
from tintype.catalog.ports.photo import PageKey, PhotoPage, PhotoRepository, TagCount
from tintype.catalog.ports.result import ResultRepository
from tintype.catalog.service.writing import living


@dataclass(frozen=True, slots=True)
class PhotoWithResults:
    """A photo, or a tombstone, with its results in force."""

    photo: Photo
    results: tuple[StageResult, ...] = ()


class Reading:
    """Reads photos; tombstones are seen by other services only."""

    def __init__(self, photos: PhotoRepository, results: ResultRepository) -> None:
        self._photos = photos
        self._results = results

    async def get_photo(self, *, owner_id: str, photo_id: str) -> Photo:
        """Raises PhotoNotFound."""
        return living(await self._photos.load(owner_id=owner_id, photo_id=photo_id))

    async def found_text(self, photo: Photo) -> list[str]:
        """The lines of text in its picture, in reading order: a record of its own, which lists never load."""
        [found] = await self._with_results(photo.owner_id, [photo], {Stage.TEXT})
        contents = [result.content for result in found.results]
        return [line.text for content in contents if isinstance(content, TextResult) for line in content.lines]

    async def batch_get(self, *, owner_id: str, photo_ids: Sequence[str]) -> tuple[list[Photo], list[str]]:
        """The photos in the order asked for, and the ids that are none."""
        found = await self._photos.load_many(owner_id=owner_id, photo_ids=list(dict.fromkeys(photo_ids)))
        photos = {photo.photo_id: photo for photo in found if photo.deletion is None}
        return (
            [photos[each] for each in photo_ids if each in photos],
            [each for each in photo_ids if each not in photos],
        )

    async def list_photos(
        self,
        owner_id: str,
        *,
        filter: PhotoFilter,
        order: PhotoOrder,
        oldest_first: bool,
        limit: int,
        after: PageKey,
    ) -> PhotoPage:
        """A page of what matches."""
        return await self._photos.page(
            owner_id, filter=filter, order=order, oldest_first=oldest_first, limit=limit, after=after
        )

    async def list_timeline_buckets(self, *, owner_id: str, archived: bool, days_from: int) -> list[Bucket]:
        """Photos by month, newest first, with the days of months of at least `days_from` photos; 0 for none."""
        days = await self._photos.count_days(owner_id, archived=archived)
        return buckets_of(days, days_from=days_from)

    async def list_tags(
        self, *, owner_id: str, prefix: str, limit: int, after: PageKey
    ) -> tuple[list[TagCount], PageKey | None]:
        """Tags, most used first, and where the next page begins: a count, for the order is by one too."""
        skip = int(after[0]) if after else 0
        tags = await self._photos.count_tags(owner_id, prefix=prefix, limit=limit + 1, skip=skip)
        return tags[:limit], (skip + limit,) if len(tags) > limit else None

    async def batch_get_results(
        self, *, keys: Sequence[tuple[str, str]], stages: Collection[Stage]
    ) -> list[PhotoWithResults]:
        """Photos (by owner and id) with what is in force, in the order of the keys; what never existed is left out."""
        found: dict[tuple[str, str], PhotoWithResults] = {}
        for owner_id, photo_ids in _by_owner(keys).items():
            photos = await self._photos.load_many(owner_id=owner_id, photo_ids=photo_ids)
            for each in await self._with_results(owner_id, photos, stages or tuple(Stage)):
                found[owner_id, each.photo.photo_id] = each
        return [found[key] for key in keys if key in found]

    async def batch_get_shown(self, *, keys: Sequence[tuple[str, str]]) -> list[Photo | bytes]:
        """The same without results: each as it is, or its card, which is less work for everybody."""
        found: dict[tuple[str, str], Photo | bytes] = {}
        for owner_id, photo_ids in _by_owner(keys).items():
            cards = await self._photos.load_cards(owner_id=owner_id, photo_ids=photo_ids)
            found |= {(owner_id, photo_id): card for photo_id, card in cards.items()}
            if missing := [photo_id for photo_id in photo_ids if photo_id not in cards]:
                photos = await self._photos.load_many(owner_id=owner_id, photo_ids=missing)
                found |= {(owner_id, photo.photo_id): photo for photo in photos}
        return [found[key] for key in keys if key in found]

    async def list_revisions(self, *, owner_id: str, limit: int, after: PageKey) -> PhotoPage:
        """Every photo and tombstone of an owner, or of all, by owner and id."""
        return await self._photos.page_all(owner_id=owner_id, limit=limit, after=after)

    async def statistics_by_name(self) -> dict[str, int]:
        """What the photos of everybody add up to, for administrators."""
        counted = await self._photos.statistics()
        return {
            "photos": counted.photos,
            "photos_trashed": counted.trashed_photos,
            "photos_corrupt": counted.corrupt_photos,
            "tombstones": counted.tombstones,
            "owners": counted.owners,
            "original_bytes": counted.used_bytes,
            **{f"photos_{state}": count for state, count in counted.states.items()},
        }

    async def _with_results(
        self, owner_id: str, photos: Sequence[Photo], stages: Collection[Stage]
    ) -> list[PhotoWithResults]:
        keys = [key for photo in photos for key in in_force(photo) if key.stage in stages]
        results: defaultdict[str, list[StageResult]] = defaultdict(list)
        for result in await self._results.load_many(owner_id, keys) if keys else ():
            results[result.key.photo_id].append(result)
        return [PhotoWithResults(photo, tuple(results[photo.photo_id])) for photo in photos]


def _by_owner(keys: Sequence[tuple[str, str]]) -> Mapping[str, list[str]]:
    by_owner: defaultdict[str, list[str]] = defaultdict(list)
    for owner_id, photo_id in dict.fromkeys(keys):
        by_owner[owner_id].append(photo_id)
    return by_owner


def in_force(photo: Photo) -> list[ResultKey]:
    """The keys of the records that a photo names."""
    return [
        ResultKey(photo.photo_id, status.stage, status.model, status.job_id) for status in photo.stages if status.job_id
    ]
