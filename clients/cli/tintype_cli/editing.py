"""tintype photos edit."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Final

import typer

from tintype.v1 import catalog_service_pb2 as pb
from tintype.v1 import photo_pb2
from tintype_cli.exits import Exit, Stop
from tintype_cli.filters import point
from tintype_cli.session import session_of
from tintype_cli.terminal import json_of
from tintype_sdk import Client

_CLEARABLE: Final = ("title", "description", "capture_time", "location")


def edit(
    context: typer.Context,
    photos: Annotated[list[str], typer.Argument(metavar="PHOTO", help="Ids of photos.")],
    title: Annotated[str | None, typer.Option(help="A title.")] = None,
    description: Annotated[str | None, typer.Option(help="A description.")] = None,
    favourite: Annotated[
        bool | None, typer.Option("--favourite/--no-favourite", help="Set or remove the mark.")
    ] = None,
    rating: Annotated[int | None, typer.Option(min=0, max=5, help="Stars, 0 for none.")] = None,
    archived: Annotated[
        bool | None, typer.Option("--archive/--unarchive", help="Into the archive or out of it.")
    ] = None,
    add_tag: Annotated[list[str] | None, typer.Option(metavar="TAG", help="Put a tag on.")] = None,
    remove_tag: Annotated[list[str] | None, typer.Option(metavar="TAG", help="Take a tag off.")] = None,
    time: Annotated[
        str, typer.Option(help="When it was taken: 2023-07-14T18:03:22+02:00; the offset may be left out.")
    ] = "",
    shift_minutes: Annotated[
        int | None, typer.Option(help="Move the time, for a camera whose clock was wrong.")
    ] = None,
    location: Annotated[str, typer.Option(help="Where it was taken: LATITUDE,LONGITUDE.")] = "",
    clear: Annotated[
        list[str] | None, typer.Option(metavar="FIELD", help=f"Back to what the file says: {', '.join(_CLEARABLE)}.")
    ] = None,
) -> None:
    """Change photos: all that are named get the same."""
    session = session_of(context)
    wrong = [name for name in clear or [] if name not in _CLEARABLE]
    if wrong:
        raise Stop(f"--clear {wrong[0]} is none of {', '.join(_CLEARABLE)}.", Exit.USAGE)
    fields, paths = _fields(title, description, time, location)
    paths += [name for name in clear or [] if name not in paths]
    change = pb.PhotoEdit(
        favourite=favourite, archived=archived, rating=rating, add_tags=add_tag or [], remove_tags=remove_tag or [],
        shift_minutes=shift_minutes,
    )  # fmt: skip
    if not paths and not change.ByteSize():
        raise Stop("Say what to change; 'tintype photos edit --help' shows what can be.", Exit.USAGE)

    async def work(client: Client) -> list[photo_pb2.Photo]:
        return [await _apply(client, photo_id, fields, paths, change) for photo_id in photos]

    changed = session.run(work)
    if session.out.as_json:
        session.out.json([json_of(photo) for photo in changed])
    session.out.say(f"Changed {len(changed)} photo{'s' if len(changed) != 1 else ''}.")


async def _apply(
    client: Client, photo_id: str, fields: photo_pb2.Photo, paths: list[str], change: pb.PhotoEdit
) -> photo_pb2.Photo:
    if paths:
        await client.photos.update(photo_id, fields, paths)
    if change.ByteSize():
        for failure in await client.photos.batch_update([photo_id], change):
            code = Exit.NOT_FOUND if failure.reason.endswith("_NOT_FOUND") else Exit.FAILED
            raise Stop(f"{failure.photo_id} was not changed: {failure.message}.", code)
    return await client.photos.get(photo_id)


def _fields(title: str | None, description: str | None, time: str, location: str) -> tuple[photo_pb2.Photo, list[str]]:
    photo, paths = photo_pb2.Photo(), []
    if title is not None:
        photo.title = title
        paths.append("title")
    if description is not None:
        photo.description = description
        paths.append("description")
    if time:
        photo.capture_time.CopyFrom(capture_time(time))
        paths.append("capture_time")
    if location:
        photo.location.latitude_deg, photo.location.longitude_deg = point(location)
        paths.append("location")
    return photo, paths


def capture_time(text: str) -> photo_pb2.CaptureTime:
    """A time as the wall showed it, with an offset if one was given. Raises Stop."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Stop(f"--time {text} is no time: write 2023-07-14T18:03:22+02:00.", Exit.USAGE) from None
    offset = moment.utcoffset()
    local = moment.replace(tzinfo=None)
    known = offset is not None
    made = photo_pb2.CaptureTime(
        local_time=local.isoformat(timespec="seconds"),
        utc_offset_minutes=int((offset or timedelta()) / timedelta(minutes=1)),
        utc_offset_source=photo_pb2.OFFSET_SOURCE_USER if known else photo_pb2.OFFSET_SOURCE_UNKNOWN,
    )
    made.instant.FromDatetime((local - (offset or timedelta())).replace(tzinfo=UTC))
    return made
