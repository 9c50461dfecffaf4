"""`make gen`: the bridge's Go and its OpenAPI document, from proto/.

By `grpc_tools.protoc` with the plugins of services/gateway/tools, as the Python is, and not by `buf generate`: that
needs Node, and this has to work where the machine has neither Go nor Node. The packages of the Go files are named
here, not in proto/: the contract belongs to no language, and clients/go names its own.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

import yaml
from tools.openapi import Node, documented

ROOT: Final = Path(__file__).resolve().parent.parent
GATEWAY: Final = ROOT / "services/gateway"
INCLUDES: Final = ("-Iproto", "-Ibuild/protos")
MODULE: Final = "tintype.dev/gateway/gen"
RULES: Final = "buf/validate/validate.proto"


def main() -> int:
    """Takes the folder of the plugins; returns the exit code."""
    plugins = Path(sys.argv[1]).absolute()
    protos = sorted(str(path.relative_to(ROOT / "proto")) for path in (ROOT / "proto/tintype/v1").glob("*.proto"))
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder)
        _generate_go(plugins, protos, made)
        shutil.rmtree(GATEWAY / "gen", ignore_errors=True)
        shutil.copytree(made, GATEWAY / "gen")
    document = documented(_merged(plugins, protos), GATEWAY / "openapi/overlay.yaml")
    (GATEWAY / "openapi/openapi.json").write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", "utf-8")
    (GATEWAY / "openapi/openapi.yaml").write_text(_as_yaml(document), "utf-8")
    return 0


def _packages(protos: list[str]) -> str:
    return ",".join([f"M{name}={MODULE}/tintype/v1" for name in protos] + [f"M{RULES}={MODULE}/buf/validate"])


def _generate_go(plugins: Path, protos: list[str], into: Path) -> None:
    options = f"module={MODULE},{_packages(protos)}"
    _protoc(plugins, {"go": options}, [*protos, RULES], into)
    _protoc(plugins, {"go-grpc": options, "grpc-gateway": options}, protos, into)


def _as_yaml(document: Node) -> str:
    """Written out in full: an alias for what two places share would puzzle readers and some tools."""
    return yaml.dump(json.loads(json.dumps(document)), sort_keys=False, allow_unicode=True, width=120)


def _merged(plugins: Path, protos: list[str]) -> Node:
    """One document of all services that have routes, in the order of their files."""
    with tempfile.TemporaryDirectory() as folder:
        _protoc(plugins, {"openapiv3": _packages(protos)}, protos, Path(folder))
        parts = sorted(str(path) for path in Path(folder).rglob("*.openapi.json"))
        merged = subprocess.run([plugins / "openapiv3-merge", *parts], capture_output=True, check=True)
    document: Node = json.loads(merged.stdout)
    return document


def _protoc(plugins: Path, wanted: dict[str, str], protos: list[str], into: Path) -> None:
    arguments: list[str] = []
    for name, options in wanted.items():
        arguments += [f"--plugin=protoc-gen-{name}={plugins / f'protoc-gen-{name}'}"]
        arguments += [f"--{name}_out={into}", f"--{name}_opt={options}"]
    subprocess.run([sys.executable, "-m", "grpc_tools.protoc", *INCLUDES, *arguments, *protos], cwd=ROOT, check=True)


if __name__ == "__main__":
    sys.exit(main())
