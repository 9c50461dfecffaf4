"""What search stands on: the index, the catalog and accounts as it calls them, readers of words and dates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from tintype.kit.errors import Unavailable
from tintype.search.domain.answer import PagePhoto
from tintype.search.domain.document import DocumentKey, IndexDocument, SourcePhoto, Vector
from tintype.search.domain.photo_filter import DateSpan
from tintype.search.domain.query import IndexAnswer, IndexQuery, IndexStatus, MatchedWord, OwnerTerms, QueryWord


class IndexUnavailable(Unavailable):
    """The index does not answer."""

    reason = "INDEX_UNAVAILABLE"


class PhotoIndex(Protocol):
    """All owners' photos as documents; to one owner, another's do not exist. Every method may raise IndexUnavailable.

    What a write has returned for is found by every later search. A document replaces one of a lower revision and no
    other: a write that comes late changes nothing and is no error. A word counts once a photo, rarer words more; one
    that stands in a large part of the photos may be left out while others remain. So adapters agree on sets and on
    ranks, not on scores. Photos that score equally come in no particular order, and share a rank.
    """

    async def put(self, documents: Sequence[IndexDocument]) -> int:
        """Store those whose revision is above what is stored or was deleted; returns how many were."""

    async def delete(self, keys: Sequence[DocumentKey]) -> int:
        """Remove photos up to the given revisions; returns how many were there.

        The revisions are remembered until `forget_deletes`, so that no late write brings a photo back.
        """

    async def drop_surplus(self, keys: Sequence[DocumentKey]) -> int:
        """Remove photos that the catalog never knew if they still have these revisions; nothing is remembered."""

    async def forget_deletes(self, *, before: datetime) -> int:
        """Forget deletes that were remembered since before an instant; returns how many."""

    async def search(self, query: IndexQuery) -> IndexAnswer:
        """Answer all legs at once. The leg of words finds photos that have at least half of the words looked for.

        A leg of a space without vectors finds nothing. A leg that is asked for fewer hits is the beginning of itself.
        Of photos that are equal by words those stay that are nearest to the first vector.
        Cancelling it ends the work.
        """

    async def matched_words(
        self, owner_id: str, photo_ids: Sequence[str], words: Sequence[QueryWord]
    ) -> Mapping[str, tuple[MatchedWord, ...]]:
        """Which of the words each photo has, and where; photos without any, or unknown ones, are left out."""

    async def vectors(self, owner_id: str, photo_id: str) -> Mapping[str, Vector]:
        """A photo's vectors by space; empty if it is not here or has none."""

    async def terms(self, owner_id: str) -> OwnerTerms:
        """What the owner's photos can be asked for; it may lag behind by a few seconds."""

    async def status(self, owner_id: str) -> IndexStatus:
        """How complete the owner's index is."""

    async def revisions(self, *, after: tuple[str, str], limit: int) -> Sequence[DocumentKey]:
        """At most `limit` photos of all owners above (owner_id, photo_id), in that order; ("", "") begins."""

    async def count(self) -> int:
        """How many photos of all owners there are."""

    async def remove_owner(self, owner_id: str) -> None:
        """Remove everything of an owner, remembered deletes too."""

    async def count_owner(self, owner_id: str) -> int:
        """How many rows of any kind are left of an owner: what `remove_owner` brings to 0."""

    async def outdated(self) -> bool:
        """Whether an older version of the program made the index: it works, but should be built anew."""

    async def begin_rebuild(self) -> int:
        """Begin a new generation, empty, and return its number; one that was begun before is dropped.

        From now on `put` and `delete` go to both; searches still see the old one.
        """

    async def put_rebuilt(self, generation: int, documents: Sequence[IndexDocument]) -> None:
        """Store documents in the generation being built, by the rule of `put`. Nothing happens if it was dropped."""

    async def finish_rebuild(self, generation: int) -> None:
        """Let searches see the new generation from now on, and drop the old one. Nothing happens if it was dropped."""

    async def abandon_rebuild(self, generation: int) -> None:
        """Drop a generation that was begun and not finished."""


@dataclass(frozen=True, slots=True)
class CatalogRevision:
    """A photo as the catalog counts it; `change_time` is when it got this revision."""

    key: DocumentKey
    deleted: bool
    change_time: datetime


class Catalog(Protocol):
    """The catalog, as search asks it. Every method may raise Unavailable."""

    async def load_sources(self, keys: Sequence[DocumentKey]) -> Sequence[SourcePhoto]:
        """Up to 500 photos as they are now, deleted ones too, and what they are indexed by, without unknown ones."""

    async def load_page(
        self, owner_id: str, photo_ids: Sequence[str], *, thumbnail_urls: bool
    ) -> Mapping[str, PagePhoto]:
        """Photos for an answer, without those that are deleted or unknown."""

    async def album_titles(self, owner_id: str) -> Mapping[str, str]:
        """The titles of an owner's albums by album_id."""

    async def revisions(self, *, page_token: str, limit: int) -> tuple[Sequence[CatalogRevision], str]:
        """A page of all photos by owner_id and photo_id, deleted ones too, and the token of the next, if any."""


class Erasures(Protocol):
    """Where the erasure of an owner is reported to."""

    async def report_erased(self, *, operation_id: str, user_id: str, left: Mapping[str, int]) -> None:
        """Say how many rows are left in each store."""


@dataclass(frozen=True, slots=True)
class AnalysedWord:
    """A word of a query as it was typed, where it stands in code points, and the tokens that stand for it."""

    text: str
    start: int
    end: int
    tokens: tuple[str, ...]


class Analyzer(Protocol):
    """Turns text into tokens: folded, segmented and stemmed, the same way for documents and queries."""

    def tokens(self, text: str) -> frozenset[str]:
        """All tokens under which a text is to be found."""

    def words(self, text: str, *, languages: Sequence[str] = ()) -> tuple[AnalysedWord, ...]:
        """The words to look for, in order, without words that say nothing unless there are only such.

        `languages` are ISO 639-1 codes; empty means all that are supported.
        """


class DateReader(Protocol):
    """Reads dates as people write them. It answers from tables and never waits."""

    def read(self, text: str, *, languages: Sequence[str], today: date) -> DateSpan | None:
        """The days that a phrase such as "3 May 2021", "vor zwei Jahren" or "yesterday" means; None if it is none."""

    def holiday(self, name: str, year: int) -> DateSpan | None:
        """The days of a holiday in a year, by the names of HOLIDAYS; None if it has none then."""
