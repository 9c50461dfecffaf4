"""Reading from the index: searches, and what is asked of single photos and owners."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final, cast

from elasticsearch import AsyncElasticsearch, NotFoundError

from tintype.search.adapters.elasticsearch.connection import IndexMissing, translated
from tintype.search.adapters.elasticsearch.documents import document_id, vectors_of
from tintype.search.adapters.elasticsearch.facets import facets_of, facets_search, terms_of, terms_searches
from tintype.search.adapters.elasticsearch.generations import Generations
from tintype.search.adapters.elasticsearch.legs import Question, check
from tintype.search.adapters.elasticsearch.responses import (
    Body,
    Found,
    Many,
    Source,
    Stored,
    counts_of,
    hits_of,
    total_of,
)
from tintype.search.adapters.elasticsearch.scanning import anything_of
from tintype.search.adapters.elasticsearch.words import OwnerWords
from tintype.search.domain.document import DocumentKey, Field, Vector
from tintype.search.domain.query import IndexAnswer, IndexQuery, IndexStatus, MatchedWord, OwnerTerms, QueryWord

_OWNERS: Final = 1_000  # whose words' sizes are remembered
_READ: Final = (
    "responses.hits.total.value",
    "responses.hits.hits.sort",
    "responses.hits.hits.matched_queries",
    "responses.aggregations",
    "responses.error",
    "responses.status",
)


class Reader:
    """Everything that is asked. Owners with an index of their own are asked there."""

    def __init__(self, client: AsyncElasticsearch, generations: Generations) -> None:
        self._client = client
        self._generations = generations
        self._words: OrderedDict[str, OwnerWords] = OrderedDict()

    async def search(self, query: IndexQuery) -> IndexAnswer:
        """One multi search; a second one where facets are asked for, or words were misjudged."""
        known = self._words_of(query.owner_id)
        fields = self._generations.fields_searched
        question = Question(query, known, fields)
        answer = question.answer(await self._many(query.owner_id, question.searches))
        if question.words and question.misjudged:
            question = Question(query, known, fields)
            answer = question.answer(await self._many(query.owner_id, question.searches))
        if not query.facets or not answer.matches:
            return answer
        (found,) = await self._many(query.owner_id, [facets_search(query, question.clauses, answer)])
        return IndexAnswer(answer.legs, answer.matches, facets_of(found))

    async def matched_words(
        self, owner_id: str, photo_ids: Sequence[str], words: Sequence[QueryWord]
    ) -> Mapping[str, tuple[MatchedWord, ...]]:
        """Which of the words each photo has, by what is stored of it."""
        docs = [{"_id": document_id(owner_id, photo_id), "routing": owner_id} for photo_id in photo_ids]
        if not docs:
            return {}
        with translated():
            answer = await self._client.mget(
                index=self._generations.names.searched, docs=docs, source_includes=["photo", "tokens", "albums"]
            )
        matched: dict[str, tuple[MatchedWord, ...]] = {}
        for stored in cast(list[Stored], answer["docs"]):
            if "error" in stored:
                raise IndexMissing("the search index is gone")
            source = stored.get("_source", {})
            found = [MatchedWord(word.text, _fields_of(word, source)) for word in words]
            if any(each.fields for each in found):
                matched[source["photo"]] = tuple(each for each in found if each.fields)
        return matched

    async def vectors(self, owner_id: str, photo_id: str) -> Mapping[str, Vector]:
        """A photo's vectors."""
        try:
            with translated():
                answer = await self._client.get(
                    index=self._generations.names.searched,
                    id=document_id(owner_id, photo_id),
                    routing=owner_id,
                    source_exclude_vectors=False,
                    source_includes=["spaces", "vectors"],
                )
        except IndexMissing as error:
            if isinstance(error.__cause__, NotFoundError) and error.__cause__.body.get("found") is False:
                return {}
            raise
        return vectors_of(cast(Source, answer["_source"]))

    async def terms(self, owner_id: str) -> OwnerTerms:
        """Counted anew."""
        spaces, kept = await self._many(owner_id, terms_searches(owner_id))
        return terms_of(spaces, kept)

    async def status(self, owner_id: str) -> IndexStatus:
        """Counted anew."""
        (found,) = await self._many(
            owner_id,
            [
                {
                    "size": 0,
                    "track_total_hits": True,
                    "query": {"term": {"owner": owner_id}},
                    "aggs": {"spaces": {"terms": {"field": "spaces"}}, "updated": {"max": {"field": "updated_ms"}}},
                }
            ],
        )
        updated = found.get("aggregations", {}).get("updated", {}).get("value")
        return IndexStatus(
            photos=total_of(found),
            spaces=counts_of(found, "spaces"),
            update_time=datetime.fromtimestamp(updated / 1000, UTC) if updated else None,
        )

    async def revisions(self, *, after: tuple[str, str], limit: int) -> Sequence[DocumentKey]:
        """A page of all owners' photos, in the order that the index is sorted by."""
        with translated():
            answer = await self._client.search(
                index=self._generations.names.searched,
                query={"exists": {"field": "owner"}},
                size=limit,
                sort=["owner", "photo"],
                search_after=list(after),
                track_total_hits=False,
                source=False,
                stored_fields="_none_",
                docvalue_fields=[{"field": name} for name in ("owner", "photo", "revision")],
                allow_partial_search_results=False,
            )
        keys = (hit["fields"] for hit in hits_of(cast(Found, answer.body)))
        return [DocumentKey(key["owner"][0], key["photo"][0], int(key["revision"][0])) for key in keys]

    async def count(self) -> int:
        """All owners' photos."""
        return await self._count(self._generations.names.searched, {"exists": {"field": "owner"}})

    async def count_owner(self, index: str, owner_id: str) -> int:
        """The documents of an owner in one index."""
        return await self._count(index, anything_of(owner_id))

    def forget(self, owner_id: str) -> None:
        """Forget what is remembered of an owner."""
        self._words.pop(owner_id, None)

    async def _count(self, index: str, query: Body) -> int:
        with translated():
            return int((await self._client.count(index=index, query=query))["count"])

    async def _many(self, owner_id: str, bodies: Sequence[Body]) -> list[Found]:
        """Ask all at once, of the owner's shard alone; half an answer is none."""
        lines = [line for body in bodies for line in ({"allow_partial_search_results": False}, body)]
        with translated():
            answer = await self._client.msearch(
                index=self._generations.searched_for(owner_id), routing=owner_id, searches=lines, filter_path=_READ
            )
        found = cast(Many, answer.body)["responses"]
        for each in found:
            check(each)
        return found

    def _words_of(self, owner_id: str) -> OwnerWords:
        words = self._words.setdefault(owner_id, OwnerWords())
        self._words.move_to_end(owner_id)
        if len(self._words) > _OWNERS:
            self._words.popitem(last=False)
        return words


def _fields_of(word: QueryWord, source: Source) -> tuple[Field, ...]:
    wanted = frozenset(word.tokens)
    stored = source.get("tokens", {})
    found = {field for field in Field if not wanted.isdisjoint(stored.get(field.value, ()))}
    if not frozenset(word.album_ids).isdisjoint(source.get("albums", ())):
        found.add(Field.ALBUMS)
    return tuple(field for field in Field if field in found)
