"""tintype operations: work that takes long."""

from __future__ import annotations

from typing import Annotated

import typer

from tintype.v1 import operation_pb2 as pb
from tintype_cli import describe
from tintype_cli.session import Session, session_of
from tintype_cli.terminal import collected
from tintype_cli.waiting import finish
from tintype_sdk import Client

app = typer.Typer(help="Work that takes long: look at it, wait for it, stop it.", no_args_is_help=True)

OperationId = Annotated[str, typer.Argument(metavar="OPERATION", help="The id of an operation.")]


@app.command("list")
def list_operations(
    context: typer.Context,
    running: Annotated[bool, typer.Option("--running", help="Only what has not ended.")] = False,
    limit: Annotated[int, typer.Option(min=0, help="How many at most; 0 shows all.")] = 50,
) -> None:
    """List operations, newest first."""
    session = session_of(context)

    async def work(client: Client) -> list[pb.Operation]:
        return await collected(client.operations.all(running=running), limit)

    found = session.run(work)
    rows = [
        (
            each.operation_id,
            describe.operation_kind(each),
            describe.operation_state(each),
            describe.operation_progress(each),
            describe.moment(each.create_time),
        )
        for each in found
    ]
    session.out.listing(found, ("id", "kind", "state", "progress", "begun"), rows)


@app.command()
def show(context: typer.Context, operation: OperationId) -> None:
    """Show an operation."""
    session = session_of(context)
    _print(session, session.run(lambda client: client.operations.get(operation)))


@app.command()
def watch(context: typer.Context, operation: OperationId) -> None:
    """Wait for the end of an operation."""
    session = session_of(context)

    async def work(client: Client) -> None:
        await finish(client, session.out, await client.operations.get(operation))

    session.run(work)


@app.command()
def cancel(context: typer.Context, operation: OperationId) -> None:
    """Ask an operation to stop; what it did stays."""
    session = session_of(context)
    _print(session, session.run(lambda client: client.operations.cancel(operation)))


def _print(session: Session, operation: pb.Operation) -> None:
    rows = [
        ("id", operation.operation_id),
        ("kind", describe.operation_kind(operation)),
        ("state", describe.operation_state(operation)),
        ("progress", describe.operation_progress(operation)),
        ("step", operation.progress.step),
        ("begun", describe.moment(operation.create_time)),
        ("ended", describe.moment(operation.end_time)),
        ("error", operation.error),
        *((name, str(count)) for name, count in sorted(operation.counts.items())),
    ]
    session.out.message(operation, rows)
