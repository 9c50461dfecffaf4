"""Every reason that we give is one of the contract's."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator

import tintype
from tintype.kit.errors import DomainError
from tintype.v1 import error_reason_pb2

SKIPPED = (".adapters", ".v1", ".__main__", ".bootstrap")


def kinds(kind: type[DomainError] = DomainError) -> Iterator[type[DomainError]]:
    for below in kind.__subclasses__():
        yield below
        yield from kinds(below)


def test_every_error_has_a_reason_of_the_contract() -> None:
    for module in pkgutil.walk_packages(tintype.__path__, "tintype."):
        if not any(part in module.name for part in SKIPPED):
            importlib.import_module(module.name)
    known = {name.removeprefix("ERROR_REASON_") for name in error_reason_pb2.ErrorReason.keys()}  # noqa: SIM118  # an enum, not a dict
    ours = [kind for kind in kinds() if kind.__module__.startswith("tintype.")]
    assert len(ours) > 30
    assert {f"{kind.__name__}: {kind.reason}" for kind in ours if kind.reason not in known} == set()
