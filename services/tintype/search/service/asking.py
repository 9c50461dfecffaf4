"""Turning a search request into one question to the index: words, vectors and filters."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Protocol

import numpy as np

from tintype.imaging.ports import DecodeFailed, DecoderDied, FitWithin, ImageTooLarge, Imaging, UnsupportedMedia
from tintype.imaging.ports import Request as DecodeRequest
from tintype.kit.clock import Clock
from tintype.kit.errors import InvalidInput, NotFound, Unavailable
from tintype.search.domain.document import Vector
from tintype.search.domain.query import Leg, OwnerTerms, QueryWord, VectorQuery
from tintype.search.domain.request import SearchRequest
from tintype.search.ports import Analyzer, Catalog, PhotoIndex
from tintype.vision.ports import Matrix, NotInPack, RgbImage, Space

PICTURE_PX: Final = 640  # longest side; as for the photos in the index, so that a photo is found by its own file
TITLES_AGE: Final = timedelta(seconds=5)  # how late a new album name may be known; asking each time costs 1 ms
NO_VECTORS: Final = "vector"
NO_ALBUMS: Final = "albums"


class QueryEmpty(InvalidInput):
    """Nothing to search for."""

    reason = "QUERY_EMPTY"


class PictureUnreadable(InvalidInput):
    """The picture of the query cannot be decoded."""

    reason = "PICTURE_UNREADABLE"


class PhotoNotFound(NotFound):
    """No such photo, or somebody else's: a caller cannot tell which."""

    reason = "PHOTO_NOT_FOUND"

    def __init__(self, photo_id: str) -> None:
        super().__init__(f"photo {photo_id} was not found", photo_id=photo_id)


@dataclass(frozen=True, slots=True)
class Asked:
    """The legs of a search, and what is missing from them."""

    words: tuple[QueryWord, ...] = ()
    vectors: tuple[VectorQuery, ...] = ()
    missing: frozenset[str] = frozenset()

    @property
    def nothing(self) -> bool:
        """Whether there is no leg at all."""
        return not self.words and not self.vectors


class Encoder(Protocol):
    """As much of `Vision` as a search needs."""

    def spaces(self) -> tuple[Space, ...]:
        """See `Vision`."""

    async def embed_text(self, texts: Sequence[str], *, space: str = "") -> Matrix:
        """See `Vision`."""

    async def embed_images(self, images: Sequence[RgbImage], *, space: str = "") -> Matrix:
        """See `Vision`."""


class AlbumTitles:
    """The titles of owners' albums, remembered for a moment."""

    def __init__(self, catalog: Catalog, clock: Clock) -> None:
        self._catalog = catalog
        self._clock = clock
        self._known: dict[str, tuple[float, Mapping[str, str]]] = {}

    async def of(self, owner_id: str) -> Mapping[str, str]:
        """Titles by album_id."""
        now = self._clock.now().timestamp()
        known = self._known.get(owner_id)
        if known is None or now - known[0] > TITLES_AGE.total_seconds():
            self._known = {owner: each for owner, each in self._known.items() if now - each[0] < 60}
            known = self._known[owner_id] = (now, await self._catalog.album_titles(owner_id))
        return known[1]


