"""`make demo`: a library in a temporary home, the demo pictures, and every demo query must find its picture."""

from __future__ import annotations

import argparse
import asyncio
import secrets
import signal
import sys
import tempfile
from pathlib import Path
from typing import Final

from rich.console import Console
from tools.library import Library, NotStarted, running
from tools.showing import (
    FIRST,
    PICTURES,
    Answer,
    NotInTime,
    ask,
    bars,
    import_pictures,
    queries_for,
    table_of,
    until_searchable,
)

from tintype_sdk import Client

TIMEOUT_S: Final = 300.0


def main() -> int:
    """Returns the exit code."""
    parser = argparse.ArgumentParser(prog="demo", description=__doc__)
    parser.add_argument("--pack", choices=("builtin", "development"), default="builtin", help="the model pack")
    parser.add_argument("--mirror", type=Path, help="a folder to take the pack's files from")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # leave nothing behind, however we are ended
    console = Console()
    with tempfile.TemporaryDirectory(prefix="tintype-demo-") as folder:
        home = Path(folder) / "home"
        environment = {
            "TINTYPE_MODEL_PACK": options.pack,
            "TINTYPE_MODELS_HOME": str(Path(folder) / "models"),
            "TINTYPE_VISION_DOWNLOAD": "false",
        }
        if options.mirror:
            environment["TINTYPE_MODELS_MIRROR"] = str(options.mirror.absolute())
        log = Path(folder) / "library.log"
        try:
            with running(Library(home, environment, log=log)) as library:
                return asyncio.run(_show(console, library.address, options.pack))
        except (NotStarted, NotInTime) as error:
            console.print(f"The demo failed: {error}", style="bold red", markup=False)
            console.print("".join(log.read_text(errors="replace").splitlines(keepends=True)[-20:]), markup=False)
            return 1
        except KeyboardInterrupt:
            return 130


async def _show(console: Console, address: str, pack: str) -> int:
    async with Client.open(address) as client:
        await client.accounts.sign_up("demo", secrets.token_urlsafe(16))
        serving = await until_serving(client, pack)
        with bars(console) as progress:
            report = await import_pictures(client, [PICTURES], progress)
            await until_searchable(client, progress, timeout_s=TIMEOUT_S, with_text=True)
        answers = [await ask(client, query) for query in queries_for(pack)]
    return _judge(console, answers, f"{report.new} pictures, model pack {serving}")


async def until_serving(client: Client, pack: str) -> str:
    """Wait until the pack serves: it may have to be installed first. Returns the serving pack. Raises NotInTime."""
    message = ""
    for _ in range(int(TIMEOUT_S)):
        states = {each.pack: each for each in await client.admin.models()}
        if pack in states and states[pack].state == "serving":
            return f"{pack} {states[pack].version}"
        message = states[pack].message if pack in states else "no process has stated it"
        await asyncio.sleep(1)
    raise NotInTime(f"the model pack {pack} does not serve: {message}")


def _judge(console: Console, answers: list[Answer], what: str) -> int:
    missed = [answer for answer in answers if not 1 <= answer.rank <= FIRST]
    console.print(table_of(answers, f"{len(answers)} queries over {what}"))
    if missed:
        console.print(f"{len(missed)} of {len(answers)} queries did not find their picture.", style="bold red")
        return 1
    console.print(f"All {len(answers)} queries found their picture among the first {FIRST}.", style="green")
    return 0


if __name__ == "__main__":
    sys.exit(main())
