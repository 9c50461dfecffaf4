"""Compare the contract with the last released one: `buf breaking` between two images.

The base is the newest tag `v*`, or the revision in CONTRACT_BASE. Before the first release there is nothing that a
client could rely on, and the check says so.
"""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUF = ROOT / "node_modules/.bin/buf"


def base_revision() -> str:
    """The revision to compare with; empty if nothing was released yet."""
    if base := os.environ.get("CONTRACT_BASE"):
        return base
    command = ["git", "describe", "--tags", "--match", "v*", "--abbrev=0"]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return found.stdout.strip()


def unpack(revision: str, folder: Path) -> None:
    """Lay the contract of a revision into a folder, with the packages that it imports."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    archive = subprocess.run(
        ["git", "archive", revision, "proto", "buf.yaml"], cwd=ROOT, capture_output=True, check=True
    )
    with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as tar:
        tar.extractall(folder, filter="data")
    shutil.copytree(ROOT / "build/protos", folder / "build/protos")


def main() -> int:
    """Exit status 0 if nothing breaks, or nothing was released yet."""
    revision = base_revision()
    if not revision:
        print("No release to compare the contract with yet.")
        return 0
    base = ROOT / "build/contract-base"
    unpack(revision, base)
    subprocess.run([BUF, "build", "-o", ROOT / "build/base.binpb"], cwd=base, check=True)
    subprocess.run([BUF, "build", "-o", ROOT / "build/head.binpb"], cwd=ROOT, check=True)
    print(f"Comparing the contract with {revision}.", flush=True)
    command = [str(BUF), "breaking", "build/head.binpb", "--against", "build/base.binpb"]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
