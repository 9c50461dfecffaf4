"""What there is to say of a server: what `instance` starts and `fleet` keeps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from deploy.native.build import Recipe


@dataclass(frozen=True, slots=True)
class Credentials:
    """Made at random for one folder of data."""

    user: str
    password: str = field(repr=False)
    key: str = field(repr=False)  # 32 bytes in base64, for servers that encrypt


@dataclass(frozen=True, slots=True)
class Place:
    """Where one server runs: what was built, its own folder, its ports by name."""

    built: Path
    folder: Path
    ports: Mapping[str, int]
    credentials: Credentials


@dataclass(frozen=True, slots=True)
class Command:
    """What to run; `environment` goes over ours, an empty value removes a variable."""

    arguments: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)


class Server(Protocol):
    """A kind of server. Nothing in it has state."""

    @property
    def name(self) -> str: ...

    @property
    def ports(self) -> tuple[str, ...]:
        """The names of the ports it listens on; the first is the one of its URL."""

    def recipe(self) -> Recipe:
        """How it is built. Raises Missing if this machine lacks a tool for it."""

    def command(self, place: Place) -> Command:
        """How it is started; writes its configuration into the place's folder."""

    def answers(self, place: Place) -> bool:
        """Whether it serves, asked in its own protocol."""

    def urls(self, place: Place) -> Mapping[str, str]:
        """What it is in `urls.json`: URLs without a namespace."""

    def ended(self, place: Place) -> None:
        """Remove what the process left outside of its folder."""
