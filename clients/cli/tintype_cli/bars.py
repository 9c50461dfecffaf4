"""Progress bars, on the error stream, where somebody watches."""

from __future__ import annotations

from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

from tintype_cli.terminal import Terminal


def plain_bar(out: Terminal) -> Progress:
    """Things done of all."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    return Progress(*columns, console=out.errors, transient=True, disable=not out.shows_bars)


def byte_bar(out: Terminal) -> Progress:
    """Bytes done of all, with the rate and an estimate; the field `files` says how many files."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[files]}"),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
        console=out.errors,
        transient=True,
        disable=not out.shows_bars,
    )
