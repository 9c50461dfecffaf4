"""A server of our own to start, kill, freeze and start again: what `deploy.native` promises of any server."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from deploy.native import ports, probes, processes
from deploy.native.build import Recipe, Workshop
from deploy.native.instance import Instance, NotStarted
from deploy.native.layout import ROOT
from deploy.native.server import Command, Place


class Pages:
    """A server that is built at once: Python's own for files."""

    name = "pages"
    ports = ("http",)

    def recipe(self) -> Recipe:
        return Recipe(self.name, "1.0", _make)

    def command(self, place: Place) -> Command:
        port = str(place.ports["http"])
        return Command((sys.executable, "-m", "http.server", port, "--bind", "127.0.0.1"))

    def answers(self, place: Place) -> bool:
        return probes.http_ok(place.ports["http"], "/")

    def urls(self, place: Place) -> Mapping[str, str]:
        return {"pages": f"http://127.0.0.1:{place.ports['http']}"}

    def ended(self, place: Place) -> None:
        (place.folder / "ended").touch()


class Broken(Pages):
    """One that ends at once."""

    def command(self, place: Place) -> Command:
        return Command((sys.executable, "-c", "raise SystemExit('the disk is full')"))


def _make(workshop: Workshop) -> None:
    (workshop.target / "built").touch()
    workshop.run(sys.executable, "-V")


@pytest.fixture
def pages(tmp_path: Path) -> Iterator[Instance]:
    instance = Instance(Pages(), tmp_path / "pages", cache=tmp_path / "cache")
    instance.start()
    yield instance
    instance.kill()


def test_starting_twice_starts_once(pages: Instance) -> None:
    first = pages.process
    assert not pages.start()
    assert pages.process == first


def test_another_program_meets_the_same_server(pages: Instance, tmp_path: Path) -> None:
    other = Instance(Pages(), pages.folder, cache=tmp_path / "cache")
    assert (other.process, other.urls(), other.answers()) == (pages.process, pages.urls(), True)


@pytest.mark.parametrize("end", [Instance.stop, Instance.kill])
def test_a_restart_keeps_the_url(pages: Instance, end: object) -> None:
    assert callable(end)
    url, first = pages.urls(), pages.process
    end(pages)
    assert not pages.answers()
    assert (pages.folder / "ended").exists()
    assert pages.start()
    assert pages.urls() == url
    assert pages.process != first


def test_a_frozen_server_runs_and_does_not_answer(pages: Instance) -> None:
    pages.freeze()
    assert pages.process is not None
    assert not pages.answers()
    pages.thaw()
    assert pages.answers()


def test_a_frozen_server_is_started_anew(pages: Instance) -> None:
    first = pages.process
    pages.freeze()
    assert pages.start()
    assert pages.process != first


@pytest.mark.parametrize("outlives", [False, True])
def test_a_server_ends_with_its_starter_however_that_dies_unless_it_outlives_it(tmp_path: Path, outlives: bool) -> None:
    script = (
        "import os, pathlib, signal, sys\n"
        "from deploy.native.instance import Instance\n"
        "from tests.integration.test_native_instance import Pages\n"
        "folder = pathlib.Path(sys.argv[1])\n"
        "Instance(Pages(), folder / 'pages', cache=folder / 'cache', outlives=bool(sys.argv[2])).start()\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    argument = "yes" if outlives else ""
    subprocess.run([sys.executable, "-c", script, str(tmp_path), argument], cwd=ROOT, check=False)
    instance = Instance(Pages(), tmp_path / "pages", cache=tmp_path / "cache")
    try:
        ended = processes.until(lambda: instance.process is None, timeout_s=1 if outlives else 20)
        assert ended is not outlives
    finally:
        instance.kill()


def test_a_server_that_does_not_start_says_why(tmp_path: Path) -> None:
    instance = Instance(Broken(), tmp_path / "broken", cache=tmp_path / "cache")
    with pytest.raises(NotStarted, match="the disk is full"):
        instance.start()
    assert instance.process is None


def test_credentials_are_random_and_for_us_alone(pages: Instance, tmp_path: Path) -> None:
    other = Instance(Pages(), tmp_path / "other", cache=tmp_path / "cache")
    other.start()
    try:
        assert other.place.credentials.password != pages.place.credentials.password
        assert (other.folder / "credentials.json").stat().st_mode & 0o777 == 0o600
        assert pages.place.credentials.password not in repr(pages.place)
    finally:
        other.kill()


def test_a_port_that_somebody_took_is_given_up(tmp_path: Path) -> None:
    file = tmp_path / "ports.json"
    first = ports.remembered(file, ("one", "two"))
    assert ports.remembered(file, ("one", "two")) == first
    taken = Instance(Pages(), tmp_path / "taken", cache=tmp_path / "cache")
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "ports.json").write_text(f'{{"http": {first["one"]}}}')
    taken.start()
    try:
        again = ports.remembered(file, ("one", "two"))
        assert again["one"] != first["one"]
        assert again["two"] == first["two"]
    finally:
        taken.kill()
