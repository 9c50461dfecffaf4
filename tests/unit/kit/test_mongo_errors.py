"""What MongoDB answers, as kinds of ours: what passes by itself, what is refused as it is, who may not."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Sequence
from typing import Any

import pytest
from pymongo.errors import (
    AutoReconnect,
    BulkWriteError,
    ConfigurationError,
    DocumentTooLarge,
    ExecutionTimeout,
    NetworkTimeout,
    OperationFailure,
    PyMongoError,
    WriteError,
    WTimeoutError,
)

from tintype.kit.errors import DomainError
from tintype.kit.grpc.answers import Verdict, answer_to
from tintype.kit.log import configure
from tintype.kit.store.errors import StoreDenied, StoreFull, StoreRefused, StoreUnavailable
from tintype.kit.store.mongo_errors import only_taken, translated

LABELLED = {"errorLabels": ["RetryableWriteError"]}


def bulk(*codes: int, concerns: Sequence[int] = ()) -> BulkWriteError:
    return BulkWriteError(
        {
            "writeErrors": [
                {"index": index, "code": code, "errmsg": "xyzzy", "op": {"file_name": "xyzzy.jpg"}}
                for index, code in enumerate(codes)
            ],
            "writeConcernErrors": [{"code": code, "errmsg": "xyzzy"} for code in concerns],
        }
    )


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (AutoReconnect("gone"), StoreUnavailable),
        (NetworkTimeout("gone"), StoreUnavailable),
        (OperationFailure("stepped down", 189), StoreUnavailable),
        (OperationFailure("shutting down", 11600), StoreUnavailable),
        (OperationFailure("locked", 24), StoreUnavailable),
        (ExecutionTimeout("slow", 50), StoreUnavailable),
        (WTimeoutError("not on a majority yet", 64), StoreUnavailable),
        (OperationFailure("of a newer server", 99_999, LABELLED), StoreUnavailable),
        (OperationFailure("without a code"), StoreUnavailable),
        (OperationFailure("full", 14031), StoreFull),
        (OperationFailure("password", 18), StoreDenied),
        (OperationFailure("right", 13), StoreDenied),
        (OperationFailure("BadValue", 2), StoreRefused),
        (OperationFailure("a hint of no index", 17007), StoreRefused),
        (WriteError("DocumentValidationFailure", 121), StoreRefused),
        (WriteError("larger than 16 MB after the update", 17419), StoreRefused),
        (DocumentTooLarge("larger than 16 MB"), StoreRefused),
        (bulk(11000), StoreRefused),
        (bulk(11000, 121), StoreRefused),
        (bulk(11000, 189), StoreUnavailable),
        (bulk(121, 14031), StoreFull),
        (bulk(13), StoreDenied),
        (bulk(concerns=[64]), StoreUnavailable),
        (bulk(11000, concerns=[100]), StoreUnavailable),
    ],
)
def test_each_failure_has_its_kind(error: Exception, kind: type[DomainError]) -> None:
    with pytest.raises(DomainError) as raised, translated("photos"):
        raise error
    assert type(raised.value) is kind
    assert "xyzzy" not in raised.value.message


@pytest.mark.parametrize(
    ("error", "codes"),
    [
        (bulk(121, 2, concerns=[64]), [2, 64, 121]),
        (OperationFailure("failed for { title: xyzzy }", 2, {"keyValue": {"title": "xyzzy"}}), [2]),
        (PyMongoError("xyzzy"), []),
    ],
)
def test_the_log_has_the_codes_of_a_server_and_nothing_of_what_was_to_be_stored(
    error: PyMongoError, codes: list[int]
) -> None:
    logged = logged_of(error)
    assert json.loads(logged)["codes"] == codes
    assert "xyzzy" not in logged


@pytest.mark.parametrize("error", [AutoReconnect("nobody listens"), ConfigurationError("nobody listens")])
def test_the_log_has_the_drivers_words_where_no_server_was_asked(error: PyMongoError) -> None:
    assert json.loads(logged_of(error))["because"] == "nobody listens"


def logged_of(error: PyMongoError) -> str:
    stream = io.StringIO()
    configure(level="INFO", form="json", stream=stream)
    with pytest.raises(DomainError), translated("photos"):
        raise error
    logging.getLogger().handlers.clear()
    return stream.getvalue()


@pytest.mark.parametrize(
    ("kind", "verdict"),
    [(StoreUnavailable, Verdict.WAIT), (StoreDenied, Verdict.WAIT), (StoreRefused, Verdict.RETRY)],
)
def test_what_is_refused_as_it_is_counts_attempts_and_nothing_else_does(
    kind: type[DomainError], verdict: Verdict
) -> None:
    assert answer_to(kind("so it is")).verdict is verdict


@pytest.mark.parametrize(
    ("error", "only"),
    [(bulk(11000, 11000), True), (bulk(11000, 2), False), (bulk(11000, concerns=[64]), False), (bulk(), False)],
)
def test_keys_that_are_taken_are_told_from_other_failures(error: Any, only: bool) -> None:
    assert only_taken(error) is only
