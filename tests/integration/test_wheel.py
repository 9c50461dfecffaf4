"""The wheel as it is built: what is in it, what it asks for, and that the command line needs no more."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import zipfile
from email.parser import Parser
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).resolve().parents[2]
# pydantic is not among them: Typer brings it.
SERVER_ONLY: Final = frozenset(
    {"onnxruntime", "pyvips", "numpy", "aiohttp", "pydantic_settings", "PIL", "structlog", "argon2", "jwt", "uvloop"}
)
BESIDE: Final = frozenset({"gateway", "examples"})  # no packages of Python

# Runs the command in a world without the packages of the server: importing one is an error.
WITHOUT: Final = """
import sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {absent!r}:
            raise ModuleNotFoundError(f"{{name}} is not here", name=name)

sys.meta_path.insert(0, Absent())
sys.path.insert(0, {wheel!r})
import tintype, tintype_cli, tintype_sdk
assert all(module.__path__[0].startswith({wheel!r}) for module in (tintype, tintype_cli, tintype_sdk))
from importlib.metadata import EntryPoint
main = EntryPoint("tintype", {entry!r}, "console_scripts").load()
sys.argv = ["tintype", *{arguments!r}]
main()
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built as `make wheel` builds it."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=120)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def names(wheel: Path) -> frozenset[str]:
    """The files in it."""
    with zipfile.ZipFile(wheel) as archive:
        return frozenset(archive.namelist())


def told(wheel: Path, name: str) -> str:
    """A file of its metadata."""
    with zipfile.ZipFile(wheel) as archive:
        (found,) = [each for each in archive.namelist() if each.endswith(f".dist-info/{name}")]
        return archive.read(found).decode()


def test_it_holds_contract_services_sdk_and_command_line(names: frozenset[str]) -> None:
    contract = {f"tintype/v1/{proto.stem}_pb2.py" for proto in (ROOT / "proto" / "tintype" / "v1").glob("*.proto")}
    assert len(contract) > 10
    assert contract <= names
    modules = {
        str(file.relative_to(source))
        for source in (ROOT / "services", ROOT / "clients" / "python", ROOT / "clients" / "cli")
        for file in source.rglob("*")
        if file.suffix in (".py", ".pyi", ".json", ".typed") and "__pycache__" not in file.parts
        if file.relative_to(source).parts[0] not in BESIDE
    }
    assert modules <= names


def test_it_holds_packs_types_and_what_is_read_at_run_time(names: frozenset[str]) -> None:
    packs = {f"tintype/vision/packs/{file.name}" for file in (ROOT / "services/tintype/vision/packs").glob("*.json")}
    assert "tintype/vision/packs/builtin.json" in packs
    assert packs <= names
    assert {f"{package}/py.typed" for package in ("tintype", "tintype_sdk", "tintype_cli")} <= names


def test_it_holds_nothing_else(names: frozenset[str]) -> None:
    tops = {name.partition("/")[0] for name in names if ".dist-info/" not in name}
    assert tops == {"tintype", "tintype_sdk", "tintype_cli", "buf"}
    assert not [name for name in names if "test" in Path(name).name or "__pycache__" in name]


def test_a_wheel_of_one_platform_brings_the_bridge_and_the_gallery_and_finds_them(tmp_path: Path) -> None:
    built = tmp_path / "built"
    binary, page = built / "gateway/linux-amd64/tintype-gateway", built / "web/index.html"
    for file in (binary, page):
        file.parent.mkdir(parents=True)
        file.write_text("#!/bin/sh\n")
    binary.chmod(0o755)
    environment = {**os.environ, "TINTYPE_WHEEL_PLATFORM": "linux-amd64", "TINTYPE_WHEEL_BUILT": str(built)}
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=120, env=environment)
    (wheel,) = tmp_path.glob("*.whl")
    assert "-py3-none-manylinux_2_17_x86_64." in wheel.name
    with zipfile.ZipFile(wheel) as archive:
        assert archive.getinfo("tintype_cli/bridge/tintype-gateway").external_attr >> 16 & 0o111
        archive.extractall(tmp_path / "site")
    program = (
        f"import sys; sys.path.insert(0, {str(tmp_path / 'site')!r})\n"
        "from tintype_cli.bridge_process import installed\n"
        "print(installed().binary.parent.name, installed().gallery.name)"
    )
    told = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert told.stdout.split() == ["bridge", "gallery"], told.stderr


def test_a_client_is_not_asked_for_the_packages_of_the_server(wheel: Path) -> None:
    stated = Parser().parsestr(told(wheel, "METADATA")).get_all("Requires-Dist") or []
    base = {re.split(r"[^\w.-]", line)[0] for line in stated if "extra ==" not in line}
    assert base == {
        "google-crc32c",
        "googleapis-common-protos",
        "grpcio",
        "grpcio-status",
        "platformdirs",
        "protobuf",
        "rich",
        "typer",
    }
    assert [line for line in stated if line.startswith("onnxruntime") and "extra == 'server'" in line]


@pytest.mark.parametrize("arguments", [["--help"], ["photos", "list", "--help"], ["import", "folder", "--help"]])
def test_the_command_line_runs_without_the_packages_of_the_server(
    wheel: Path, tmp_path: Path, arguments: list[str]
) -> None:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path)
    (entry,) = [
        line.partition("=")[2].strip()
        for line in told(wheel, "entry_points.txt").splitlines()
        if line.partition("=")[0].strip() == "tintype"
    ]
    program = WITHOUT.format(absent=sorted(SERVER_ONLY), wheel=str(tmp_path), entry=entry, arguments=arguments)
    ended = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 0, ended.stderr
    assert "Usage" in ended.stdout
