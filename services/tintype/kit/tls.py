"""TLS towards the servers behind the five URLs.

A URL asks for it by its scheme (tls, mongodb+srv, ...+https, ...+grpcs), MongoDB's and NATS's also by naming a file;
its options `ca`, `cert` and `key` are files in PEM: what the server is checked against (the system's authorities, if
there is none) and what this process shows of itself.
"""

from __future__ import annotations

import os
import ssl
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tintype.kit.errors import FailedPrecondition
from tintype.kit.urls import InvalidUrl, Url

TLS_OPTIONS: Final = ("ca", "cert", "key")
_ALWAYS: Final = ("tls", "mongodb+srv")
_WHEN_ASKED: Final = ("mongodb", "nats")  # their plain scheme may be upgraded; that of the others says plain
_YES: Final = ("true", "1", "yes")


class TlsFilesUnusable(FailedPrecondition):
    """A file that a URL names for TLS cannot be used; says which."""


@dataclass(frozen=True, slots=True)
class TlsFiles:
    """The files of one connection; `key` is None too where `cert` holds both, or where there is no certificate."""

    ca: Path | None = None
    cert: Path | None = None
    key: Path | None = None

    @contextmanager
    def combined(self) -> Iterator[Path | None]:
        """Certificate and key in one file, as MongoDB's driver reads them; gone after the block."""
        if self.cert is None or self.key is None:
            yield self.cert
            return
        descriptor, name = tempfile.mkstemp(prefix="tintype-", suffix=".pem")  # the owner's alone
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(self.cert.read_bytes() + b"\n" + self.key.read_bytes())
            yield Path(name)
        finally:
            Path(name).unlink()


def tls_files(url: Url) -> TlsFiles | None:
    """The files that a URL names, None where it asks for plain text.

    Raises: InvalidUrl if what it asks for does not fit together; TlsFilesUnusable if a file cannot be read.
    """
    named = {name: Path(url.options[name]) for name in TLS_OPTIONS if url.options.get(name)}
    if not _asks(url, named=bool(named)):
        if named:
            raise InvalidUrl(f"{url.scheme}: is plain text, so {', '.join(named)} cannot be meant: use {url.scheme}s:")
        return None
    if "key" in named and "cert" not in named:
        raise InvalidUrl(f"{url.scheme}: names a key without its cert")
    for name, file in named.items():
        if not os.access(file, os.R_OK) or not file.is_file():
            raise TlsFilesUnusable(f"{url.scheme}: the file of option {name} cannot be read: {file}")
    return TlsFiles(**named)


def client_tls(url: Url) -> ssl.SSLContext | None:
    """What a driver connects with: TLS 1.2 or newer, chain and name checked; None where the URL asks for plain text.

    Raises: InvalidUrl, TlsFilesUnusable.
    """
    files = tls_files(url)
    if files is None:
        return None
    try:
        context = ssl.create_default_context(cafile=files.ca)
    except (ssl.SSLError, OSError) as error:
        raise TlsFilesUnusable(f"{url.scheme}: the file of option ca holds no certificate: {files.ca}") from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if files.cert is not None:
        try:
            context.load_cert_chain(files.cert, files.key)
        except (ssl.SSLError, OSError) as error:
            message = f"{url.scheme}: the files of options cert and key do not fit together: {files.cert}"
            raise TlsFilesUnusable(message) from error
    return context


def _asks(url: Url, *, named: bool) -> bool:
    if url.scheme in _ALWAYS or url.scheme.endswith(("+https", "+grpcs")):
        return True
    if url.scheme not in _WHEN_ASKED:
        return False
    said = url.options.get("tls", url.options.get("ssl", "")).lower()
    return said in _YES or (named and not said)
