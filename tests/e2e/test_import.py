"""Imports that are broken off, meet what cannot be imported, or are repeated."""

from __future__ import annotations

import random
import signal
from pathlib import Path

import pytest
from PIL import Image
from tests.e2e.conftest import NewPerson
from tests.e2e.waiting import until
from tests.profiles import AnyLibrary

pytestmark = pytest.mark.timeout(180)


def draw(folder: Path, count: int, *, side: int = 64) -> list[Path]:
    """Pictures that all differ."""
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for number in range(count):
        noise = random.Random(f"{folder.name}-{number}").randbytes(side * side * 3)
        files.append(folder / f"picture-{number:04}.png")
        Image.frombytes("RGB", (side, side), noise).save(files[-1])
    return files


def test_an_import_that_is_killed_and_run_again_sends_only_what_is_missing(
    new_person: NewPerson, tmp_path: Path
) -> None:
    dora = new_person("dora")
    draw(tmp_path / "many", 150)
    importing = dora.start("import", "folder", str(tmp_path / "many"), "--jobs", "1", "--json")
    until(lambda: len(dora.rows("photos", "list", "--limit", "0")) >= 10)
    importing.send_signal(signal.SIGKILL)
    importing.communicate()
    there = len(dora.rows("photos", "list", "--limit", "0"))
    assert 10 <= there < 150, "it was killed in the middle"

    report = dora.item("import", "folder", str(tmp_path / "many"))
    assert report["refused"] == 0
    assert report["already_there"] in range(there, there + 2), "one may have been acknowledged while we looked"
    assert report["new"] == 150 - report["already_there"]  # type: ignore[operator]
    assert len(dora.rows("photos", "list", "--limit", "0")) == 150
    assert dora.item("import", "folder", str(tmp_path / "many"))["new"] == 0


def test_an_import_outlives_the_server_that_is_killed_meanwhile(
    new_person: NewPerson, library: AnyLibrary, tmp_path: Path
) -> None:
    erik = new_person("erik")
    draw(tmp_path / "some", 120)
    port = int(library.address.rpartition(":")[2])
    importing = erik.start("import", "folder", str(tmp_path / "some"), "--jobs", "2", "--json")
    until(lambda: len(erik.rows("photos", "list", "--limit", "0")) >= 5)
    library.kill()
    library.port = port
    library.start()
    out, err = importing.communicate(timeout=90)
    assert importing.returncode == 0, err
    assert '"refused": 0' in out
    assert len(erik.rows("photos", "list", "--limit", "0")) == 120


def test_what_cannot_be_imported_is_named_and_the_rest_gets_in(new_person: NewPerson, tmp_path: Path) -> None:
    fred = new_person("fred")
    draw(tmp_path / "mixed", 3)
    (tmp_path / "mixed" / "not-a-picture.jpg").write_text("words, no picture")
    (tmp_path / "mixed" / "empty.jpg").touch()
    (tmp_path / "mixed" / "film.mp4").write_bytes(b"film")
    (tmp_path / "mixed" / ".hidden").mkdir()
    draw(tmp_path / "mixed" / ".hidden", 1)
    draw(tmp_path / "mixed" / "@eaDir", 1)
    (tmp_path / "mixed" / "link.png").symlink_to(tmp_path / "mixed" / "picture-0000.png")

    ended = fred.run("import", "folder", str(tmp_path / "mixed"), "--json")
    report = ended.json()
    assert isinstance(report, dict)
    assert ended.code == 6
    assert (report["new"], report["refused"], report["links"], report["other_files"]) == (3, 2, 1, {"mp4": 1})
    reasons = {Path(each["path"]).name: each["reason"] for each in report["refusals"]}
    assert reasons == {"not-a-picture.jpg": "UNSUPPORTED_MEDIA", "empty.jpg": "FILE_EMPTY"}


def test_a_dry_run_sends_nothing(new_person: NewPerson, tmp_path: Path) -> None:
    gina = new_person("gina")
    files = draw(tmp_path / "few", 3)
    (tmp_path / "few" / "copy.png").write_bytes(files[0].read_bytes())
    gina.ok("upload", str(files[0]))
    report = gina.item("import", "folder", str(tmp_path / "few"), "--dry-run")
    assert (report["dry_run"], report["new"], report["already_there"]) == (True, 2, 2)
    assert len(gina.rows("photos", "list")) == 1
