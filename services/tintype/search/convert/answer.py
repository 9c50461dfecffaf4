"""Requests and answers of SearchService."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from tintype.kit.paging import Position
from tintype.search.convert.photo_filter import filter_of, filter_to_proto, visibility_of
from tintype.search.domain.answer import SearchHit, SearchPage, Suggestion
from tintype.search.domain.fusion import LegPart
from tintype.search.domain.photo_filter import Visibility
from tintype.search.domain.query import FacetValue, IndexStatus, Leg
from tintype.search.domain.request import SearchRequest
from tintype.search.domain.understanding import Understanding
from tintype.v1 import photo_pb2
from tintype.v1 import search_service_pb2 as pb

PAGE: Final = 50  # hits, where the request names no number
LEGS: Final = {
    Leg.WORDS: pb.SEARCH_LEG_WORDS,
    Leg.VECTOR: pb.SEARCH_LEG_VECTOR,
    Leg.PHOTO: pb.SEARCH_LEG_PHOTO,
    Leg.IMAGE: pb.SEARCH_LEG_IMAGE,
}


def request_of(wire: pb.SearchPhotosRequest, *, owner_id: str, position: Position) -> SearchRequest:
    """A query; `position` is where the page before ended, () for the first. Raises InvalidInput."""
    return SearchRequest(
        owner_id=owner_id,
        words=wire.words,
        like_photo_id=wire.like_photo_id,
        like_image=wire.like_image,
        weights=_weights_of(wire.weights) if wire.HasField("weights") else {},
        filter=filter_of(wire.filter) if wire.HasField("filter") else None,
        visibility=visibility_of(wire.filter) if wire.HasField("filter") else Visibility(),
        literal=wire.literal,
        min_relevance=wire.min_relevance,
        limit=wire.page_size or PAGE,
        after=(str(position[0]), int(position[1])) if position else ("", 0),
        explain=wire.explain,
        facets=wire.facets,
        thumbnail_urls=wire.thumbnail_urls,
        time_zone=wire.time_zone,
        languages=tuple(language.partition("-")[0].lower() for language in wire.languages),
    )


def page_to_proto(page: SearchPage, *, next_page_token: str) -> pb.SearchPhotosResponse:
    """One page of hits."""
    return pb.SearchPhotosResponse(
        hits=[_hit_to_proto(hit) for hit in page.hits],
        next_page_token=next_page_token,
        understanding=_understanding_to_proto(page.understanding),
        degraded=page.degraded,
        facets=[_facet_to_proto(name, values, page.albums) for name, values in page.facets.items()],
        matches=page.matches,
        pack=page.pack,
    )


def suggestion_to_proto(suggestion: Suggestion) -> pb.Suggestion:
    """A query worth making."""
    return pb.Suggestion(words=suggestion.words, kind=suggestion.kind, photos=suggestion.photos)


def status_to_proto(status: IndexStatus, *, pending: int) -> pb.GetIndexStatusResponse:
    """How complete an index is."""
    wire = pb.GetIndexStatusResponse(indexed_photos=status.photos, spaces=status.spaces, pending=pending)
    if status.update_time is not None:
        wire.update_time.FromDatetime(status.update_time)
    return wire


def _weights_of(wire: pb.LegWeights) -> dict[Leg, float]:
    return {Leg.WORDS: wire.words, Leg.VECTOR: wire.vector, Leg.PHOTO: wire.photo, Leg.IMAGE: wire.image}


def _hit_to_proto(hit: SearchHit) -> pb.SearchHit:
    message = hit.photo.message
    return pb.SearchHit(
        photo=message if isinstance(message, photo_pb2.Photo) else None,
        score=hit.score,
        relevance=hit.relevance,
        explanations=[_part_to_proto(part, hit) for part in hit.parts if part.leg in LEGS],
    )


def _part_to_proto(part: LegPart, hit: SearchHit) -> pb.LegExplanation:
    explanation = pb.LegExplanation(
        leg=LEGS[part.leg], rank=part.rank, contribution=part.contribution, space=part.space
    )
    if part.leg is Leg.WORDS:
        explanation.matched_words.extend(word.text for word in hit.matched)
        fields = {field for word in hit.matched for field in word.fields}
        explanation.matched_fields.extend(sorted(fields))
    else:
        explanation.similarity = part.score
    return explanation


def _understanding_to_proto(understanding: Understanding) -> pb.QueryUnderstanding:
    return pb.QueryUnderstanding(
        remaining_words=understanding.remaining,
        parts=[
            pb.UnderstoodPart(
                words=part.words, start=part.start, end=part.end, kind=part.kind, filter=filter_to_proto(part.filter)
            )
            for part in understanding.parts
        ],
    )


def _facet_to_proto(name: str, values: Sequence[FacetValue], albums: Mapping[str, str]) -> pb.Facet:
    return pb.Facet(
        name=name,
        values=[
            pb.FacetValue(value=each.value, label=albums.get(each.value, each.value), photos=each.photos)
            for each in values
        ],
    )
