"""Credentials of the servers: read from secret files, and refused where everybody knows them."""

from __future__ import annotations

import ipaddress
from pathlib import Path
from typing import Final

from tintype.kit.errors import FailedPrecondition
from tintype.kit.urls import Url

# What servers, their images and their guides come with. Tried first by whoever finds the port.
_KNOWN: Final = frozenset(
    {
        ("admin", "admin"),
        ("admin", "password"),
        ("elastic", "changeme"),
        ("elastic", "elastic"),
        ("guest", "guest"),
        ("minio", "minio123"),
        ("minioadmin", "minioadmin"),
        ("mongoadmin", "secret"),
        ("root", "example"),
        ("root", "password"),
        ("root", "root"),
        ("user", "pass"),
        ("user", "password"),
    }
)


class SecretUnreadable(FailedPrecondition):
    """A setting names a secret file that cannot be read."""


class KnownCredential(FailedPrecondition):
    """A server that others can reach has a user and a password that everybody knows."""


def secret_of(file: Path, *, setting: str) -> str:
    """The text of a secret file without the blanks around it. Raises SecretUnreadable."""
    try:
        text = file.read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SecretUnreadable(f"{setting}: the file cannot be read: {file}") from error
    if not text:
        raise SecretUnreadable(f"{setting}: the file is empty: {file}")
    return text


def refuse_known(url: Url, *, setting: str) -> None:
    """Raises KnownCredential, unless nothing from outside this machine can reach the server."""
    given = (url.username.lower(), url.password.lower())
    known = given in _KNOWN or (bool(url.username) and url.username == url.password)
    if known and not all(is_loopback(_without_port(host)) for host in url.host.split(",")):
        raise KnownCredential(
            f"{setting}: the password of {url.username} at {url.host} is one that everybody knows: change it there, "
            f"then give the new one, best by {setting.removesuffix('_URL')}_PASSWORD_FILE"
        )


def is_loopback(host: str) -> bool:
    """Whether nothing from outside this machine can reach the address."""
    if host in ("localhost", ""):
        return host == "localhost"
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _without_port(host: str) -> str:
    name, colon, port = host.rpartition(":")
    return name if colon and port.isdigit() else host
