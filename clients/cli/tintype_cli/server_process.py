"""The library as a child process: `python -m tintype ...`. The command line imports nothing of it."""

from __future__ import annotations

import importlib.util
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from types import FrameType

from tintype_cli.exits import Stop


def require_server() -> None:
    """Raises Stop if this installation has the client part only."""
    parts = ("tintype.host", "pydantic_settings", "aiohttp", "onnxruntime")
    if any(_absent(part) for part in parts):
        raise Stop(
            "The library itself is not installed here, only its command line. "
            "Install it with: pip install 'tintype[server]'"
        )


def _absent(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is None
    except ModuleNotFoundError:
        return True


def command(arguments: Sequence[str]) -> list[str]:
    """The command of the child."""
    return [sys.executable, "-m", "tintype", *arguments]


def run_child(arguments: Sequence[str], environment: Mapping[str, str] | None = None) -> int:
    """Run the child to its end with our terminal, and hand it our signals. Returns its exit code."""
    require_server()
    child = subprocess.Popen(command(arguments), env={**os.environ, **(environment or {})})
    forward_signals(child)
    return exit_code(child.wait())


def answer_of_child(arguments: Sequence[str], environment: Mapping[str, str] | None = None) -> tuple[int, str]:
    """Run the child to its end. Returns its exit code and what it printed."""
    require_server()
    done = subprocess.run(
        command(arguments), env={**os.environ, **(environment or {})}, stdout=subprocess.PIPE, text=True, check=False
    )
    return exit_code(done.returncode), done.stdout


def forward_signals(child: subprocess.Popen[bytes] | subprocess.Popen[str]) -> None:
    """Send what asks us to stop on to the child. Ctrl-C reaches it by itself: the terminal sends it to both."""

    def forward(number: int, frame: FrameType | None) -> None:
        del frame
        if number == signal.SIGTERM and child.poll() is None:
            child.terminate()

    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, forward)
        signal.signal(signal.SIGINT, forward)


def exit_code(code: int) -> int:
    """That of the child; what a signal ended counts as the shell counts it."""
    return 128 - code if code < 0 else code
