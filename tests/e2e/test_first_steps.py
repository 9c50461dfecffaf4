"""From an empty library to a photo that came and went, by the command line alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.e2e.command_line import CommandLine
from tests.e2e.conftest import NewPerson
from tests.e2e.waiting import until

pytestmark = pytest.mark.timeout(180)


def found(line: CommandLine, words: str) -> list[str]:
    """The names of the files that a search finds, the best first."""
    answer = line.item("search", words)
    hits = answer["hits"]
    assert isinstance(hits, list)
    return [hit["photo"]["file_name"] for hit in hits]


def test_a_photo_is_imported_found_edited_gathered_thrown_away_and_brought_home(
    new_person: NewPerson, pictures: Path, tmp_path: Path
) -> None:
    anna = new_person("anna")
    account = anna.item("account", "show")
    assert (account["user_name"], account["role"]) == ("anna", "USER_ROLE_ADMINISTRATOR")

    report = anna.item("import", "folder", str(pictures))
    assert (report["new"], report["already_there"], report["refused"]) == (14, 0, 0)
    until(lambda: all(photo["state"] == "PHOTO_STATE_READY" for photo in anna.rows("photos", "list")))
    until(lambda: found(anna, "snow")[:1] == ["IMG_1107.jpg"])
    assert found(anna, "Christmas 2024") == ["IMG_4555.jpg"]

    photo_id = next(str(photo["photo_id"]) for photo in anna.rows("photos", "list", "--place", "Zermatt"))
    anna.ok("photos", "edit", photo_id, "--title", "Matterhorn", "--rating", "5", "--add-tag", "holiday", "--favourite")
    photo = anna.item("photos", "show", photo_id)
    assert (photo["title"], photo["rating"], photo["favourite"]) == ("Matterhorn", 5, True)
    until(lambda: found(anna, "Matterhorn")[:1] == ["IMG_1107.jpg"])

    anna.ok("albums", "create", "Alps", "--photo", photo_id)
    album = json.loads(anna.ok("albums", "show", "alps", "--json"))
    assert [each["photo_id"] for each in album["photos"]] == [photo_id]

    anna.ok("photos", "trash", photo_id)
    assert photo_id not in [photo["photo_id"] for photo in anna.rows("photos", "list")]
    until(lambda: "IMG_1107.jpg" not in found(anna, "Matterhorn"))
    anna.ok("photos", "restore", photo_id)
    until(lambda: found(anna, "Matterhorn")[:1] == ["IMG_1107.jpg"])
    assert anna.item("photos", "show", photo_id)["album_ids"] == [album["album"]["album_id"]]

    anna.ok("photos", "download", photo_id, "--to", str(tmp_path))
    assert (tmp_path / "IMG_1107.jpg").read_bytes() == (pictures / "IMG_1107.jpg").read_bytes()

    anna.ok("photos", "trash", photo_id)
    anna.ok("photos", "delete", photo_id)
    assert anna.run("photos", "show", photo_id).code == 4
    anna.ok("account", "sign-out")
    assert anna.run("photos", "list").code == 3


def test_uploading_the_same_file_again_says_so_and_takes_it_out_of_the_trash(
    new_person: NewPerson, pictures: Path
) -> None:
    bert = new_person("bert")
    file = str(pictures / "red-barn.jpg")
    first = json.loads(bert.ok("upload", file, "--json"))[0]
    assert not first["already_existed"]
    photo_id = first["photo"]["photo_id"]
    assert json.loads(bert.ok("upload", file, "--json"))[0]["already_existed"]

    bert.ok("photos", "trash", photo_id)
    report = bert.item("import", "folder", str(pictures / "red-barn.jpg"))
    assert (report["new"], report["in_trash"]) == (0, 1), "an import leaves the trash alone"
    bert.ok("upload", file)
    assert [photo["photo_id"] for photo in bert.rows("photos", "list")] == [photo_id]


def test_events_tell_of_a_photo_that_is_fully_processed(new_person: NewPerson, pictures: Path) -> None:
    cleo = new_person("cleo")
    watcher = cleo.start("events", "watch", "--kind", "photo-ready", "--limit", "1", "--json")
    waiting = sorted(pictures.iterdir())

    def saw_one() -> bool:
        """The watcher may connect after the first photo is ready: send one after the other, until it saw one."""
        if watcher.poll() is None and waiting:
            cleo.ok("upload", str(waiting.pop()))
        return watcher.poll() is not None

    try:
        until(saw_one)
        out, _ = watcher.communicate(timeout=30)
    finally:
        watcher.kill()
        watcher.communicate()
    assert json.loads(out)["event"]["kind"] == "LIBRARY_EVENT_KIND_PHOTO_READY"
