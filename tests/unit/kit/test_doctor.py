from __future__ import annotations

from pathlib import Path

from tintype.kit.doctor import check_disk, check_home, check_sqlite, check_work_tree
from tintype.kit.operations.domain import Severity


def test_a_home_that_others_can_read_is_an_error_with_its_remedy(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    finding = check_home(tmp_path)
    assert finding.severity is Severity.ERROR
    assert "chmod 700" in finding.advice
    tmp_path.chmod(0o700)
    assert check_home(tmp_path).severity is Severity.OK


def test_a_home_that_is_not_made_yet_is_well(tmp_path: Path) -> None:
    assert check_home(tmp_path / "later").severity is Severity.OK
    assert check_disk(tmp_path / "later").severity in Severity


def test_a_home_inside_a_work_tree_is_warned_of(tmp_path: Path) -> None:
    assert check_work_tree(tmp_path / "photos").severity is Severity.OK
    (tmp_path / ".git").mkdir()
    assert check_work_tree(tmp_path / "photos").severity is Severity.WARNING


def test_an_old_sqlite_is_an_error() -> None:
    assert check_sqlite((3, 39, 5)).severity is Severity.ERROR
    assert check_sqlite().severity is Severity.OK
