"""`make bench`: every figure as a table and as a JSON file.

    python -m tests.bench [--on servers] [--output build/bench.json] [BENCH ...]

Reference and candidate run in turn in one process run. Nothing is asserted: people compare ratios between commits.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table
from tests.bench import ingest, latency, memory, rest_download, rest_get, retrieval, search, servers, text, upload
from tests.bench.machine import commit, facts
from tests.bench.measure import Progress, Row

from tintype.__main__ import SHORT_SPIN

Rows = Callable[[Progress], Awaitable[list[Row]]]

BENCHES: dict[str, Rows] = {
    "memory": memory.run,
    "ingest": ingest.run,
    "upload": upload.run,
    "latency": latency.run,
    "search": search.run,
    "retrieval": retrieval.run,
    "text": text.run,
    "rest_get": rest_get.run,
    "rest_download": rest_download.run,
}
SCHEMA = 1
EMBEDDED, SERVERS = "embedded", "servers"


def table(rows: Sequence[Row]) -> Table:
    """For people."""
    shown = Table("row", "unit", "reference", "candidate", "ratio", "mark", "", "note")
    for row in rows:
        verdict = "" if row.met is None else "met" if row.met else "[red]missed[/red]"
        value = f"{row.candidate.median:.4g}"
        if row.latencies:
            value = " / ".join(f"{row.candidate.percentile(part):.4g}" for part in (0.5, 0.95, 0.99))
        shown.add_row(
            row.name,
            row.unit + (" p50/p95/p99" if row.latencies else ""),
            f"{row.reference.median:.4g}" if row.reference else "",
            value,
            f"{row.ratio.median:.3f} ({min(row.ratio.values):.3f} to {max(row.ratio.values):.3f})" if row.ratio else "",
            row.mark,
            verdict,
            row.note,
        )
    return shown


async def measure(names: Sequence[str], profile: str) -> list[Row]:
    """The rows of these benches, in their order."""
    progress = Progress()
    if profile == SERVERS:
        return await servers.measure(names, progress)
    rows: list[Row] = []
    for name in names or BENCHES:
        rows += await BENCHES[name](progress)
    return rows


def main() -> None:
    """Measure, print, store."""
    _spin_briefly()
    parser = argparse.ArgumentParser(description="Measures the library against bare references.")
    parser.add_argument("benches", nargs="*", metavar="BENCH", help="all if none is named; an unknown one lists them")
    parser.add_argument("--on", choices=(EMBEDDED, SERVERS), default=EMBEDDED, help="servers: those of servers-up")
    parser.add_argument("--output", type=Path, default=Path("build/bench.json"))
    options = parser.parse_args()
    known = servers.BENCHES.keys() if options.on == SERVERS else BENCHES.keys()
    if unknown := set(options.benches) - known:
        parser.error(f"there is no {', '.join(sorted(unknown))}, but {', '.join(known)}")
    before = facts()
    rows = asyncio.run(measure(options.benches, options.on))
    found = {
        "schema": SCHEMA,
        "commit": commit(),
        "profile": options.on,
        "machine": before | {"load_after": facts()["load"]},
        "settings": {"synchronous": "FULL", "index_synchronous": "NORMAL", "streams": ingest.STREAMS},
        "results": [row.as_json() for row in rows],
    }
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_text(json.dumps(found, indent=1) + "\n")
    console = Console(width=180)
    console.print(table(rows))
    console.print(f"{before['cpu']}, {before['cores']} cores, load {before['load']}. Stored in {options.output}.")


def _spin_briefly() -> None:
    """Begin again with what the library sets for itself: the spinning threads of the references would slow it down."""
    name, value = SHORT_SPIN
    if name not in os.environ:
        os.environ[name] = value  # numpy is loaded already, so only for the next process
        os.execv(sys.executable, [sys.executable, "-m", "tests.bench", *sys.argv[1:]])


if __name__ == "__main__":
    main()
