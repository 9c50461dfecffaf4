"""Documents, facts and filters for tests of search."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
from hypothesis import strategies as st

from tintype.search.domain.document import (
    Camera,
    Captured,
    Field,
    IndexDocument,
    PhotoFacts,
    PhotoState,
    Place,
    Point,
    Vector,
)
from tintype.search.domain.photo_filter import DateSpan, Near, PhotoFilter, Season, SetMatch

OWNER = "owner-1"
TAGS = ("Rex", "beach", "árbol", "2021")
ALBUMS = ("a1", "a2")
PLACES = (Place("Lund", "Malmö", "Skåne", "Sweden", "SE"), Place("Sydney", "Sydney", "", "Australia", "AU"), Place())
CAMERAS = (Camera("Canon", "EOS 5D"), Camera("Apple", "iPhone 12"), Camera())


def unit_vector(angle: float) -> Vector:
    """A unit vector in the first two of eight dimensions."""
    return np.array([np.cos(angle), np.sin(angle), *[0.0] * 6], np.float32)


def make_document(
    photo_id: str,
    *,
    owner_id: str = OWNER,
    revision: int = 1,
    facts: PhotoFacts | None = None,
    captured: datetime | None = None,
    tokens: Mapping[Field, Sequence[str]] | None = None,
    vectors: Mapping[str, Vector] | None = None,
) -> IndexDocument:
    """A valid document; a test sets only what it is about."""
    if facts is None:
        taken = Captured(captured, captured.replace(tzinfo=None)) if captured else None
        facts = PhotoFacts(captured=taken, state=PhotoState.READY)
    return IndexDocument(
        owner_id,
        photo_id,
        revision,
        facts,
        {field: tuple(values) for field, values in (tokens or {}).items()},
        vectors or {},
    )


def facts_strategy() -> st.SearchStrategy[PhotoFacts]:
    """Any facts, of few values, so that filters meet them."""
    return st.builds(
        PhotoFacts,
        captured=st.none() | st.builds(_captured, st.integers(0, 365 * 4), st.integers(0, 23), st.integers(-12, 12)),
        point=st.none() | st.builds(Point, st.floats(-80, 80), st.floats(-179, 179)),
        place=st.sampled_from(PLACES),
        camera=st.sampled_from(CAMERAS),
        tags=st.lists(st.sampled_from(TAGS), unique=True).map(tuple),
        album_ids=st.lists(st.sampled_from(ALBUMS), unique=True).map(tuple),
        favourite=st.booleans(),
        rating=st.integers(0, 5),
        media_type=st.sampled_from(["image/jpeg", "image/png"]),
        archived=st.booleans(),
        trashed=st.booleans(),
        state=st.sampled_from(PhotoState),
    )


def filters_strategy() -> st.SearchStrategy[PhotoFilter]:
    """Any filter over the values of `facts_strategy`; most parts are unset."""
    rarely: Any = lambda strategy, unset: st.one_of(st.just(unset), st.just(unset), strategy)  # noqa: E731
    days = st.integers(0, 365 * 4).map(lambda day: date(2020, 1, 1) + timedelta(days=day))
    instants = st.integers(0, 24 * 365 * 4).map(lambda hour: datetime(2020, 1, 1, tzinfo=UTC) + timedelta(hours=hour))
    return st.builds(
        PhotoFilter,
        after=rarely(instants, None),
        before=rarely(instants, None),
        dates=rarely(st.lists(st.builds(_span, days, st.integers(0, 400)), max_size=2).map(tuple), ()),
        months=rarely(st.frozensets(st.integers(1, 12), max_size=6), frozenset()),
        weekdays=rarely(st.frozensets(st.integers(1, 7), max_size=4), frozenset()),
        hours=rarely(st.frozensets(st.integers(0, 23), max_size=12), frozenset()),
        seasons=rarely(st.frozensets(st.sampled_from(Season), max_size=2), frozenset()),
        places=rarely(_sets(["Lund", "malmo", "sweden", "AU", "Sydney"]), SetMatch()),
        near=rarely(st.builds(Near, st.builds(Point, st.floats(-80, 80), st.floats(-179, 179)), st.just(5000.0)), None),
        cameras=rarely(_sets(["canon", "Canon EOS 5D", "iphone 12"]), SetMatch()),
        tags=rarely(_sets(["rex", "Beach", "arbol"]), SetMatch()),
        album_ids=rarely(_sets(["a1", "a2"]), SetMatch()),
        favourite=rarely(st.booleans(), None),
        min_rating=rarely(st.integers(0, 5), 0),
        media_types=rarely(_sets(["image/jpeg", "image/png"]), SetMatch()),
        states=rarely(st.frozensets(st.sampled_from(PhotoState)), frozenset()),
    )


def _sets(values: list[str]) -> st.SearchStrategy[SetMatch]:
    some = st.lists(st.sampled_from(values), max_size=2)
    return st.builds(SetMatch.folded, some, some, some)


def _captured(day: int, hour: int, offset: int) -> Captured:
    local = datetime(2020, 1, 1) + timedelta(days=day, hours=hour)  # noqa: DTZ001  a clock on the wall has no zone
    return Captured((local - timedelta(hours=offset)).replace(tzinfo=UTC), local)


def _span(first: date, days: int) -> DateSpan:
    return DateSpan(first, first + timedelta(days=days))
