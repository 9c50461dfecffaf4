"""Which indices are live. Their aliases say so, and a change of aliases is atomic: every process sees the same.

The index of a generation is `<prefix>-photos-<generation>`. Alias `<prefix>-photos` is on the one that searches see,
`<prefix>-next` on the one that is being built. The index of one big owner is called like that of its generation with
`-own-<owner>` behind; alias `<prefix>-of-<owner>` is on it once it holds everything. What writes is written to all of
them, each through an alias of its own (`...-write`): a bulk to an index that was dropped would create it again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Final, TypedDict, cast

from elasticsearch import AsyncElasticsearch, BadRequestError, NotFoundError

from tintype.search.adapters.elasticsearch.connection import IndexMissing, IndexRefused, IndexUnusable, translated
from tintype.search.adapters.elasticsearch.documents import Write
from tintype.search.adapters.elasticsearch.mapping import SCHEMA, mappings, settings, vector_mapping
from tintype.search.adapters.elasticsearch.responses import Body

FIRST: Final = 1
_OWN: Final = "-own-"
_TAKEN: Final = "resource_already_exists_exception"


class _Described(TypedDict, total=False):
    """As much of an index's description as is read."""

    aliases: dict[str, object]
    mappings: dict[str, dict[str, object]]


@dataclass(frozen=True, slots=True)
class Names:
    """The names of one installation's indices and aliases."""

    prefix: str

    @property
    def searched(self) -> str:
        """The alias of the generation that searches see."""
        return f"{self.prefix}-photos"

    @property
    def next(self) -> str:
        """The alias of the generation that is being built."""
        return f"{self.prefix}-next"

    def index(self, generation: int) -> str:
        """The index of a generation."""
        return f"{self.searched}-{generation:013d}"

    def own(self, index: str, owner_id: str) -> str:
        """The index of one owner, beside that of a generation."""
        return f"{index}{_OWN}{owner_digest(owner_id)}"

    def of(self, owner_id: str) -> str:
        """The alias of an owner's index that searches see."""
        return f"{self.prefix}-of-{owner_digest(owner_id)}"


def owner_digest(owner_id: str) -> str:
    """An owner as a part of a name: any id fits."""
    return sha256(owner_id.encode()).hexdigest()[:24]


def write_alias(index: str) -> str:
    """What an index is written through."""
    return f"{index}-write"


@dataclass(frozen=True, slots=True)
class Live:
    """The live indices. `own` are those of single owners; of them `ready` are searched."""

    searched: str
    building: str = ""
    own: frozenset[str] = frozenset()
    ready: frozenset[str] = frozenset()

    @property
    def shared(self) -> tuple[str, ...]:
        """The indices of everybody."""
        return (self.searched, self.building) if self.building else (self.searched,)

    @property
    def all(self) -> tuple[str, ...]:
        """Every index, the one that searches see first."""
        return (*self.shared, *sorted(self.own))

    def takes(self, index: str, owner_id: str) -> bool:
        """Whether an index is for an owner's photos."""
        return index not in self.own or index.endswith(_OWN + owner_digest(owner_id))

    @property
    def generation(self) -> int:
        """The number of the generation that searches see."""
        return generation_of(self.searched)


def generation_of(index: str) -> int:
    """The number in the name of an index."""
    return int(index.partition(_OWN)[0].rpartition("-")[2])


