"""Writing to one index: nothing older ever replaces something newer, and every item of a bulk is looked at.

A document's external version is its revision, so Elasticsearch itself refuses what comes late (409), which is success.
It also refuses the few that it should not: a version that it remembers of a document which we removed on purpose, and
the delete of a photo at the very revision that is stored. So what was refused is read again, and written over exactly
what was read where our own rule says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, Literal, cast

from elasticsearch import AsyncElasticsearch

from tintype.search.adapters.elasticsearch.connection import IndexMissing, raise_for, translated
from tintype.search.adapters.elasticsearch.documents import Write, document_id
from tintype.search.adapters.elasticsearch.generations import write_alias
from tintype.search.adapters.elasticsearch.responses import Body, Bulk, Hit, Item, Stored
from tintype.search.domain.document import DocumentKey
from tintype.search.ports import IndexUnavailable

Refresh = Literal["true", "false", "wait_for"]

CONFLICT: Final = 409
_TRIES: Final = 5
_PART: Final = 256  # documents of one call: 2 MB


class Writer:
    """Bulk writes, reads by id and removals."""

    def __init__(self, client: AsyncElasticsearch) -> None:
        self._client = client

    async def write(self, index: str, writes: Sequence[Write], *, refresh: Refresh) -> list[bool]:
        """Store what is newer than what is there; returns which were. Raises IndexMissing if the index was dropped."""
        stored: list[bool] = []
        for start in range(0, len(writes), _PART):
            part = writes[start : start + _PART]
            items = await self._bulk(
                index, [({"index": _versioned(write)}, write.source) for write in part], refresh=refresh
            )
            stored += [item.get("status") != CONFLICT for item in items]
        refused = [place for place, good in enumerate(stored) if not good]
        if refused:
            again = await self._write_over(index, [writes[place] for place in refused], refresh=refresh)
            for place, good in zip(refused, again, strict=True):
                stored[place] = good
        return stored

    async def stored(self, index: str, keys: Sequence[DocumentKey]) -> list[Stored]:
        """What is stored under these ids this moment, whether searches see it yet or not."""
        docs = [{"_id": document_id(key.owner_id, key.photo_id), "routing": key.owner_id} for key in keys]
        with translated():
            answer = await self._client.mget(
                index=write_alias(index), docs=docs, source_includes=["owner", "photo", "revision"]
            )
        found = cast(list[Stored], answer["docs"])
        for each in found:
            if (error := each.get("error")) is not None:
                raise IndexMissing(f"the search index answers {error.get('type', '')}")
        return found

    async def remove(self, index: str, found: Sequence[Stored | Hit], *, refresh: Refresh) -> int:
        """Remove documents as they were read; those that changed meanwhile stay. Returns how many are gone."""
        operations: list[tuple[Body, Body | None]] = []
        for each in found:
            expected = {"if_seq_no": each["_seq_no"], "if_primary_term": each["_primary_term"]}
            operations.append(({"delete": {"_id": each["_id"], "routing": each["_routing"], **expected}}, None))
        items = await self._bulk(index, operations, refresh=refresh)
        return sum(item.get("result") == "deleted" for item in items)

    async def _write_over(self, index: str, writes: Sequence[Write], *, refresh: Refresh) -> list[bool]:
        """Write those that our own rule lets pass, over what was read."""
        outcome = dict.fromkeys(range(len(writes)), False)
        waiting, tries = list(outcome), 0
        while waiting:
            if (tries := tries + 1) > _TRIES:
                raise IndexUnavailable("a photo changes faster in the index than it can be written")
            found = await self.stored(index, [writes[place].key for place in waiting])
            due = [(place, there) for place, there in zip(waiting, found, strict=True) if _passes(writes[place], there)]
            operations = [(_over(writes[place], there), writes[place].source) for place, there in due]
            items = await self._bulk(index, operations, refresh=refresh)
            for (place, _), item in zip(due, items, strict=True):
                outcome[place] = item.get("status") != CONFLICT
            waiting = [place for place, _ in due if not outcome[place]]
        return list(outcome.values())

    async def _bulk(
        self, index: str, operations: Sequence[tuple[Body, Body | None]], *, refresh: Refresh
    ) -> Sequence[Item]:
        """Raises for every item that failed otherwise than by a conflict; the caller repeats the whole bulk."""
        if not operations:
            return []
        lines = [line for operation in operations for line in operation if line is not None]
        with translated():
            answer = await self._client.bulk(
                index=write_alias(index),
                operations=lines,
                refresh=refresh,
                require_alias=True,
                filter_path="errors,items.*.status,items.*.result,items.*.error.type,items.*.error.reason",
            )
        items = [next(iter(item.values())) for item in cast(Bulk, answer.body)["items"]]
        for item in items:
            _check(item)
        return items


def _check(item: Item) -> None:
    """A delete of what is not there is no error."""
    error = item.get("error")
    if error is not None and item["status"] != CONFLICT:
        raise_for(item["status"], f"{error.get('type')}: {error.get('reason', '')}")


def _versioned(write: Write) -> Body:
    return {
        "_id": write.document_id,
        "routing": write.key.owner_id,
        "version": write.key.revision,
        "version_type": "external",
    }


def _passes(write: Write, there: Stored) -> bool:
    source = there.get("_source", {})
    if not there.get("found"):
        return True
    stored = source.get("revision", 0)
    return stored < write.key.revision or (write.deletes and stored == write.key.revision and "owner" in source)


def _over(write: Write, there: Stored) -> Mapping[str, object]:
    place = {"_id": write.document_id, "routing": write.key.owner_id}
    if not there.get("found"):
        return {"create": place}
    return {"index": {**place, "if_seq_no": there["_seq_no"], "if_primary_term": there["_primary_term"]}}
