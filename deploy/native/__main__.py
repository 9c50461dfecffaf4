"""`python -m deploy.native up|down|restart|status [SERVER ...]`, from the folder of the clone."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from deploy.native.fleet import SERVERS, Fleet
from deploy.native.layout import state_folder


def main() -> int:
    """Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m deploy.native", description=__doc__)
    parser.add_argument("what", choices=("up", "down", "restart", "status"))
    parser.add_argument("servers", nargs="*", metavar="SERVER", help="only these; all by default")
    parser.add_argument("--folder", type=Path, default=state_folder(), help="where data, logs and pids are")
    options = parser.parse_args()
    unknown = set(options.servers) - {server.name for server in SERVERS}
    if unknown:
        parser.error(f"no such server: {', '.join(sorted(unknown))}")
    options.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    fleet = Fleet(options.folder.absolute())
    if options.what == "down":
        fleet.down(options.servers)
        return 0
    if options.what == "status":
        return 0 if fleet.status() else 1
    answering = fleet.up(options.servers) if options.what == "up" else fleet.restart(options.servers)
    return 0 if answering else 1


if __name__ == "__main__":
    sys.exit(main())
