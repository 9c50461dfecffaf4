"""What MongoDB's driver is told of a URL."""

from __future__ import annotations

from pathlib import Path

import pytest
from pymongo import ReadPreference
from pymongo.errors import AutoReconnect, ConfigurationError, DuplicateKeyError, OperationFailure, PyMongoError

from tintype.kit.errors import DomainError
from tintype.kit.store.errors import StoreFull, StoreUnavailable, StoreUnusable
from tintype.kit.store.mongo import MOST_CONNECTIONS, Keyed, MongoDatabase, driver_arguments
from tintype.kit.store.mongo_errors import broken_index, translated
from tintype.kit.urls import Url


class Photo(Keyed):
    """A collection."""

    class Settings(Keyed.Settings):
        name = "photos"


def test_our_own_options_are_kept_from_the_driver_and_its_own_are_not() -> None:
    url = Url("mongodb://u:p%40@a:1,b:2/library?ca=/c.pem&authSource=admin")
    told = driver_arguments(url, tls=True, ca=Path("/c.pem"))
    assert told["host"] == "mongodb://u:p%40@a:1,b:2/library?authSource=admin"
    assert (told["tls"], told["tlsCAFile"]) == (True, "/c.pem")
    assert "tlsCertificateKeyFile" not in told


def test_what_the_url_says_of_connections_goes_before_what_we_think() -> None:
    assert driver_arguments(Url("mongodb://a/x"))["maxPoolSize"] == MOST_CONNECTIONS
    assert "maxPoolSize" not in driver_arguments(Url("mongodb://a/x?maxpoolsize=3"))


def test_a_url_without_a_path_means_the_database_of_that_name() -> None:
    assert driver_arguments(Url("mongodb://a:1"))["host"] == "mongodb://a:1/tintype"


@pytest.mark.parametrize("preference", ["nearest", "secondaryPreferred", "secondary"])
async def test_reads_go_to_the_primary_whatever_the_url_says(preference: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def greeted(_: MongoDatabase) -> None:
        """No server is asked."""

    monkeypatch.setattr(MongoDatabase, "_greet", greeted)
    url = Url(f"mongodb://127.0.0.1:1/x?readPreference={preference}&w=1")
    async with MongoDatabase.open(url, wait=False) as database:
        collection = database.as_it_is(Photo)
    assert collection.read_preference == ReadPreference.PRIMARY
    assert collection.write_concern.document == {"w": "majority", "j": True}


@pytest.mark.parametrize(
    ("error", "opening", "kind"),
    [
        (AutoReconnect("gone"), False, StoreUnavailable),
        (AutoReconnect("gone"), True, StoreUnavailable),
        (OperationFailure("full", 14031), False, StoreFull),
        (OperationFailure("xyzzy", 18), False, StoreUnavailable),
        (OperationFailure("xyzzy", 18), True, StoreUnusable),
        (OperationFailure("xyzzy", 86), True, StoreUnusable),
        (ConfigurationError("xyzzy"), True, StoreUnusable),
    ],
)
def test_errors_of_the_driver_are_kinds_of_ours(error: PyMongoError, opening: bool, kind: type[DomainError]) -> None:
    with pytest.raises(kind) as raised, translated("photos", opening=opening):
        raise error
    assert str(error) not in raised.value.message


@pytest.mark.parametrize(
    "said",
    [
        'E11000 duplicate key error collection: tintype.users index: of_name dup key: { user_name: "a" }',
        "E11000 duplicate key error index: tintype.users.$of_name dup key: { : 1 }",
    ],
)
def test_the_broken_index_is_known_by_what_the_server_says(said: str) -> None:
    assert broken_index(DuplicateKeyError(said, 11000, {"errmsg": said})) == "of_name"
