"""`python -m tintype doctor`: what can be checked on this machine without a library that runs."""

from __future__ import annotations

import argparse
import errno
import json
import os
import shutil
import socket
import sqlite3
import ssl
import stat
import sys
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509

from tintype.kit.errors import DomainError
from tintype.kit.operations.domain import Finding, Severity
from tintype.kit.settings import Settings
from tintype.kit.store.errors import StoreInUse
from tintype.kit.store.file_lock import locked

LocalCheck = Callable[[], Awaitable[Sequence[Finding]]]

PART: Final = "this machine"
OLDEST_SQLITE: Final = (3, 40)
OLDEST_PYTHON: Final = (3, 11)
NEWEST_PYTHON: Final = (3, 13)
_RENEW_BEFORE: Final = timedelta(days=14)
_LITTLE_BYTES: Final = 2 * 1000**3  # where the first photos of a camera card no longer fit
_TOO_LITTLE_BYTES: Final = 200 * 1000**2


async def doctor(arguments: Sequence[str], settings: Settings, checks: Sequence[LocalCheck]) -> int:
    """Print what was found; returns 1 if something is wrong."""
    parser = argparse.ArgumentParser(prog="python -m tintype doctor", description="Checks this machine.")
    parser.add_argument("--json", action="store_true", help="print the findings as JSON")
    options = parser.parse_args(arguments)
    findings = [check_home(settings.home), check_work_tree(settings.home), check_disk(settings.home)]
    findings += [check_python(), check_sqlite(), *check_ports(settings), *check_tls(settings)]
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


def check_python(version: tuple[int, int] = sys.version_info[:2]) -> Finding:
    """Whether this Python is one that the library is tested on."""
    text = ".".join(map(str, version))
    if OLDEST_PYTHON <= version <= NEWEST_PYTHON:
        return Finding(PART, "python", Severity.OK, f"Python {text}")
    wanted = " to ".join(".".join(map(str, each)) for each in (OLDEST_PYTHON, NEWEST_PYTHON))
    return Finding(PART, "python", Severity.WARNING, f"Python {text} is not tested", f"Use Python {wanted}.")


def check_ports(settings: Settings) -> list[Finding]:
    """Whether the ports are free, or taken by this very library."""
    listeners = (("port", settings.host, settings.port), ("http port", settings.http_host, settings.http_port))
    return [_check_port(name, host, port, settings) for name, host, port in listeners]


def _check_port(name: str, host: str, port: int, settings: Settings) -> Finding:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
    except OSError as error:
        if error.errno == errno.EADDRINUSE and _runs(settings.home):
            return Finding(PART, name, Severity.OK, f"this library runs, and port {port} is taken")
        setting = f"TINTYPE_{name.replace(' ', '_').upper()}"
        message = f"nothing can listen on {host}:{port}: {error.strerror or error}"
        return Finding(PART, name, Severity.ERROR, message, f"End what listens there, or set {setting}.")
    return Finding(PART, name, Severity.OK, f"{host}:{port} is free" if port else f"{host}, any free port")


def _runs(home: Path) -> bool:
    """Whether a library runs on this home."""
    if not home.is_dir():
        return False
    try:
        with locked(home / "tintype"):
            return False
    except StoreInUse:
        return True


def check_tls(settings: Settings) -> list[Finding]:
    """Whether the certificate can be read, fits its key and is still valid; nothing if there is none."""
    certificate, key = settings.tls_cert_file, settings.tls_key_file
    if certificate is None or key is None:
        return []
    try:
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(certificate, key)
        if settings.tls_ca_file is not None:
            ssl.create_default_context(cafile=settings.tls_ca_file)
        expire_time = x509.load_pem_x509_certificate(certificate.read_bytes()).not_valid_after_utc
    except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
        advice = "Check TINTYPE_TLS_CERT_FILE, TINTYPE_TLS_KEY_FILE and TINTYPE_TLS_CA_FILE."
        return [Finding(PART, "tls", Severity.ERROR, f"the TLS files cannot be used: {error}", advice)]
    message = f"the certificate is valid until {expire_time:%Y-%m-%d}"
    left = expire_time - datetime.now(UTC)
    if left < _RENEW_BEFORE:
        severity = Severity.ERROR if left < timedelta(0) else Severity.WARNING
        return [Finding(PART, "tls", severity, message, "Renew it and start again.")]
    return [Finding(PART, "tls", Severity.OK, message)]


def _json_of(finding: Finding) -> dict[str, str]:
    return {
        "part": finding.service,
        "check": finding.check,
        "severity": finding.severity.value,
        "message": finding.message,
        "advice": finding.advice,
    }
