"""`python -m tintype doctor`: what can be checked on this machine without a library that runs."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sqlite3
import stat
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Final

from tintype.kit.errors import DomainError
from tintype.kit.operations.domain import Finding, Severity
from tintype.kit.settings import Settings

LocalCheck = Callable[[], Awaitable[Sequence[Finding]]]

PART: Final = "this machine"
OLDEST_SQLITE: Final = (3, 40)
_LITTLE_BYTES: Final = 2 * 1000**3  # where the first photos of a camera card no longer fit
_TOO_LITTLE_BYTES: Final = 200 * 1000**2


async def doctor(arguments: Sequence[str], settings: Settings, checks: Sequence[LocalCheck]) -> int:
    """Print what was found; returns 1 if something is wrong."""
    parser = argparse.ArgumentParser(prog="python -m tintype doctor", description="Checks this machine.")
    parser.add_argument("--json", action="store_true", help="print the findings as JSON")
    options = parser.parse_args(arguments)
    findings = [check_home(settings.home), check_work_tree(settings.home), check_disk(settings.home), check_sqlite()]
    for check in checks:
        try:
            findings += await check()
        except DomainError as error:
            findings.append(Finding(PART, error.reason.lower(), Severity.ERROR, error.message))
    if options.json:
        print(json.dumps([_json_of(finding) for finding in findings], indent=2))
    else:
        for finding in findings:
            print(f"{finding.severity.value:<8} {finding.check}: {finding.message} {finding.advice}".rstrip())
    return int(any(finding.severity is Severity.ERROR for finding in findings))


def check_home(home: Path) -> Finding:
    """Whether the library's folder is its owner's alone."""
    if not home.exists():
        return Finding(PART, "home", Severity.OK, f"{home} will be made at the first start")
    if not home.is_dir() or not os.access(home, os.R_OK | os.W_OK | os.X_OK):
        advice = "Give yourself the right, or set TINTYPE_HOME to a folder of yours."
        return Finding(PART, "home", Severity.ERROR, f"{home} cannot be written", advice)
    mode = stat.S_IMODE(home.stat().st_mode)
    if os.name == "posix" and mode & 0o077:
        message = f"others on this machine can look into {home} (mode {mode:o})"
        return Finding(PART, "home", Severity.ERROR, message, f"Run: chmod 700 '{home}'")
    return Finding(PART, "home", Severity.OK, f"{home} is its owner's alone")


def check_work_tree(home: Path) -> Finding:
    """Whether photos could end in a repository by mistake."""
    tree = next((folder for folder in (home, *home.parents) if (folder / ".git").exists()), None)
    if tree is None:
        return Finding(PART, "work tree", Severity.OK, "the home is in no git work tree")
    advice = "Set TINTYPE_HOME to a folder outside, so that no photo is committed or cleaned away."
    return Finding(PART, "work tree", Severity.WARNING, f"the home lies inside the git work tree {tree}", advice)


def check_disk(home: Path) -> Finding:
    """Whether there is room."""
    there = next(folder for folder in (home, *home.parents) if folder.exists())
    free = shutil.disk_usage(there).free
    message = f"{free / 1000**3:.1f} GB are free for {home}"
    if free < _TOO_LITTLE_BYTES:
        return Finding(PART, "disk", Severity.ERROR, message, "Make room: uploads fail when the disk is full.")
    if free < _LITTLE_BYTES:
        return Finding(PART, "disk", Severity.WARNING, message, "Make room before the next import.")
    return Finding(PART, "disk", Severity.OK, message)


def check_sqlite(version: tuple[int, int, int] = sqlite3.sqlite_version_info) -> Finding:
    """Whether SQLite is new enough, and can search text."""
    text = ".".join(map(str, version))
    if version < OLDEST_SQLITE:
        wanted = ".".join(map(str, OLDEST_SQLITE))
        advice = "Use a Python that brings a newer SQLite, such as one from python.org or uv."
        return Finding(PART, "sqlite", Severity.ERROR, f"SQLite {text} is older than {wanted}", advice)
    with sqlite3.connect(":memory:") as database:
        options = {row[0] for row in database.execute("PRAGMA compile_options")}
    database.close()
    if "ENABLE_FTS5" not in options:
        advice = "Use a Python whose SQLite has FTS5, such as one from python.org or uv."
        return Finding(PART, "sqlite", Severity.ERROR, f"SQLite {text} has no full-text search", advice)
    return Finding(PART, "sqlite", Severity.OK, f"SQLite {text} with full-text search")


def _json_of(finding: Finding) -> dict[str, str]:
    return {
        "part": finding.service,
        "check": finding.check,
        "severity": finding.severity.value,
        "message": finding.message,
        "advice": finding.advice,
    }
