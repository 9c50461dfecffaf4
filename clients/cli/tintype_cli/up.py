"""tintype up: start the library."""

from __future__ import annotations

import json
import os
import subprocess
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import platformdirs
import typer

from tintype_cli.bridge_process import READY_S, Bridge, BridgeNotStarted, beside, installed, secured_as, trusting
from tintype_cli.server_process import command, exit_code, forward_signals, require_server
from tintype_cli.session import session_of
from tintype_cli.terminal import Json, Terminal


def up(
    context: typer.Context,
    home: Annotated[Path | None, typer.Option(help="The library's folder, instead of TINTYPE_HOME.")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="Where to listen; 0 takes a free one.")] = None,
    http_port: Annotated[int | None, typer.Option(min=0, max=65535, help="Likewise, for HTTP.")] = None,
    pack: Annotated[str, typer.Option(help="The model pack, instead of TINTYPE_MODEL_PACK.")] = "",
) -> None:
    """Start the library on this machine, with its gallery where it is installed, and keep it running until Ctrl-C.

    Everything else is set by the environment (TINTYPE_...). Ends with the exit code of the library. While it runs,
    running.json in its folder says where.
    """
    require_server()
    given = {
        "TINTYPE_HOME": str(home.expanduser().absolute()) if home else "",
        "TINTYPE_PORT": "" if port is None else str(port),
        "TINTYPE_HTTP_PORT": "" if http_port is None else str(http_port),
        "TINTYPE_MODEL_PACK": pack,
    }
    out = session_of(context).out
    stated = _home(home) / "running.json"
    raise typer.Exit(_serve({name: value for name, value in given.items() if value}, stated, out))


def _home(given: Path | None) -> Path:
    """The library's folder, by the rules of the library itself."""
    named = given or os.environ.get("TINTYPE_HOME", "")
    return Path(named).expanduser().absolute() if named else platformdirs.user_data_path("tintype", appauthor=False)


def _serve(environment: Mapping[str, str], stated: Path, out: Terminal) -> int:
    """The child's standard output holds one line, once it answers; its log goes to the error stream."""
    out.say("Starting ...")
    what = installed()
    bridge = Bridge(what, stated.parent) if what else None
    child = subprocess.Popen(
        command(["--json", "--ready-file", str(stated)]),
        env={**os.environ, **(trusting() if bridge else {}), **environment},
        stdout=subprocess.PIPE,
        text=True,
    )
    forward_signals(child)
    reader = threading.Thread(target=_announce, args=(child, bridge, out), daemon=True)
    reader.start()
    code = child.wait()
    reader.join(timeout=READY_S + 1)
    if bridge:
        bridge.stop()
    if _pid_in(stated) == child.pid:
        stated.unlink(missing_ok=True)
    return exit_code(code)


def _pid_in(stated: Path) -> int:
    """Whose file it is: where another library runs on the folder, ours did not start, and the file is not ours."""
    try:
        return int(json.loads(stated.read_text())["pid"])
    except (OSError, ValueError, KeyError):
        return 0


def _announce(child: subprocess.Popen[str], bridge: Bridge | None, out: Terminal) -> None:
    assert child.stdout is not None
    for line in child.stdout:
        try:
            stated: dict[str, Json] = json.loads(line)
        except ValueError:
            continue
        if out.as_json:
            out.line(stated)
        address = stated.get("address")
        out.say(f"Tintype is ready on {address} (HTTP on {stated.get('http')}). Ctrl-C stops it.")
        if address != "127.0.0.1:7460":
            out.say(f"Other commands find it with --server {address} or TINTYPE_SERVER={address}.")
        if bridge:
            _start_bridge(bridge, str(address), str(stated.get("http")), out)


def _start_bridge(bridge: Bridge, library: str, http: str, out: Terminal) -> None:
    port = int(os.environ.get("TINTYPE_GATEWAY_PORT", beside(int(library.rpartition(":")[2]))))
    try:
        gallery = bridge.start(library, http, port=port, environment=secured_as(http))
    except BridgeNotStarted as error:
        out.say(f"No gallery: {error}")
        return
    if out.as_json:
        out.line({"gallery": gallery})
    out.say(f"The gallery is on {gallery}.")
