"""`python -m tintype` hosts every service, `python -m tintype catalog search` those two; see `--help`."""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import importlib
import json
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Final, cast

# Read when gRPC is loaded. Our children start other programs at once; with it, each start would be a line of noise.
os.environ.setdefault("GRPC_ENABLE_FORK_SUPPORT", "0")
# Read then as well. A peer that drains says so to all who are connected: not worth a line in their logs.
os.environ.setdefault("GRPC_VERBOSITY", "ERROR")

from pydantic import ValidationError

from tintype.host import SERVICES, Running, check_hosting, installed, running, served_by
from tintype.kit.doctor import LocalCheck, doctor
from tintype.kit.errors import DomainError
from tintype.kit.log import configure
from tintype.kit.settings import Settings
from tintype.kit.threads import end_with_a_lost_thread, thread_pool
from tintype.kit.waiting_room import waiting_room
from tintype.moving.guard import refuse_unfinished
from tintype.servers import Missing, check_servers, wait_for_servers

Command = Callable[[Sequence[str], Settings], Awaitable[int]]

# Read by OpenBLAS when numpy is loaded, which is later than this. Its threads wait for more work by spinning, some
# 20 ms after each product if left alone, on cores that everything else needs: an exact scan on two busy cores took
# 150 ms, and 90 ms of processor time, instead of 35 and 24. This is 2^18 cycles, 0.1 ms: longer than the pause between
# two blocks.
SHORT_SPIN: Final = ("OPENBLAS_THREAD_TIMEOUT", "18")

THREADS: Final = min(32, (os.cpu_count() or 1) + 4)  # as asyncio has, for what has no pool of its own

OK: Final = 0
FAILED: Final = 1
MISUSED: Final = 2  # settings or arguments are wrong: starting again will not help
UNAVAILABLE: Final = 3  # something is away or taken


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    os.environ.setdefault(*SHORT_SPIN)
    try:
        settings = Settings()
        configure(level=settings.log_level, form=settings.log_format)
        command = _command(arguments)
        work = command(arguments[1:], settings) if command else _host(arguments, settings)
        return _run(cast(Coroutine[None, None, int], work))
    except ValidationError as error:
        for problem in error.errors(include_input=False, include_url=False):
            message = problem["msg"].removeprefix("Value error, ")  # pydantic's, before what our own checks say
            example = ", as in P30D or PT15M" if problem["type"].startswith("time_delta") else ""
            print(f"tintype: {_variable(error.title, problem['loc'])}{message}{example}", file=sys.stderr)
        return MISUSED
    except DomainError as error:
        print(f"tintype: {error.message}", file=sys.stderr)
        return UNAVAILABLE if error.reason == "UNAVAILABLE" else MISUSED
    except KeyboardInterrupt:
        return OK


def _variable(settings: str, where: Sequence[int | str]) -> str:
    """What a problem is about, as people set it: CatalogSettings are read from TINTYPE_CATALOG_..."""
    name = "_".join(str(part) for part in where).upper()
    if not name:
        return ""
    group = settings.removesuffix("Settings").upper()
    return f"{name if name.startswith('TINTYPE_') else '_'.join(filter(None, ('TINTYPE', group, name)))}: "


def _command(arguments: Sequence[str]) -> Command | None:
    """Looked for only if the first word can be one: hosting loads no more than it hosts."""
    if not arguments or arguments[0].startswith("-") or arguments[0] in SERVICES:
        return None
    return commands().get(arguments[0])


def commands() -> Mapping[str, Command]:
    """What operators can run besides hosting: the COMMANDS of each service's bootstrap, by name.

    A command takes its arguments and the settings and returns the exit code.
    """
    found: dict[str, Command] = {"doctor": _doctor, "move": _move}
    for name in installed():
        found.update(getattr(importlib.import_module(f"tintype.{name}.bootstrap"), "COMMANDS", {}))
    return found


