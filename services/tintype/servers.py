"""The servers behind the five URLs, before anything is built on them: waited for at the start, named by `doctor`."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, cast

from tintype.kit.credentials import is_loopback
from tintype.kit.errors import DomainError
from tintype.kit.log import log_of
from tintype.kit.operations.domain import Finding, Severity
from tintype.kit.reach import Address
from tintype.kit.servers import (
    RightMissing,
    ServerAnswer,
    ServerCheck,
    ServerChecks,
    ServerUnfit,
    ServerUnreachable,
)
from tintype.kit.settings import PARTS, Settings
from tintype.kit.tls import tls_files
from tintype.kit.urls import Url
from tintype.kit.waiting import until_there

# What each service opens; every process keeps operations and leases in the database.
NEEDS: Final[Mapping[str, Sequence[str]]] = {
    "accounts": ("database", "events"),
    "upload": ("database", "events", "blobs"),
    "catalog": ("database", "events", "blobs"),
    "analysis": ("database", "events", "blobs", "inference"),
    "search": ("database", "events", "index", "inference"),
    "people": ("database", "events"),
    "curation": ("database", "events"),
}
# Loaded only where the scheme is that of a server, with its driver.
_CHECKS: Final[Mapping[str, str]] = {
    "database": "tintype.kit.store.mongo_check",
    "events": "tintype.events.jetstream_check",
    "blobs": "tintype.blobs.s3_check",
    "index": "tintype.search.adapters.elasticsearch.check",
    "inference": "tintype.vision.engines.triton_check",
}
_IN_WORDS: Final[Mapping[str, str]] = {
    "database": "its database",
    "events": "its stream of facts",
    "blobs": "its store of photos",
    "index": "its search index",
    "inference": "its model server",
}
_EMBEDDED: Final = ("sqlite", "file", "onnx")
PART: Final = "servers"  # as findings name it
_log: Final = log_of(__name__)


class Missing:
    """The servers that these services need, and of which it is not known yet that they answer."""

    def __init__(self, settings: Settings, services: Iterable[str]) -> None:
        needed = {part for service in services for part in NEEDS[service]}
        self.parts: list[str] = [
            part for part in PARTS if part in needed and settings.url(part).scheme not in _EMBEDDED
        ]

    def __str__(self) -> str:
        """A sentence for anybody: where they are is for the log."""
        if not self.parts:
            return "the library is starting: try again in a moment"
        return f"the library is starting and waits for {' and '.join(_IN_WORDS[part] for part in self.parts)}"


async def wait_for_servers(settings: Settings, services: Iterable[str], missing: Missing | None = None) -> None:
    """Until every server that these services need answers; takes those that do out of `missing`.

    Raises: ServerUnfit, InvalidUrl, for which waiting would not help.
    """
    missing = missing or Missing(settings, services)
    waits = [asyncio.ensure_future(_wait(part, settings.url(part), missing)) for part in list(missing.parts)]
    try:
        await asyncio.gather(*waits)
    finally:
        for wait in waits:  # when one is unfit, nobody needs the others
            wait.cancel()


async def require_servers(settings: Settings, parts: Iterable[str], *, whose: str = "") -> None:
    """Ask these once. Raises ServerUnreachable, ServerUnfit, InvalidUrl: each says which part of `whose` it is."""
    for part in parts:
        url = settings.url(part)
        check = _check_of(part, url)
        try:
            if check is not None:
                await check(url)
        except DomainError as error:
            raise type(error)(f"{whose}{part}: {error.message}") from error


async def check_servers(settings: Settings) -> list[Finding]:
    """What there is to say of each server that the URLs name; nothing of files."""
    found = await asyncio.gather(*(_findings(part, settings) for part in PARTS))
    return [finding for findings in found for finding in findings]


async def _wait(part: str, url: Url, missing: Missing) -> None:
    if (check := _check_of(part, url)) is not None:
        await _answered_by(part, url, check)
    missing.parts.remove(part)


async def _answered_by(part: str, url: Url, check: ServerCheck) -> None:
    try:
        answer = await until_there(f"{part} at {url}", lambda: check(url))
    except RightMissing as error:  # this service may do without it: `doctor` is stricter
        _log.warning("server_warning", part=part, because=error.message)
        return
    except DomainError as error:
        raise type(error)(f"TINTYPE_{part.upper()}_URL: {error.message}") from error
    for warning in answer.warnings:
        _log.warning("server_warning", part=part, product=answer.product, version=answer.version, because=warning)


async def _findings(part: str, settings: Settings) -> list[Finding]:
    try:
        url = settings.url(part)
        check = _check_of(part, url)
        if check is None:
            return []
        answer = await check(url)
    except (ServerUnreachable, ServerUnfit) as error:
        return [Finding(PART, part, Severity.ERROR, error.message, error.advice)]
    except DomainError as error:
        return [Finding(PART, part, Severity.ERROR, error.message, f"Correct TINTYPE_{part.upper()}_URL.")]
    return [_answered(part, url, answer), *_warnings(part, url, answer, settings)]


def _answered(part: str, url: Url, answer: ServerAnswer) -> Finding:
    return Finding(PART, part, Severity.OK, f"{answer.product} {answer.version}".rstrip() + f" answers at {url}")


def _warnings(part: str, url: Url, answer: ServerAnswer, settings: Settings) -> list[Finding]:
    found = [Finding(PART, part, Severity.WARNING, f"{url.host}: {warning}") for warning in answer.warnings]
    outside = [host for host in url.host.split(",") if not is_loopback(Address.of(host, default_port=0).host)]
    if outside and tls_files(url) is None and not settings.plain_text:
        message = f"{', '.join(outside)} is asked in plain text, which others on the way can read"
        advice = "Use the scheme with TLS, or set TINTYPE_PLAIN_TEXT where the network encrypts."
        found.append(Finding(PART, part, Severity.WARNING, message, advice))
    return found


def _check_of(part: str, url: Url) -> ServerCheck | None:
    """None for what is no server; also for a scheme that nobody knows, of which its opener will say so."""
    if url.scheme in _EMBEDDED:
        return None
    checks = cast(ServerChecks, importlib.import_module(_CHECKS[part]).CHECKS)
    return checks.get(url.scheme)
