"""What a write costs in MongoDB: one command."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

from tests.builders import OWNER, make_photo
from tests.clocks import FixedClock

from tintype.catalog.adapters.mongo_photo import MongoPhotoRepository
from tintype.catalog.adapters.mongo_photo_shape import PHOTOS
from tintype.catalog.domain.fact import Group, PhotoChanged, PhotoRegistered
from tintype.kit.ids import RandomIds
from tintype.kit.store.mongo import Collection
from tintype.kit.store.mongo_aggregates import MongoAggregates


class Willing:
    """A collection that does whatever it is told, and counts it."""

    def __init__(self) -> None:
        self.done: list[tuple[str, Any]] = []

    async def insert_one(self, row: dict[str, Any]) -> None:
        self.done.append(("insert", row))

    async def update_one(self, where: dict[str, Any], change: dict[str, Any]) -> SimpleNamespace:
        self.done.append(("update", (where, change)))
        return SimpleNamespace(matched_count=1)


async def test_registering_is_one_insert_and_a_replace_is_one_update() -> None:
    willing = Willing()
    photos = MongoPhotoRepository(MongoAggregates(cast(Collection, willing), PHOTOS, RandomIds(), FixedClock()))
    photo = make_photo()
    await photos.add(photo, facts=[PhotoRegistered(photo_id=photo.photo_id, owner_id=OWNER)])
    await photos.replace(photo, facts=[PhotoChanged(photo_id=photo.photo_id, owner_id=OWNER, groups=(Group.EDITS,))])
    (insert, _), (update, (where, change)) = willing.done
    assert (insert, update) == ("insert", "update")
    assert where["revision"] == 1
    assert where["schema"] == {"$lte": PHOTOS.kind.codec.schema}
    assert "unpublished" not in change["$set"]
    assert len(change["$push"]["unpublished"]["$each"]) == 1
