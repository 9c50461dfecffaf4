"""Passwords: typed without being shown, from a pipe, or from the environment; never an argument."""

from __future__ import annotations

import getpass
import os
import sys

from tintype_cli.exits import Exit, Stop

_NO_TERMINAL = "There is no terminal to ask for the password: give it with --password-stdin or in {variable}."


def read_password(
    prompt: str = "Password", *, stdin: bool, variable: str = "TINTYPE_PASSWORD", confirm: bool = False
) -> str:
    """One password; from the next line of standard input if `stdin`.

    Args:
        prompt: what to ask for.
        stdin: take it from a pipe.
        variable: the environment variable that may hold it.
        confirm: ask twice, where it is typed.

    Raises: Stop.
    """
    if stdin:
        return _required(sys.stdin.readline().rstrip("\r\n"))
    if given := os.environ.get(variable, ""):
        return given
    if not sys.stdin.isatty():
        raise Stop(_NO_TERMINAL.format(variable=variable), Exit.USAGE)
    password = _required(getpass.getpass(f"{prompt}: "))
    if confirm and getpass.getpass(f"{prompt} again: ") != password:
        raise Stop("The two passwords are not the same.", Exit.USAGE)
    return password


def _required(password: str) -> str:
    if not password:
        raise Stop("The password is empty.", Exit.USAGE)
    return password
