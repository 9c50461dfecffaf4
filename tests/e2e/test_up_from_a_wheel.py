"""`tintype up` from the wheel of a platform: the library, and beside it the bridge with the gallery."""

from __future__ import annotations

import os
import subprocess
import sys
import urllib.request
import zipfile
from pathlib import Path

import pytest
from tests.bridge import binary
from tests.e2e.conftest import ENVIRONMENT
from tools.library import ROOT, without_settings

pytestmark = pytest.mark.timeout(180)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """The packages of the wheel, as pip would lay them down."""
    built = tmp_path / "built"
    (built / "gateway/linux-amd64").mkdir(parents=True)
    (built / "gateway/linux-amd64/tintype-gateway").symlink_to(binary())
    (built / "web").mkdir()
    (built / "web/index.html").write_text("<!doctype html><title>from the wheel</title>")
    environment = {**os.environ, "TINTYPE_WHEEL_PLATFORM": "linux-amd64", "TINTYPE_WHEEL_BUILT": str(built)}
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=120, env=environment)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "site")
    (tmp_path / "site/tintype_cli/bridge/tintype-gateway").chmod(0o755)  # as pip does, which zipfile does not
    return tmp_path / "site"


def test_it_starts_the_bridge_and_stops_it_with_the_library(site: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    environment = {
        **without_settings(),
        **ENVIRONMENT,
        "PYTHONPATH": str(site),
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "TINTYPE_MODELS_HOME": str(tmp_path / "models"),
        "TINTYPE_GATEWAY_PORT": "0",
    }
    options = ["--home", str(home), "--port", "0", "--http-port", "0"]
    command = [sys.executable, "-m", "tintype_cli", "up", *options]
    with subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, text=True) as up:
        assert up.stdout is not None
        try:
            said = next((line for line in up.stdout if "The gallery is on" in line), "")
            address = said.split()[-1].rstrip(".")
            with urllib.request.urlopen(f"{address}/photos/some", timeout=10) as answer:
                assert b"from the wheel" in answer.read()
            with urllib.request.urlopen(f"{address}/v1/signUp", timeout=10) as answer:
                assert answer.status == 200
        finally:
            up.terminate()
            up.communicate(timeout=60)
    assert up.returncode == 0
    assert not (home / "bridge.json").exists()
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(address, timeout=10)
