"""As much of Elasticsearch's answers as we read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias, TypedDict

Body: TypeAlias = Mapping[str, object]


class Error(TypedDict, total=False):
    """Why a search or an item of a bulk failed."""

    type: str
    reason: str
    root_cause: list[Error]


class Fields(TypedDict, total=False):
    """Doc values, always in lists."""

    owner: list[str]
    photo: list[str]
    revision: list[int]


class Source(TypedDict, total=False):
    """As much of a stored document as is read."""

    owner: str
    photo: str
    revision: int
    albums: list[str]
    tokens: dict[str, list[str]]
    spaces: list[str]
    vectors: dict[str, list[float]]


class Hit(TypedDict, total=False):
    """One hit of a search. Those of a leg are sorted by a number, then by the photo."""

    _id: str
    _routing: str
    _seq_no: int
    _primary_term: int
    _source: Source
    fields: Fields
    sort: tuple[float, str]
    matched_queries: list[str]


class Total(TypedDict):
    """How many photos a query found, as far as it was counted."""

    value: int


class Hits(TypedDict, total=False):
    """The hits of a search."""

    total: Total
    hits: list[Hit]


class Bucket(TypedDict):
    """One value of an aggregation."""

    key: str
    doc_count: int


class Buckets(TypedDict, total=False):
    """What one aggregation counted: `buckets` of terms; `doc_count` of a filter; `value` of a maximum."""

    buckets: list[Bucket]
    doc_count: int
    value: float | None


class Found(TypedDict, total=False):
    """The answer of a search."""

    hits: Hits
    aggregations: dict[str, Buckets]
    error: Error
    status: int


class Many(TypedDict):
    """The answers of a multi search, in its order."""

    responses: list[Found]


class Stored(TypedDict, total=False):
    """A document that was asked for by its id."""

    _id: str
    _routing: str
    found: bool
    _seq_no: int
    _primary_term: int
    _source: Source
    error: Error


class Item(TypedDict, total=False):
    """What became of one operation of a bulk."""

    status: int
    result: str
    error: Error


class Bulk(TypedDict, total=False):
    """What became of a bulk: an item for each operation, under the operation's name."""

    errors: bool
    items: list[dict[str, Item]]


def hits_of(found: Found) -> Sequence[Hit]:
    """The hits of an answer; filtered answers leave empty lists out."""
    return found.get("hits", {}).get("hits", [])


def total_of(found: Found) -> int:
    """How many there are."""
    total = found.get("hits", {}).get("total")
    return total["value"] if total else 0


def counts_of(found: Found, name: str) -> dict[str, int]:
    """The values that an aggregation counted."""
    counted = found.get("aggregations", {}).get(name, {})
    return {bucket["key"]: bucket["doc_count"] for bucket in counted.get("buckets", [])}
