"""Everything that prints data prints JSON when asked, under the names of the contract."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.e2e.conftest import NewPerson

pytestmark = pytest.mark.timeout(300)  # some fifty commands, each a process of its own

LISTS = [
    ("photos", "list"),
    ("albums", "list"),
    ("tags",),
    ("keys", "list"),
    ("webhooks", "list"),
    ("operations", "list"),
    ("models", "list"),
    ("admin", "users"),
    ("admin", "jobs"),
    ("admin", "dead-letters"),
    ("admin", "sweep"),
    ("admin", "audit"),
]


def test_every_command_that_prints_data_prints_json(new_person: NewPerson, pictures: Path, tmp_path: Path) -> None:
    ursa = new_person("ursa")
    assert ursa.rows("upload", str(pictures / "IMG_4555.jpg"))[0]["already_existed"] is False
    for command in LISTS:
        assert isinstance(ursa.rows(*command), list), command
    photo = ursa.rows("photos", "list")[0]
    photo_id = str(photo["photo_id"])
    assert {"photo_id", "file_name", "size_bytes", "state", "stages", "favourite"} <= photo.keys()

    assert ursa.item("photos", "show", photo_id)["photo_id"] == photo_id
    assert ursa.rows("photos", "edit", photo_id, "--title", "Station")[0]["title"] == "Station"
    assert ursa.item("photos", "trash", photo_id) == {"changed": 1, "failures": []}
    assert ursa.item("photos", "restore", photo_id) == {"changed": 1, "failures": []}
    assert ursa.rows("photos", "download", photo_id, "--to", str(tmp_path))[0]["photo_id"] == photo_id
    assert {"hits", "understanding", "degraded", "facets"} <= ursa.item("search", "Lund", "--facets").keys()
    assert ursa.item("import", "folder", str(pictures), "--dry-run")["new"] == 13

    album = ursa.item("albums", "create", "Stations")
    assert ursa.item("albums", "add", "Stations", photo_id)["changed"] == 1
    assert ursa.item("albums", "edit", "Stations", "--description", "All of them")["description"] == "All of them"
    assert ursa.item("albums", "remove", str(album["album_id"]), photo_id)["changed"] == 1
    assert ursa.item("albums", "delete", "Stations")["album_id"] == album["album_id"]
    assert {"api_key", "secret"} == ursa.item("keys", "create", "k", "--scope", "search").keys()
    assert ursa.item("account", "show")["user_name"] == "ursa"
    assert ursa.item("admin", "stats")["values"]
    assert "invitation" in ursa.item("admin", "invite")

    operation = ursa.item("admin", "reindex")
    assert operation["state"] == "OPERATION_STATE_SUCCEEDED"
    assert ursa.item("operations", "show", str(operation["operation_id"]))["kind"] == "OPERATION_KIND_REINDEX"
    findings = json.loads(ursa.run("doctor", "--json").out)
    assert {"client", "server", "analysis", "this machine"} <= {finding["part"] for finding in findings}
    assert {finding["severity"] for finding in findings} <= {"ok", "warning", "error"}
