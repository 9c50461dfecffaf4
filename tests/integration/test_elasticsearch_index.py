"""What the Elasticsearch index does beyond its port: among processes, among owners, and when the server dies."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import numpy as np
import pytest
from aiohttp import web
from deploy.native.instance import Instance
from deploy.native.servers.elasticsearch import Elasticsearch
from elasticsearch import AsyncElasticsearch
from tests.contract.photo_index import OWNER, SPACE, PhotoIndexSuite, asks, labelled, leg, near
from tests.elastic import remove_indices
from tests.search_builders import make_document, unit_vector
from tests.servers import Servers

from tintype.kit.urls import Url
from tintype.search.adapters.elasticsearch.connection import IndexUnusable, opened, prefix_of
from tintype.search.adapters.elasticsearch.generations import FIRST, Names, write_alias
from tintype.search.adapters.elasticsearch.index import ElasticsearchPhotoIndex
from tintype.search.adapters.elasticsearch.mapping import PROPERTIES, SCHEMA, mappings, settings
from tintype.search.adapters.elasticsearch.responses import Body, Item
from tintype.search.adapters.elasticsearch.scanning import ALL_DELETES, Scanner
from tintype.search.adapters.elasticsearch.writing import Refresh, Writer
from tintype.search.domain.document import Camera, DocumentKey, IndexDocument, PhotoFacts, Vector
from tintype.search.domain.photo_filter import PhotoFilter, SetMatch
from tintype.search.domain.query import IndexQuery, Leg, VectorQuery
from tintype.search.ports import IndexUnavailable, PhotoIndex

pytestmark = pytest.mark.servers

DIMENSIONS = 64
OWNERS = 10
EACH = 600
TOP = 50
RECALL = 0.98
SEED = 20_261_121


@pytest.fixture
async def url(servers: Servers, namespace: str) -> AsyncIterator[Url]:
    url = Url(servers.url("index", namespace))
    try:
        yield url
    finally:
        await remove_indices(url)


async def words_of(index: PhotoIndex, word: str) -> set[str]:
    return set(leg(await index.search(asks(word)), Leg.WORDS).photo_ids)


# ---- several processes


async def test_a_rebuild_in_one_process_misses_no_write_of_another(url: Url) -> None:
    async with ElasticsearchPhotoIndex.connect(url) as mine, ElasticsearchPhotoIndex.connect(url) as theirs:
        kept = [labelled(f"kept{number}", "dog") for number in range(20)]
        await theirs.put([*kept, labelled("gone", "dog"), labelled("changed", "dog")])
        generation = await mine.begin_rebuild()
        await theirs.put([labelled("changed", "cat", revision=2), labelled("new", "cat")])
        await theirs.delete([DocumentKey(OWNER, "gone", 2)])
        await mine.put_rebuilt(generation, [*kept, labelled("gone", "dog"), labelled("changed", "dog")])
        await mine.finish_rebuild(generation)
        await theirs.put([labelled("later", "cat")])
        for index in (mine, theirs):
            assert await words_of(index, "dog") == {photo.photo_id for photo in kept}
            assert await words_of(index, "cat") == {"changed", "new", "later"}


async def test_searches_have_no_gap_while_indices_are_built_and_written(url: Url) -> None:
    """Rebuilds one after the other, writes all along: every answer has all photos that were there, at every moment."""
    async with ElasticsearchPhotoIndex.connect(url) as mine, ElasticsearchPhotoIndex.connect(url) as theirs:
        kept = [labelled(f"kept{number}", "dog") for number in range(50)]
        await theirs.put(kept)
        written: list[IndexDocument] = []
        done = asyncio.Event()

        async def rebuild() -> None:
            for _ in range(3):
                generation = await mine.begin_rebuild()
                await mine.put_rebuilt(generation, [*kept, *written])
                await mine.finish_rebuild(generation)
            done.set()

        async def write() -> None:
            while not done.is_set():
                document = labelled(f"new{len(written)}", "dog")
                written.append(document)  # in the catalog first, as every photo is
                await theirs.put([document])

        async def read() -> int:
            searches = 0
            while not done.is_set():
                there = {document.photo_id for document in (*kept, *written[:-1])}
                assert there <= await words_of(theirs, "dog")
                searches += 1
            return searches

        _, _, searches = await asyncio.gather(rebuild(), write(), read())
        assert searches > 3
        assert await words_of(mine, "dog") == {document.photo_id for document in (*kept, *written)}
        assert await mine.count() == len(kept) + len(written)


async def test_what_two_owners_have_by_one_id_is_copied_of_both(url: Url) -> None:
    async with ElasticsearchPhotoIndex.connect(url) as index, opened(url) as client:
        owners = ["amy", "bea", "cleo"]
        await index.put([make_document("p", owner_id=owner) for owner in owners])
        await index.delete([DocumentKey(owner, "q", 2) for owner in owners])
        names = Names(prefix_of(url))
        target = names.index(7)
        await client.indices.create(
            index=target, mappings=mappings(), settings=settings(shards=1), aliases={write_alias(target): {}}
        )
        scanner = Scanner(client, Writer(client), page=1)
        source = names.searched
        await client.indices.refresh(index=source)
        for query in (ALL_DELETES, {"exists": {"field": "owner"}}):
            assert await scanner.copy(query, source=source, target=target) == len(owners)
        await client.indices.refresh(index=target)
        assert (await client.count(index=target))["count"] == 2 * len(owners)


async def test_deletes_from_before_a_rebuild_are_remembered_after_it(url: Url) -> None:
    async with ElasticsearchPhotoIndex.connect(url) as index:
        await index.delete([DocumentKey(OWNER, "p1", 4)])
        generation = await index.begin_rebuild()
        await index.finish_rebuild(generation)
        assert await index.put([labelled("p1", "dog", revision=3)]) == 0
        assert await words_of(index, "dog") == set()


async def test_an_index_that_was_lost_is_made_again(url: Url) -> None:
    async with ElasticsearchPhotoIndex.connect(url) as index:
        await index.put([labelled("p1", "dog")])
        await remove_indices(url)
        assert await words_of(index, "dog") == set()
        assert await index.count() == 0
        await index.put([labelled("p1", "dog")])
        assert await words_of(index, "dog") == {"p1"}


async def test_an_index_of_an_older_version_works_until_it_is_built_anew(url: Url) -> None:
    names = Names(prefix_of(url))
    first = names.index(FIRST)
    known = {name: field for name, field in PROPERTIES.items() if name != "camera"}
    older = {**mappings(), "_meta": {"schema": SCHEMA - 1}, "properties": known}
    async with opened(url) as client:
        aliases: dict[str, dict[str, object]] = {names.searched: {}, write_alias(first): {}}
        await client.indices.create(index=first, settings=settings(shards=1), mappings=older, aliases=aliases)
    async with ElasticsearchPhotoIndex.connect(url) as index:
        photo = labelled("p1", "dog", facts=PhotoFacts(camera=Camera("Canon", "EOS")), vectors={SPACE: unit_vector(0)})
        assert await index.put([photo]) == 1
        assert await index.outdated()
        assert await words_of(index, "dog") == {"p1"}
        generation = await index.begin_rebuild()
        await index.put_rebuilt(generation, [photo])
        assert await index.put([labelled("p2", "dog")]) == 1
        await index.finish_rebuild(generation)
        assert not await index.outdated()
        assert await words_of(index, "dog") == {"p1", "p2"}
        assert [each.value for each in (await index.terms(OWNER)).cameras] == ["Canon EOS"]


async def test_an_index_of_a_newer_version_is_left_alone(url: Url) -> None:
    names = Names(prefix_of(url))
    newer = {**mappings(), "_meta": {"schema": SCHEMA + 1}}
    async with opened(url) as client:
        aliases: dict[str, dict[str, object]] = {names.searched: {}}
        await client.indices.create(
            index=names.index(FIRST), settings=settings(shards=1), mappings=newer, aliases=aliases
        )
    with pytest.raises(IndexUnusable, match="newer version"):
        async with ElasticsearchPhotoIndex.connect(url):
            pass


# ---- owners, small and big


def vectors(photos: int, seed: int) -> Sequence[Vector]:
    """Around common centres, as a person's photos are."""
    rng = np.random.default_rng(seed)
    centres = rng.standard_normal((20, DIMENSIONS)) + 0.5
    made = centres[rng.integers(0, 20, photos)] + 0.7 * rng.standard_normal((photos, DIMENSIONS))
    made /= np.linalg.norm(made, axis=1, keepdims=True)
    return list(made.astype(np.float32))


