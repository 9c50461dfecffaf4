"""What owners change on their photos, one by one and many at once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final

from tintype.catalog.domain.capture import can_be_shifted, is_local_time
from tintype.catalog.domain.change import Change
from tintype.catalog.domain.editing import Field, PhotoEdit, Values, edited, updated
from tintype.catalog.domain.photo import Photo
from tintype.catalog.service.many import Outcome, each_of
from tintype.catalog.service.writing import PhotoWriter
from tintype.kit.errors import InvalidInput

MOST_TAGS: Final = 200  # as the contract says of one photo


class UpdateMaskInvalid(InvalidInput):
    """The mask is empty, or names a field that cannot be set."""

    reason = "UPDATE_MASK_INVALID"

    def __init__(self, path: str) -> None:
        message = f"{path} cannot be set" if path else "the update_mask names no field"
        super().__init__(message, fields={"update_mask": message}, path=path)


class Editing:
    """Sets what owners may set."""

    def __init__(self, writer: PhotoWriter) -> None:
        self._writer = writer

    async def update_photo(
        self, *, owner_id: str, photo_id: str, values: Values, mask: Collection[str], etag: str
    ) -> Photo:
        """Set the fields that the mask names.

        Raises: PhotoNotFound, EtagMismatch, UpdateMaskInvalid, InvalidInput.
        """
        fields = _fields(mask)
        time = values.capture_time
        if Field.CAPTURE_TIME in fields and time and time.local_time and not is_local_time(time.local_time):
            said = "is no date and time such as 2023-07-14T18:03:22"
            raise InvalidInput("the local time is not one", fields={"photo.capture_time.local_time": said})
        return await self._writer.change(
            owner_id=owner_id,
            photo_id=photo_id,
            etag=etag,
            decide=lambda photo, now: updated(photo, values, fields, now),
        )

    async def edit_photo(self, *, owner_id: str, photo_id: str, edit: PhotoEdit) -> Photo:
        """Make one change of a batch. Raises PhotoNotFound, InvalidInput."""

        def decide(photo: Photo, now: datetime) -> Change:
            if edit.shift_minutes and not can_be_shifted(photo.capture_time, edit.shift_minutes):
                said = "moves a photo out of the calendar"
                raise InvalidInput("the shift is too far", fields={"edit.shift_minutes": said})
            change = edited(photo, edit, now)
            if len(photo.tags.shown) < len(change.photo.tags.shown) > MOST_TAGS:
                said = f"leaves a photo with more than {MOST_TAGS} tags"
                raise InvalidInput("there are too many tags", fields={"edit.add_tags": said})
            return change

        return await self._writer.change(owner_id=owner_id, photo_id=photo_id, decide=decide)

    async def batch_update(self, *, owner_id: str, photo_ids: Sequence[str], edit: PhotoEdit) -> Outcome:
        """Make one change to each photo; each is changed whole or not at all."""
        return await each_of(
            photo_ids, lambda photo_id: self.edit_photo(owner_id=owner_id, photo_id=photo_id, edit=edit)
        )


def _fields(mask: Collection[str]) -> frozenset[Field]:
    """Raises UpdateMaskInvalid."""
    allowed = {field.value for field in Field}
    if wrong := [path for path in mask if path not in allowed] or ([] if mask else [""]):
        raise UpdateMaskInvalid(wrong[0])
    return frozenset(Field(path) for path in mask)
