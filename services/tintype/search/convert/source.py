"""Photos and facts as the contract has them, as search indexes them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import PurePath
from typing import Final

import numpy as np
from google.protobuf.timestamp_pb2 import Timestamp

from tintype.search.domain.answer import PagePhoto
from tintype.search.domain.document import (
    Camera,
    Captured,
    DocumentKey,
    Field,
    PhotoFacts,
    PhotoState,
    Place,
    Point,
    SourcePhoto,
)
from tintype.search.ports import CatalogRevision
from tintype.v1 import catalog_internal_service_pb2, events_pb2, photo_pb2, result_pb2

# What is indexed by; the rest of a photo's results is neither fetched nor sent.
STAGES: Final = (photo_pb2.STAGE_EMBED, photo_pb2.STAGE_TEXT, photo_pb2.STAGE_CAPTION)
_STATES: Final = {
    photo_pb2.PHOTO_STATE_UNSPECIFIED: PhotoState.PROCESSING,
    photo_pb2.PHOTO_STATE_PROCESSING: PhotoState.PROCESSING,
    photo_pb2.PHOTO_STATE_READY: PhotoState.READY,
    photo_pb2.PHOTO_STATE_PARTIAL: PhotoState.PARTIAL,
    photo_pb2.PHOTO_STATE_FAILED: PhotoState.FAILED,
}


def key_of_fact(fact: events_pb2.PhotoChanged | events_pb2.PhotoDeleted) -> DocumentKey:
    """The photo that a fact is about."""
    return DocumentKey(fact.owner_id, fact.photo_id, fact.revision)


def source_of(results: result_pb2.PhotoResults) -> SourcePhoto:
    """A photo with its results, as it is to be indexed."""
    photo = results.photo
    key = DocumentKey(photo.owner_id, photo.photo_id, photo.revision)
    if results.deleted:
        return SourcePhoto(key, deleted=True)
    embeddings = [result.embed for result in results.results if result.HasField("embed")]
    return SourcePhoto(
        key,
        facts=facts_of(photo),
        texts=_texts_of(photo, results.results),
        vectors={
            each.space: np.fromiter(each.vector, np.float32, len(each.vector))
            for each in (*results.other_embeddings, *embeddings)
            if each.space and each.vector
        },
    )


def facts_of(photo: photo_pb2.Photo) -> PhotoFacts:
    """What filters and facets look at."""
    return PhotoFacts(
        captured=_captured_of(photo.capture_time) if photo.HasField("capture_time") else None,
        point=Point(photo.location.latitude_deg, photo.location.longitude_deg) if photo.HasField("location") else None,
        place=Place(
            photo.place.name, photo.place.city, photo.place.region, photo.place.country, photo.place.country_code
        ),
        camera=Camera(photo.camera.make, photo.camera.model),
        tags=tuple(tag.name for tag in photo.tags),
        album_ids=tuple(photo.album_ids),
        favourite=photo.favourite,
        rating=photo.rating,
        media_type=photo.media_type,
        archived=photo.archived,
        trashed=photo.HasField("trash_time"),
        state=_STATES[photo.state],
    )


def instant_of(timestamp: Timestamp) -> datetime:
    """An aware instant."""
    return timestamp.ToDatetime(UTC)


def page_photo_of(results: result_pb2.PhotoResults, thumbnail_url: str) -> PagePhoto:
    """A photo of an answer."""
    photo = results.photo
    if thumbnail_url:
        photo.thumbnail_url = thumbnail_url
    return PagePhoto(photo.photo_id, archived=photo.archived, trashed=photo.HasField("trash_time"), message=photo)


def catalog_revision_of(revision: catalog_internal_service_pb2.PhotoRevision) -> CatalogRevision:
    """A photo as the catalog counts it."""
    return CatalogRevision(
        DocumentKey(revision.owner_id, revision.photo_id, revision.revision),
        deleted=revision.deleted,
        change_time=instant_of(revision.change_time),
    )


def _captured_of(capture: photo_pb2.CaptureTime) -> Captured | None:
    """None where the time of upload stands in: photos of unknown date are not from today, nor taken at night."""
    if capture.source == photo_pb2.VALUE_SOURCE_UPLOAD:
        return None
    instant = instant_of(capture.instant)
    try:
        local = datetime.fromisoformat(capture.local_time).replace(tzinfo=None)
    except ValueError:
        local = instant.replace(tzinfo=None)
    return Captured(instant, local)


def _texts_of(photo: photo_pb2.Photo, results: Iterable[result_pb2.StageResult]) -> dict[Field, tuple[str, ...]]:
    found = [tag.name for tag in photo.tags if tag.source == photo_pb2.VALUE_SOURCE_MODEL]
    given = [tag.name for tag in photo.tags if tag.source != photo_pb2.VALUE_SOURCE_MODEL]
    place, camera = photo.place, photo.camera
    captions, lines = [], []
    for result in results:
        if result.HasField("caption"):
            captions.append(result.caption.caption)
        if result.HasField("text"):
            lines += [line.text for line in result.text.lines]
    texts = {
        Field.TITLE: [photo.title, photo.description],
        Field.CAPTION: captions,
        Field.TEXT: lines,
        Field.LABELS: found,
        Field.TAGS: given,
        Field.FILE_NAME: [PurePath(photo.file_name).stem],
        Field.PLACE: [place.name, place.city, place.region, place.country],
        Field.CAMERA: [camera.make, camera.model, camera.lens],
    }
    return {field: tuple(filter(None, values)) for field, values in texts.items() if any(values)}
