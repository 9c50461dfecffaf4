"""Photos go into albums, out of them and about in them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from tintype.catalog.domain.change import Change, changed, unchanged
from tintype.catalog.domain.fact import Group
from tintype.catalog.domain.photo import Membership, Photo


def membership_in(photo: Photo, album_id: str) -> Membership | None:
    """The photo's place in an album; None if it is not in it."""
    return next((each for each in photo.memberships if each.album_id == album_id), None)


def joined(photo: Photo, album_id: str, *, rank: str, now: datetime) -> Change:
    """A photo that is in the album stays where it is."""
    if membership_in(photo, album_id) is not None:
        return unchanged(photo)
    added = Membership(album_id=album_id, rank=rank, added_time=now)
    return changed(replace(photo, memberships=(*photo.memberships, added)), [Group.ALBUMS])


def left(photo: Photo, album_id: str) -> Change:
    """A photo that is not in the album stays as it is."""
    if membership_in(photo, album_id) is None:
        return unchanged(photo)
    kept = tuple(each for each in photo.memberships if each.album_id != album_id)
    return changed(replace(photo, memberships=kept), [Group.ALBUMS])


def moved(photo: Photo, album_id: str, *, rank: str) -> Change:
    """Give a photo of the album another place in it."""
    memberships = tuple(replace(each, rank=rank) if each.album_id == album_id else each for each in photo.memberships)
    if memberships == photo.memberships:
        return unchanged(photo)
    return changed(replace(photo, memberships=memberships), [Group.ALBUMS])
