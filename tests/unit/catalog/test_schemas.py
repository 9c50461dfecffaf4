"""Documents of every released schema are read as they were meant. The files are never changed, only added to."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import pytest
from tests.builders import (
    OWNER,
    make_capture_time,
    make_content,
    make_metadata,
    make_photo,
)
from tests.clocks import NOON

from tintype.catalog.adapters.documents import RESULTS
from tintype.catalog.adapters.photo_shape import PHOTOS
from tintype.catalog.domain.change import deleted
from tintype.catalog.domain.fact import (
    AnalysisRequested,
    Group,
    PhotoChanged,
    PhotoDeleted,
    PhotoFact,
    PhotoReady,
    PhotoRegistered,
    Priority,
)
from tintype.catalog.domain.location import Location
from tintype.catalog.domain.photo import Claims, Edits, Membership, Picture
from tintype.catalog.domain.result import Variant
from tintype.catalog.domain.source import ValueSource
from tintype.catalog.domain.stage import PhotoState, Stage, StageState, StageStatus
from tintype.catalog.domain.tag import Tag, Tags
from tintype.kit.store.documents import Document
from tintype.kit.store.errors import NewerSchema

FIXTURES: Final = Path(__file__).resolve().parents[2] / "fixtures" / "catalog"

PHOTO: Final = make_photo(
    revision=7,
    backlog=True,
    claims=Claims(capture_time=make_capture_time(source=ValueSource.CLIENT), description="from a sidecar"),
    metadata=make_metadata(),
    picture=Picture(width_px=640, height_px=480, thumbhash=b"\x01\xff", variants=(Variant.THUMBNAIL,)),
    edits=Edits(
        title="mine",
        rating=5,
        capture_time=make_capture_time("2020-02-29T23:59:59", hours=-5, source=ValueSource.USER),
        location=Location(latitude_deg=-33.5, longitude_deg=151.25, source=ValueSource.USER),
        favourite=True,
        archived=True,
    ),
    tags=Tags(
        user=(Tag(name="Ünï", source=ValueSource.USER, set_time=NOON),),
        file=(Tag(name="holiday", source=ValueSource.XMP, set_time=NOON),),
        model=(Tag(name="dog", source=ValueSource.MODEL, set_time=NOON, model="m-1", confidence=0.75),),
        removed=("cat",),
    ),
    memberships=(Membership(album_id="album-1", rank="m", added_time=NOON),),
    stages=(
        StageStatus(
            stage=Stage.DERIVE,
            state=StageState.DONE,
            request_time=NOON,
            model="m-1",
            job_id="job-1",
            end_time=NOON,
        ),
        StageStatus(
            stage=Stage.EMBED,
            state=StageState.PENDING,
            request_time=NOON,
            attempts=2,
            attempt_time=NOON,
            error="it broke",
        ),
    ),
    trash_time=NOON,
    corrupt_time=NOON,
)
FACTS: Final[list[PhotoFact]] = [
    PhotoRegistered(photo_id="p", owner_id=OWNER, priority=Priority.BACKLOG, revision=1),
    AnalysisRequested(photo_id="p", owner_id=OWNER, stages=(Stage.TEXT,), priority=Priority.DEFERRED, revision=2),
    PhotoChanged(photo_id="p", owner_id=OWNER, groups=(Group.EMBED, Group.STATE), revision=3),
    PhotoReady(photo_id="p", owner_id=OWNER, state=PhotoState.PARTIAL, revision=4),
    PhotoDeleted(photo_id="p", owner_id=OWNER, revision=5),
]


def frozen(name: str) -> Any:
    return json.loads((FIXTURES / f"{name}.json").read_text(encoding="utf-8"))


def current() -> dict[str, Any]:
    """What today's code writes of the same values."""
    tombstone = deleted(PHOTO, NOON).photo
    return {
        "photos_schema_2": {"photo": PHOTOS.codec.dump(PHOTO), "tombstone": PHOTOS.codec.dump(tombstone)},
        "results_schema_1": {stage.value: RESULTS[stage].dump(make_content(stage)) for stage in Stage},
        "facts_schema_1": [PHOTOS.facts.dump(fact) for fact in FACTS],
    }


@pytest.mark.parametrize("schema", [1, 2])
def test_a_photo_and_a_tombstone_of_every_schema_are_read(schema: int) -> None:
    documents = frozen(f"photos_schema_{schema}")
    assert documents["photo"]["schema"] == schema
    assert PHOTOS.codec.load(documents["photo"]) == PHOTO
    assert PHOTOS.codec.load(documents["tombstone"]) == deleted(PHOTO, NOON).photo


@pytest.mark.parametrize("stage", list(Stage))
def test_a_result_of_schema_1_is_read(stage: Stage) -> None:
    assert RESULTS[stage].load(frozen("results_schema_1")[stage.value]) == make_content(stage)


def test_facts_of_schema_1_are_read() -> None:
    assert [PHOTOS.facts.load(document) for document in frozen("facts_schema_1")] == FACTS


@pytest.mark.parametrize("name", ["photos_schema_2", "results_schema_1", "facts_schema_1"])
def test_what_is_written_today_is_of_the_newest_schema(name: str) -> None:
    assert current()[name] == frozen(name)


def test_a_photo_of_a_newer_schema_is_refused() -> None:
    newer: Document = frozen("photos_schema_2")["photo"] | {"schema": PHOTOS.codec.schema + 1}
    with pytest.raises(NewerSchema):
        PHOTOS.codec.load(newer)