class Generations:
    """Creates, flips and drops indices. `live` is what this process last saw."""

    def __init__(self, client: AsyncElasticsearch, names: Names, *, shards: int) -> None:
        self.names = names
        self.live: Live | None = None
        self._client = client
        self._shards = shards
        self._fields: dict[str, frozenset[str]] = {}
        self._older: dict[str, frozenset[str]] = {}  # the properties of indices of an older schema
        self._adding = asyncio.Lock()

    def outdated(self, index: str) -> bool:
        """Whether an older version of the program made an index."""
        return index in self._older

    def fitted(self, index: str, write: Write) -> Write:
        """A document without what an older index has no field for: it is found by the rest until the rebuild."""
        known = self._older.get(index)
        if known is None:
            return write
        return replace(write, source={name: value for name, value in write.source.items() if name in known})

    def searched_for(self, owner_id: str) -> str:
        """The alias that an owner's searches ask."""
        if self.live and self.live.ready and self.names.own(self.live.searched, owner_id) in self.live.ready:
            return self.names.of(owner_id)
        return self.names.searched

    @property
    def fields_searched(self) -> frozenset[str]:
        """Those of the generation that searches see."""
        return self.fields(self.live.searched) if self.live else frozenset()

    def fields(self, index: str) -> frozenset[str]:
        """The fields of vectors that an index is known to have."""
        return self._fields.get(index, frozenset())

    async def see(self) -> Live | None:
        """Ask which indices are live; None if there is none. Raises IndexUnusable if a newer program made them."""
        with translated():
            answer = await self._client.indices.get(index=f"{self.names.searched}-*", features=["aliases", "mappings"])
        found = cast(Mapping[str, _Described], answer.body)
        for index, described in found.items():
            self._note(index, described)
        self._fields = {index: fields for index, fields in self._fields.items() if index in found}
        self._older = {index: known for index, known in self._older.items() if index in found}
        on = {alias: index for index, described in found.items() for alias in described.get("aliases", {})}
        searched = on.get(self.names.searched, "")
        own = frozenset(index for index in found if index.startswith(searched + _OWN))
        ready = frozenset(index for alias, index in on.items() if alias.startswith(f"{self.names.prefix}-of-")) & own
        self.live = Live(searched, on.get(self.names.next, ""), own, ready) if searched else None
        return self.live

    async def begin(self) -> Live:
        """The live indices; the first generation is made where there is none."""
        live = await self.see()
        if live is None:
            await self.create(self.names.index(FIRST), aliases=[self.names.searched])
            live = await self.see()
        if live is None:
            raise IndexMissing("the alias of the search index is gone, and an index of its first name is there")
        return live

    async def create(self, index: str, *, aliases: list[str]) -> bool:
        """Make an index with the mapping of this program; False if it is there already."""
        every: Mapping[str, Body] = {alias: {} for alias in (*aliases, write_alias(index))}
        shape = settings(shards=1 if _OWN in index else self._shards)
        try:
            with translated():
                await self._client.indices.create(index=index, settings=shape, mappings=mappings(), aliases=every)
        except IndexRefused as error:
            if isinstance(error.__cause__, BadRequestError) and error.__cause__.error == _TAKEN:
                return False
            raise
        return True

    async def change(self, actions: list[Body]) -> bool:
        """Change aliases and drop indices, all at once or nothing; False if something of it is not there."""
        try:
            with translated():
                await self._client.indices.update_aliases(actions=actions)
        except IndexMissing as error:
            if isinstance(error.__cause__, NotFoundError):
                return False
            raise
        return True

    async def build(self, now_ms: int) -> str:
        """Begin to build a generation with a number that none had before; one that was begun is dropped."""
        live = await self.begin()
        before = [live.generation, *(generation_of(index) for index in live.shared)]
        index = self.names.index(max(*before, now_ms) + 1)
        await self.create(index, aliases=[])
        dropped: list[Body] = [{"remove_index": {"index": live.building}}] if live.building else []
        if not await self.change([*dropped, {"add": {"index": index, "alias": self.names.next}}]):
            await self.change([{"add": {"index": index, "alias": self.names.next}}])
        await self.see()
        return index

    async def finish(self, index: str) -> bool:
        """Let searches see the generation that is being built and drop the old one; False if it is not this one."""
        live = await self.begin()
        if live.building != index:
            return False
        await self.refresh(index)
        flipped = await self.change(
            [
                {"remove": {"index": index, "alias": self.names.next, "must_exist": True}},
                {"add": {"index": index, "alias": self.names.searched}},
                *({"remove_index": {"index": old}} for old in (live.searched, *live.own)),
            ]
        )
        await self.see()
        return flipped

    async def abandon(self, index: str) -> None:
        """Drop a generation that is being built, if it is this one."""
        if (await self.begin()).building == index:
            await self.drop(index)
            await self.see()

    async def drop(self, index: str) -> None:
        """Remove an index, if it is there."""
        with translated():
            await self._client.indices.delete(index=index, ignore_unavailable=True)

    async def refresh(self, index: str) -> None:
        """Make everything that was written to an index seen by searches."""
        with translated():
            await self._client.indices.refresh(index=index)

    async def know(self, index: str, fields: frozenset[str]) -> None:
        """Add fields of vectors to the mapping of an index, unless it has them."""
        async with self._adding:
            missing = fields - self._fields.get(index, frozenset())
            if missing:
                graph = _OWN in index
                with translated():
                    await self._client.indices.put_mapping(index=index, properties=vector_mapping(missing, graph=graph))
                self._fields[index] = self._fields.get(index, frozenset()) | missing

    def _note(self, index: str, described: _Described) -> None:
        mapping = described.get("mappings", {})
        found = mapping.get("_meta", {}).get("schema", 0)
        if isinstance(found, int) and found > SCHEMA:
            raise IndexUnusable(
                f"the search index has schema {found}, this version knows {SCHEMA}: use the newer version again"
            )
        properties = mapping.get("properties", {})
        if found != SCHEMA:
            self._older[index] = frozenset(properties)
        vectors = cast(Mapping[str, Mapping[str, object]], properties.get("vectors", {}))
        self._fields[index] = frozenset(vectors.get("properties", {}))
