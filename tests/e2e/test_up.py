"""`tintype up`: the library in the foreground, found by whoever looks into its folder."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.e2e.command_line import CommandLine
from tests.e2e.conftest import ENVIRONMENT
from tests.e2e.waiting import until
from tools.library import running_on

pytestmark = pytest.mark.timeout(120)


def test_while_it_runs_its_folder_says_where_and_a_second_one_changes_nothing(tmp_path: Path) -> None:
    home = tmp_path / "home"
    line = CommandLine("127.0.0.1:1", tmp_path / "config", {**ENVIRONMENT, "TINTYPE_MODELS_HOME": str(tmp_path)})
    options = ("up", "--home", str(home), "--port", "0", "--http-port", "0", "--json")
    first = line.start(*options)
    try:
        until(lambda: bool(running_on(home)) or first.poll() is not None)
        assert first.stdout is not None
        stated = json.loads(first.stdout.readline())
        assert running_on(home) == stated["address"]
        second = line.run(*options)
        assert second.code not in (0, 1)
        assert second.err.startswith("tintype: ")
        assert running_on(home) == stated["address"]
    finally:
        first.terminate()
        first.communicate(timeout=60)
    assert first.returncode == 0
    assert not (home / "running.json").exists()
