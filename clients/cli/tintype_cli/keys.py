"""tintype keys: API keys for programs."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

import typer

from tintype_cli import describe
from tintype_cli.session import session_of
from tintype_cli.terminal import json_of

app = typer.Typer(help="API keys, for programs that act for you.", no_args_is_help=True)

_SCOPES = "photos.read, photos.write, albums.read, albums.write, search, embed, events.read, webhooks, operations"


@app.command()
def create(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="What you call it.")],
    scope: Annotated[list[str], typer.Option(metavar="SCOPE", help=f"What it may do, more than once: {_SCOPES}.")],
    days: Annotated[int | None, typer.Option(min=1, help="How long it is accepted; for ever if not said.")] = None,
) -> None:
    """Make a key. It is shown once: keep it somewhere safe."""
    session = session_of(context)
    lifetime = timedelta(days=days) if days else None
    key, secret = session.run(lambda client: client.keys.create(name, scope, lifetime=lifetime))
    if session.out.as_json:
        session.out.json({"api_key": json_of(key), "secret": secret})
        return
    session.out.value(secret)
    session.out.note("This is the only time that the key is shown. Use it with --key or TINTYPE_KEY.")


@app.command("list")
def list_keys(context: typer.Context) -> None:
    """List the keys in force."""
    session = session_of(context)
    keys = session.run(lambda client: client.keys.all())
    rows = [
        (
            key.api_key_id,
            key.name,
            key.prefix,
            ", ".join(key.scopes),
            describe.moment(key.expire_time) or "never",
            describe.moment(key.last_use_time) or "never",
        )
        for key in keys
    ]
    session.out.listing(keys, ("id", "name", "begins", "scopes", "ends", "last used"), rows)


@app.command()
def revoke(
    context: typer.Context, key_id: Annotated[str, typer.Argument(metavar="KEY", help="The id of a key.")]
) -> None:
    """End a key."""
    session = session_of(context)
    session.run(lambda client: client.keys.revoke(key_id))
    if session.out.as_json:
        session.out.json({"api_key_id": key_id})
    session.out.say("Revoked the key.")
