"""docker-compose.yml as it is once its anchors are resolved, for the tests that hold it against the code."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Final, cast

import yaml

ROOT: Final = Path(__file__).resolve().parents[3]

Service = dict[str, object]


@cache
def compose() -> dict[str, dict[str, Service]]:
    """The whole file."""
    return cast(dict[str, dict[str, Service]], yaml.safe_load((ROOT / "docker-compose.yml").read_text()))


def services() -> dict[str, Service]:
    """All of its containers, by name."""
    return compose()["services"]


def ours() -> dict[str, Service]:
    """Those that run the image of the Python services."""
    return {name: service for name, service in services().items() if str(service["image"]).startswith("tintype:")}


def environment(service: Service) -> dict[str, str]:
    """The variables of a container."""
    return cast(dict[str, str], service.get("environment", {}))


def words(service: Service, key: str) -> list[str]:
    """A list of the description, empty if there is none; volumes of the long form are not used."""
    return [str(word) for word in cast(list[object], service.get(key, []))]


def variables(text: str) -> set[str]:
    """The names in `${NAME:-default}`."""
    return set(re.findall(r"\$\{([A-Z_]+)", text))