def documents(owner_id: str, made: Sequence[Vector]) -> list[IndexDocument]:
    facts = [PhotoFacts(tags=("half",) if number % 2 else ()) for number in range(len(made))]
    return [
        make_document(f"p{number:05d}", owner_id=owner_id, facts=facts[number], vectors={SPACE: vector})
        for number, vector in enumerate(made)
    ]


async def recall_of(index: PhotoIndex, owner_id: str, made: Sequence[Vector], *, filtered: bool) -> float:
    """The share of the exact first TOP that searches find, over the photos themselves as queries."""
    places = np.arange(len(made))[1::2] if filtered else np.arange(len(made))
    matrix = np.stack(made)[places]
    half = (PhotoFilter(tags=SetMatch.folded(["half"])),) if filtered else ()
    shares = []
    for query in made[:: len(made) // 20]:
        best = {f"p{places[place]:05d}" for place in np.argsort(-(matrix @ query))[:TOP]}
        asked = IndexQuery(owner_id, filters=half, vectors=(VectorQuery(Leg.VECTOR, SPACE, query),), depth=TOP)
        shares.append(len(best & set(leg(await index.search(asked), Leg.VECTOR).photo_ids)) / TOP)
    return float(np.mean(shares))


async def merged(url: Url) -> None:
    """One segment in each index: small ones are scanned, and would flatter a graph."""
    async with opened(url) as client:
        found = await client.indices.get(index=f"{prefix_of(url)}-*", features=["aliases"])
        for index in found.body:
            await client.options(request_timeout=60).indices.forcemerge(index=index, max_num_segments=1)


@pytest.mark.parametrize("filtered", [False, True])
async def test_one_owner_of_ten_is_searched_exactly_in_one_segment(url: Url, filtered: bool) -> None:
    async with ElasticsearchPhotoIndex.connect(url) as index:
        made = {f"owner-{number}": vectors(EACH, SEED + number) for number in range(OWNERS)}
        generation = await index.begin_rebuild()
        for owner_id, own in made.items():
            await index.put_rebuilt(generation, documents(owner_id, own))
        await index.finish_rebuild(generation)
        await merged(url)
        for owner_id in list(made)[:3]:
            assert await recall_of(index, owner_id, made[owner_id], filtered=filtered) >= RECALL


async def test_a_big_owner_gets_an_index_of_his_own_that_follows_every_change(url: Url) -> None:
    async with ElasticsearchPhotoIndex.connect(url, own_index_from=EACH) as index:
        made = vectors(2 * EACH, SEED)
        await index.put(documents("small", vectors(50, SEED + 1)))
        first, second = documents("big", made[:EACH]), documents("big", made)[EACH:]
        await index.put(first)
        await index.delete([DocumentKey("big", "p00000", 2)])
        await index.put(second)  # while the copy is being made, or after it
        await index._growing.settled()
        await index.put([make_document("p00001", owner_id="big", revision=2, vectors={SPACE: unit_vector(0)})])
        assert index._generations.searched_for("big") != index._generations.searched_for("small")
        await merged(url)
        assert await recall_of(index, "big", made, filtered=False) >= RECALL
        assert await recall_of(index, "big", made, filtered=True) >= RECALL
        listed = leg(await index.search(IndexQuery("big", depth=5000)), Leg.LISTING).photo_ids
        assert sorted(listed) == [f"p{number:05d}" for number in range(1, 2 * EACH)]
        assert list(await index.vectors("big", "p00001")) == [SPACE]
        assert (await index.status("small")).photos == 50
        assert await index.count() == 50 + 2 * EACH - 1

        generation = await index.begin_rebuild()  # which makes its own when it is written for again
        await index.finish_rebuild(generation)
        assert await index.count() == 0
        await index.remove_owner("big")
        assert await index.count_owner("big") == 0


async def test_the_index_of_a_big_owner_ends_with_him(url: Url) -> None:
    async with ElasticsearchPhotoIndex.connect(url, own_index_from=20) as index:
        await index.put(documents("big", vectors(30, SEED)))
        await index._growing.settled()
        await index.put(documents("big", vectors(30, SEED)))
        assert await index.count_owner("big") == 60
        await index.remove_owner("big")
        assert await index.count_owner("big") == 0
        assert list(leg(await index.search(IndexQuery("big")), Leg.LISTING).photo_ids) == []


# ---- external versions


class Promises(PhotoIndexSuite):
    def connect(self, home: Path) -> AbstractAsyncContextManager[PhotoIndex]:
        raise AssertionError("opened by the test")


class WriterWithoutVersions(Writer):
    """Elasticsearch takes whatever comes last."""

    async def _bulk(
        self, index: str, operations: Sequence[tuple[Body, Body | None]], *, refresh: Refresh
    ) -> Sequence[Item]:
        careless = [({name: _without_version(place) for name, place in action.items()}, s) for action, s in operations]
        return await super()._bulk(index, careless, refresh=refresh)


def _without_version(place: object) -> object:
    assert isinstance(place, dict)
    return {name: value for name, value in place.items() if not name.startswith("version")}


@pytest.mark.parametrize(
    "promise",
    [
        Promises().test_only_a_higher_revision_replaces,
        Promises().test_a_deleted_photo_does_not_come_back_by_a_late_write,
        Promises().test_what_changes_during_a_rebuild_is_in_both,
    ],
)
async def test_without_external_versions_late_writes_win(
    url: Url, promise: Callable[[PhotoIndex], Awaitable[None]]
) -> None:
    async with ElasticsearchPhotoIndex.connect(url) as real:
        await promise(real)
        await real.remove_owner(OWNER)
        real._writer = WriterWithoutVersions(real._client)
        with pytest.raises(AssertionError):
            await promise(real)


# ---- the server


async def test_a_search_is_one_question_to_the_server(url: Url) -> None:
    """Counts are what makes it fast; the second search for a word has nothing left to find out."""
    async with ElasticsearchPhotoIndex.connect(url) as index:
        await index.put([labelled("p1", "dog", vectors={SPACE: unit_vector(0)})])
        asked: list[str] = []
        index._client.transport.perform_request = _noting(index._client, asked)  # type: ignore[method-assign]
        query = IndexQuery(OWNER, words=asks("dog").words, vectors=near(0).vectors)
        await index.search(query)
        await index.search(query)
        assert [target.partition("?")[0].rpartition("/")[2] for target in asked] == ["_msearch", "_msearch"]


def _noting(client: AsyncElasticsearch, asked: list[str]):  # type: ignore[no-untyped-def]  # the client's own signature
    real = client.transport.perform_request

    async def perform(method: str, target: str, **rest: object) -> object:
        asked.append(target)
        return await real(method, target, **rest)  # type: ignore[arg-type]

    return perform


async def test_a_server_of_another_version_is_refused() -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.json_response({"version": {"number": "8.17.0"}}, headers={"X-Elastic-Product": "Elasticsearch"})

    app = web.Application()
    app.router.add_get("/", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        host, port = runner.addresses[0][:2]
        with pytest.raises(IndexUnusable, match=r"8\.17\.0"):
            async with ElasticsearchPhotoIndex.connect(Url(f"elasticsearch+http://{host}:{port}/any")):
                pass
    finally:
        await runner.cleanup()


@pytest.mark.timeout(240)
async def test_a_killed_server_costs_no_photo_that_was_put(tmp_path: Path) -> None:
    """Killed in the middle of writes, three times: searches say that the index is away, then find everything again."""
    node = Instance(Elasticsearch(), tmp_path)
    await asyncio.to_thread(node.start)
    try:
        url = Url(f"{node.urls()['index']}/kept")
        put: set[str] = set()
        async with ElasticsearchPhotoIndex.connect(url) as index:
            for kill in range(3):
                enough, before = asyncio.Event(), node.process
                writing = asyncio.create_task(_write_until_away(index, f"k{kill}", put, enough))
                await enough.wait()
                await asyncio.to_thread(node.kill)
                await writing
                with pytest.raises(IndexUnavailable):
                    await index.search(asks("dog"))
                await asyncio.to_thread(node.start)
                assert node.process != before
                assert put <= await _words_when_back(index)
            assert await index.put([labelled("last", "dog")]) == 1
        async with ElasticsearchPhotoIndex.connect(url) as index:
            assert put | {"last"} <= await words_of(index, "dog")
    finally:
        await asyncio.to_thread(node.kill)


async def test_a_library_may_start_before_its_index(tmp_path: Path) -> None:
    node = Instance(Elasticsearch(), tmp_path)
    await asyncio.to_thread(node.start)
    url = Url(f"{node.urls()['index']}/kept")
    await asyncio.to_thread(node.kill)
    try:
        async with ElasticsearchPhotoIndex.connect(url) as index:
            with pytest.raises(IndexUnavailable):
                await index.put([labelled("p1", "dog")])
            await asyncio.to_thread(node.start)
            assert await index.put([labelled("p1", "dog")]) == 1
    finally:
        await asyncio.to_thread(node.kill)


async def _write_until_away(index: PhotoIndex, prefix: str, put: set[str], enough: asyncio.Event) -> None:
    """Photos by fours; those of a write that returned are `put`; five writes are `enough`."""
    for number in range(100_000):
        some = [labelled(f"{prefix}-{number}-{each}", "dog") for each in range(4)]
        try:
            await index.put(some)
        except IndexUnavailable:
            return
        put |= {document.photo_id for document in some}
        if number == 5:
            enough.set()


async def _words_when_back(index: PhotoIndex) -> set[str]:
    """A node that answers may still be reading its shards."""
    while True:
        try:
            return await words_of(index, "dog")
        except IndexUnavailable:
            await asyncio.sleep(0.1)
