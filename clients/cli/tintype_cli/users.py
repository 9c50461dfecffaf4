"""tintype admin users: the accounts of an installation, for administrators."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from tintype.v1 import account_pb2
from tintype_cli import describe
from tintype_cli.exits import Exit, Stop
from tintype_cli.passwords import read_password
from tintype_cli.session import Session, session_of
from tintype_cli.terminal import collected, json_of
from tintype_cli.waiting import finish
from tintype_sdk import Client

app = typer.Typer(help="Users: list them, make, change and erase accounts.", invoke_without_command=True)

Name = Annotated[str, typer.Argument(help="The user name.")]
Quota = Annotated[int | None, typer.Option("--quota-gb", min=0, help="How much the photos may take; 0 means no limit.")]
Stdin = Annotated[bool, typer.Option("--password-stdin", help="Read the password from standard input.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask whether it is meant.")]

_GB = 1_000_000_000


class Role(StrEnum):
    """What a user may do."""

    MEMBER = "member"
    ADMINISTRATOR = "administrator"


@app.callback()
def users(context: typer.Context) -> None:
    """List all users, or do one of the commands."""
    if context.invoked_subcommand is not None:
        return
    session = session_of(context)

    async def work(client: Client) -> list[account_pb2.User]:
        return await collected(client.users.all(), 0)

    found = session.run(work)
    headers = ("name", "id", "role", "state", "quota", "last sign-in")
    session.out.listing(found, headers, [describe.user_row(user) for user in found])


@app.command()
def create(
    context: typer.Context,
    name: Name,
    display_name: Annotated[str, typer.Option(help="What others see.")] = "",
    role: Annotated[Role, typer.Option(help="What the user may do.")] = Role.MEMBER,
    quota_gb: Quota = None,
    password_stdin: Stdin = False,
) -> None:
    """Make an account for somebody, with a password to be changed."""
    session = session_of(context)
    password = read_password(f"Password for {name}", stdin=password_stdin, confirm=True)

    async def work(client: Client) -> account_pb2.User:
        return await client.users.create(
            name,
            password,
            display_name=display_name,
            administrator=role is Role.ADMINISTRATOR,
            quota_bytes=(quota_gb or 0) * _GB,
        )

    _show(session, session.run(work), f"Made the account {name}.")


@app.command()
def edit(
    context: typer.Context,
    name: Name,
    role: Annotated[Role | None, typer.Option(help="What the user may do.")] = None,
    quota_gb: Quota = None,
    enabled: Annotated[bool | None, typer.Option("--enable/--disable", help="Whether the user may sign in.")] = None,
) -> None:
    """Change the role or the quota of a user, or whether the user may sign in."""
    session = session_of(context)
    user = account_pb2.User(
        role=account_pb2.USER_ROLE_ADMINISTRATOR if role is Role.ADMINISTRATOR else account_pb2.USER_ROLE_MEMBER,
        state=account_pb2.USER_STATE_ACTIVE if enabled else account_pb2.USER_STATE_DISABLED,
        quota_bytes=(quota_gb or 0) * _GB,
    )
    given = {"role": role, "quota_bytes": quota_gb, "state": enabled}
    paths = [path for path, value in given.items() if value is not None]
    if not paths:
        raise Stop("Nothing to change: give --role, --quota-gb, --enable or --disable.", Exit.USAGE)

    async def work(client: Client) -> account_pb2.User:
        return await client.users.update((await _named(client, name)).user_id, user, paths)

    _show(session, session.run(work), f"Changed the account {name}.")


@app.command("reset-password")
def reset_password(context: typer.Context, name: Name, password_stdin: Stdin = False) -> None:
    """Set a new password for a user; all sessions of the user end."""
    session = session_of(context)
    password = read_password(f"New password for {name}", stdin=password_stdin, confirm=True)

    async def work(client: Client) -> None:
        await client.users.reset_password((await _named(client, name)).user_id, password)

    session.run(work)
    session.out.say(f"The password of {name} is changed.")


@app.command()
def erase(context: typer.Context, name: Name, yes: Yes = False) -> None:
    """Delete a user and every photo of the user, for good."""
    session = session_of(context)
    if not yes and not typer.confirm(f"Delete {name} and all photos of {name} for good?"):
        raise Stop("Nothing was deleted.", Exit.INTERRUPTED)

    async def work(client: Client) -> None:
        await finish(client, session.out, await client.users.erase((await _named(client, name)).user_id))

    session.run(work)


async def _named(client: Client, name: str) -> account_pb2.User:
    async for user in client.users.all():
        if user.user_name == name.lower():
            return user
    raise Stop(f"There is no user {name}. 'tintype admin users' lists them.", Exit.NOT_FOUND)


def _show(session: Session, user: account_pb2.User, sentence: str) -> None:
    if session.out.as_json:
        session.out.json(json_of(user))
        return
    session.out.say(sentence)
