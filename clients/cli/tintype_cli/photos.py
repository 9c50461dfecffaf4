"""tintype photos: look at them, get them, throw them away."""

from __future__ import annotations

from typing import Annotated, cast

import typer

from tintype.v1 import catalog_service_pb2 as pb
from tintype.v1 import photo_pb2
from tintype_cli import describe, filters
from tintype_cli.albums import album_id_of
from tintype_cli.batches import one_by_one, print_batch
from tintype_cli.downloading import download
from tintype_cli.editing import edit
from tintype_cli.exits import Exit, Stop
from tintype_cli.session import session_of
from tintype_cli.terminal import collected
from tintype_cli.waiting import finish
from tintype_sdk import Client

app = typer.Typer(help="Photos: list, look at, download, edit, trash, delete.", no_args_is_help=True)
app.command()(download)
app.command()(edit)

PhotoId = Annotated[str, typer.Argument(metavar="PHOTO", help="The id of a photo.")]
PhotoIds = Annotated[list[str], typer.Argument(metavar="PHOTO", help="Ids of photos.")]
States = Annotated[
    list[str] | None, typer.Option("--state", metavar="STATE", help="processing, ready, partial or failed.")
]


@app.command("list")
def list_photos(
    context: typer.Context,
    first: filters.From = "",
    last: filters.To = "",
    month: filters.Months = None,
    weekday: filters.Weekdays = None,
    hour: filters.Hours = None,
    season: filters.Seasons = None,
    near: filters.NearPoint = "",
    place: filters.Places = None,
    camera: filters.Cameras = None,
    tag: filters.Tags = None,
    not_tag: filters.NotTags = None,
    album: filters.AlbumNames = None,
    favourite: filters.Favourite = None,
    min_rating: filters.MinRating = 0,
    media_type: filters.MediaTypes = None,
    state: States = None,
    archived: filters.Archived = False,
    trashed: filters.Trashed = False,
    by_upload: Annotated[bool, typer.Option("--by-upload", help="By upload time instead of capture time.")] = False,
    oldest_first: Annotated[bool, typer.Option("--oldest-first", help="Turn the order round.")] = False,
    limit: Annotated[int, typer.Option(min=0, help="How many at most; 0 shows all.")] = 50,
) -> None:
    """List photos, newest first."""
    session = session_of(context)
    wanted = filters.filter_of(filters.Choice(
        first, last, month or [], weekday or [], hour or [], season or [], near, place or [], camera or [], tag or [],
        not_tag or [], favourite, min_rating, media_type or [], state or [], archived, trashed,
    ))  # fmt: skip
    order = pb.PHOTO_ORDER_UPLOAD_TIME if by_upload else pb.PHOTO_ORDER_CAPTURE_TIME

    async def work(client: Client) -> list[photo_pb2.Photo]:
        for name in album or []:
            wanted.album_ids.any_of.append(await album_id_of(client, name))
        return await collected(client.photos.all(photo_filter=wanted, order=order, oldest_first=oldest_first), limit)

    photos = session.run(work)
    session.out.listing(photos, describe.PHOTO_HEADERS, [describe.photo_row(photo) for photo in photos])
    if limit and len(photos) == limit:
        session.out.say(f"These are the first {limit}; --limit 0 shows all.")


@app.command()
def show(context: typer.Context, photo: PhotoId) -> None:
    """Show all that is known of a photo."""
    session = session_of(context)
    found = session.run(lambda client: client.photos.get(photo, found_text=True))
    session.out.message(found, describe.photo_details(found))


@app.command()
def trash(context: typer.Context, photos: PhotoIds) -> None:
    """Put photos into the trash; they are deleted for good after 30 days."""
    session = session_of(context)
    failures = session.run(lambda client: client.photos.trash(photos))
    print_batch(session.out, len(photos), "in the trash", failures)


@app.command()
def restore(context: typer.Context, photos: PhotoIds) -> None:
    """Take photos out of the trash, as they were."""
    session = session_of(context)
    failures = session.run(lambda client: client.photos.restore(photos))
    print_batch(session.out, len(photos), "restored", failures)


@app.command()
def delete(context: typer.Context, photos: PhotoIds) -> None:
    """Delete photos that are in the trash, for good."""
    session = session_of(context)

    async def work(client: Client) -> list[pb.BatchFailure]:
        return await one_by_one(photos, client.photos.delete)

    print_batch(session.out, len(photos), "deleted", session.run(work))


@app.command()
def purge(
    context: typer.Context,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask whether it is meant.")] = False,
    wait: Annotated[bool, typer.Option(help="Wait until it is done.")] = True,
) -> None:
    """Delete everything in the trash, for good."""
    session = session_of(context)
    if not yes and not typer.confirm("Delete everything in the trash for good?"):
        raise Stop("Nothing was deleted.", Exit.INTERRUPTED)

    async def work(client: Client) -> None:
        await finish(client, session.out, await client.photos.purge_trash(), wait=wait)

    session.run(work)


@app.command()
def retry(
    context: typer.Context,
    photo: PhotoId,
    stage: Annotated[
        list[str] | None, typer.Option(metavar="STAGE", help="A stage to do again; all that failed if none is named.")
    ] = None,
) -> None:
    """Ask again for stages of a photo's analysis."""
    session = session_of(context)
    stages = [stage_of(name) for name in stage or []]
    found = session.run(lambda client: client.photos.retry(photo, stages))
    session.out.message(found, describe.photo_details(found))


def stage_of(name: str) -> photo_pb2.Stage:
    """A stage by its name. Raises Stop."""
    names = [value.removeprefix("STAGE_").lower() for value in photo_pb2.Stage.keys()[1:]]
    if name.lower() not in names:
        raise Stop(f"There is no stage {name}: it is one of {', '.join(names)}.", Exit.USAGE)
    return cast(photo_pb2.Stage, photo_pb2.Stage.Value(f"STAGE_{name.upper()}"))
