"""One world for all scenarios: it takes half a minute to start."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.conftest import shared_folder
from tests.faults.servers.world import World, running_world


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Everything runs, and nobody has an account."""
    shared_folder("models")
    with running_world(tmp_path_factory.mktemp("world")) as whole:
        yield whole
