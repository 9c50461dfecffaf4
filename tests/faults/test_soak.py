"""K12 at night: a steady load for hours leaves memory as it was, and every invariant whole."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from tests.faults.folder import running_folder
from tests.faults.scale import at_night
from tests.faults.soak import HOURS, MOST_GROWTH, soaked

pytestmark = [at_night, pytest.mark.faults, pytest.mark.timeout(1_200 + int(HOURS * 3_600))]


async def test_a_library_in_one_folder_under_a_steady_load(tmp_path: Path) -> None:
    with running_folder(tmp_path) as folder:
        owner = await folder.owner("k12")
        growth = await soaked(owner, [folder.process], random.Random(12))
        assert max(growth.values()) < MOST_GROWTH, growth
        assert await folder.repaired(owner) < 120
