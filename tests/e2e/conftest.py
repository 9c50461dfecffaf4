"""The real library in a temporary home, on both profiles, and the real command line against it."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pytest
from tests.e2e.command_line import CommandLine
from tests.profiles import PROFILES, AnyLibrary, library_on

NewPerson = Callable[[str], CommandLine]

ENVIRONMENT: Final = {
    "TINTYPE_MODEL_PACK": "builtin",
    "TINTYPE_VISION_DOWNLOAD": "false",
    "TINTYPE_ACCOUNTS_SIGN_UP": "open",
    "TINTYPE_DRAIN": "PT0S",
}


@pytest.fixture(scope="session")
def pictures() -> Path:
    """The demo pictures."""
    return Path(__file__).resolve().parents[2] / "demo" / "pictures"


@pytest.fixture(scope="module", params=PROFILES)
def library(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[AnyLibrary]:
    """A library of the module's own, on either profile; its tests keep apart by accounts."""
    folder = tmp_path_factory.mktemp("library")
    environment = {**ENVIRONMENT, "TINTYPE_MODELS_HOME": str(folder / "models")}
    with library_on(request.param, folder / "home", environment) as started:
        yield started


@pytest.fixture
def new_person(library: AnyLibrary, tmp_path: Path) -> NewPerson:
    """Somebody with an account, signed in. The first of a library is its administrator."""
    numbers = itertools.count(1)

    def make(name: str) -> CommandLine:
        line = CommandLine(library.address, tmp_path / f"config-{next(numbers)}")
        line.ok("account", "create", name)
        return line

    return make
