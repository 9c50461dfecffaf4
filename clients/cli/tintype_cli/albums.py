"""tintype albums."""

from __future__ import annotations

from typing import Annotated, cast

import typer

from tintype.v1 import album_service_pb2 as pb
from tintype.v1 import photo_pb2
from tintype.v1.catalog_service_pb2 import BatchFailure
from tintype_cli import describe
from tintype_cli.batches import print_batch
from tintype_cli.exits import Exit, Stop
from tintype_cli.session import session_of
from tintype_cli.terminal import collected, json_of
from tintype_sdk import Client

app = typer.Typer(help="Albums: make them, fill them, look into them.", no_args_is_help=True)

Album = Annotated[str, typer.Argument(metavar="ALBUM", help="The id or the title of an album.")]
PhotoIds = Annotated[list[str], typer.Argument(metavar="PHOTO", help="Ids of photos.")]
_HEADERS = ("id", "title", "photos", "made")


@app.command("list")
def list_albums(context: typer.Context) -> None:
    """List albums, newest first."""
    session = session_of(context)

    async def work(client: Client) -> list[pb.Album]:
        return await collected(client.albums.all(), 0)

    albums = session.run(work)
    session.out.listing(albums, _HEADERS, [_row(album) for album in albums])


@app.command()
def create(
    context: typer.Context,
    title: Annotated[str, typer.Argument(help="Its title.")],
    description: Annotated[str, typer.Option(help="A description.")] = "",
    photo: Annotated[list[str] | None, typer.Option(metavar="PHOTO", help="The id of a photo to put in.")] = None,
) -> None:
    """Make an album."""
    session = session_of(context)

    async def work(client: Client) -> pb.Album:
        album = await client.albums.create(title, description=description)
        if photo:
            await client.albums.add(album.album_id, photo)
            album = await client.albums.get(album.album_id)
        return album

    _print(context, session.run(work))


@app.command()
def show(
    context: typer.Context,
    album: Album,
    limit: Annotated[int, typer.Option(min=0, help="How many photos at most; 0 shows all.")] = 50,
) -> None:
    """Show an album and the photos in it."""
    session = session_of(context)

    async def work(client: Client) -> tuple[pb.Album, list[photo_pb2.Photo]]:
        album_id = await album_id_of(client, album)
        return await client.albums.get(album_id), await collected(client.albums.photos(album_id), limit)

    found, photos = session.run(work)
    if session.out.as_json:
        session.out.json({"album": json_of(found), "photos": [json_of(photo) for photo in photos]})
        return
    _print(context, found)
    session.out.table(describe.PHOTO_HEADERS, [describe.photo_row(photo) for photo in photos], empty="It is empty.")


@app.command()
def edit(
    context: typer.Context,
    album: Album,
    title: Annotated[str | None, typer.Option(help="Another title.")] = None,
    description: Annotated[str | None, typer.Option(help="Another description.")] = None,
    cover: Annotated[str | None, typer.Option(help="The id of the photo on it; empty for the first.")] = None,
    order: Annotated[str | None, typer.Option(help="oldest-first, newest-first or manual.")] = None,
) -> None:
    """Change an album."""
    session = session_of(context)
    fields = {"title": title, "description": description, "cover_photo_id": cover}
    paths = [name for name, value in fields.items() if value is not None]
    change = pb.Album(title=title, description=description, cover_photo_id=cover)
    if order is not None:
        change.order = _order(order)
        paths.append("order")
    if not paths:
        raise Stop("Say what to change; 'tintype albums edit --help' shows what can be.", Exit.USAGE)

    async def work(client: Client) -> pb.Album:
        return await client.albums.update(await album_id_of(client, album), change, paths)

    _print(context, session.run(work))


@app.command()
def add(context: typer.Context, album: Album, photos: PhotoIds) -> None:
    """Put photos into an album."""
    session = session_of(context)

    async def work(client: Client) -> list[BatchFailure]:
        return await client.albums.add(await album_id_of(client, album), photos)

    print_batch(session.out, len(photos), "in the album", session.run(work))


@app.command()
def remove(context: typer.Context, album: Album, photos: PhotoIds) -> None:
    """Take photos out of an album; they stay in the library."""
    session = session_of(context)

    async def work(client: Client) -> list[BatchFailure]:
        return await client.albums.remove(await album_id_of(client, album), photos)

    print_batch(session.out, len(photos), "taken out", session.run(work))


@app.command()
def delete(context: typer.Context, album: Album) -> None:
    """Delete an album; its photos stay in the library."""
    session = session_of(context)

    async def work(client: Client) -> str:
        album_id = await album_id_of(client, album)
        await client.albums.delete(album_id)
        return album_id

    album_id = session.run(work)
    if session.out.as_json:
        session.out.json({"album_id": album_id})
    session.out.say("Deleted the album. Its photos are where they were.")


async def album_id_of(client: Client, name: str) -> str:
    """The id of an album that is named by id or title. Raises Stop if there is none, or more than one."""
    albums = await collected(client.albums.all(), 0)
    if any(album.album_id == name for album in albums):
        return name
    titled = [album.album_id for album in albums if album.title.casefold() == name.casefold()]
    if len(titled) == 1:
        return titled[0]
    if titled:
        raise Stop(f"{len(titled)} albums are called '{name}': use an id ({', '.join(titled[:5])}).", Exit.USAGE)
    raise Stop(f"There is no album '{name}'. 'tintype albums list' shows what there is.", Exit.NOT_FOUND)


def _row(album: pb.Album) -> tuple[str, ...]:
    return (album.album_id, album.title, str(album.photos), describe.moment(album.create_time))


def _print(context: typer.Context, album: pb.Album) -> None:
    rows = [*zip(_HEADERS, _row(album), strict=True), ("description", album.description)]
    session_of(context).out.message(album, rows)


def _order(name: str) -> pb.AlbumOrder:
    names = {"oldest-first", "newest-first", "manual"}
    if name not in names:
        raise Stop(f"--order {name} is none of {', '.join(sorted(names))}.", Exit.USAGE)
    return cast(pb.AlbumOrder, pb.AlbumOrder.Value(f"ALBUM_ORDER_{name.upper().replace('-', '_')}"))