class Asking:
    """Makes the legs of a search. What cannot be had now is left out and named, unless nothing else is asked for."""

    def __init__(
        self,
        *,
        index: PhotoIndex,
        catalog: Catalog,
        analyzer: Analyzer,
        titles: AlbumTitles,
        vision: Encoder,
        imaging: Imaging,
    ) -> None:
        self._index = index
        self._catalog = catalog
        self._analyzer = analyzer
        self._titles = titles
        self._vision = vision
        self._imaging = imaging

    async def legs(self, request: SearchRequest, text: str, terms: OwnerTerms) -> Asked:
        """All legs at once. `text` is what is left of the words.

        Raises: PhotoNotFound, PictureUnreadable; ModelsUnavailable if only a picture is asked for and cannot be.
        """
        legs = [
            asyncio.create_task(leg)
            for leg in (
                self._text(request, text, terms),  # first: the model runs in a thread while the words are read
                self._words(request, text),
                self._photo(request),
                self._image(request, terms),
            )
        ]
        try:
            asked = await asyncio.gather(*legs)  # not a TaskGroup: callers want the error itself, not a group of it
        finally:
            for leg in legs:
                leg.cancel()
        return Asked(
            words=tuple(word for each in asked for word in each.words),
            vectors=tuple(vector for each in asked for vector in each.vectors),
            missing=frozenset[str]().union(*(each.missing for each in asked)),
        )

    def spaces(self, terms: OwnerTerms) -> Sequence[Space]:
        """The served spaces that hold vectors of the owner, and the one that photos may be moving to this moment."""
        first, *others = self._vision.spaces()
        return [first, *(space for space in others if space.name in terms.spaces or not terms.spaces)]

    async def _words(self, request: SearchRequest, text: str) -> Asked:
        if not text or not request.wants(Leg.WORDS):
            return Asked()
        words = self._analyzer.words(text, languages=request.languages)
        try:
            titles = await self._titles.of(request.owner_id)
        except Unavailable:
            return Asked(tuple(QueryWord(word.text, word.tokens) for word in words), missing=frozenset({NO_ALBUMS}))
        albums = {album_id: self._analyzer.tokens(title) for album_id, title in titles.items()}
        return Asked(
            tuple(
                QueryWord(word.text, word.tokens, tuple(a for a, tokens in albums.items() if tokens & set(word.tokens)))
                for word in words
            )
        )

    async def _text(self, request: SearchRequest, text: str, terms: OwnerTerms) -> Asked:
        if not text or not request.wants(Leg.VECTOR):
            return Asked()
        spaces = self.spaces(terms)
        try:
            rows = [await self._vision.embed_text([text], space=space.name) for space in spaces]
        except (Unavailable, NotInPack):
            return Asked(missing=frozenset({NO_VECTORS}))
        return _vectors(Leg.VECTOR, {space.name: row[0] for space, row in zip(spaces, rows, strict=True)})

    async def _photo(self, request: SearchRequest) -> Asked:
        photo_id = request.like_photo_id
        if not photo_id or not request.wants(Leg.PHOTO):
            return Asked()
        found = await self._index.vectors(request.owner_id, photo_id)
        if not found and not await self._catalog.load_page(request.owner_id, [photo_id], thumbnail_urls=False):
            raise PhotoNotFound(photo_id)
        return _vectors(Leg.PHOTO, found)

    async def _image(self, request: SearchRequest, terms: OwnerTerms) -> Asked:
        if not request.like_image or not request.wants(Leg.IMAGE):
            return Asked()
        decode = DecodeRequest(derived=False, variants={"small": FitWithin(PICTURE_PX)})
        try:
            decoded = await self._imaging.process(request.like_image, decode)
        except (UnsupportedMedia, ImageTooLarge, DecodeFailed, DecoderDied) as error:
            raise PictureUnreadable("the picture of the query cannot be decoded") from error
        spaces = self.spaces(terms)
        picture = decoded.variants["small"]
        try:
            rows = [await self._vision.embed_images([picture], space=space.name) for space in spaces]
        except Unavailable:
            if not request.words and not request.like_photo_id:
                raise
            return Asked(missing=frozenset({NO_VECTORS}))
        return _vectors(Leg.IMAGE, {space.name: row[0] for space, row in zip(spaces, rows, strict=True)})


def _vectors(leg: Leg, found: Mapping[str, Vector]) -> Asked:
    missing = frozenset[str]() if found else frozenset({NO_VECTORS})
    return Asked(
        vectors=tuple(VectorQuery(leg, space, np.asarray(v, np.float32)) for space, v in found.items()), missing=missing
    )
