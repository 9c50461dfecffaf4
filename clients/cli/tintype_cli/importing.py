"""tintype import: folders of pictures."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress

from tintype_cli.bars import byte_bar
from tintype_cli.describe import size
from tintype_cli.exits import Exit
from tintype_cli.session import session_of
from tintype_cli.terminal import Json, Terminal
from tintype_sdk import Client
from tintype_sdk.importer import JOBS, Importer, Outcome, Report, Watcher

import_app = typer.Typer(help="Bring pictures in from elsewhere.", no_args_is_help=True)

_SHOWN = 20  # refusals listed one by one; --json has more


@import_app.callback()
def main() -> None:
    """Bring pictures in from elsewhere."""


@import_app.command()
def folder(
    context: typer.Context,
    paths: Annotated[list[Path], typer.Argument(metavar="PATH", exists=True, help="Folders or files.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be sent; send nothing.")] = False,
    jobs: Annotated[int, typer.Option(min=1, max=64, help="Files on their way at a time.")] = JOBS,
) -> None:
    """Import folders. Broken off and run again, it sends only what is missing; nothing is imported twice."""
    session = session_of(context)
    progress = byte_bar(session.out)

    async def work(client: Client) -> Report:
        importer = Importer(client.uploads, jobs=jobs, dry_run=dry_run, watcher=Bar(progress))
        try:
            return await importer.run(paths)
        except BaseException:
            progress.stop()
            session.out.note(f"Broken off after {importer.report.files} files. Run it again to go on.")
            raise

    with progress:
        report = session.run(work)
    print_report(session.out, report, dry_run=dry_run)
    if report.refused:
        raise typer.Exit(Exit.REFUSED)


class Bar(Watcher):
    """Shows an import as a bar."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._task = progress.add_task("Importing", total=None, files="")
        self._all = self._bytes = self._done = 0
        self._counting = True

    def found(self, files: int, size_bytes: int) -> None:
        self._all += files
        self._bytes += size_bytes
        self._show()

    def counted(self) -> None:
        self._counting = False
        self._progress.update(self._task, total=self._bytes)
        self._show()

    def moved(self, size_bytes: int) -> None:
        self._progress.advance(self._task, size_bytes)

    def ended(self, path: Path, outcome: Outcome) -> None:
        self._done += 1
        self._show()

    def _show(self) -> None:
        more = "+" if self._counting else ""
        self._progress.update(self._task, files=f"{self._done} of {self._all}{more} files")


def print_report(out: Terminal, report: Report, *, dry_run: bool) -> None:
    """What became of the files."""
    if out.as_json:
        out.json(_json_of(report, dry_run=dry_run))
        return
    sent = "would be sent" if dry_run else "new"
    counts = [
        (report.new, f"{sent} ({size(report.new_bytes)})"),
        (report.already_there, "already there"),
        (report.in_trash, "in the trash, left there ('tintype photos restore' takes them out)"),
        (report.undecodable, "of those already there cannot be decoded"),
        (report.refused, "refused"),
        (report.links, "symbolic links, not followed"),
    ]
    for number, what in counts:
        if number or what.startswith(sent):
            out.say(f"{number:>8} {what}")
    if report.others:
        kinds = ", ".join(f".{kind or 'without extension'} {count}" for kind, count in report.others.most_common(8))
        out.say(f"{report.others.total():>8} files of other kinds left out ({kinds})")
    for refusal in report.refusals[:_SHOWN]:
        out.note(f"refused {refusal.path}: {refusal.message}")
    if report.refused > _SHOWN:
        out.note(f"... and {report.refused - _SHOWN} more; --json lists them.")


def _json_of(report: Report, *, dry_run: bool) -> Json:
    refusals: list[Json] = [
        {"path": str(refusal.path), "reason": refusal.reason, "message": refusal.message} for refusal in report.refusals
    ]
    return {
        "dry_run": dry_run,
        "files": report.files,
        "new": report.new,
        "new_bytes": report.new_bytes,
        "already_there": report.already_there,
        "in_trash": report.in_trash,
        "undecodable": report.undecodable,
        "refused": report.refused,
        "refusals": refusals,
        "other_files": dict(report.others),
        "links": report.links,
    }
