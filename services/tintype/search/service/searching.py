"""Searching: understand the words, ask the index once, fuse its legs, and answer with photos."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import tzinfo
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tintype.kit.clock import Clock
from tintype.kit.errors import InvalidInput
from tintype.search.domain.answer import SearchHit, SearchPage
from tintype.search.domain.fusion import WINDOW, Fusion
from tintype.search.domain.query import IndexAnswer, IndexQuery, MatchedWord, OwnerTerms
from tintype.search.domain.relevance import Calibrations, relevance_of
from tintype.search.domain.request import SearchRequest
from tintype.search.domain.understanding import Understanding
from tintype.search.ports import Catalog, PhotoIndex
from tintype.search.service.asking import AlbumTitles, Asked, Asking, QueryEmpty
from tintype.search.service.understanding import Understander

COUNTED_DEPTH: Final = 1_000  # hits of a leg where they are counted: by facets, or as those that are relevant enough


class WeightsInvalid(InvalidInput):
    """Every leg is left out."""

    reason = "INVALID_ARGUMENT"


class Searching:
    """SearchPhotos."""

    def __init__(
        self,
        *,
        index: PhotoIndex,
        catalog: Catalog,
        asking: Asking,
        titles: AlbumTitles,
        understander: Understander,
        clock: Clock,
    ) -> None:
        self._index = index
        self._catalog = catalog
        self._asking = asking
        self._titles = titles
        self._understander = understander
        self._clock = clock

    async def search_photos(self, request: SearchRequest) -> SearchPage:
        """Raises QueryEmpty, WeightsInvalid, PictureUnreadable, PhotoNotFound, IndexUnavailable."""
        if request.empty:
            raise QueryEmpty("say words, a photo, a picture or a filter to search by")
        if request.weights and not any(request.weights.values()):
            raise WeightsInvalid("at least one leg must count", fields={"weights": "all are 0"})
        terms = await self._index.terms(request.owner_id)
        understanding = self._understand(request, terms)
        asked = await self._asking.legs(request, understanding.remaining, terms)
        something = understanding.remaining or request.like_photo_id or request.like_image
        if something and asked.nothing:  # no leg can look for it, which is not to say that everything matches
            answer = IndexAnswer((), 0)
        else:
            answer = await self._index.search(self._question(request, understanding, asked))
        return await self._answer(request, understanding, asked, answer, terms)

    def _understand(self, request: SearchRequest, terms: OwnerTerms) -> Understanding:
        if request.literal or not request.words:
            return Understanding(request.words.strip())
        now = self._clock.now().astimezone(zone_of(request.time_zone))
        return self._understander.understand(request.words, terms=terms, languages=request.languages, now=now)

    def _question(self, request: SearchRequest, understanding: Understanding, asked: Asked) -> IndexQuery:
        asked_for = [] if request.filter is None else [request.filter]
        counted = COUNTED_DEPTH if request.facets or request.min_relevance > 0 else WINDOW
        return IndexQuery(
            owner_id=request.owner_id,
            filters=(*asked_for, *(part.filter for part in understanding.parts)),
            visibility=request.visibility,
            words=asked.words,
            vectors=asked.vectors,
            depth=max(counted, request.after[1] + request.limit + 1),
            facets=request.facets,
        )

    async def _answer(
        self,
        request: SearchRequest,
        understanding: Understanding,
        asked: Asked,
        answer: IndexAnswer,
        terms: OwnerTerms,
    ) -> SearchPage:
        fusion = Fusion(answer.legs, request.weights)
        spaces = self._asking.spaces(terms)
        calibrations = {space.name: space.calibration.relevance for space in spaces}
        order, matches = _relevant(fusion, calibrations, request.min_relevance), answer.matches
        if request.min_relevance > 0:
            matches = len(order)
        start = _start_of(order, request.after)
        hits = await self._hits(request, fusion, order[start : start + request.limit], calibrations, asked)
        end = start + request.limit
        limits = [space.limits for space in spaces if space.limits and asked.vectors]
        return SearchPage(
            hits=hits,
            after=(order[end - 1], end) if end < len(order) else None,
            understanding=understanding,
            degraded=(*sorted(asked.missing), *limits),
            facets=answer.facets,
            albums=await self._titles.of(request.owner_id) if request.facets else {},
            matches=matches,
            pack=next((vector.space for vector in asked.vectors), ""),
        )

    async def _hits(
        self,
        request: SearchRequest,
        fusion: Fusion,
        photo_ids: Sequence[str],
        calibrations: Calibrations,
        asked: Asked,
    ) -> tuple[SearchHit, ...]:
        """The photos as the catalog has them now: what it has trashed or deleted meanwhile is left out."""
        if not photo_ids:
            return ()
        photos = await self._catalog.load_page(request.owner_id, photo_ids, thumbnail_urls=request.thumbnail_urls)
        matched: Mapping[str, tuple[MatchedWord, ...]] = {}
        if request.explain and asked.words:
            matched = await self._index.matched_words(request.owner_id, photo_ids, asked.words)
        hits = []
        for photo_id in photo_ids:
            photo = photos.get(photo_id)
            if photo and request.visibility.admits(archived=photo.archived, trashed=photo.trashed):
                fused = fusion.hit(photo_id)
                relevance = relevance_of(fused.parts, calibrations)
                parts = fused.parts if request.explain else ()
                hits.append(SearchHit(photo, fused.score, relevance, parts, matched.get(photo_id, ())))
        return tuple(hits)


def _relevant(fusion: Fusion, calibrations: Calibrations, least: float) -> list[str]:
    order = fusion.order()
    if least <= 0:
        return order
    return [photo_id for photo_id in order if relevance_of(fusion.hit(photo_id).parts, calibrations) >= least]


def _start_of(order: Sequence[str], after: tuple[str, int]) -> int:
    """Behind the last photo of the page before, wherever newer photos have moved it to."""
    photo_id, position = after
    if position and (position > len(order) or order[position - 1] != photo_id) and photo_id in order:
        return order.index(photo_id) + 1
    return position


def zone_of(name: str) -> tzinfo:
    """The time zone of a caller. Raises InvalidInput if it does not exist."""
    try:
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        message = "there is no such time zone"
        raise InvalidInput(message, fields={"time_zone": message}) from error
