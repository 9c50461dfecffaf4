"""Documents: every shape comes back as it was, older schemas are migrated, newer ones refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum

import pytest

from tintype.kit.store.documents import Codec, Document, FactCodec
from tintype.kit.store.errors import NewerSchema


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


@dataclass(frozen=True, slots=True)
class Part:
    raw: bytes
    weight: float


@dataclass(frozen=True, slots=True)
class Whole:
    name: str
    time: datetime
    colours: frozenset[Colour]
    parts: tuple[Part, ...]
    by_colour: Mapping[Colour, Part]
    offset: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Renamed:
    title: str
    pages: int


@dataclass(frozen=True, slots=True)
class Opened:
    door_id: str


@dataclass(frozen=True, slots=True)
class Closed:
    door_id: str


WHOLE = Whole(
    "x",
    datetime(2024, 5, 1, tzinfo=UTC),
    frozenset({Colour.RED}),
    (Part(b"\xff\x00", float("inf")),),
    {Colour.BLUE: Part(b"", 0.1)},
    timedelta(hours=-2),
)


def rename(document: Document) -> Document:
    return {"title": document["name"]}


def count(document: Document) -> Document:
    return {**document, "pages": 1}


def test_a_value_comes_back_from_document_and_text() -> None:
    codec = Codec(Whole)
    assert codec.load(codec.dump(WHOLE)) == WHOLE
    assert codec.load_text(codec.dump_text(WHOLE), schema=codec.schema) == WHOLE
    assert codec.dump(WHOLE)["schema"] == 1


@pytest.mark.parametrize(
    "document",
    [
        {"name": "x"},
        {"schema": 1, "name": "x"},
        {"schema": 2, "title": "x"},
        {"schema": 3, "title": "x", "pages": 1},
    ],
)
def test_older_documents_are_migrated_step_by_step(document: Document) -> None:
    assert Codec(Renamed, migrations=[rename, count]).load(document) == Renamed("x", 1)


def test_older_texts_are_migrated() -> None:
    assert Codec(Renamed, migrations=[rename, count]).load_text('{"name": "x"}', schema=1) == Renamed("x", 1)


def test_a_newer_schema_is_refused() -> None:
    with pytest.raises(NewerSchema):
        Codec(Renamed).load({"schema": 2, "title": "x", "pages": 1})


def test_facts_of_the_same_fields_keep_their_class() -> None:
    facts = FactCodec[Opened | Closed](Opened, Closed)
    assert facts.load(facts.dump(Closed("d"))) == Closed("d")
    with pytest.raises(NewerSchema):
        facts.load({"name": "Painted", "fact": {}})
