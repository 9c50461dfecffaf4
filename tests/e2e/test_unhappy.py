"""What goes wrong is said in one plain sentence, with an exit code that means something."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.e2e.command_line import CommandLine, Ended
from tests.e2e.conftest import NewPerson
from tests.e2e.waiting import until
from tests.profiles import AnyLibrary

pytestmark = pytest.mark.timeout(120)


def said(ended: Ended, code: int, *parts: str) -> None:
    """It ended with the code and one sentence that holds the parts; never with a traceback."""
    assert ended.code == code, ended.err
    assert ended.err.startswith("tintype: ")
    assert ended.err.count("\n") == 1
    assert all(part in ended.err for part in parts), ended.err


def test_a_wrong_password(new_person: NewPerson) -> None:
    hans = new_person("hans")
    hans.ok("account", "sign-out")
    ended = hans.run("account", "sign-in", "hans", TINTYPE_PASSWORD="not-the-password")
    said(ended, 3, "password is wrong")
    hans.ok("account", "sign-in", "hans", "--password-stdin", stdin="eleven-lilac-otters-sing\n", TINTYPE_PASSWORD="")


def test_nobody_signed_in(library: AnyLibrary, tmp_path: Path) -> None:
    said(CommandLine(library.address, tmp_path).run("photos", "list"), 3, "tintype account sign-in")


def test_the_server_is_away(tmp_path: Path) -> None:
    line = CommandLine("127.0.0.1:1", tmp_path)
    said(line.run("account", "create", "ida"), 5, "does not answer", "tintype up")


def test_a_file_that_is_no_picture(new_person: NewPerson, tmp_path: Path) -> None:
    jana = new_person("jana")
    (tmp_path / "letter.jpg").write_text("Dear Ida")
    ended = jana.run("upload", str(tmp_path / "letter.jpg"))
    assert ended.code == 6
    assert "refused" in ended.err
    assert "JPEG, PNG" in ended.err
    (tmp_path / "nothing.png").touch()
    ended = jana.run("upload", str(tmp_path / "nothing.png"))
    assert (ended.code, "he file is empty" in ended.err) == (6, True), ended.err


def test_what_only_administrators_may(new_person: NewPerson) -> None:
    new_person("karl")  # so that the next one is no administrator, whatever ran before
    lena = new_person("lena")
    said(lena.run("admin", "users"), 3)
    said(lena.run("admin", "stats"), 3)


def test_a_key_without_the_scope(new_person: NewPerson) -> None:
    mona = new_person("mona")
    secret = mona.ok("keys", "create", "reader", "--scope", "photos.read").strip()
    assert mona.rows("photos", "list", "--key", secret) == []
    said(mona.run("albums", "create", "Mine", "--key", secret), 3, "albums.write")
    mona.ok("keys", "revoke", str(mona.rows("keys", "list")[0]["api_key_id"]))
    # Other processes than the one that revoked it hear of it within a second.
    until(lambda: mona.run("photos", "list", "--key", secret).code != 0, timeout_s=5)
    said(mona.run("photos", "list", "--key", secret), 3)


def test_what_is_not_there(new_person: NewPerson) -> None:
    nils = new_person("nils")
    said(nils.run("photos", "show", "nosuchphoto"), 4, "tintype photos list")
    said(nils.run("albums", "show", "Nowhere"), 4, "no album 'Nowhere'")
    said(nils.run("operations", "show", "nosuchoperation"), 4)


def test_a_photo_of_somebody_else_is_not_there(new_person: NewPerson, pictures: Path) -> None:
    olga, paul = new_person("olga"), new_person("paul")
    olga.ok("upload", str(pictures / "red-barn.jpg"))
    photo_id = str(olga.rows("photos", "list")[0]["photo_id"])
    said(paul.run("photos", "show", photo_id), 4)
    assert paul.run("photos", "trash", photo_id).code == 4


def test_wrong_use(new_person: NewPerson) -> None:
    rosa = new_person("rosa")
    said(rosa.run("photos", "list", "--from", "yesterday"), 2, "no date")
    said(rosa.run("search", "--near", "here"), 2, "no point")
    said(rosa.run("search"), 2, "Say what to look for")
    assert rosa.run("photos", "fly").code == 2


def test_a_password_that_is_weak_or_missing(library: AnyLibrary, tmp_path: Path) -> None:
    line = CommandLine(library.address, tmp_path)
    said(line.run("account", "create", "sven", TINTYPE_PASSWORD="password"), 2, "Choose a longer one")
    said(line.run("account", "create", "sven", TINTYPE_PASSWORD=""), 2, "--password-stdin")


def test_credentials_are_for_their_owner_alone(new_person: NewPerson) -> None:
    tina = new_person("tina")
    files = list((tina.config / "credentials").iterdir())
    assert [file.stat().st_mode & 0o777 for file in files] == [0o600]
    assert (tina.config / "credentials").stat().st_mode & 0o777 == 0o700
    assert tina.config.stat().st_mode & 0o777 == 0o700
