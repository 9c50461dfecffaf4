"""Search's domain to and from the contract, over every enum value."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from google.protobuf.internal.enum_type_wrapper import EnumTypeWrapper
from hypothesis import given
from tests.search_builders import filters_strategy

from tintype.kit.errors import InvalidInput
from tintype.search.convert.answer import LEGS, request_of
from tintype.search.convert.photo_filter import (
    INCLUSIONS,
    SEASONS,
    STATES,
    filter_of,
    filter_to_proto,
    visibility_of,
)
from tintype.search.convert.source import source_of
from tintype.search.domain.document import Field, PhotoState
from tintype.search.domain.photo_filter import Inclusion, PhotoFilter, Visibility
from tintype.search.domain.query import Leg
from tintype.v1 import photo_filter_pb2, photo_pb2, result_pb2
from tintype.v1 import search_service_pb2 as pb


@pytest.mark.parametrize(
    ("table", "wire"),
    [
        (STATES, photo_pb2.PhotoState),
        (SEASONS, photo_filter_pb2.Season),
        (LEGS, pb.SearchLeg),
    ],
)
def test_every_value_of_the_contract_is_known(table: dict[int, int], wire: EnumTypeWrapper) -> None:
    assert set(table.values()) == set(wire.values()) - {0}
    assert len(set(table)) == len(table)


def test_every_inclusion_is_known() -> None:
    assert set(INCLUSIONS.values()) == set(photo_filter_pb2.Inclusion.values())
    wire = photo_filter_pb2.PhotoFilter(archived=photo_filter_pb2.INCLUSION_ONLY)
    assert visibility_of(wire) == Visibility(archived=Inclusion.ONLY)


@given(filters_strategy())
def test_a_filter_goes_there_and_back(kept: PhotoFilter) -> None:
    assert filter_of(filter_to_proto(kept)) == kept


def test_a_day_that_is_none_is_refused() -> None:
    wire = photo_filter_pb2.PhotoFilter(dates=[photo_filter_pb2.DateSpan(first="2023-02-30", last="2023-03-01")])
    with pytest.raises(InvalidInput):
        filter_of(wire)


@pytest.mark.parametrize("state", photo_pb2.PhotoState.values())
def test_a_photo_becomes_what_is_indexed(state: photo_pb2.PhotoState) -> None:
    photo = photo_pb2.Photo(
        owner_id="o", photo_id="p", revision=3, state=state, file_name="IMG_1 beach.JPG", title="Sea", rating=4
    )
    photo.capture_time.instant.FromDatetime(datetime(2023, 7, 14, 16, 3, tzinfo=UTC))
    photo.capture_time.local_time = "2023-07-14T18:03:22"
    photo.tags.add(name="dog", source=photo_pb2.VALUE_SOURCE_MODEL)
    photo.tags.add(name="Rex", source=photo_pb2.VALUE_SOURCE_USER)
    results = result_pb2.PhotoResults(photo=photo)
    results.results.add().embed.CopyFrom(result_pb2.EmbedResult(space="s", vector=[0.6, 0.8]))
    results.results.add().text.lines.add(text="STOP")
    results.other_embeddings.add(space="t", vector=[1.0])
    source = source_of(results)
    assert source.texts == {
        Field.TITLE: ("Sea",),
        Field.TEXT: ("STOP",),
        Field.LABELS: ("dog",),
        Field.TAGS: ("Rex",),
        Field.FILE_NAME: ("IMG_1 beach",),
    }
    assert source.facts.captured is not None
    assert source.facts.captured.local.hour == 18
    assert source.facts.tags == ("dog", "Rex")
    assert source.facts.state in PhotoState
    assert {space: vector.tolist() for space, vector in source.vectors.items()} == {
        "s": pytest.approx([0.6, 0.8]),
        "t": [1.0],
    }


def test_the_time_of_upload_is_no_date() -> None:
    photo = photo_pb2.Photo(owner_id="o", photo_id="p", revision=1)
    photo.capture_time.local_time = "2024-08-15T02:00:00"
    photo.capture_time.source = photo_pb2.VALUE_SOURCE_UPLOAD
    assert source_of(result_pb2.PhotoResults(photo=photo)).facts.captured is None


def test_a_tombstone_has_nothing_but_its_key() -> None:
    results = result_pb2.PhotoResults(photo=photo_pb2.Photo(owner_id="o", photo_id="p", revision=3), deleted=True)
    source = source_of(results)
    assert source.deleted
    assert source.key.revision == 3


def test_a_request_is_read_whole() -> None:
    wire = pb.SearchPhotosRequest(words="dog", weights=pb.LegWeights(words=2), languages=["de-DE"], page_size=7)
    wire.filter.dates.add(first="2023-01-01", last="2023-12-31")
    request = request_of(wire, owner_id="o", position=("p9", 14))
    assert request.weights == {Leg.WORDS: 2, Leg.VECTOR: 0, Leg.PHOTO: 0, Leg.IMAGE: 0}
    assert request.languages == ("de",)
    assert (request.limit, request.after) == (7, ("p9", 14))
    assert request.filter is not None
    assert request.filter.dates[0].last == date(2023, 12, 31)
