"""Resources in words."""

from __future__ import annotations

from datetime import UTC

from google.protobuf.timestamp_pb2 import Timestamp

from tintype.v1 import account_pb2, operation_pb2, photo_pb2

PHOTO_HEADERS = ("id", "taken", "place", "file", "marks", "state")


def moment(time: Timestamp) -> str:
    """An instant in this machine's time zone; empty if it is unset."""
    if not time.seconds and not time.nanos:
        return ""
    return time.ToDatetime(tzinfo=UTC).astimezone().strftime("%Y-%m-%d %H:%M:%S")


def size(size_bytes: int) -> str:
    """1.5 MB."""
    value = float(size_bytes)
    for unit in ("B", "kB", "MB", "GB"):
        if value < 1000:
            return f"{value:.0f} {unit}" if unit == "B" else f"{value:.1f} {unit}"
        value /= 1000
    return f"{value:.1f} TB"


def taken(photo: photo_pb2.Photo) -> str:
    """The wall clock's time at which a photo was taken, with the offset where it is known."""
    time = photo.capture_time
    text = time.local_time.replace("T", " ")[:19]
    if time.source == photo_pb2.VALUE_SOURCE_UPLOAD:
        return f"{text} (uploaded)"
    known = (photo_pb2.OFFSET_SOURCE_UNSPECIFIED, photo_pb2.OFFSET_SOURCE_UNKNOWN)
    if not text or time.utc_offset_source in known:
        return text
    hours, minutes = divmod(abs(time.utc_offset_minutes), 60)
    return f"{text} {'-' if time.utc_offset_minutes < 0 else '+'}{hours:02}:{minutes:02}"


def place(photo: photo_pb2.Photo) -> str:
    """Where it was taken: the place, and the city nearby."""
    where = photo.place
    near = f"near {where.city}" if where.city and where.city != where.name else ""
    return ", ".join(part for part in (where.name, near, where.country) if part)


def tags(photo: photo_pb2.Photo) -> str:
    """The tags, the owner's first."""
    ordered = sorted(photo.tags, key=lambda tag: (tag.source != photo_pb2.VALUE_SOURCE_USER, -tag.confidence, tag.name))
    return ", ".join(tag.name for tag in ordered)


def marks(photo: photo_pb2.Photo) -> str:
    """Favourite, stars, archive, trash."""
    found = ["favourite"] if photo.favourite else []
    if photo.rating:
        found.append("*" * photo.rating)
    found += ["archived"] if photo.archived else []
    found += ["in the trash"] if photo.HasField("trash_time") else []
    found += ["damaged"] if photo.HasField("corrupt_time") else []
    return ", ".join(found)


def photo_state(photo: photo_pb2.Photo) -> str:
    """How far it is."""
    return photo_pb2.PhotoState.Name(photo.state).removeprefix("PHOTO_STATE_").lower()


def photo_row(photo: photo_pb2.Photo) -> tuple[str, ...]:
    """A photo in a table with PHOTO_HEADERS."""
    return (photo.photo_id, taken(photo), place(photo), photo.file_name, marks(photo), photo_state(photo))


def photo_details(photo: photo_pb2.Photo) -> list[tuple[str, str]]:
    """All that is worth knowing of a photo."""
    camera = " ".join(part for part in (photo.camera.make, photo.camera.model, photo.camera.lens) if part)
    location = photo.location
    point = f"{location.latitude_deg:.5f}, {location.longitude_deg:.5f}" if photo.HasField("location") else ""
    return [
        ("id", photo.photo_id),
        ("file", photo.file_name),
        ("title", photo.title),
        ("description", photo.description),
        ("taken", taken(photo)),
        ("place", place(photo)),
        ("location", point),
        ("camera", camera),
        ("size", f"{photo.width_px} x {photo.height_px} px, {size(photo.size_bytes)}, {photo.media_type}"),
        ("tags", tags(photo)),
        ("text found", " / ".join(photo.found_text)),
        ("marks", marks(photo)),
        ("uploaded", moment(photo.upload_time)),
        ("deleted on", moment(photo.purge_time)),
        ("state", photo_state(photo)),
        *((f"stage {stage_name(each.stage)}", stage_state(each)) for each in photo.stages),
        ("sha-256", photo.sha256),
    ]


def stage_name(stage: photo_pb2.Stage) -> str:
    """derive, metadata, ..."""
    return photo_pb2.Stage.Name(stage).removeprefix("STAGE_").lower()


def stage_state(status: photo_pb2.StageStatus) -> str:
    """How far a stage is, who did it, or why it failed."""
    state = photo_pb2.StageState.Name(status.state).removeprefix("STAGE_STATE_").lower()
    return " ".join(part for part in (state, f"by {status.model}" if status.model else "", status.error) if part)


def operation_kind(operation: operation_pb2.Operation) -> str:
    """purge trash, reindex, ..."""
    return operation_pb2.OperationKind.Name(operation.kind).removeprefix("OPERATION_KIND_").lower().replace("_", " ")


def operation_state(operation: operation_pb2.Operation) -> str:
    """waiting, running, ..."""
    return operation_pb2.OperationState.Name(operation.state).removeprefix("OPERATION_STATE_").lower()


def operation_progress(operation: operation_pb2.Operation) -> str:
    """12 of 40 photos, 1 failed."""
    progress = operation.progress
    text = f"{progress.done} of {progress.total}" if progress.total else str(progress.done or "")
    failed = f", {progress.failed} failed" if progress.failed else ""
    return f"{text} {progress.unit}".strip() + failed


def user_row(user: account_pb2.User) -> tuple[str, ...]:
    """A user in a table."""
    return (
        user.user_name,
        user.user_id,
        account_pb2.UserRole.Name(user.role).removeprefix("USER_ROLE_").lower(),
        account_pb2.UserState.Name(user.state).removeprefix("USER_STATE_").lower(),
        size(user.quota_bytes) if user.quota_bytes else "no limit",
        moment(user.last_sign_in_time),
    )
