"""The shape of an index. Every change of it is a new index: raise SCHEMA, and a rebuild moves the library over."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Final

from tintype.search.adapters.elasticsearch.responses import Body

SCHEMA: Final = 1
REFRESH_MS: Final = 500  # given, because a default one stops while nobody searches, and waiting for it would take long

_LONGEST_NAME: Final = 8_191  # characters; Lucene refuses a term of more than 32,766 bytes
_NAME: Final[Body] = {"type": "keyword", "ignore_above": _LONGEST_NAME}
_SMALL: Final[Body] = {"type": "keyword"}
_SHOWN: Final = ("place_names", "city_names", "city", "country", "camera", "tag_names", "year")
_COMPARED: Final = ("places", "cameras", "tags", "albums", "media_type")
_QUARTERS: Final = ("month", "weekday", "hour", "season", "state")

# `owner` is missing in a remembered delete, which has `gone_owner`: so nothing that asks for an owner meets one.
PROPERTIES: Final[Body] = {
    "owner": {"type": "keyword"},
    "photo": {"type": "keyword"},
    "gone_owner": {"type": "keyword"},
    "gone_ms": {"type": "long"},
    "revision": {"type": "long"},
    "updated_ms": {"type": "long", "index": False},
    "taken_us": {"type": "long"},  # microseconds, so that comparing is exact
    "day": {"type": "integer"},
    "point": {"type": "geo_point", "ignore_malformed": True},
    "favourite": {"type": "boolean"},
    "archived": {"type": "boolean"},
    "trashed": {"type": "boolean"},
    "rating": {"type": "byte"},
    "words": {"type": "text", "analyzer": "tokens", "index_options": "docs", "norms": False},
    "tokens": {"type": "object", "enabled": False},  # by field, to say where a word stands
    "spaces": {"type": "keyword"},
    "vectors": {"type": "object", "dynamic": "strict", "properties": {}},
    **dict.fromkeys(_SHOWN, _NAME),
    **dict.fromkeys(_COMPARED, _NAME),
    **dict.fromkeys(_QUARTERS, _SMALL),
}


def mappings() -> Body:
    """The mapping of a new index; spaces are added as they are met."""
    return {
        "dynamic": "strict",
        "_meta": {"schema": SCHEMA},
        "_routing": {"required": True},
        "properties": PROPERTIES,
    }


def settings(*, shards: int) -> Body:
    """The settings of a new index.

    `gc_deletes` stays at a minute: deletes are remembered as documents, which a restart of the server keeps, and a
    day of an erased owner's deletes in its memory would be much.
    """
    return {
        "number_of_shards": shards,
        "auto_expand_replicas": "0-1",
        "refresh_interval": f"{REFRESH_MS}ms",
        "sort": {"field": ["owner", "photo"], "order": ["asc", "asc"]},
        "translog": {"durability": "request"},
        "analysis": {"analyzer": {"tokens": {"type": "custom", "tokenizer": "whitespace"}}},
    }


def vector_field(space: str, dimensions: int) -> str:
    """The name of the field, below `vectors`, that holds the vectors of a space."""
    return f"{sha256(space.encode()).hexdigest()[:16]}_{dimensions}"


def vector_mapping(fields: frozenset[str], *, graph: bool) -> Mapping[str, Body]:
    """What adds fields of vectors to a mapping: scanned exactly, or a graph in the index of one big owner."""
    return {
        "vectors": {
            "type": "object",
            "properties": {
                name: {
                    "type": "dense_vector",
                    "dims": int(name.rpartition("_")[2]),
                    "index": True,
                    "similarity": "dot_product",
                    "index_options": {"type": "int8_hnsw" if graph else "int8_flat"},
                }
                for name in sorted(fields)
            },
        }
    }
