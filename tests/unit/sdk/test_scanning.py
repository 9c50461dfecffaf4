from __future__ import annotations

from pathlib import Path

from tintype_sdk.scanning import Scan


def test_pictures_are_found_in_order_and_the_rest_is_counted(tmp_path: Path) -> None:
    for name in ("b/two.JPG", "a/one.heic", "a/film.mov", "a/notes.txt", "three.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"1234")
    scan = Scan([tmp_path])
    found = list(scan)
    assert [each.path.relative_to(tmp_path).as_posix() for each in found] == ["three.png", "a/one.heic", "b/two.JPG"]
    assert {each.size_bytes for each in found} == {4}
    assert scan.others == {"mov": 1, "txt": 1}


def test_hidden_files_system_folders_and_links_are_left_out(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    inside = tmp_path / "inside"
    for name in ("outside/o.jpg", "inside/.trash/h.jpg", "inside/.h.jpg", "inside/@eaDir/s.jpg", "inside/yes.jpg"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (inside / "link").symlink_to(outside)
    (inside / "link.jpg").symlink_to(outside / "o.jpg")
    scan = Scan([inside])
    assert [each.path.name for each in scan] == ["yes.jpg"]
    assert scan.links == 2


def test_what_cannot_be_read_is_told_and_does_not_end_the_walk(tmp_path: Path) -> None:
    (tmp_path / "there.jpg").touch()
    scan = Scan([tmp_path / "gone.jpg", tmp_path])
    assert [each.path.name for each in scan] == ["there.jpg"]
    assert [path.name for path, _ in scan.failures] == ["gone.jpg"]


def test_a_file_that_is_named_is_taken_whatever_its_extension(tmp_path: Path) -> None:
    (tmp_path / "picture.data").touch()
    assert len(list(Scan([tmp_path / "picture.data"]))) == 1
    assert list(Scan([tmp_path])) == []
