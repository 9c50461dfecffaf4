"""A library goes to another place and comes back, by the command line: whoever signs in finds everything."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.clean_servers import remove_namespace
from tests.e2e.command_line import CommandLine
from tests.e2e.conftest import ENVIRONMENT
from tests.e2e.waiting import until
from tests.profiles import EMBEDDED, PROFILES
from tests.servers import own_namespace, running_servers
from tools.library import Library, running, without_settings

pytestmark = pytest.mark.timeout(300)

NAME = "anna"


@pytest.fixture(params=PROFILES)
def elsewhere(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[dict[str, str]]:
    """The settings of another place: a folder, or servers."""
    if request.param == EMBEDDED:
        yield {"TINTYPE_HOME": str(tmp_path / "elsewhere")}
        return
    servers, namespace = running_servers(), own_namespace()
    parts = ("database", "events", "blobs", "index")
    yield {f"TINTYPE_{part.upper()}_URL": servers.url(part, namespace) for part in parts}
    remove_namespace(servers, namespace)


def library(home: Path, environment: dict[str, str]) -> Library:
    models = {"TINTYPE_MODELS_HOME": str(home.parent / "models")}
    return Library(home, {**ENVIRONMENT, **models, **environment}, inherited=without_settings())


def states(line: CommandLine) -> set[object]:
    return {photo["state"] for photo in line.rows("photos", "list")}


def found(line: CommandLine, words: str) -> list[str]:
    hits = line.item("search", words)["hits"]
    assert isinstance(hits, list)
    return [hit["photo"]["file_name"] for hit in hits]


def check(line: CommandLine, pictures: Path, folder: Path) -> None:
    """What was there is there: files, edits, albums, the trash, and the index without waiting for anything."""
    line.ok("account", "sign-in", NAME)
    assert {photo["file_name"] for photo in line.rows("photos", "list")} == {"red-barn.jpg"}
    assert {photo["file_name"] for photo in line.rows("photos", "list", "--trashed")} == {"IMG_1107.jpg"}
    assert found(line, "Lindgren's") == ["red-barn.jpg"]
    album = line.item("albums", "show", "Farm")
    photos = album["photos"]
    assert isinstance(photos, list)
    assert [photo["title"] for photo in photos] == ["Lindgren's barn"]
    folder.mkdir()
    line.ok("photos", "download", str(photos[0]["photo_id"]), "--to", str(folder))
    assert (folder / "red-barn.jpg").read_bytes() == (pictures / "red-barn.jpg").read_bytes()


def test_a_library_goes_elsewhere_and_comes_back(elsewhere: dict[str, str], pictures: Path, tmp_path: Path) -> None:
    first, last = tmp_path / "first", tmp_path / "last"
    (target := tmp_path / "elsewhere.env").write_text("".join(f"{name}={url}\n" for name, url in elsewhere.items()))
    with running(library(first, {})) as started:
        anna = CommandLine(started.address, tmp_path / "config")
        anna.ok("account", "create", NAME)
        anna.ok("upload", str(pictures / "red-barn.jpg"), str(pictures / "IMG_1107.jpg"))
        until(lambda: states(anna) == {"PHOTO_STATE_READY"})
        ids = {str(photo["file_name"]): str(photo["photo_id"]) for photo in anna.rows("photos", "list")}
        anna.ok("photos", "edit", ids["red-barn.jpg"], "--title", "Lindgren's barn")
        anna.ok("albums", "create", "Farm", "--photo", ids["red-barn.jpg"])
        anna.ok("photos", "trash", ids["IMG_1107.jpg"])
        refused = anna.run("admin", "move", "--to", str(target), TINTYPE_HOME=str(first))
        assert (refused.code, "stop it first" in refused.err) == (2, True)
    assert "Everything is there" in anna.ok("admin", "move", "--to", str(target), TINTYPE_HOME=str(first))
    away = Path(elsewhere.get("TINTYPE_HOME", str(tmp_path / "away")))
    with running(library(away, elsewhere)) as started:
        check(CommandLine(started.address, tmp_path / "config"), pictures, tmp_path / "there")
    settings = {"TINTYPE_HOME": str(away), **elsewhere}
    until(lambda: "Everything is there" in anna.run("admin", "move", "--to", str(last), **settings).out)
    with running(library(last, {})) as started:
        check(CommandLine(started.address, tmp_path / "config"), pictures, tmp_path / "back")
