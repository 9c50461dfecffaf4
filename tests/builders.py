"""Valid domain objects; a test sets only what it is about."""

from __future__ import annotations

import hashlib
from array import array
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from tests.clocks import NOON

from tintype.catalog.domain.capture import CaptureTime
from tintype.catalog.domain.change import Registration
from tintype.catalog.domain.location import Camera, Location, Place
from tintype.catalog.domain.photo import FileFacts, Photo
from tintype.catalog.domain.result import (
    Box,
    CaptionResult,
    Content,
    DeriveResult,
    EmbedResult,
    Face,
    FacesResult,
    Failure,
    Label,
    LabelsResult,
    MetadataResult,
    Outcome,
    ResultKey,
    StageResult,
    TextLine,
    TextResult,
    Variant,
)
from tintype.catalog.domain.source import OffsetSource, ValueSource
from tintype.catalog.domain.stage import REQUIRED, Stage, StageState, StageStatus
from tintype.kit.ids import photo_id_of

OWNER: Final = "owner-1"
OTHER: Final = "owner-2"
MODEL: Final = "pack-1"


def sha256_of(seed: str) -> str:
    """The hash of a file that a test names by a word."""
    return hashlib.sha256(seed.encode()).hexdigest()


def make_file(seed: str = "one", **overrides: Any) -> FileFacts:
    """A JPEG of 1,000 bytes."""
    facts = FileFacts(
        sha256=sha256_of(seed),
        file_name=f"{seed}.jpg",
        size_bytes=1_000,
        media_type="image/jpeg",
        header_width_px=640,
        header_height_px=480,
    )
    return replace(facts, **overrides)


def make_registration(seed: str = "one", **overrides: Any) -> Registration:
    """Bytes named by `seed`, just uploaded."""
    return replace(Registration(owner_id=OWNER, file=make_file(seed)), **overrides)


def make_photo(seed: str = "one", **overrides: Any) -> Photo:
    """A photo of OWNER that nobody has looked at yet."""
    owner_id = overrides.get("owner_id", OWNER)
    photo = Photo(
        photo_id=photo_id_of(owner_id=owner_id, sha256=bytes.fromhex(sha256_of(seed))),
        owner_id=owner_id,
        file=make_file(seed),
        upload_time=NOON,
        change_time=NOON,
        stages=tuple(StageStatus(stage=stage, state=StageState.PENDING, request_time=NOON) for stage in REQUIRED),
    )
    return replace(photo, **overrides)


def make_capture_time(local_time: str = "2023-07-14T18:03:22", *, hours: int = 2, **overrides: Any) -> CaptureTime:
    """A time of which the file states the offset."""
    local = datetime.fromisoformat(local_time).replace(tzinfo=UTC)
    time = CaptureTime(
        instant=local - timedelta(hours=hours),
        local_time=local_time,
        utc_offset_minutes=60 * hours,
        utc_offset_source=OffsetSource.FILE,
        source=ValueSource.EXIF,
    )
    return replace(time, **overrides)


def make_metadata(**overrides: Any) -> MetadataResult:
    """What a complete file says of itself."""
    metadata = MetadataResult(
        capture_time=make_capture_time(),
        location=Location(latitude_deg=55.7, longitude_deg=13.2, altitude_m=40, source=ValueSource.EXIF),
        place=Place(
            name="Lund",
            distance_km=0.5,
            city="Malmö",
            city_distance_km=17.0,
            region="Skåne",
            country="Sweden",
            country_code="SE",
        ),
        camera=Camera(make="Acme", model="One", lens="35mm", exposure_time_s=0.01, f_number=2.0, iso=100),
        title="file title",
        description="file description",
        keywords=("holiday",),
        rating=3,
        orientation=1,
    )
    return replace(metadata, **overrides)


def make_vector(*numbers: float) -> bytes:
    """A vector as results keep it."""
    return array("f", numbers or (1.0, 0.0)).tobytes()


def make_content(stage: Stage) -> Content:
    """What a stage may find."""
    box = Box(left=0.25, top=0.25, width=0.5, height=0.5)
    label = Label(name="dog", confidence=0.75, box=box, model="detector-1")
    contents: dict[Stage, Content] = {
        Stage.DERIVE: DeriveResult(
            width_px=640, height_px=480, thumbhash=b"\x01\xff", variants=(Variant.PREVIEW, Variant.THUMBNAIL)
        ),
        Stage.METADATA: make_metadata(),
        Stage.EMBED: EmbedResult(space="space-1", vector=make_vector(0.5, -0.5)),
        Stage.FACES: FacesResult(
            faces=(Face(box=box, points=make_vector(*[0.5] * 10), score=0.5, quality=0.5, vector=make_vector(1, 0)),)
        ),
        Stage.LABELS: LabelsResult(labels=(label,), raw=(label, replace(label, name="cat", box=None))),
        Stage.TEXT: TextResult(lines=(TextLine(text="STOP", confidence=0.5, box=box),)),
        Stage.CAPTION: CaptionResult(caption="a dog by a sign"),
    }
    return contents[stage]


def make_outcome(stage: Stage, **overrides: Any) -> Outcome:
    """A success of MODEL."""
    return replace(Outcome(stage=stage, model=MODEL, make_time=NOON, content=make_content(stage)), **overrides)


def make_failure(stage: Stage, *, final: bool = False, **overrides: Any) -> Outcome:
    """A failed attempt of MODEL."""
    failed = make_outcome(stage, content=None, failure=Failure(error="it broke", final=final))
    return replace(failed, **overrides)


def make_skip(stage: Stage, **overrides: Any) -> Outcome:
    """A stage that the pack does not have."""
    return make_outcome(stage, **{"content": None, "model": ""} | overrides)


def make_result(stage: Stage = Stage.EMBED, **overrides: Any) -> StageResult:
    """A stored record of make_photo()."""
    photo = make_photo()
    result = StageResult(
        owner_id=photo.owner_id,
        key=ResultKey(photo.photo_id, stage, MODEL, "job-1"),
        make_time=NOON,
        content=make_content(stage),
    )
    return replace(result, **overrides)