async def _move(arguments: Sequence[str], settings: Settings) -> int:
    """Loaded only here: it knows every service."""
    command = cast(Command, importlib.import_module("tintype.moving.command").command)
    return await command(arguments, settings)


async def _doctor(arguments: Sequence[str], settings: Settings) -> int:
    """With the LOCAL_CHECKS of each service's bootstrap."""
    checks: list[LocalCheck] = [lambda: check_servers(settings)]
    for name in installed():
        checks += getattr(importlib.import_module(f"tintype.{name}.bootstrap"), "LOCAL_CHECKS", ())
    return await doctor(arguments, settings, checks)


async def _host(arguments: Sequence[str], settings: Settings) -> int:
    parser = argparse.ArgumentParser(prog="python -m tintype", description="Hosts the services of a photo library.")
    parser.add_argument("services", nargs="*", help=f"which to host: {', '.join(installed())}; all if none is named")
    parser.add_argument("--json", action="store_true", help="say that it is ready as a line of JSON")
    parser.add_argument("--ready-file", type=Path, help="write that line to this file too")
    options = parser.parse_args(arguments)
    stop = _stop_on_signals()
    here = check_hosting(settings, options.services)
    missing = Missing(settings, here)
    async with AsyncExitStack() as room:
        if missing.parts:
            await room.enter_async_context(waiting_room(settings, served_by(here), lambda: str(missing)))
        if not await _done_before(stop, wait_for_servers(settings, here, missing)):
            return OK
        await refuse_unfinished(settings)
        async with running(settings, options.services, before_listening=room.aclose) as runs:
            line = json.dumps({"event": "ready", "pid": os.getpid(), **_stated(runs)})
            if options.ready_file is not None:
                _write(options.ready_file, line)
            print(line if options.json else f"Tintype is ready: gRPC {runs.address}, HTTP {runs.http}", flush=True)
            return await _until_stopped(stop, runs)


async def _until_stopped(stop: asyncio.Event, runs: Running) -> int:
    waits = [asyncio.ensure_future(stop.wait()), asyncio.ensure_future(runs.failed.wait())]
    await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    for wait in waits:
        wait.cancel()
    return FAILED if runs.failed.is_set() else OK


async def _done_before(stop: asyncio.Event, work: Coroutine[None, None, None]) -> bool:
    """Whether the work came to its end before somebody asked to stop. Raises what it raises."""
    working, stopping = asyncio.ensure_future(work), asyncio.ensure_future(stop.wait())
    await asyncio.wait([working, stopping], return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if not working.done():
        working.cancel()
        return False
    working.result()
    return True


def _stated(runs: Running) -> dict[str, object]:
    fields = dataclasses.asdict(dataclasses.replace(runs, failed=cast(asyncio.Event, None)))
    return {name: value for name, value in fields.items() if name != "failed"}


def _stop_on_signals() -> asyncio.Event:
    """The first SIGTERM or SIGINT drains, a second one does not wait any longer."""
    stop, loop, this = asyncio.Event(), asyncio.get_running_loop(), asyncio.current_task()

    def told() -> None:
        if stop.is_set() and this is not None:
            this.cancel()
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told)
    return stop


def _write(file: Path, line: str) -> None:
    fresh = file.with_name(f".{file.name}.{os.getpid()}")
    fresh.write_text(line + "\n")
    fresh.replace(file)


def _run(work: Coroutine[None, None, int]) -> int:
    """On uvloop where there is one."""
    try:
        factory = importlib.import_module("uvloop").new_event_loop
    except ModuleNotFoundError:
        factory = None
    end_with_a_lost_thread()
    with asyncio.Runner(loop_factory=factory) as runner:
        runner.get_loop().set_default_executor(thread_pool(THREADS, "asyncio"))
        try:
            return runner.run(work)
        except asyncio.CancelledError:
            return FAILED


if __name__ == "__main__":
    sys.exit(main())
