"""Who answers at MongoDB's address, whether it lets us in, and what we may do there."""

from __future__ import annotations

from collections.abc import Mapping
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
    from pymongo.asynchronous.database import AsyncDatabase
    from pymongo.errors import PyMongoError

OLDEST: Final = 7
PORT: Final = 27017
NEEDED: Final = frozenset({"find", "insert", "update", "remove"})  # what every service does in some collection
_NOT_AUTHORIZED: Final = 13
_WRONG_PASSWORD: Final = 18
_STAND_IN: Final = "it is not MongoDB itself, but something that speaks its protocol: for development and tests"


async def check(url: Url) -> ServerAnswer:
    """Raises ServerUnreachable, ServerUnfit, InvalidUrl."""
    from pymongo.errors import PyMongoError

    from tintype.kit.store.mongo import DEFAULT_NAME, connected

    await _reach(url)
    async with connected(url) as client:
        database = client.get_default_database(DEFAULT_NAME)
        try:
            found = await database.command("buildInfo")
            await database.list_collection_names(authorizedCollections=True)  # who was not let in learns it here
            missing = NEEDED - await _rights(client.admin, database.name)
        except PyMongoError as error:
            raise _unfit(error, url) from error
    version = str(found["version"])
    if version_of(version)[:1] < (OLDEST,):
        raise VersionUnfit(f"{url.host} is MongoDB {version}, {OLDEST} or newer is needed")
    if missing:
        raise RightMissing(f"{url.username} may not {', '.join(sorted(missing))} in {url.path.strip('/')}")
    itself = "gitVersion" in found and "ferretdb" not in found
    return ServerAnswer("MongoDB", version, () if itself else (_STAND_IN,))


async def _reach(url: Url) -> None:
    """One host of those that the URL names; of `mongodb+srv` only the driver knows them."""
    tls, last = client_tls(url), ServerUnreachable("the URL names no server")
    if url.scheme != "mongodb":
        return
    for host in url.host.split(","):
        try:
            await answers(Address.of(host, default_port=PORT), tls)
        except ServerUnreachable as error:
            last = error
        else:
            return
    raise last


async def _rights(admin: AsyncDatabase[dict[str, object]], name: str) -> frozenset[str]:
    """What we may do in any collection of this database; everything where the server lets anybody in."""
    status = await admin.command("connectionStatus", showPrivileges=True)
    info: Mapping[str, list[Mapping[str, object]]] = status.get("authInfo", {})
    if not info.get("authenticatedUsers") or "authenticatedUserPrivileges" not in info:
        return NEEDED
    granted: set[str] = set()
    for privilege in info["authenticatedUserPrivileges"]:
        resource = privilege["resource"]
        assert isinstance(resource, dict)
        if resource.get("anyResource") or resource.get("db") in ("", name):
            actions = privilege["actions"]
            assert isinstance(actions, list)
            granted.update(str(action) for action in actions)
    return frozenset(granted)


def _unfit(error: PyMongoError, url: Url) -> Exception:
    from pymongo.errors import ConfigurationError, OperationFailure

    who = url.username or "a client without a user"
    code = error.code if isinstance(error, OperationFailure) else None
    if code == _WRONG_PASSWORD or (code == _NOT_AUTHORIZED and not url.username):
        return CredentialsRefused(f"{url.host} refuses {who}")
    if code == _NOT_AUTHORIZED:
        return RightMissing(f"{who} may not look into the database {url.path.strip('/')}")
    if isinstance(error, ConfigurationError) and "wire version" in str(error):
        return VersionUnfit(f"{url.host} is older than MongoDB {OLDEST}")
    return ServerUnreachable(f"{url.host} is there, and does not answer as MongoDB, or has no primary now")


CHECKS: Final[ServerChecks] = {"mongodb": check, "mongodb+srv": check}
