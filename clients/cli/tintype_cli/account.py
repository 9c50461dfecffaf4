"""tintype account: one's own account."""

from __future__ import annotations

import getpass
import platform
from typing import Annotated

import typer

from tintype.v1 import account_pb2
from tintype_cli import describe
from tintype_cli.exits import Exit, Stop
from tintype_cli.passwords import read_password
from tintype_cli.session import Session, session_of
from tintype_cli.waiting import finish
from tintype_sdk import Client

app = typer.Typer(help="Your account: make it, sign in, change its password.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="The user name; empty takes the name of the login.", show_default=False)]
Stdin = Annotated[bool, typer.Option("--password-stdin", help="Read the password from standard input.")]


@app.command()
def create(
    context: typer.Context,
    name: Name = "",
    display_name: Annotated[str, typer.Option(help="What others see.")] = "",
    invitation: Annotated[str, typer.Option(help="The code of an invitation.")] = "",
    password_stdin: Stdin = False,
) -> None:
    """Make an account and sign in. The first account of a library is its administrator."""
    session = session_of(context)
    user_name = name or getpass.getuser()
    password = read_password(f"Password for {user_name}", stdin=password_stdin, confirm=True)

    async def work(client: Client) -> account_pb2.User:
        return await client.accounts.sign_up(
            user_name, password, display_name=display_name, invitation=invitation, client=_client_name()
        )

    _show(session, session.run(work), f"Made the account {user_name} and signed in.")


@app.command("sign-in")
def sign_in(context: typer.Context, name: Name = "", password_stdin: Stdin = False) -> None:
    """Begin a session, which is kept for this server."""
    session = session_of(context)
    user_name = name or getpass.getuser()
    password = read_password(f"Password for {user_name}", stdin=password_stdin)

    async def work(client: Client) -> account_pb2.User:
        return await client.accounts.sign_in(user_name, password, client=_client_name())

    _show(session, session.run(work), f"Signed in as {user_name}.")


@app.command("sign-out")
def sign_out(
    context: typer.Context, everywhere: Annotated[bool, typer.Option(help="End all your sessions.")] = False
) -> None:
    """End the session."""
    session = session_of(context)
    session.run(lambda client: client.accounts.sign_out(everywhere=everywhere))
    session.out.say("Signed out.")


@app.command()
def show(context: typer.Context) -> None:
    """Who is signed in, and how much space is used."""
    session = session_of(context)

    async def work(client: Client) -> tuple[account_pb2.User, str]:
        user, usage = await client.accounts.show(), await client.photos.usage()
        limit = f" of {describe.size(usage.quota_bytes)}" if usage.quota_bytes else ""
        return user, f"{usage.photos} photos, {describe.size(usage.used_bytes)}{limit}"

    user, used = session.run(work)
    session.out.message(user, [*_rows(user), ("used", used)])


@app.command()
def password(context: typer.Context, password_stdin: Stdin = False) -> None:
    """Change the password; every other session ends. Standard input gives the old one, then the new, a line each."""
    session = session_of(context)
    old = read_password("Old password", stdin=password_stdin)
    new = read_password("New password", stdin=password_stdin, variable="TINTYPE_NEW_PASSWORD", confirm=True)
    session.run(lambda client: client.accounts.change_password(old, new))
    session.out.say("Changed the password. All other sessions have ended.")


@app.command()
def erase(
    context: typer.Context,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask whether it is meant.")] = False,
    password_stdin: Stdin = False,
) -> None:
    """Delete the account and every photo in it, for good."""
    session = session_of(context)
    if not yes and not typer.confirm("Delete this account and all its photos for good?"):
        raise Stop("Nothing was deleted.", Exit.INTERRUPTED)
    password = read_password(stdin=password_stdin)

    async def work(client: Client) -> None:
        await finish(client, session.out, await client.accounts.erase(password), closes_account=True)
        session.tokens.clear()

    session.run(work)


def _client_name() -> str:
    return f"tintype on {platform.node() or 'this machine'}"[:100]


def _rows(user: account_pb2.User) -> list[tuple[str, str]]:
    role = account_pb2.UserRole.Name(user.role).removeprefix("USER_ROLE_").lower()
    return [("user", user.user_name), ("name", user.display_name), ("role", role), ("id", user.user_id)]


def _show(session: Session, user: account_pb2.User, sentence: str) -> None:
    if session.out.as_json:
        session.out.message(user, [])
    session.out.say(sentence)
