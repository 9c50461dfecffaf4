"""How much of each scenario runs: what every change waits for, or a night's worth (TINTYPE_FAULTS=nightly)."""

from __future__ import annotations

import os
from typing import Final

import pytest

NIGHTLY: Final = os.environ.get("TINTYPE_FAULTS") == "nightly"


def scaled(each_change: int, nightly: int) -> int:
    """The count for this run."""
    return nightly if NIGHTLY else each_change


at_night = pytest.mark.skipif(not NIGHTLY, reason="a night's: make test-faults-nightly")
