"""What is found out about a server before anything is built on it: it answers, lets us in, and is what we know.

ServerUnreachable            it may come later: worth waiting for
ServerUnfit                  waiting does not help, a person must act
├── TlsRefused               the names or authorities of one side do not suit the other
├── CredentialsRefused       it does not know the user, or the password is wrong
├── VersionUnfit             too old, too new, or another product
└── RightMissing             the user may not do what Tintype must do
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Final

from tintype.kit.errors import FailedPrecondition, Unavailable
from tintype.kit.urls import Url


class ServerUnreachable(Unavailable):
    """Nothing answers there, or it does not answer in time."""

    advice = "Start it, or correct the host and port in the URL."


class ServerUnfit(FailedPrecondition):
    """The server answers, and cannot be used as it is."""

    advice = "The log of the server says more."


class TlsRefused(ServerUnfit):
    """The handshake failed; the message says what was wrong with which side."""

    advice = "Correct the host's name, or the options ca, cert and key of the URL."


class CredentialsRefused(ServerUnfit):
    """The server does not let this user in."""

    advice = "Correct user and password in the URL or its secret file, or make the user on the server."


class VersionUnfit(ServerUnfit):
    """The server is not one that Tintype is tested on, so it does not start."""

    advice = "Install a version that is supported."


class RightMissing(ServerUnfit):
    """The user is let in and may not do what is needed."""

    advice = "Give the user this right on the server."


@dataclass(frozen=True, slots=True)
class ServerAnswer:
    """What a server says of itself; `warnings` are what an operator should know and nothing fails for."""

    product: str
    version: str
    warnings: tuple[str, ...] = ()


ServerCheck = Callable[[Url], Awaitable[ServerAnswer]]  # raises ServerUnreachable, ServerUnfit, InvalidUrl
ServerChecks = Mapping[str, ServerCheck]  # by scheme

LONGEST_S: Final = 5.0  # a server that takes longer to answer is away


def version_of(text: str) -> tuple[int, ...]:
    """The leading numbers of a version: "2.14.0-rc.1" is (2, 14, 0)."""
    numbers: list[int] = []
    for part in text.split("-")[0].split("."):
        if not part.isdigit():
            break
        numbers.append(int(part))
    return tuple(numbers)
