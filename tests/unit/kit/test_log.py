"""What a log line never holds."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest

from tintype.kit.log import HIDDEN, configure, log_of


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    configure(level="INFO", form="json", stream=stream)
    yield stream
    logging.getLogger().handlers.clear()


def test_a_line_is_an_event_with_fields(logged: io.StringIO) -> None:
    log_of("tintype.x").info("photo_registered", photo_id="p1", count=3)
    line = json.loads(logged.getvalue())
    assert (line["event"], line["photo_id"], line["count"], line["level"]) == ("photo_registered", "p1", 3, "info")


@pytest.mark.parametrize(
    "field",
    ["password", "refresh_token", "authorization", "api_key", "service_secret", "file_name", "latitude", "place"],
)
def test_fields_that_hold_secrets_names_or_places_are_hidden(field: str, logged: io.StringIO) -> None:
    log_of("tintype.x").info("happened", **{field: "planted"}, inner={field: "planted"})
    assert json.loads(logged.getvalue())[field] == HIDDEN
    assert "planted" not in logged.getvalue()


@pytest.mark.parametrize(
    "text",
    [
        "sent eyJhbGciOiJFZERTQSJ9.planted.planted on",
        "header Bearer planted",
        "at mongodb://ada:planted@db/x",
        "at nats://planted@events:4222",
        "GET /media/planted",
    ],
)
def test_what_looks_like_a_secret_is_hidden_in_any_text(text: str, logged: io.StringIO) -> None:
    log_of("tintype.x").info("happened", detail=text)
    assert "planted" not in logged.getvalue()


def test_an_exception_is_logged_by_its_classes_and_frames_without_its_text(logged: io.StringIO) -> None:
    try:
        try:
            raise KeyError("planted")
        except KeyError as error:
            raise RuntimeError("planted too") from error
    except RuntimeError as error:
        log_of("tintype.x").error("failed", exc_info=error)
    line = json.loads(logged.getvalue())
    assert line["error"] == "builtins.RuntimeError < builtins.KeyError"
    assert any("test_an_exception_is_logged" in frame for frame in line["stack"])
    assert "planted" not in logged.getvalue()


def test_a_person_reads_an_exception_a_line_for_each_frame(capsys: pytest.CaptureFixture[str]) -> None:
    stream = io.StringIO()
    configure(level="INFO", form="console", stream=stream)
    try:
        raise KeyError("planted")
    except KeyError as error:
        log_of("tintype.x").error("failed", exc_info=error)
    logging.getLogger().handlers.clear()
    head, *frames = stream.getvalue().splitlines()
    assert "failed" in head
    assert "builtins.KeyError" in head
    assert any(frame.strip().startswith("test_a_person_reads_an_exception") for frame in frames)
    assert "planted" not in stream.getvalue()
    assert capsys.readouterr().err == "", "nor does the logging itself fail"


def test_libraries_go_through_the_same_door(logged: io.StringIO) -> None:
    logging.getLogger("some.library").warning("went to %s", "https://ada:planted@host/")
    line = json.loads(logged.getvalue())
    assert line["logger"] == "some.library"
    assert "planted" not in line["event"]
