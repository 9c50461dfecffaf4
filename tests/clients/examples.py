"""The examples of clients/: what each needs on the machine, how it is built and how it is run."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest
from tools.toolchain import TOOLS, NoToolchain

ROOT: Final = Path(__file__).resolve().parents[2]
CLIENTS: Final = ROOT / "clients"
BUILD_S: Final = 600.0  # the first build fetches packages
RUN_S: Final = 120.0  # more than an example waits for anything
COLOURS: Final = re.compile(r"\x1b\[[0-9;]*m")  # Maven 3.8 sends some around the output, whatever it is told

Command = tuple[str, ...]
MAVEN: Final = ("mvn", "--batch-mode", "--no-transfer-progress", "--quiet")


@dataclass(frozen=True, slots=True)
class Example:
    """A program that takes ADDRESS FILE WORDS... and a credential from its environment."""

    language: str
    folder: Path
    run: Command
    build: tuple[Command, ...] = ()
    tools: tuple[str, ...] = ()  # of `tools.toolchain`: the machine's, or fetched
    commands: tuple[str, ...] = ()  # the machine has to have them
    one_argument: str = ""  # where the launcher takes the arguments of the program as one

    def prepare(self) -> None:
        """Generate its stubs and build it; skips where a toolchain is missing, fails where it has to be there."""
        path = self._path()
        for command in self.build:
            done = _run(command, self.folder, {**os.environ, "PATH": path}, BUILD_S)
            if done.returncode:
                pytest.fail(f"`{' '.join(command)}` in {self.folder.name} failed:\n{done.stdout}{done.stderr}"[-4000:])

    def call(self, address: str, file: Path, words: str, credential: Mapping[str, str]) -> Outcome:
        """Run it."""
        arguments: Command = (address, str(file), *words.split())
        if self.one_argument:
            arguments = (self.one_argument + " ".join(arguments),)
        ours = {name: value for name, value in os.environ.items() if not name.startswith("TINTYPE_")}
        environment = {**ours, "PATH": self._path(), **credential}
        done = _run((*self.run, *arguments), self.folder, environment, RUN_S)
        return Outcome(self.language, done.returncode, COLOURS.sub("", done.stdout), done.stderr)

    def _path(self) -> str:
        """Where its commands are found."""
        folders = []
        for name in self.tools:
            try:
                folders.append(str(TOOLS[name].found().parent))
            except NoToolchain as error:
                _missing(f"the example in {self.language} needs {name}: {error}")
        for command in self.commands:
            if shutil.which(command) is None:
                _missing(f"the example in {self.language} needs {command}, which is not on the PATH")
        return os.pathsep.join([*folders, os.environ["PATH"]])


def _run(
    command: Command, folder: Path, environment: Mapping[str, str], seconds: float
) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=seconds,
        )
    except subprocess.TimeoutExpired as error:
        said = (error.stdout or b"").decode(errors="replace") + (error.stderr or b"").decode(errors="replace")
        pytest.fail(f"`{' '.join(command)}` in {folder.name} took longer than {seconds:.0f} s:\n{said}")


def _missing(reason: str) -> None:
    if os.environ.get("TINTYPE_REQUIRE_SHARED") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended."""

    language: str
    exit_code: int
    output: str
    errors: str

    def __str__(self) -> str:
        return f"the example in {self.language} ended with {self.exit_code}:\n{self.output}{self.errors}"


EXAMPLES: Final = (
    Example(
        "Go",
        CLIENTS / "go",
        run=(str(CLIENTS / "go/bin/example"),),
        build=(("../../node_modules/.bin/buf", "generate"), ("go", "vet", "."), ("go", "build", "-o", "bin/", ".")),
        tools=("go", "node"),
    ),
    Example(
        "TypeScript",
        CLIENTS / "typescript",
        run=("node", "dist/main.js"),
        build=(
            ("npm", "install", "--no-save", "--silent"),
            ("npm", "run", "--silent", "generate"),
            ("npm", "run", "--silent", "build"),
        ),
        tools=("node",),
    ),
    Example(
        "Java",
        CLIENTS / "java",
        run=(*MAVEN, "exec:java"),
        build=((*MAVEN, "compile"),),
        commands=("java", "mvn"),
        one_argument="-Dexec.args=",
    ),
    Example("Python", CLIENTS / "python", run=(sys.executable, "examples/upload_and_find.py")),
)
