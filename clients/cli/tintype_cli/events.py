"""tintype events: what happens, as it happens."""

from __future__ import annotations

from typing import Annotated, cast

import typer

from tintype.v1 import event_service_pb2 as pb
from tintype_cli import describe
from tintype_cli.exits import Exit, Stop
from tintype_cli.session import session_of
from tintype_cli.terminal import Terminal, json_of
from tintype_sdk import Client

app = typer.Typer(help="What happens in the library.", no_args_is_help=True)

Kinds = Annotated[
    list[str] | None,
    typer.Option(
        "--kind",
        metavar="KIND",
        help="photo-registered, photo-changed, photo-ready, photo-deleted, album-changed, album-deleted.",
    ),
]


@app.callback()
def main() -> None:
    """What happens in the library."""


@app.command()
def watch(
    context: typer.Context,
    kind: Kinds = None,
    cursor: Annotated[str, typer.Option(help="Go on after the event that carried it; from now on if not said.")] = "",
    limit: Annotated[int, typer.Option(min=0, help="End after so many events; 0 goes on until Ctrl-C.")] = 0,
) -> None:
    """Show events as they come, one a line. A broken connection is taken up again."""
    session = session_of(context)
    kinds = [kind_of(name) for name in kind or []]

    async def work(client: Client) -> None:
        seen = 0
        async for response in client.events.watch(cursor=cursor, kinds=kinds):
            if response.HasField("event"):
                _print(session.out, response)
                seen += 1
                if seen == limit:
                    return

    session.run(work)


def kind_of(name: str) -> pb.LibraryEventKind:
    """A kind of event by its name. Raises Stop."""
    try:
        return cast(
            pb.LibraryEventKind, pb.LibraryEventKind.Value(f"LIBRARY_EVENT_KIND_{name.upper().replace('-', '_')}")
        )
    except ValueError:
        raise Stop(f"There is no kind of event {name}; --help lists them.", Exit.USAGE) from None


def kind_name(kind: pb.LibraryEventKind) -> str:
    """photo-ready, ..."""
    return pb.LibraryEventKind.Name(kind).removeprefix("LIBRARY_EVENT_KIND_").lower().replace("_", "-")


def _print(out: Terminal, response: pb.WatchEventsResponse) -> None:
    if out.as_json:
        out.line(json_of(response))
        return
    event = response.event
    subject = event.photo_id or event.album_id
    groups = ", ".join(event.groups)
    out.value(f"{describe.moment(event.time)}  {kind_name(event.kind):<17} {subject}  {groups}".rstrip())
