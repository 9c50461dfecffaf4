"""The account that `make run` makes in a new library, and how it is found again."""

from __future__ import annotations

import getpass
import json
import os
import re
import secrets
from dataclasses import dataclass
from pathlib import Path

from tintype_cli.session import credentials_file
from tintype_sdk import Client
from tintype_sdk.errors import Unauthenticated


@dataclass(frozen=True, slots=True)
class FirstAccount:
    """Who is signed in. `password` is empty if it is not ours to know."""

    user_name: str
    password: str
    file: Path


async def signed_in(client: Client, address: str) -> FirstAccount | None:
    """Sign in: as whoever is signed in already, as the account made here before, or as a new first one.

    Returns None if the library has accounts and none of them is known here.
    """
    file = credentials_file(address).with_suffix(".account.json")
    kept = _read(file)
    try:
        user = await client.accounts.show()
        known = kept is not None and kept.user_name == user.user_name
        return kept if known else FirstAccount(user.user_name, "", file)
    except Unauthenticated:
        pass
    if (await client.accounts.sign_up_mode()).first:
        made = FirstAccount(_login_name(), secrets.token_urlsafe(12), file)
        await client.accounts.sign_up(made.user_name, made.password, client="make run")
        _write(made)
        return made
    if kept is None:
        return None
    try:
        await client.accounts.sign_in(kept.user_name, kept.password, client="make run")
    except Unauthenticated:
        return None  # the password was changed since
    return kept


def _login_name() -> str:
    return re.sub(r"[^A-Za-z0-9._@-]", "", getpass.getuser())[:64] or "me"


def _read(file: Path) -> FirstAccount | None:
    try:
        kept = json.loads(file.read_text("utf-8"))
        return FirstAccount(kept["user_name"], kept["password"], file)
    except (OSError, ValueError, KeyError):
        return None


def _write(account: FirstAccount) -> None:
    descriptor = os.open(account.file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        json.dump({"user_name": account.user_name, "password": account.password}, stream)
