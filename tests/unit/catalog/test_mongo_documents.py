"""Documents as they lie in MongoDB: those of every released schema are read; what is written today is as declared.

The files are never changed, only added to.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import pytest
from tests.album_builders import make_album
from tests.builders import make_result
from tests.clocks import NOON
from tests.unit.catalog.test_schemas import FACTS, PHOTO
from tests.webhook_builders import make_attempt, make_delivery, make_webhook

from tintype.catalog.adapters import mongo_result
from tintype.catalog.adapters.mongo_documents import ALBUMS, ATTEMPTS, DELIVERIES, WEBHOOKS
from tintype.catalog.adapters.mongo_photo_shape import PHOTOS
from tintype.catalog.domain.stage import Stage
from tintype.kit.outbox import Unpublished
from tintype.kit.store.mongo_outbox import entry_of
from tintype.kit.store.mongo_shape import MongoShape

FIXTURES: Final = Path(__file__).resolve().parents[2] / "fixtures" / "catalog"
KINDS: Final[dict[str, tuple[MongoShape[Any, Any], Any]]] = {
    "photos": (PHOTOS, PHOTO),
    "albums": (ALBUMS, make_album()),
    "webhooks": (WEBHOOKS, make_webhook()),
    "webhook_deliveries": (DELIVERIES, make_delivery()),
    "webhook_attempts": (ATTEMPTS, make_attempt()),
}


def written(name: str) -> dict[str, Any]:
    """What today's code writes."""
    shape, aggregate = KINDS[name]
    row = {"_id": shape.key(aggregate), **shape.changed(aggregate)}
    if name == "photos":
        facts = [Unpublished(f"event-{fact.revision}", PHOTO.owner_id, PHOTO.photo_id, fact, NOON) for fact in FACTS]
        row["unpublished"] = [entry_of(fact, PHOTOS) for fact in facts]
        row["unpublished_since"] = row["unpublished"][0]["time_ms"]
    return row


def frozen(schema: int = 1) -> dict[str, dict[str, Any]]:
    text = (FIXTURES / f"mongo_schema_{schema}.json").read_text(encoding="utf-8")
    found: dict[str, dict[str, Any]] = json.loads(text)
    return found


@pytest.mark.parametrize("name", list(KINDS))
def test_a_document_of_schema_1_is_read(name: str) -> None:
    shape, aggregate = KINDS[name]
    assert shape.load(frozen()[name]) == aggregate


@pytest.mark.parametrize("name", list(KINDS))
def test_a_document_of_the_newest_schema_is_read_and_still_written_so(name: str) -> None:
    shape, aggregate = KINDS[name]
    newest = frozen(shape.kind.codec.schema)[name]
    assert shape.load(newest) == aggregate
    assert written(name) == newest


def test_a_record_of_schema_1_is_read_and_still_written_so() -> None:
    result = make_result(Stage.EMBED)
    assert mongo_result.load(frozen()["results"]) == result
    assert mongo_result.dump(result, 0) == frozen()["results"]


def test_facts_of_schema_1_are_read() -> None:
    assert [PHOTOS.kind.facts.load(entry["fact"]) for entry in frozen()["photos"]["unpublished"]] == FACTS


@pytest.mark.parametrize("name", list(KINDS))
def test_what_is_written_has_the_declared_fields_and_no_others(name: str) -> None:
    declared = {field.alias or each for each, field in KINDS[name][0].document.model_fields.items()}
    optional = {"unpublished", "unpublished_since", "revision_id"}
    assert set(written(name)) | optional == declared | optional
