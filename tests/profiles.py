"""The two profiles: a library in one folder, and one of many processes on real servers: one body of a test for both."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest
from tests.clean_servers import remove_namespace
from tests.servers import own_namespace, running_servers
from tools.deployment import Deployment, urls_on
from tools.library import Library, without_settings

EMBEDDED: Final = "embedded"
SERVERS: Final = "servers"
PROFILES: Final = (EMBEDDED, pytest.param(SERVERS, marks=pytest.mark.servers))

AnyLibrary = Library | Deployment


@contextmanager
def library_on(profile: str, home: Path, environment: Mapping[str, str]) -> Iterator[AnyLibrary]:
    """A library that runs; at the end it is stopped, and nothing is left of it on shared servers."""
    if profile == EMBEDDED:
        yield from _running(Library(home, environment, inherited=without_settings()))
        return
    servers, namespace = running_servers(), own_namespace()
    try:
        urls = {**urls_on(servers.urls, namespace), "TINTYPE_EVENTS_URL": servers.url("events", namespace)}
        yield from _running(Deployment(home, {**urls, **environment}, inherited=without_settings()))
    finally:
        remove_namespace(servers, namespace)


def _running(library: AnyLibrary) -> Iterator[AnyLibrary]:
    library.start()
    try:
        yield library
    finally:
        library.stop()
