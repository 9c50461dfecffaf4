"""Filters as masks over columns: the domain's definition, computed for all photos at once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Final, TypeVar

import numpy as np
import numpy.typing as npt

from tintype.kit.instants import microseconds
from tintype.search.adapters.sqlite.columns import Columns, Mask, Members
from tintype.search.adapters.sqlite.records import EPOCH_DAY
from tintype.search.adapters.sqlite.rows import Rows
from tintype.search.domain.photo_filter import EARTH_RADIUS_KM, Inclusion, Near, PhotoFilter, SetMatch, Visibility

T = TypeVar("T")

_SMALL: Final = 256  # months, weekdays, hours, seasons and states fit a table of a byte


def mask_of(columns: Columns, size: int, filters: Iterable[PhotoFilter], visibility: Visibility) -> Mask:
    """Which of the first `size` rows are photos that all filters keep."""
    rows = columns.rows.head(size)
    mask = rows["alive"].copy()
    for name, inclusion in (("archived", visibility.archived), ("trashed", visibility.trashed)):
        if inclusion is not Inclusion.INCLUDED:
            mask &= rows[name] == (inclusion is Inclusion.ONLY)
    for each in filters:
        _keep_times(mask, rows, columns.has_instant[:size], each)
        _keep_plain(mask, rows, each)
        _keep_sets(mask, columns, size, each)
    return mask


def _keep_times(mask: Mask, rows: Rows, has_instant: Mask, asked: PhotoFilter) -> None:
    if not asked.asks_time:
        return
    mask &= has_instant
    if asked.after is not None:
        mask &= rows["instant"] >= microseconds(asked.after)
    if asked.before is not None:
        mask &= rows["instant"] < microseconds(asked.before)
    if asked.dates:
        day = rows["day"]
        inside = np.zeros(len(rows), np.bool_)
        for span in asked.dates:
            inside |= (day >= span.first.toordinal() - EPOCH_DAY) & (day <= span.last.toordinal() - EPOCH_DAY)
        mask &= inside
    for name, wanted in (
        ("month", asked.months),
        ("weekday", asked.weekdays),
        ("hour", asked.hours),
        ("season", asked.seasons),
    ):
        _keep_small(mask, rows[name], wanted)


def _keep_plain(mask: Mask, rows: Rows, asked: PhotoFilter) -> None:
    if asked.near is not None:
        mask &= _near(rows["latitude"], rows["longitude"], asked.near)
    if asked.favourite is not None:
        mask &= rows["favourite"] == asked.favourite
    if asked.min_rating:
        mask &= rows["rating"] >= asked.min_rating
    _keep_small(mask, rows["state"], asked.states)


def _keep_sets(mask: Mask, columns: Columns, size: int, asked: PhotoFilter) -> None:
    rows = columns.rows.head(size)
    if asked.places:
        mask &= _coded(rows["place"], columns.places.values, lambda place: asked.places.admits(place.values()))
    if asked.cameras:
        mask &= _coded(rows["camera"], columns.cameras.values, lambda camera: asked.cameras.admits(camera.values()))
    if asked.media_types:
        mask &= _coded(
            rows["media_type"], columns.media_types.values, lambda name: asked.media_types.admits(frozenset({name}))
        )
    _keep_members(mask, columns.tags, asked.tags)
    _keep_members(mask, columns.albums, asked.album_ids)


def _keep_members(mask: Mask, members: Members, asked: SetMatch) -> None:
    if asked.any_of:
        some = np.zeros(len(mask), np.bool_)
        for value in asked.any_of:
            some |= members.mask(value, len(mask))
        mask &= some
    for value in asked.all_of:
        mask &= members.mask(value, len(mask))
    for value in asked.none_of:
        mask &= ~members.mask(value, len(mask))


def _keep_small(mask: Mask, column: npt.NDArray[np.uint8], wanted: Collection[int]) -> None:
    if wanted:
        table = np.zeros(_SMALL, np.bool_)
        table[list(wanted)] = True
        mask &= table[column]


def _coded(codes: npt.NDArray[np.int32], values: list[T], admits: Callable[[T], bool]) -> Mask:
    """Ask once for each value that photos share, not for each photo."""
    table = np.fromiter((admits(value) for value in values), np.bool_, len(values))
    found: Mask = table[codes]
    return found


def _near(latitude: npt.NDArray[np.float64], longitude: npt.NDArray[np.float64], near: Near) -> Mask:
    """The haversine of the domain; photos without a point are far from everywhere."""
    here = np.radians(latitude)
    centre = np.radians(near.centre.latitude)
    chord = np.sin((here - centre) / 2) ** 2
    chord += (
        np.cos(here) * np.cos(centre) * np.sin((np.radians(longitude) - np.radians(near.centre.longitude)) / 2) ** 2
    )
    distance = 2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.minimum(chord, 1.0)))
    close: Mask = distance <= near.radius_km  # NaN compares false
    return close
