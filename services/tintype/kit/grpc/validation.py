"""The field rules of the contract, enforced on every message that comes in."""

from __future__ import annotations

from typing import Protocol

import protovalidate
from google.protobuf.message import Message

from tintype.kit.errors import InvalidInput


class _Element(Protocol):
    field_name: str


def validate(message: Message) -> None:
    """Raises InvalidInput that names every field which breaks its rule."""
    violations = protovalidate.collect_violations(message)
    if not violations:
        return
    fields: dict[str, str] = {}
    for violation in violations:
        path = ".".join(element.field_name for element in _elements(violation.proto.field))
        fields.setdefault(path, violation.proto.message)
    first, text = next(iter(fields.items()))
    raise InvalidInput(f"{first}: {text}" if first else text, fields=fields)


def _elements(path: object) -> tuple[_Element, ...]:
    return tuple(getattr(path, "elements", ()))
