"""tintype admin: for those who run the installation."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from tintype.v1 import account_pb2
from tintype.v1 import admin_service_pb2 as pb
from tintype_cli import describe, users
from tintype_cli.photos import stage_of
from tintype_cli.server_process import run_child
from tintype_cli.session import session_of
from tintype_cli.terminal import collected, json_of
from tintype_cli.waiting import finish
from tintype_sdk import Client

app = typer.Typer(help="For administrators: users, queues, repairs, counts.", no_args_is_help=True)
app.add_typer(users.app, name="users")

Wait = Annotated[bool, typer.Option(help="Wait until it is done.")]
Limit = Annotated[int, typer.Option(min=0, help="How many at most; 0 shows all.")]


@app.command()
def invite(
    context: typer.Context, days: Annotated[int | None, typer.Option(min=1, help="How long it is valid.")] = None
) -> None:
    """Make a code with which one account can be made."""
    session = session_of(context)
    lifetime = timedelta(days=days) if days else None
    made = session.run(lambda client: client.users.invite(lifetime=lifetime))
    if session.out.as_json:
        session.out.json(json_of(made))
        return
    session.out.value(made.invitation)
    session.out.note("Used with: tintype account create NAME --invitation CODE")


@app.command()
def audit(
    context: typer.Context,
    user: Annotated[str, typer.Option(help="The id of a user; all if not said.")] = "",
    limit: Limit = 50,
) -> None:
    """Show who did what, newest first."""
    session = session_of(context)

    async def work(client: Client) -> list[account_pb2.AuditEvent]:
        return await collected(client.users.audit(user_id=user), limit)

    found = session.run(work)
    rows = [(describe.moment(event.time), event.action, event.user_id, event.subject_id) for event in found]
    session.out.listing(found, ("time", "action", "user", "done to"), rows)


@app.command()
def jobs(context: typer.Context) -> None:
    """Show how much waits in every queue."""
    session = session_of(context)
    found = session.run(lambda client: client.admin.jobs())
    rows = [
        (job.consumer, str(job.waiting), str(job.in_flight), describe.moment(job.oldest_time), job.blocked_by)
        for job in found
    ]
    session.out.listing(found, ("queue", "waiting", "in flight", "oldest", "blocked by"), rows)


@app.command("dead-letters")
def dead_letters(
    context: typer.Context,
    replay: Annotated[str, typer.Option(metavar="ID", help="Hand this one out again.")] = "",
    delete: Annotated[str, typer.Option(metavar="ID", help="Drop this one.")] = "",
    limit: Limit = 50,
) -> None:
    """Show what was given up; hand it out again, or drop it."""
    session = session_of(context)
    if replay:
        session.run(lambda client: client.admin.replay(replay))
        session.out.say("It is handed out again.")
        return
    if delete:
        session.run(lambda client: client.admin.delete_dead_letter(delete))
        session.out.say("Dropped it.")
        return

    async def work(client: Client) -> list[pb.DeadLetter]:
        return await collected(client.admin.dead_letters(), limit)

    found = session.run(work)
    rows = [
        (each.dead_letter_id, each.consumer, each.fact, each.photo_id, describe.moment(each.time), each.reason)
        for each in found
    ]
    session.out.listing(found, ("id", "queue", "fact", "photo", "given up", "reason"), rows)


@app.command()
def reindex(context: typer.Context, wait: Wait = True) -> None:
    """Build the search index anew; search answers from the old one meanwhile."""
    session = session_of(context)

    async def work(client: Client) -> None:
        await finish(client, session.out, await client.search.rebuild(), wait=wait)

    session.run(work)


@app.command()
def reanalyse(
    context: typer.Context,
    stage: Annotated[
        list[str] | None,
        typer.Option(
            metavar="STAGE", help="A stage to do again; where the model is not the wanted one if none is named."
        ),
    ] = None,
    failed_only: Annotated[bool, typer.Option("--failed-only", help="Only stages that failed.")] = False,
    user: Annotated[str, typer.Option(help="Only the photos of the user with this id.")] = "",
    wait: Wait = True,
) -> None:
    """Ask for stages of all photos again."""
    session = session_of(context)
    stages = [stage_of(name) for name in stage or []]

    async def work(client: Client) -> None:
        operation = await client.admin.reanalyse(stages, failed_only=failed_only, user_id=user)
        await finish(client, session.out, operation, wait=wait)

    session.run(work)


@app.command()
def sweep(
    context: typer.Context,
    name: Annotated[
        str, typer.Argument(metavar="SWEEP", help="Run this one; lists them if empty.", show_default=False)
    ] = "",
    wait: Wait = True,
) -> None:
    """List the repairs that run regularly, or run one now."""
    session = session_of(context)
    if name:

        async def work(client: Client) -> None:
            await finish(client, session.out, await client.admin.run_sweep(name), wait=wait)

        session.run(work)
        return
    found = session.run(lambda client: client.admin.sweeps())
    rows = [
        (each.sweep, each.title, f"{each.period_s} s", describe.moment(each.last_time), str(each.found), each.error)
        for each in found
    ]
    session.out.listing(found, ("sweep", "looks for", "every", "last run", "repaired", "error"), rows)


@app.command()
def stats(context: typer.Context) -> None:
    """Count what the library holds."""
    session = session_of(context)
    found = session.run(lambda client: client.admin.statistics())
    rows = [(name.replace("_", " "), str(value)) for name, value in sorted(found.values.items())]
    session.out.message(found, rows)


@app.command()
def move(
    context: typer.Context,
    to: Annotated[Path, typer.Option(help="A folder, or a file with the TINTYPE_..._URL lines of the new place.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be copied, and write nothing.")] = False,
) -> None:
    """Copy the whole library to another folder or other servers, and check every original by its hash.

    For a library that is stopped: its place is what TINTYPE_HOME and the TINTYPE_..._URL settings say. Run it again
    after an interruption, and it goes on. The source is only read; the destination has to be empty.
    """
    arguments = ["move", "--to", str(to), *(["--dry-run"] if dry_run else [])]
    arguments += ["--json"] if session_of(context).out.as_json else []
    raise typer.Exit(run_child(arguments))
