"""The client of an Elasticsearch, and what its errors mean to us."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Final

from elastic_transport.client_utils import DEFAULT
from elasticsearch import ApiError, AsyncElasticsearch, TransportError, UnsupportedProductError
from elasticsearch.serializer import NdjsonSerializer, OrjsonSerializer

from tintype.kit.errors import DomainError, FailedPrecondition
from tintype.kit.tls import client_tls
from tintype.kit.urls import Url
from tintype.search.ports import IndexUnavailable

# 9.2 leaves vectors out of `_source` and gives them when asked; from 10 on nobody has tried.
LEAST_VERSION: Final = (9, 2)
BEYOND_VERSION: Final = (10, 0)
TIMEOUT_S: Final = 10.0  # of one call; a bulk of 64 photos takes 30 ms
CONNECTIONS: Final = 32
_BUSY: Final = frozenset({401, 403, 408, 429, 502, 503, 504})  # credentials may be changing this moment

_GONE_MEANWHILE: Final = "search_phase_execution_exception"  # what a search meets whose index is dropped under it


class IndexUnusable(FailedPrecondition):
    """What answers is no Elasticsearch of a version that this program works with."""


class IndexRefused(DomainError):
    """The index does not take what it was given, whatever is retried; the log has its answer."""


class IndexMissing(IndexUnavailable):
    """An index, an alias or a shard that was there is gone: a rebuild was finished, or the data was lost."""


class Lines(OrjsonSerializer, NdjsonSerializer):
    """Several searches or writes in one body."""


# A vector in the JSON of the standard library takes 0.11 ms instead of 0.01, a thousand hits 0.7 instead of 0.2.
_SERIALIZERS: Final = {each.mimetype: each for each in (OrjsonSerializer(), Lines())}


def client_of(url: Url) -> AsyncElasticsearch:
    """The client of an elasticsearch+http(s) URL, not connected yet.

    Several hosts are separated by commas. Raises what `client_tls` does.
    """
    tls = client_tls(url)
    nodes = [f"{'https' if tls else 'http'}://{_with_port(host)}" for host in url.host.split(",")]
    return AsyncElasticsearch(
        nodes,
        ssl_context=DEFAULT if tls is None else tls,
        basic_auth=(url.username, url.password) if url.username else None,
        serializers=_SERIALIZERS,
        request_timeout=TIMEOUT_S,
        connections_per_node=CONNECTIONS,
        max_retries=1,  # a pooled connection may have died with the server; every call of ours can be repeated
        retry_on_status=(),
    )


def prefix_of(url: Url) -> str:
    """What the names of all our indices and aliases begin with: the path of the URL."""
    return url.path.strip("/").replace("/", "-").lower() or "tintype"


@contextmanager
def translated() -> Iterator[None]:
    """Turn the client's errors into ours."""
    try:
        yield
    except UnsupportedProductError as error:
        raise IndexUnusable("TINTYPE_INDEX_URL: what answers there is no Elasticsearch") from error
    except TransportError as error:
        raise IndexUnavailable("the search index does not answer") from error
    except ApiError as error:
        raise_for(error.status_code, error.error, cause=error)


def raise_for(status: int, reason: str, *, cause: Exception | None = None) -> None:
    """Raise what a status of an answer, or of a part of one, means to us; nothing for a good one."""
    if status < 300:
        return
    if status == 404 or reason.startswith(_GONE_MEANWHILE):
        raise IndexMissing("an index is gone") from cause
    if status in _BUSY or status >= 500:
        raise IndexUnavailable(f"the search index answers {status} {reason}") from cause
    raise IndexRefused(f"the search index answers {status} {reason}") from cause


async def check_version(client: AsyncElasticsearch) -> None:
    """Raises IndexUnusable if the server is too old or too new, IndexUnavailable."""
    with translated():
        number = str((await client.info())["version"]["number"])
    version = tuple(int(part) for part in number.split("-")[0].split(".")[:2])
    if not LEAST_VERSION <= version < BEYOND_VERSION:
        least, beyond = (".".join(map(str, each)) for each in (LEAST_VERSION, BEYOND_VERSION))
        raise IndexUnusable(
            f"TINTYPE_INDEX_URL: Elasticsearch {number} answers, {least} or newer, below {beyond}, is needed"
        )


@asynccontextmanager
async def opened(url: Url) -> AsyncIterator[AsyncElasticsearch]:
    """The client of a URL, closed at the end."""
    logging.getLogger("elastic_transport").setLevel(logging.ERROR)  # it would log each try; who called says it once
    client = client_of(url)
    try:
        yield client
    finally:
        await client.close()


def _with_port(host: str) -> str:
    return host if host.rpartition(":")[2].isdigit() else f"{host}:9200"
