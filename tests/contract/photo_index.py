"""What every PhotoIndex must do."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.search_builders import facts_strategy, filters_strategy, make_document, unit_vector

from tintype.search.domain.document import DocumentKey, Field, IndexDocument, PhotoFacts, Place
from tintype.search.domain.fusion import ranks_of
from tintype.search.domain.photo_filter import Inclusion, PhotoFilter, SetMatch, Visibility
from tintype.search.domain.query import IndexAnswer, IndexQuery, Leg, LegHits, QueryWord, VectorQuery
from tintype.search.ports import PhotoIndex

OWNER = "owner-1"
OTHER = "owner-2"
SPACE = "pack-1"
LATER = datetime(2030, 1, 1, tzinfo=UTC)


def word(*tokens: str, albums: Sequence[str] = ()) -> QueryWord:
    return QueryWord(tokens[0], tokens, tuple(albums))


def asks(*tokens: str, owner_id: str = OWNER) -> IndexQuery:
    """A query of words."""
    return IndexQuery(owner_id, words=tuple(word(token) for token in tokens))


def near(angle: float, *, owner_id: str = OWNER, depth: int = 1000) -> IndexQuery:
    """A query of a vector."""
    return IndexQuery(owner_id, vectors=(VectorQuery(Leg.VECTOR, SPACE, unit_vector(angle)),), depth=depth)


def leg(answer: IndexAnswer, which: Leg) -> LegHits:
    (hits,) = [hits for hits in answer.legs if hits.leg is which]
    return hits


def ranked(hits: LegHits) -> dict[str, int]:
    """Ranks by photo: all that adapters must agree on."""
    return dict(zip(hits.photo_ids, ranks_of(hits.scores), strict=True))


def labelled(photo_id: str, *labels: str, **overrides: Any) -> IndexDocument:
    return make_document(photo_id, tokens={Field.LABELS: labels}, **overrides)


class PhotoIndexSuite(ABC):
    @abstractmethod
    def connect(self, home: Path) -> AbstractAsyncContextManager[PhotoIndex]: ...

    @pytest.fixture
    async def index(self, tmp_path: Path) -> AsyncIterator[PhotoIndex]:
        async with self.connect(tmp_path) as index:
            yield index

    async def found(self, index: PhotoIndex, query: IndexQuery, which: Leg) -> Sequence[str]:
        return leg(await index.search(query), which).photo_ids

    # ---- words

    async def test_a_photo_is_found_by_a_word_as_soon_as_put_returns(self, index: PhotoIndex) -> None:
        assert await index.put([labelled("p1", "dog")]) == 1
        assert await self.found(index, asks("dog"), Leg.WORDS) == ["p1"]
        await index.put([labelled("p2", "dog")])
        assert set(await self.found(index, asks("dog"), Leg.WORDS)) == {"p1", "p2"}

    async def test_more_and_rarer_words_rank_higher(self, index: PhotoIndex) -> None:
        await index.put([labelled("both", "dog", "beach"), labelled("rare", "beach")])
        await index.put([labelled(f"dog{number}", "dog") for number in range(5)])
        assert ranked(leg(await index.search(asks("dog", "beach")), Leg.WORDS)) == {
            "both": 1,
            "rare": 2,
            **{f"dog{number}": 3 for number in range(5)},
        }

    async def test_a_word_counts_once_however_often_it_stands_there(self, index: PhotoIndex) -> None:
        tokens = {Field.LABELS: ("dog",), Field.TEXT: ("dog",), Field.CAPTION: ("dog", "lawn", "green")}
        await index.put([make_document("many", tokens=tokens), labelled("once", "dog")])
        assert ranked(leg(await index.search(asks("dog")), Leg.WORDS)) == {"many": 1, "once": 1}

    async def test_photos_with_less_than_half_of_the_words_are_not_found(self, index: PhotoIndex) -> None:
        await index.put([labelled("one", "dog"), labelled("two", "dog", "snow")])
        hits = leg(await index.search(asks("dog", "snow", "sledge")), Leg.WORDS)
        assert list(hits.photo_ids) == ["two"]
        assert hits.matched == pytest.approx([2 / 3])

    async def test_any_token_of_a_word_will_do(self, index: PhotoIndex) -> None:
        await index.put([labelled("p1", "dogs"), labelled("p2", "hund"), labelled("p3", "cat")])
        query = IndexQuery(OWNER, words=(word("dog", "dogs", "hund"),))
        assert set(await self.found(index, query, Leg.WORDS)) == {"p1", "p2"}

    async def test_a_word_that_names_an_album_finds_its_photos(self, index: PhotoIndex) -> None:
        await index.put([make_document("p1", facts=PhotoFacts(album_ids=("a1",))), make_document("p2")])
        query = IndexQuery(OWNER, words=(word("wedding", albums=["a1"]),))
        assert await self.found(index, query, Leg.WORDS) == ["p1"]

    async def test_letters_of_all_scripts_are_words(self, index: PhotoIndex) -> None:
        tokens = ("東京", "кот", "हिन्दी", "🎂", "x1")
        await index.put([labelled("p1", *tokens)])
        for token in tokens:
            assert await self.found(index, asks(token), Leg.WORDS) == ["p1"], token

    async def test_matched_words_say_where_they_stand(self, index: PhotoIndex) -> None:
        tokens = {Field.CAPTION: ("dog",), Field.TAGS: ("dog", "rex")}
        await index.put([make_document("p1", tokens=tokens, facts=PhotoFacts(album_ids=("a1",)))])
        words = [word("dog"), word("rex"), word("cat"), word("trip", albums=["a1"])]
        matched = await index.matched_words(OWNER, ["p1", "unknown"], words)
        assert {each.text: set(each.fields) for each in matched["p1"]} == {
            "dog": {Field.CAPTION, Field.TAGS},
            "rex": {Field.TAGS},
            "trip": {Field.ALBUMS},
        }
        assert list(matched) == ["p1"]

    # ---- vectors

    async def test_a_photo_is_found_first_by_its_own_vector(self, index: PhotoIndex) -> None:
        await index.put([make_document(f"p{n}", vectors={SPACE: unit_vector(n / 10)}) for n in range(10)])
        for number in (0, 4, 9):
            vectors = await index.vectors(OWNER, f"p{number}")
            query = IndexQuery(OWNER, vectors=(VectorQuery(Leg.PHOTO, SPACE, vectors[SPACE]),))
            hits = leg(await index.search(query), Leg.PHOTO)
            assert hits.photo_ids[0] == f"p{number}"
            assert hits.scores[0] == pytest.approx(1.0, abs=1e-5)

    async def test_similarities_are_exact_and_fall(self, index: PhotoIndex) -> None:
        await index.put([make_document(f"p{n}", vectors={SPACE: unit_vector(n)}) for n in range(6)])
        hits = leg(await index.search(near(0.3)), Leg.VECTOR)
        similarities = {f"p{n}": float(unit_vector(n) @ unit_vector(0.3)) for n in range(6)}
        wanted = {photo_id: similarity for photo_id, similarity in similarities.items() if similarity > 0}
        assert len(wanted) < len(similarities)  # what has nothing in common with the query is no hit
        assert dict(zip(hits.photo_ids, hits.scores, strict=True)) == pytest.approx(wanted, abs=1e-5)
        assert list(hits.scores) == sorted(hits.scores, reverse=True)

    async def test_depth_keeps_the_nearest(self, index: PhotoIndex) -> None:
        await index.put([make_document(f"p{n}", vectors={SPACE: unit_vector(n / 10)}) for n in range(10)])
        assert list(await self.found(index, near(0, depth=3), Leg.VECTOR)) == ["p0", "p1", "p2"]

    async def test_a_leg_that_is_asked_for_fewer_hits_is_its_own_beginning(self, index: PhotoIndex) -> None:
        """However many photos score equally where it ends: they have to be the same ones for every depth."""
        await index.put(
            [
                labelled(
                    f"p{n * 7 % 30:02d}",
                    *(["dog", "beach"] if n % 5 else ["dog"]),
                    vectors={SPACE: unit_vector(n // 6)},
                )
                for n in range(30)
            ]
        )
        query = replace(near(0.4), words=(word("dog"), word("beach")))
        whole = await index.search(query)
        for depth in (1, 4, 9, 17):
            answer = await index.search(replace(query, depth=depth))
            for which in (Leg.VECTOR, Leg.WORDS):
                assert list(leg(answer, which).photo_ids) == list(leg(whole, which).photo_ids)[:depth]

    async def test_of_photos_that_are_equal_by_words_the_nearest_stay(self, index: PhotoIndex) -> None:
        await index.put([labelled(f"p{n}", "dog", vectors={SPACE: unit_vector((9 - n) / 10)}) for n in range(10)])
        query = replace(near(0), words=(word("dog"),), depth=3)
        assert await self.found(index, query, Leg.WORDS) == ["p9", "p8", "p7"]

    async def test_photos_with_the_rarest_words_come_first_from_the_first_search_on(self, index: PhotoIndex) -> None:
        await index.put([labelled(f"p{n:02d}", "beach") for n in range(30)])
        await index.put([labelled(f"q{n}", "dog") for n in range(3)])
        query = IndexQuery(OWNER, words=(word("beach"), word("dog")), depth=4)
        assert await self.found(index, query, Leg.WORDS) == ["q0", "q1", "q2", "p00"]

    async def test_spaces_do_not_mix(self, index: PhotoIndex) -> None:
        await index.put([make_document("p1", vectors={SPACE: unit_vector(0)})])
        await index.put([make_document("p2", vectors={"pack-2": unit_vector(0)})])
        vectors = (
            VectorQuery(Leg.VECTOR, SPACE, unit_vector(0)),
            VectorQuery(Leg.VECTOR, "pack-2", unit_vector(0)),
            VectorQuery(Leg.VECTOR, "nobody's", unit_vector(0)),
        )
        answer = await index.search(IndexQuery(OWNER, vectors=vectors))
        assert {hits.space: list(hits.photo_ids) for hits in answer.legs} == {SPACE: ["p1"], "pack-2": ["p2"]}

    async def test_a_new_document_without_a_vector_drops_the_old_one(self, index: PhotoIndex) -> None:
        await index.put([make_document("p1", vectors={SPACE: unit_vector(0)})])
        assert await self.found(index, near(0), Leg.VECTOR) == ["p1"]
        await index.put([make_document("p1", revision=2)])
        assert all(not hits.photo_ids for hits in (await index.search(near(0))).legs)
        assert await index.vectors(OWNER, "p1") == {}

    async def test_both_legs_come_in_one_answer(self, index: PhotoIndex) -> None:
        await index.put([labelled("word", "dog"), make_document("vector", vectors={SPACE: unit_vector(0)})])
        query = replace(near(0), words=(word("dog"),))
        answer = await index.search(query)
        assert [hits.leg for hits in answer.legs] == [Leg.WORDS, Leg.VECTOR]
        assert answer.matches == 2

    # ---- filters

    async def test_without_words_the_filters_list_newest_first(self, index: PhotoIndex) -> None:
        documents = [make_document(f"p{n}", captured=datetime(2020, 1, 1 + n % 3, tzinfo=UTC)) for n in range(6)]
        await index.put([*documents, make_document("undated")])
        listed = await self.found(index, IndexQuery(OWNER), Leg.LISTING)
        assert listed == ["p2", "p5", "p1", "p4", "p0", "p3", "undated"]
        assert await self.found(index, IndexQuery(OWNER, depth=3), Leg.LISTING) == ["p2", "p5", "p1"]

    async def test_trashed_and_archived_photos_are_left_out_unless_asked_for(self, index: PhotoIndex) -> None:
        marks = {"plain": (False, False), "archived": (True, False), "trashed": (False, True), "both": (True, True)}
        for name, (archived, trashed) in marks.items():
            await index.put([labelled(name, "dog", facts=PhotoFacts(archived=archived, trashed=trashed))])
        for of_archived in Inclusion:
            for of_trashed in Inclusion:
                seen = Visibility(of_archived, of_trashed)
                wanted = {name for name, (a, t) in marks.items() if seen.admits(archived=a, trashed=t)}
                query = IndexQuery(OWNER, visibility=seen, words=(word("dog"),))
                assert set(await self.found(index, query, Leg.WORDS)) == wanted, seen
                assert set(await self.found(index, IndexQuery(OWNER, visibility=seen), Leg.LISTING)) == wanted, seen

    @settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
    @given(facts=st.lists(facts_strategy(), min_size=1, max_size=8), asked=st.lists(filters_strategy(), max_size=2))
    def test_filters_keep_what_the_domain_says(
        self, tmp_path_factory: pytest.TempPathFactory, facts: list[PhotoFacts], asked: list[PhotoFilter]
    ) -> None:
        async def check() -> None:
            async with self.connect(tmp_path_factory.mktemp("filters")) as index:
                vectors: Mapping[str, np.ndarray] = {SPACE: unit_vector(0)}
                await index.put([make_document(f"p{n}", facts=f, vectors=vectors) for n, f in enumerate(facts)])
                everything = Visibility(Inclusion.INCLUDED, Inclusion.INCLUDED)
                query = replace(near(0), filters=tuple(asked), visibility=everything)
                found = await self.found(index, query, Leg.VECTOR)
                assert set(found) == {f"p{n}" for n, f in enumerate(facts) if all(a.admits(f) for a in asked)}

        asyncio.run(check())

    async def test_filters_follow_a_change(self, index: PhotoIndex) -> None:
        tagged = PhotoFilter(tags=SetMatch.folded(any_of=["Rex"]))
        await index.put([make_document("p1", facts=PhotoFacts(tags=("rex",)))])
        assert await self.found(index, IndexQuery(OWNER, filters=(tagged,)), Leg.LISTING) == ["p1"]
        await index.put([make_document("p1", revision=2, facts=PhotoFacts(tags=("max",)))])
        assert await self.found(index, IndexQuery(OWNER, filters=(tagged,)), Leg.LISTING) == []

    async def test_facets_count_what_was_found(self, index: PhotoIndex) -> None:
        lund = Place("Lund", "Malmö", "Skåne", "Sweden", "SE")
        facts = PhotoFacts(place=lund, tags=("Rex",), media_type="image/jpeg", album_ids=("a1",))
        await index.put([labelled("p1", "dog", facts=facts), labelled("p2", "dog", facts=replace(facts, tags=()))])
        await index.put([labelled("p3", "cat", facts=facts)])
        answer = await index.search(replace(asks("dog"), facets=True))
        facets = {name: {each.value: each.photos for each in values} for name, values in answer.facets.items()}
        assert facets["countries"] == {"Sweden": 2}
        assert facets["cities"] == {"Malmö": 2}
        assert facets["tags"] == {"Rex": 1}
        assert facets["albums"] == {"a1": 2}
        assert facets["media_types"] == {"image/jpeg": 2}

    async def test_terms_are_what_photos_can_be_asked_for(self, index: PhotoIndex) -> None:
        facts = PhotoFacts(place=Place("Lund", "Malmö", "Skåne", "Sweden", "SE"), tags=("Rex",))
        await index.put([make_document("p1", facts=facts, vectors={SPACE: unit_vector(0)})])
        terms = await index.terms(OWNER)
        assert {each.value for each in terms.places} == {"Lund", "Malmö", "Skåne", "Sweden"}
        assert {each.value for each in terms.cities} == {"Lund", "Malmö"}
        assert [each.value for each in terms.tags] == ["Rex"]
        assert terms.spaces == {SPACE: 1}

    # ---- revisions

    async def test_only_a_higher_revision_replaces(self, index: PhotoIndex) -> None:
        assert await index.put([labelled("p1", "new", revision=5)]) == 1
        assert await index.put([labelled("p1", "old", revision=4), labelled("p1", "same", revision=5)]) == 0
        assert await self.found(index, asks("new"), Leg.WORDS) == ["p1"]
        assert await index.put([labelled("p1", "newest", revision=6)]) == 1
        assert await self.found(index, asks("new"), Leg.WORDS) == []
        assert await self.found(index, asks("newest"), Leg.WORDS) == ["p1"]

    async def test_a_deleted_photo_does_not_come_back_by_a_late_write(self, index: PhotoIndex) -> None:
        await index.put([labelled("p1", "dog", revision=3)])
        assert await index.delete([DocumentKey(OWNER, "p1", 4)]) == 1
        assert await index.put([labelled("p1", "dog", revision=3), labelled("p1", "dog", revision=4)]) == 0
        assert await self.found(index, asks("dog"), Leg.WORDS) == []
        assert await index.put([labelled("p1", "dog", revision=5)]) == 1
        assert await self.found(index, asks("dog"), Leg.WORDS) == ["p1"]

    async def test_a_delete_that_comes_late_removes_nothing(self, index: PhotoIndex) -> None:
        await index.put([labelled("p1", "dog", revision=5)])
        assert await index.delete([DocumentKey(OWNER, "p1", 4)]) == 0
        assert await self.found(index, asks("dog"), Leg.WORDS) == ["p1"]

    async def test_deletes_are_remembered_until_they_are_forgotten(self, index: PhotoIndex) -> None:
        await index.delete([DocumentKey(OWNER, "p1", 4)])
        assert await index.forget_deletes(before=LATER - timedelta(days=10_000)) == 0
        assert await index.put([labelled("p1", "dog", revision=3)]) == 0
        assert await index.forget_deletes(before=LATER) == 1
        assert await index.put([labelled("p1", "dog", revision=3)]) == 1

    async def test_surplus_is_dropped_only_at_its_revision(self, index: PhotoIndex) -> None:
        await index.put([labelled("p1", "dog", revision=2)])
        assert await index.drop_surplus([DocumentKey(OWNER, "p1", 1)]) == 0
        assert await index.drop_surplus([DocumentKey(OWNER, "p1", 2)]) == 1
        assert await index.put([labelled("p1", "dog", revision=1)]) == 1

    async def test_revisions_are_paged_over_all_owners_in_order(self, index: PhotoIndex) -> None:
        keys = [DocumentKey(owner, f"p{n}", n + 1) for owner in (OWNER, OTHER) for n in range(3)]
        for key in reversed(keys):
            await index.put([make_document(key.photo_id, owner_id=key.owner_id, revision=key.revision)])
        seen: list[DocumentKey] = []
        while page := await index.revisions(
            after=(seen[-1].owner_id, seen[-1].photo_id) if seen else ("", ""), limit=4
        ):
            seen += page
        assert seen == keys
        assert await index.count() == len(keys)

    # ---- owners

    async def test_an_owner_finds_nothing_of_another(self, index: PhotoIndex) -> None:
        theirs = labelled("p1", "dog", owner_id=OTHER, vectors={SPACE: unit_vector(0)})
        await index.put([theirs, labelled("p2", "dog", vectors={SPACE: unit_vector(0)})])
        assert await self.found(index, asks("dog"), Leg.WORDS) == ["p2"]
        assert await self.found(index, near(0), Leg.VECTOR) == ["p2"]
        assert await self.found(index, IndexQuery(OWNER), Leg.LISTING) == ["p2"]
        assert await index.vectors(OWNER, "p1") == {}
        assert await index.matched_words(OWNER, ["p1"], [word("dog")]) == {}
        assert (await index.status(OWNER)).photos == 1

    async def test_erasing_an_owner_leaves_nothing(self, index: PhotoIndex) -> None:
        await index.put([labelled("p1", "dog", vectors={SPACE: unit_vector(0)}), labelled("p2", "dog", owner_id=OTHER)])
        await index.delete([DocumentKey(OWNER, "gone", 1)])
        assert await index.count_owner(OWNER) > 0
        await index.remove_owner(OWNER)
        assert await index.count_owner(OWNER) == 0
        assert all(not hits.photo_ids for hits in (await index.search(asks("dog"))).legs)
        assert await self.found(index, asks("dog", owner_id=OTHER), Leg.WORDS) == ["p2"]

    async def test_somebody_without_photos_finds_nothing(self, index: PhotoIndex) -> None:
        query = replace(near(0), words=(word("dog"),), facets=True)
        answer = await index.search(query)
        assert all(not hits.photo_ids for hits in answer.legs)
        assert answer.matches == 0
        assert (await index.status(OWNER)).update_time is None

    # ---- rebuilding

    async def test_searches_see_the_old_index_until_the_new_one_is_finished(self, index: PhotoIndex) -> None:
        await index.put([labelled("old", "dog")])
        assert await self.found(index, asks("dog"), Leg.WORDS) == ["old"]
        generation = await index.begin_rebuild()
        await index.put_rebuilt(generation, [labelled("new", "dog")])
        assert await self.found(index, asks("dog"), Leg.WORDS) == ["old"]
        await index.finish_rebuild(generation)
        assert await self.found(index, asks("dog"), Leg.WORDS) == ["new"]
        assert await index.count() == 1

    async def test_what_changes_during_a_rebuild_is_in_both(self, index: PhotoIndex) -> None:
        await index.put([labelled("p1", "dog"), labelled("p2", "dog")])
        generation = await index.begin_rebuild()
        await index.put([labelled("p1", "cat", revision=2)])
        await index.delete([DocumentKey(OWNER, "p2", 2)])
        await index.put_rebuilt(generation, [labelled("p1", "dog"), labelled("p2", "dog")])  # read before the changes
        assert await self.found(index, asks("cat"), Leg.WORDS) == ["p1"]
        await index.finish_rebuild(generation)
        assert await self.found(index, asks("cat"), Leg.WORDS) == ["p1"]
        assert await self.found(index, asks("dog"), Leg.WORDS) == []

    async def test_a_rebuild_that_is_dropped_changes_nothing(self, index: PhotoIndex) -> None:
        await index.put([labelled("old", "dog")])
        first = await index.begin_rebuild()
        second = await index.begin_rebuild()
        await index.put_rebuilt(first, [labelled("first", "dog")])
        await index.finish_rebuild(first)
        await index.abandon_rebuild(second)
        await index.finish_rebuild(second)
        assert await self.found(index, asks("dog"), Leg.WORDS) == ["old"]

    # ---- lasting

    async def test_everything_is_there_after_a_restart(self, tmp_path: Path) -> None:
        facts = PhotoFacts(tags=("Rex",), place=Place("Lund"), album_ids=("a1",))
        async with self.connect(tmp_path) as index:
            await index.put(
                [labelled("p1", "dog", facts=facts, vectors={SPACE: unit_vector(0)}), labelled("p2", "cat")]
            )
            await index.delete([DocumentKey(OWNER, "p2", 2)])
        async with self.connect(tmp_path) as index:
            assert await self.found(index, asks("dog"), Leg.WORDS) == ["p1"]
            assert await self.found(index, near(0), Leg.VECTOR) == ["p1"]
            for kept in (PhotoFilter(tags=SetMatch.folded(["rex"])), PhotoFilter(places=SetMatch.folded(["lund"]))):
                assert await self.found(index, IndexQuery(OWNER, filters=(kept,)), Leg.LISTING) == ["p1"]
            assert await index.put([labelled("p2", "cat")]) == 0
