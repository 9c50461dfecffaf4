"""Who answers at Elasticsearch's address, whether it lets us in, and what we may do there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tintype.kit.reach import Address, answers
from tintype.kit.servers import (
    CredentialsRefused,
    RightMissing,
    ServerAnswer,
    ServerChecks,
    ServerUnreachable,
    VersionUnfit,
    version_of,
)
from tintype.kit.tls import client_tls
from tintype.kit.urls import Url

if TYPE_CHECKING:
    from elasticsearch import AsyncElasticsearch

PORT: Final = 9200
NEEDED: Final = ("create_index", "delete_index", "index", "delete", "read", "manage")


async def check(url: Url) -> ServerAnswer:
    """Raises ServerUnreachable, ServerUnfit, InvalidUrl."""
    from elasticsearch import ApiError, TransportError, UnsupportedProductError

    from tintype.search.adapters.elasticsearch.connection import opened, prefix_of

    await _reach(url)
    async with opened(url) as client:
        try:
            found = _answer(url, dict((await client.info())["version"]))
            await _rights(client, prefix_of(url), url.username)
        except UnsupportedProductError as error:
            raise VersionUnfit(f"{url.host} answers, and is no Elasticsearch") from error
        except ApiError as error:
            raise _refused(error.status_code, url) from error
        except TransportError as error:
            raise ServerUnreachable(f"{url.host} is there, and does not answer as Elasticsearch") from error
    return found


async def _reach(url: Url) -> None:
    tls, last = client_tls(url), ServerUnreachable("the URL names no server")
    for host in url.host.split(","):
        try:
            await answers(Address.of(host, default_port=PORT), tls)
        except ServerUnreachable as error:
            last = error
        else:
            return
    raise last


async def _rights(client: AsyncElasticsearch, prefix: str, username: str) -> None:
    """Only where the server knows users; the free jars do not even know the question."""
    from elasticsearch import ApiError

    try:
        wanted = [{"names": [f"{prefix}*"], "privileges": list(NEEDED)}]
        answer = await client.security.has_privileges(index=wanted)
    except ApiError as error:
        if error.status_code in (400, 404, 405, 500):
            return
        raise
    if not answer["has_all_requested"]:
        rights = next(iter(answer["index"].values()))
        missing = sorted(name for name, granted in rights.items() if not granted)
        raise RightMissing(f"{username} may not {', '.join(missing)} indices named {prefix}*")


def _refused(status: int, url: Url) -> Exception:
    who = url.username or "a client without a user"
    if status == 401:
        return CredentialsRefused(f"{url.host} refuses {who}")
    if status == 403:
        return RightMissing(f"{who} may not ask {url.host} for its version: the cluster privilege monitor is needed")
    return ServerUnreachable(f"{url.host} answers {status}")


def _answer(url: Url, found: dict[str, object]) -> ServerAnswer:
    from tintype.search.adapters.elasticsearch.connection import BEYOND_VERSION, LEAST_VERSION

    number = str(found["number"])
    if not LEAST_VERSION <= version_of(number)[:2] < BEYOND_VERSION:
        least, beyond = (".".join(map(str, each)) for each in (LEAST_VERSION, BEYOND_VERSION))
        raise VersionUnfit(f"{url.host} is Elasticsearch {number}, {least} or newer, below {beyond}, is needed")
    return ServerAnswer("Elasticsearch", number)


CHECKS: Final[ServerChecks] = {"elasticsearch+http": check, "elasticsearch+https": check}
