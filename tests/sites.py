"""Where a library keeps what it has, on both profiles: for tests that start it as one process, or not at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from tests.clean_servers import remove_namespace
from tests.profiles import EMBEDDED, PROFILES, SERVERS
from tests.servers import own_namespace, running_servers
from tools.deployment import urls_on

__all__ = ["PROFILES", "SERVERS", "Site", "site", "site_on"]


@dataclass(frozen=True, slots=True)
class Site:
    """A home, and the URLs of what does not lie in it."""

    home: Path
    urls: Mapping[str, str] = field(default_factory=dict)


@contextmanager
def site_on(profile: str, home: Path) -> Iterator[Site]:
    """Of a test's own. At the end nothing is left of it on shared servers."""
    if profile == EMBEDDED:
        yield Site(home)
        return
    servers, namespace = running_servers(), own_namespace()
    try:
        yield Site(home, {**urls_on(servers.urls, namespace), "TINTYPE_EVENTS_URL": servers.url("events", namespace)})
    finally:
        remove_namespace(servers, namespace)


@pytest.fixture(params=PROFILES)
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    """On either profile."""
    with site_on(request.param, tmp_path / "home") as own:
        yield own
