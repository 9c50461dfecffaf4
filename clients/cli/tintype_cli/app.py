"""The main command and its groups."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from tintype_cli import account, admin, albums, doctor, events, keys, models, operations, photos, webhooks
from tintype_cli.exits import EXIT_CODES
from tintype_cli.importing import import_app
from tintype_cli.searching import search
from tintype_cli.session import DEFAULT_SERVER, Session, address_of
from tintype_cli.tags import tags
from tintype_cli.terminal import Terminal
from tintype_cli.up import up
from tintype_cli.uploading import upload

app = typer.Typer(
    name="tintype",
    help="A photo library that you run yourself: put photos in, find them by saying what is in them.",
    epilog=EXIT_CODES,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"tintype {version('tintype')}")
        raise typer.Exit


@app.callback()
def main(
    context: typer.Context,
    server: Annotated[
        str, typer.Option("--server", envvar="TINTYPE_SERVER", help="The library's address.")
    ] = DEFAULT_SERVER,
    key: Annotated[
        str, typer.Option("--key", envvar="TINTYPE_KEY", help="An API key, instead of signing in.", show_default=False)
    ] = "",
    ca: Annotated[
        Path | None, typer.Option("--ca", envvar="TINTYPE_CA", help="Certificates to trust, as PEM; asks for TLS.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print data as JSON.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print data and errors only.")] = False,
    show_version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and end.")
    ] = False,
) -> None:
    """Options of this level can stand anywhere on the line."""
    del show_version
    context.obj = Session(address_of(server), key, ca, Terminal(as_json=as_json, quiet=quiet))


app.command()(up)
app.command()(upload)
app.command()(search)
app.command()(tags)
app.command()(doctor.doctor)
app.add_typer(account.app, name="account")
app.add_typer(keys.app, name="keys")
app.add_typer(import_app, name="import")
app.add_typer(photos.app, name="photos")
app.add_typer(albums.app, name="albums")
app.add_typer(events.app, name="events")
app.add_typer(webhooks.app, name="webhooks")
app.add_typer(operations.app, name="operations")
app.add_typer(models.app, name="models")
app.add_typer(admin.app, name="admin")
