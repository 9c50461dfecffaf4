"""Servers are built once for each version and content, whole or not at all."""

from __future__ import annotations

import re
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from deploy.native.build import BuildFailed, Recipe, Workshop, ensure_built
from deploy.native.fleet import SERVERS
from deploy.native.layout import ROOT
from deploy.native.servers.triton import PACKAGES
from deploy.native.tools import jdk


def write_program(workshop: Workshop) -> None:
    (workshop.target / "program").write_text("runs")
    workshop.run(sys.executable, "-c", "print('done')")


def recipe_of(sources: Path, *, version: str = "1.0", inputs: tuple[str, ...] = ()) -> Recipe:
    return Recipe("server", version, write_program, sources=sources, inputs=inputs)


def test_another_version_content_or_input_is_another_build(tmp_path: Path) -> None:
    (tmp_path / "Main.java").write_text("one")
    keys = [
        recipe_of(tmp_path).key(),
        recipe_of(tmp_path, version="1.1").key(),
        recipe_of(tmp_path, inputs=("other",)).key(),
    ]
    assert recipe_of(tmp_path).key() == keys[0]
    (tmp_path / "Main.java").write_text("two")
    keys.append(recipe_of(tmp_path).key())
    assert len(set(keys)) == len(keys)


def test_two_at_once_build_once(tmp_path: Path) -> None:
    built: list[str] = []
    recipe = recipe_of(tmp_path / "sources")

    def ensure(_: int) -> Path:
        return ensure_built(recipe, tmp_path / "cache", building=lambda: built.append("once"))

    with ThreadPoolExecutor(8) as pool:
        folders = set(pool.map(ensure, range(8)))
    assert len(built) == 1
    assert (folders.pop() / "program").read_text() == "runs"
    assert not folders


def test_a_failed_build_leaves_nothing_and_says_why(tmp_path: Path) -> None:
    def fail(workshop: Workshop) -> None:
        (workshop.target / "half").write_text("half")
        workshop.run(sys.executable, "-c", "import sys; sys.exit('no such module')")

    with pytest.raises(BuildFailed, match="no such module"):
        ensure_built(Recipe("server", "1.0", fail), tmp_path)
    assert [entry.name for entry in tmp_path.iterdir() if not entry.name.endswith(".lock")] == []


def test_versions_are_pinned() -> None:
    for server in SERVERS:
        if server.name != "triton":  # its recipe asks this machine for a Python
            assert re.match(r"\d+\.\d+\.\d+", server.recipe().version), server.name


def test_triton_runs_the_onnx_runtime_that_the_library_runs() -> None:
    locked = (ROOT / "requirements.lock").read_text()
    (runtime,) = (package for package in PACKAGES if package.startswith("onnxruntime=="))
    assert f"\n{runtime} " in locked


def test_a_jdk_that_is_named_and_new_enough_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old, new = fake_jdk(tmp_path / "old", "17.0.1"), fake_jdk(tmp_path / "new", "21.0.4")
    monkeypatch.setenv("JAVA_HOME", str(new))
    monkeypatch.setenv("ES_JAVA_HOME", str(old))
    assert (jdk().home, jdk().major) == (new, 21)


def fake_jdk(home: Path, version: str) -> Path:
    (home / "bin").mkdir(parents=True)
    (home / "bin" / "javac").touch()
    (home / "release").write_text(f'IMPLEMENTOR="Somebody"\nJAVA_VERSION="{version}"\n')
    return home
