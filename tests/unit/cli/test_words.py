"""What the command line makes of words: options, dates, points, failures."""

from __future__ import annotations

import pytest

from tintype.v1 import photo_filter_pb2, photo_pb2
from tintype_cli.describe import photo_details
from tintype_cli.editing import capture_time
from tintype_cli.exits import Exit, Stop, failure_of
from tintype_cli.filters import Choice, day, filter_of, near
from tintype_cli.session import address_of, hoist
from tintype_cli.terminal import plain
from tintype_sdk.errors import InvalidArgument, NotFound, TintypeError, Unauthenticated, Unavailable


def test_options_that_hold_everywhere_can_stand_anywhere() -> None:
    assert hoist(["photos", "list", "--json", "--server", "nas", "--limit", "3"]) == [
        "--json", "--server", "nas", "photos", "list", "--limit", "3",
    ]  # fmt: skip
    assert hoist(["search", "--key=tt_1", "--", "--json"]) == ["--key=tt_1", "search", "--", "--json"]
    assert hoist(["photos", "--server"]) == ["--server", "photos"]


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ("nas", "nas:7460"),
        ("nas:80", "nas:80"),
        ("10.0.0.2", "10.0.0.2:7460"),
        ("::1", "[::1]:7460"),
        ("[::1]", "[::1]:7460"),
        ("[::1]:9", "[::1]:9"),
        ("unix:/run/tintype.sock", "unix:/run/tintype.sock"),
    ],
)
def test_an_address_needs_no_port(given: str, address: str) -> None:
    assert address_of(given) == address


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2023", "2023-01-01", "2023-12-31"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2023-07-14", "2023-07-14", "2023-07-14"),
    ],
)
def test_a_date_may_be_a_year_a_month_or_a_day(text: str, first: str, last: str) -> None:
    assert (day(text, "--from", last=False), day(text, "--to", last=True)) == (first, last)


@pytest.mark.parametrize("text", ["yesterday", "2023-13", "2023-02-30", "23", "0000"])
def test_what_is_no_date_is_said_to_be_none(text: str) -> None:
    with pytest.raises(Stop) as stopped:
        day(text, "--from", last=False)
    assert stopped.value.code is Exit.USAGE


def test_no_options_make_no_filter() -> None:
    assert filter_of(Choice()) == photo_filter_pb2.PhotoFilter()


def test_options_become_the_filter_of_the_contract() -> None:
    made = filter_of(Choice(first="2023", near="55.7,13.19,5", tags=["a", "b"], seasons=["Summer"], favourite=False))
    assert [(span.first, span.last) for span in made.dates] == [("2023-01-01", "9999-12-31")]
    assert (made.near.latitude_deg, made.near.longitude_deg, made.near.radius_km) == (55.7, 13.19, 5)
    assert list(made.tags.all_of) == ["a", "b"]
    assert list(made.seasons) == [photo_filter_pb2.SEASON_SUMMER]
    assert made.HasField("favourite")
    assert not made.favourite


def test_what_is_known_of_a_photo_includes_the_text_found_in_it() -> None:
    details = dict(photo_details(photo_pb2.Photo(photo_id="p", found_text=["STOP", "NO PARKING"])))
    assert details["text found"] == "STOP / NO PARKING"
    assert not dict(photo_details(photo_pb2.Photo(photo_id="p")))["text found"]


@pytest.mark.parametrize("text", ["here", "91,0", "1", "1,2,3,4", "1,2,-3"])
def test_what_is_no_point_is_said_to_be_none(text: str) -> None:
    with pytest.raises(Stop):
        near(text)


def test_a_time_keeps_what_the_wall_showed() -> None:
    time = capture_time("2023-07-14T18:03:22+02:00")
    assert (time.local_time, time.utc_offset_minutes) == ("2023-07-14T18:03:22", 120)
    assert time.instant.ToJsonString() == "2023-07-14T16:03:22Z"


@pytest.mark.parametrize(
    ("error", "code", "next_step"),
    [
        (Unauthenticated("nobody is signed in", reason="CREDENTIAL_MISSING"), Exit.DENIED, "sign-in"),
        (NotFound("no photo", reason="PHOTO_NOT_FOUND"), Exit.NOT_FOUND, "tintype search"),
        (Unavailable("the server does not answer"), Exit.AWAY, "tintype up"),
        (InvalidArgument("wrong", fields={"page_size": "too big"}), Exit.USAGE, "page_size: too big"),
        (InvalidArgument("said once", fields={"password": "said once"}), Exit.USAGE, "Said once."),
        (TintypeError(""), Exit.FAILED, "The call failed."),
    ],
)
def test_a_failure_is_a_sentence_with_a_next_step(error: TintypeError, code: Exit, next_step: str) -> None:
    failure = failure_of(error)
    assert failure.code is code
    assert next_step in failure.sentence


def test_names_of_files_cannot_command_the_terminal() -> None:
    assert plain("a\x1b]0;owned\x07b\n") == "a ]0;owned b "
