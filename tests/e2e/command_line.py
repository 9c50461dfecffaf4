"""The real command line, in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

PASSWORD: Final = "eleven-lilac-otters-sing"
TIMEOUT_S: Final = 90


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str

    def json(self) -> object:
        return json.loads(self.out)


@dataclass(frozen=True, slots=True)
class CommandLine:
    """`tintype` as one person on one machine: a config folder of its own, the password in the environment."""

    server: str
    config: Path
    environment: Mapping[str, str] = field(default_factory=dict)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Begin a command and leave it running."""
        return subprocess.Popen(
            [sys.executable, "-m", "tintype_cli", *arguments],
            env=self._environment({}),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str, stdin: str = "", **environment: str) -> Ended:
        """Run a command to its end."""
        done = subprocess.run(
            [sys.executable, "-m", "tintype_cli", *arguments],
            env=self._environment(environment),
            input=stdin,
            capture_output=True,
            text=True,
            timeout=TIMEOUT_S,
            check=False,
        )
        return Ended(done.returncode, done.stdout, done.stderr)

    def ok(self, *arguments: str, stdin: str = "", **environment: str) -> str:
        """What a command prints that must succeed."""
        ended = self.run(*arguments, stdin=stdin, **environment)
        assert ended.code == 0, f"{arguments} ended with {ended.code}: {ended.err or ended.out}"
        return ended.out

    def data(self, *arguments: str) -> object:
        """The JSON that a command prints that must succeed."""
        return json.loads(self.ok(*arguments, "--json"))

    def rows(self, *arguments: str) -> list[dict[str, object]]:
        """A JSON array of objects."""
        rows = self.data(*arguments)
        assert isinstance(rows, list)
        return rows

    def item(self, *arguments: str) -> dict[str, object]:
        """A JSON object."""
        item = self.data(*arguments)
        assert isinstance(item, dict)
        return item

    def _environment(self, more: Mapping[str, str]) -> dict[str, str]:
        ours = {
            "TINTYPE_SERVER": self.server,
            "TINTYPE_CONFIG": str(self.config),
            "TINTYPE_PASSWORD": PASSWORD,
            "TZ": "UTC",
        }
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("TINTYPE_")}
        return {**inherited, **ours, **self.environment, **more}
