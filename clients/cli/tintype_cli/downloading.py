"""tintype photos download."""

from __future__ import annotations

from pathlib import Path, PurePath
from typing import Annotated

import typer

from tintype.v1 import photo_pb2
from tintype_cli.bars import plain_bar
from tintype_cli.exits import Exit, Stop
from tintype_cli.session import Session, session_of
from tintype_cli.terminal import Json
from tintype_sdk import Client

_VARIANTS = {
    "original": photo_pb2.VARIANT_ORIGINAL,
    "preview": photo_pb2.VARIANT_PREVIEW,
    "thumbnail": photo_pb2.VARIANT_THUMBNAIL,
}


def download(
    context: typer.Context,
    photos: Annotated[list[str], typer.Argument(metavar="PHOTO", help="Ids of photos.")],
    to: Annotated[Path, typer.Option(help="A folder, or the file for a single photo.")] = Path(),
    variant: Annotated[str, typer.Option(help="original, preview or thumbnail.")] = "original",
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace files that are there.")] = False,
) -> None:
    """Save the files of photos. An original arrives byte for byte, or not at all."""
    session = session_of(context)
    if variant not in _VARIANTS:
        raise Stop(f"There is no variant {variant}: it is one of {', '.join(_VARIANTS)}.", Exit.USAGE)
    if len(photos) > 1 and not to.is_dir():
        raise Stop(f"{to} is no folder: several photos need one, with --to.", Exit.USAGE)
    saved = session.run(lambda client: _save_all(session, client, photos, to, variant, overwrite=overwrite))
    if session.out.as_json:
        session.out.json(saved)


async def _save_all(
    session: Session, client: Client, photos: list[str], to: Path, variant: str, *, overwrite: bool
) -> list[Json]:
    saved: list[Json] = []
    with plain_bar(session.out) as bar:
        for photo_id in bar.track(photos, description="Downloading"):
            file = _free(to, await _name(client, photo_id, variant), photo_id, overwrite=overwrite)
            info = await client.media.download(photo_id, file, variant=_VARIANTS[variant])
            session.out.say(f"{photo_id}  {file}")
            saved.append(
                {"photo_id": photo_id, "path": str(file), "size_bytes": info.size_bytes, "sha256": info.sha256}
            )
    return saved


async def _name(client: Client, photo_id: str, variant: str) -> str:
    """The photo's own name, made safe: it came from somebody's client."""
    photo = await client.photos.get(photo_id)
    name = PurePath(photo.file_name.replace("\\", "/")).name.lstrip(".") or photo_id
    return name if variant == "original" else f"{PurePath(name).stem}-{variant}.jpg"


def _free(to: Path, name: str, photo_id: str, *, overwrite: bool) -> Path:
    """The file to save to; one with the photo's id in its name if the first choice is taken. Raises Stop."""
    file = to / name if to.is_dir() else to
    if overwrite or not file.exists():
        return file
    other = file.with_name(f"{file.stem}-{photo_id}{file.suffix}")
    if other.exists():
        raise Stop(f"{file} is there already: use --overwrite, or another folder with --to.")
    return other
