"""tintype doctor: checks everything and says what to do."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from typing import Final

import typer

from tintype.v1 import account_pb2
from tintype.v1 import admin_service_pb2 as pb
from tintype_cli.exits import Exit, Stop, failure_of
from tintype_cli.server_process import answer_of_child
from tintype_cli.session import Session, config_folder, credentials_file, session_of
from tintype_cli.terminal import Terminal
from tintype_sdk import Client
from tintype_sdk.connection import is_local
from tintype_sdk.errors import PermissionDenied, TintypeError, Unauthenticated

OK, WARNING, ERROR = "ok", "warning", "error"
_STYLES: Final = {OK: "green", WARNING: "yellow", ERROR: "bold red"}


@dataclass(frozen=True, slots=True)
class Finding:
    """The outcome of one check; `part` is client, server, this machine or a service."""

    part: str
    check: str
    severity: str
    message: str
    advice: str = ""


def doctor(context: typer.Context) -> None:
    """Check everything, from this program to the library's home; say what to do. Exit code 1 if anything is wrong."""
    session = session_of(context)
    findings = [*_config(session), *session.run(lambda client: _server(session, client))]
    if is_local(session.server):
        findings += _machine()
    _print(session.out, findings)
    if any(finding.severity == ERROR for finding in findings):
        raise typer.Exit(Exit.FAILED)


def _config(session: Session) -> list[Finding]:
    findings = [Finding("client", "version", OK, f"tintype {version('tintype')}")]
    file = credentials_file(session.server)
    folder = config_folder()
    if not os.access(folder, os.W_OK):
        findings.append(
            Finding(
                "client", "config", ERROR, f"{folder} cannot be written.", "Set TINTYPE_CONFIG to a folder of yours."
            )
        )
    elif file.exists() and os.name == "posix" and file.stat().st_mode & 0o077:
        findings.append(
            Finding(
                "client", "config", ERROR, f"others can read {file}.", f"Run: chmod 600 '{file}', then sign in again."
            )
        )
    else:
        findings.append(Finding("client", "config", OK, f"credentials are kept in {folder}, for you alone"))
    return findings


async def _server(session: Session, client: Client) -> list[Finding]:
    """Whether it answers, how it is reached, who we are to it, and what it says of itself."""
    try:
        await client.accounts.sign_up_mode()
    except TintypeError as error:
        return [_failed("server", "reachable", error)]
    encrypted = session.ca is not None or not is_local(session.server)
    way = "over TLS" if encrypted else "in plain text, which does not leave this machine"
    findings = [Finding("server", "reachable", OK, f"{session.server} answers, {way}")]
    try:
        user = await client.accounts.show()
    except (Unauthenticated, PermissionDenied) as error:
        if session.key and isinstance(error, PermissionDenied):
            return [*findings, Finding("server", "sign-in", OK, "the key is accepted")]
        failure = failure_of(error)
        return [*findings, Finding("server", "sign-in", WARNING, error.message, failure.sentence.partition(". ")[2])]
    except TintypeError as error:
        return [*findings, _failed("server", "sign-in", error)]
    findings.append(Finding("server", "sign-in", OK, f"signed in as {user.user_name}"))
    if user.role == account_pb2.USER_ROLE_ADMINISTRATOR:
        try:
            findings += [_stated(finding) for finding in await client.admin.diagnose()]
        except TintypeError as error:
            findings.append(_failed("server", "diagnosis", error))
    return findings


def _machine() -> list[Finding]:
    """What the library finds on this machine without running: it may be the reason why it does not."""
    try:
        _, answer = answer_of_child(["doctor", "--json"])
    except Stop as stop:
        return [Finding("this machine", "installation", WARNING, stop.sentence)]
    try:
        return [Finding(**finding) for finding in json.loads(answer)]
    except (ValueError, TypeError):
        return [Finding("this machine", "installation", ERROR, "the library's own check did not run; see above")]


def _failed(part: str, check: str, error: TintypeError) -> Finding:
    sentence = failure_of(error).sentence
    return Finding(part, check, ERROR, error.message, sentence.partition(". ")[2])


def _stated(finding: pb.Finding) -> Finding:
    severity = pb.Severity.Name(finding.severity).removeprefix("SEVERITY_").lower()
    return Finding(finding.service, finding.check, severity, finding.message, finding.advice)


def _print(out: Terminal, findings: Sequence[Finding]) -> None:
    if out.as_json:
        out.json([asdict(finding) for finding in findings])
        return
    for finding in findings:
        if out.quiet and finding.severity == OK:
            continue
        out.finding(finding.severity, _STYLES[finding.severity], f"{finding.part} / {finding.check}: {finding.message}")
        if finding.advice:
            out.say(f"         {finding.advice}")
    bad = sum(finding.severity == ERROR for finding in findings)
    out.say(f"{bad} thing{'s are' if bad != 1 else ' is'} wrong." if bad else "Nothing is wrong.")
