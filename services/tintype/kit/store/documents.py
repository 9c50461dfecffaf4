"""Frozen dataclasses as JSON documents with a schema number, and back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import GenericAlias
from typing import Any, Final, Generic, TypeVar, cast

from pydantic import ConfigDict, TypeAdapter
from pydantic_core import from_json, to_json

from tintype.kit.store.errors import NewerSchema

T = TypeVar("T")

Document = dict[str, object]
Migration = Callable[[Document], Document]

SCHEMA: Final = "schema"  # the key of the schema number, so no dataclass may have such a field

_CONFIG: Final = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64", ser_json_inf_nan="constants")


class Codec(Generic[T]):
    """Turns values of one dataclass into documents and back.

    Times come back in UTC, `bytes` are base64 in the document. A photo of 2 kB takes 10 us each way as text.

    Args:
        kind: a frozen dataclass of JSON-able fields; enums, datetimes, bytes, tuples and nested dataclasses are.
        migrations: the first turns a document of schema 1 into one of schema 2, and so on; never remove one.
    """

    def __init__(self, kind: type[T], *, migrations: Sequence[Migration] = ()) -> None:
        self.name = kind.__name__
        # In a list, because pydantic takes a config for containers but not for dataclasses of others.
        self._values: TypeAdapter[list[T]] = TypeAdapter(cast(Any, GenericAlias(list, (kind,))), config=_CONFIG)
        self._migrations = tuple(migrations)
        self.schema: Final = len(self._migrations) + 1

    def dump(self, value: T) -> Document:
        """The document of a value, its schema number included."""
        document = cast(Document, self._values.dump_python([value], mode="json")[0])
        document[SCHEMA] = self.schema
        return document

    def load(self, document: Mapping[str, object]) -> T:
        """The value of a document of this schema or an older one. Raises NewerSchema."""
        found = cast(int, document.get(SCHEMA, 1))
        return self._values.validate_json(to_json([self._migrated(dict(document), found)]))[0]

    def dump_text(self, value: T) -> str:
        """The document as JSON without its schema number, which the caller keeps beside it."""
        return self._values.dump_json([value])[1:-1].decode()

    def load_text(self, text: str, *, schema: int) -> T:
        """The value of a text of this schema or an older one. Raises NewerSchema."""
        if schema == self.schema:
            return self._values.validate_json(f"[{text}]")[0]
        return self._values.validate_json(to_json([self._migrated(cast(Document, from_json(text)), schema)]))[0]

    def _migrated(self, document: Document, found: int) -> Document:
        if found > self.schema:
            raise NewerSchema(self.name, found=found, known=self.schema)
        for migrate in self._migrations[found - 1 :]:
            document = migrate(document)
        document.pop(SCHEMA, None)
        return document


class FactCodec(Generic[T]):
    """Facts of several dataclasses as documents, each named by its class.

    Args:
        codecs: one for each fact that a service writes; give a codec with migrations where its shape changed.
    """

    def __init__(self, *kinds: type[T] | Codec[T]) -> None:
        codecs = [kind if isinstance(kind, Codec) else Codec(kind) for kind in kinds]
        self._by_name = {codec.name: codec for codec in codecs}

    def dump(self, fact: T) -> Document:
        """The document of a fact."""
        name = type(fact).__name__
        return {"name": name, "fact": self._by_name[name].dump(fact)}

    def load(self, document: Mapping[str, object]) -> T:
        """The fact of a document. Raises NewerSchema."""
        name = cast(str, document["name"])
        if name not in self._by_name:
            raise NewerSchema(f"the fact {name}", found=1, known=0)
        return self._by_name[name].load(cast(Document, document["fact"]))
