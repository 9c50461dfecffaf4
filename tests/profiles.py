"""The two profiles: a library in one folder, and one of many processes on real servers: one body of a test for both."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest
from tests.clean_servers import remove_namespace
from tests.servers import own_namespace, running_servers
from tests.traces import FolderTraces, ServerTraces, Traces
from tools.deployment import Deployment, urls_on
from tools.library import Library, without_settings

EMBEDDED: Final = "embedded"
SERVERS: Final = "servers"
PROFILES: Final = (EMBEDDED, pytest.param(SERVERS, marks=pytest.mark.servers))

AnyLibrary = Library | Deployment


@dataclass(frozen=True, slots=True)
class Installation:
    """A library that may run or not; `settings` says where its data is, `traces` looks through that."""

    library: AnyLibrary
    settings: Mapping[str, str]
    traces: Traces


@contextmanager
def installed(profile: str, home: Path, environment: Mapping[str, str]) -> Iterator[Installation]:
    """Not started yet. At the end nothing of it runs, and nothing is left of it on shared servers."""
    if profile == EMBEDDED:
        library = Library(home, environment, inherited=without_settings())
        with ending(library):
            yield Installation(library, environment, FolderTraces(home))
        return
    servers, namespace = running_servers(), own_namespace()
    urls = {**urls_on(servers.urls, namespace), "TINTYPE_EVENTS_URL": servers.url("events", namespace)}
    settings = {**urls, **environment}
    try:
        deployment = Deployment(home, settings, inherited=without_settings())
        with ending(deployment):
            yield Installation(deployment, settings, ServerTraces(servers, namespace))
    finally:
        remove_namespace(servers, namespace)


@contextmanager
def library_on(profile: str, home: Path, environment: Mapping[str, str]) -> Iterator[AnyLibrary]:
    """A library that runs; see `installed`."""
    with installed(profile, home, environment) as installation:
        installation.library.start()
        yield installation.library


@contextmanager
def ending(library: AnyLibrary) -> Iterator[None]:
    """Stop it at the end, whatever happened to it."""
    try:
        yield
    finally:
        library.stop()
