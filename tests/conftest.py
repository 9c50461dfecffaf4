"""What tests share: real photos and weights where they are, the options of property tests, and how lines are logged."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import structlog
from hypothesis import HealthCheck, settings
from tests.servers import namespace, servers

from tintype.kit.log import exceptions_without_values, redact

__all__ = ["namespace", "servers"]

# How long an example takes says what else the machine does.
settings.register_profile("busy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy")

# By itself structlog shows every value of every frame of an exception, while the loop of a test waits 80 ms for it.
structlog.configure(processors=[exceptions_without_values, redact, structlog.processors.JSONRenderer()])

SHARED = Path(__file__).resolve().parents[2] / "shared"


def shared_folder(name: str) -> Path:
    """A folder of real files beside the clone; skips where it is absent, fails where it has to be there."""
    folder = SHARED / name
    if folder.is_dir():
        return folder
    reason = f"../shared/{name} is not beside this clone"
    if os.environ.get("TINTYPE_REQUIRE_SHARED") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def samples() -> Path:
    """Real photos with ground truth."""
    return shared_folder("samples")


@pytest.fixture(scope="session")
def models() -> Path:
    """Real model weights."""
    return shared_folder("models")
