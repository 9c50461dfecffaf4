"""`python -m tintype move --to ...`: the server half of `tintype admin move`."""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from tintype.kit.clock import SystemClock
from tintype.kit.errors import InvalidInput
from tintype.kit.settings import PARTS, Settings
from tintype.moving.copying import Report
from tintype.moving.moving import Outcome, look, move

OK: Final = 0
NOT_WHOLE: Final = 1
_EVERY: Final = 500  # of what is counted, a line
_PREFIX: Final = "TINTYPE_"


class DestinationUnclear(InvalidInput):
    """`--to` names neither a folder nor a file of settings."""


async def command(arguments: Sequence[str], settings: Settings) -> int:
    """Move the library of the settings; returns 0 if everything is there, 1 if something is damaged or missing."""
    parser = argparse.ArgumentParser(prog="python -m tintype move", description="Copies a whole library.")
    parser.add_argument("--to", required=True, type=Path, help="a folder, or a file of TINTYPE_...=... lines")
    parser.add_argument("--dry-run", action="store_true", help="say what would be copied, and write nothing")
    parser.add_argument("--json", action="store_true", help="print the outcome as JSON")
    options = parser.parse_args(arguments)
    destination, clock = settings_of(options.to), SystemClock()
    if options.dry_run:
        outcome = await look(settings, destination, clock)
    else:
        outcome = await move(settings, destination, clock, _quiet if options.json else _reporting(sys.stderr.write))
    print(json.dumps(_json_of(outcome, dry_run=options.dry_run)) if options.json else _text_of(outcome, options))
    return OK if outcome.whole else NOT_WHOLE


def settings_of(to: Path) -> Settings:
    """The settings of the destination; nothing of the source's environment counts for where it keeps things.

    Raises: DestinationUnclear, and what unsafe settings raise.
    """
    urls: dict[str, object] = {f"{part}_url": "" for part in PARTS}
    urls |= {f"{part}_url_file": None for part in PARTS}
    urls |= {f"{part}_password_file": None for part in PARTS if part != "inference"}
    if to.is_file():
        given = _lines(to)
        if "home" not in given and not all(f"{part}_url" in given or f"{part}_url_file" in given for part in PARTS[:4]):
            raise DestinationUnclear(f"{to} has to set TINTYPE_HOME, or the URLs of database, events, blobs and index")
        return Settings.model_validate({**urls, "home": to.parent / ".move", **given})
    return Settings.model_validate({**urls, "home": to})


def _lines(file: Path) -> dict[str, object]:
    found: dict[str, object] = {}
    for line in file.read_text().splitlines():
        name, equals, value = line.strip().removeprefix("export ").partition("=")
        if equals and name.startswith(_PREFIX):
            found[name.removeprefix(_PREFIX).lower()] = value.strip().strip("'\"")
    return found


def _reporting(write: Callable[[str], object]) -> Report:
    told: dict[str, int] = {}

    def report(what: str, done: int) -> None:
        if what not in told or done >= told[what] + _EVERY:
            told[what] = done
            write(f"{what}: {done} done\n" if done else f"{what} ...\n")

    return report


def _quiet(what: str, done: int) -> None:
    """Who wants JSON reads the outcome."""


def _json_of(outcome: Outcome, *, dry_run: bool) -> dict[str, object]:
    return {**dataclasses.asdict(outcome), "whole": outcome.whole, "dry_run": dry_run}


def _text_of(outcome: Outcome, options: argparse.Namespace) -> str:
    rows = ", ".join(f"{count} {name}" for name, count in outcome.rows.items() if count) or "no rows"
    if options.dry_run:
        size = f"{outcome.originals.count} originals of {outcome.originals.size_bytes / 1e6:.1f} MB"
        there = f" The destination holds {outcome.there} rows already." if outcome.there else ""
        return f"Would copy {rows}, {size}.{there} Nothing was written."
    if outcome.repeated:
        return f"This move was whole already: {rows}. Nothing was done."
    lines = [f"The destination has {rows}, and {outcome.indexed} photos in its index."]
    lines += [f"damaged: the bytes of {key} do not have its hash" for key in outcome.originals.damaged]
    lines += [f"missing: photo {each} has no original" for each in outcome.missing]
    lines += [f"different: {count} rows of {name}" for name, count in outcome.different.items()]
    if outcome.whole:
        return "\n".join([*lines, "Everything is there, and every original has its hash."])
    return "\n".join([*lines, "The move is NOT whole. Mend the source, or accept the loss there, then run it again."])
