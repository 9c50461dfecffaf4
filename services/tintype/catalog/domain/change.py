"""What happens to a photo as a whole: registered, trashed, restored, deleted, revived, found damaged."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from tintype.catalog.domain.capture import StatedTime, completed
from tintype.catalog.domain.fact import Group, PhotoChanged, PhotoDeleted, PhotoFact, PhotoRegistered, Priority
from tintype.catalog.domain.location import Location
from tintype.catalog.domain.photo import Claims, Deletion, Edits, FileFacts, Photo
from tintype.catalog.domain.source import OffsetSource, ValueSource
from tintype.catalog.domain.stage import REQUIRED, StageState, StageStatus


@dataclass(frozen=True, slots=True)
class Change:
    """A photo as it is to be stored, and what is to be told with it. Nothing is stored that tells nothing."""

    photo: Photo
    facts: tuple[PhotoFact, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """Verified bytes that are to be a photo, and what the client says of them."""

    owner_id: str
    file: FileFacts
    capture_time: StatedTime | None = None
    location: Location | None = None
    description: str = ""
    favourite: bool = False
    backlog: bool = False


def unchanged(photo: Photo) -> Change:
    """The change that changes nothing, and is not written."""
    return Change(photo)


def changed(photo: Photo, groups: Iterable[Group], *more: PhotoFact) -> Change:
    """A photo with a new revision, and what else is to be told."""
    fact = PhotoChanged(photo_id=photo.photo_id, owner_id=photo.owner_id, groups=_sorted(groups))
    return Change(photo, (fact, *more))


def registered(registration: Registration, now: datetime, *, photo_id: str) -> Change:
    """A photo that nobody has heard of yet; every required stage waits."""
    photo = Photo(
        photo_id=photo_id,
        owner_id=registration.owner_id,
        file=registration.file,
        claims=_claims(registration),
        edits=Edits(favourite=registration.favourite),
        backlog=registration.backlog,
        upload_time=now,
        change_time=now,
        stages=tuple(StageStatus(stage=stage, state=StageState.PENDING, request_time=now) for stage in REQUIRED),
    )
    return Change(photo, (_told(photo),))


def met_again(photo: Photo, registration: Registration, now: datetime) -> Change:
    """The same bytes once more: a trashed photo is restored, a deleted one lives again above its last revision.

    They were verified in their place, so the photo is corrupt no more.
    """
    if photo.deletion is not None:
        fresh = registered(registration, now, photo_id=photo.photo_id)
        return replace(fresh, photo=replace(fresh.photo, revision=photo.revision))
    if photo.trash_time is None and photo.corrupt_time is None:
        return unchanged(photo)
    return changed(replace(photo, trash_time=None, corrupt_time=None), [Group.STATE])


def trashed(photo: Photo, now: datetime) -> Change:
    """Trashing twice is trashing once: the first time stays."""
    if photo.trash_time is not None:
        return unchanged(photo)
    return changed(replace(photo, trash_time=now), [Group.STATE])


def restored(photo: Photo) -> Change:
    """Out of the trash, with everything as it was."""
    if photo.trash_time is None:
        return unchanged(photo)
    return changed(replace(photo, trash_time=None), [Group.STATE])


def deleted(photo: Photo, now: datetime) -> Change:
    """A tombstone: only what finds the blobs, keeps the revision and can be told of stays."""
    tombstone = Photo(
        photo_id=photo.photo_id,
        owner_id=photo.owner_id,
        revision=photo.revision,
        file=FileFacts(sha256=photo.file.sha256),
        upload_time=photo.upload_time,
        change_time=photo.change_time,
        deletion=Deletion(delete_time=now),
    )
    return Change(tombstone, (PhotoDeleted(photo_id=photo.photo_id, owner_id=photo.owner_id),))


def content_removed(photo: Photo, now: datetime) -> Change:
    """A tombstone without content left. It is told as PhotoDeleted again, for no revision goes untold."""
    if photo.deletion is None or photo.deletion.content_removed_time is not None:
        return unchanged(photo)
    noted = replace(photo, deletion=replace(photo.deletion, content_removed_time=now))
    return Change(noted, (PhotoDeleted(photo_id=photo.photo_id, owner_id=photo.owner_id),))


def found_corrupt(photo: Photo, now: datetime) -> Change:
    """Its file is missing or short."""
    if photo.corrupt_time is not None:
        return unchanged(photo)
    return changed(replace(photo, corrupt_time=now), [Group.STATE])


def found_well(photo: Photo) -> Change:
    """Its file is there again, whole."""
    if photo.corrupt_time is None:
        return unchanged(photo)
    return changed(replace(photo, corrupt_time=None), [Group.STATE])


def _claims(registration: Registration) -> Claims:
    """An unreadable time is no claim: the upload of a good file must not fail on it."""
    location = registration.location and replace(registration.location, source=ValueSource.CLIENT)
    return Claims(
        capture_time=completed(registration.capture_time, source=ValueSource.CLIENT, offset_source=OffsetSource.CLIENT),
        location=location,
        description=registration.description,
    )


def _told(photo: Photo) -> PhotoRegistered:
    priority = Priority.BACKLOG if photo.backlog else Priority.PERSON
    return PhotoRegistered(photo_id=photo.photo_id, owner_id=photo.owner_id, priority=priority)


def _sorted(groups: Iterable[Group]) -> tuple[Group, ...]:
    wanted: Collection[Group] = set(groups)
    return tuple(group for group in Group if group in wanted)
