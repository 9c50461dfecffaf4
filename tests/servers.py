"""The real servers that `make servers-up` started, for tests marked `servers`."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import pytest
from deploy.native.layout import state_folder

SMALL_STREAM: Final = f"max_bytes={64 * 2**20}"  # the server sets the space of a stream aside at once


def own_namespace() -> str:
    """A name for databases, streams, buckets and indexes that no other test uses."""
    return f"test-{secrets.token_hex(5)}"


@dataclass(frozen=True, slots=True)
class Servers:
    """The URLs of the servers, without a namespace; `url` adds one. What a test makes in its namespace it removes."""

    urls: Mapping[str, str]

    def url(self, name: str, namespace: str = "") -> str:
        """One of database, events, blobs, blobs_versitygw, index, inference."""
        url = urlsplit(self.urls[name])._replace(path=f"/{namespace}" if namespace else "")
        return url._replace(query=SMALL_STREAM).geturl() if name == "events" and namespace else url.geturl()

    @property
    def database(self) -> str:
        return self.url("database")

    @property
    def events(self) -> str:
        return self.url("events")

    @property
    def blobs(self) -> str:
        return self.url("blobs")

    @property
    def blobs_versitygw(self) -> str:
        return self.url("blobs_versitygw")

    @property
    def index(self) -> str:
        return self.url("index")

    @property
    def inference(self) -> str:
        return self.url("inference")


def running_servers(folder: Path | None = None) -> Servers:
    """Those of this clone; skips where they are not up, fails where they have to be."""
    file = (folder or state_folder()) / "urls.json"
    urls = json.loads(file.read_text()) if file.is_file() else {}
    missing = {"database", "events", "blobs", "blobs_versitygw", "index", "inference"} - set(urls)
    if not missing:
        return Servers(urls)
    reason = f"the servers are not up ({', '.join(sorted(missing))}): run `make servers-up`"
    if os.environ.get("TINTYPE_REQUIRE_SERVERS") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def servers() -> Servers:
    """The servers of this clone, shared by all tests: use a namespace of your own, and never stop one."""
    return running_servers()


@pytest.fixture
def namespace() -> str:
    """A namespace of this test alone."""
    return own_namespace()
