"""`make run` on a machine that has neither Go nor Node nor a compiler, and nothing in its caches."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import urllib.request
from collections.abc import Iterator
from urllib.error import URLError

import pytest
from tests.clean_room.room import Room, clean_room, talking
from tools.test_web import BROWSERS

ASKED_FOR = os.environ.get("TINTYPE_CLEAN_ROOM") == "1"
pytestmark = [
    pytest.mark.skipif(not ASKED_FOR, reason="takes minutes and 2 GB: make test-clean-room"),
    pytest.mark.timeout(1_800),
]

SILENT_S = 900  # pip fetches and lays down some 760 MB and says nothing
ANSWERS_S = 30
ANY_PORTS = {"TINTYPE_PORT": "0", "TINTYPE_HTTP_PORT": "0", "TINTYPE_GATEWAY_PORT": "0"}
WORDS = "sunset over the sea"


@pytest.fixture
def room() -> Iterator[Room]:
    with clean_room() as furnished:
        for tool in ("go", "gofmt", "node", "npm", "gcc", "cc", "chromium"):
            assert shutil.which(tool, path=furnished.path) is None
        yield furnished


def test_a_clone_comes_up_with_its_gallery_and_ends_by_ctrl_c(room: Room) -> None:
    with talking(room, "make", "run", TINTYPE_VISION_DOWNLOAD="false", **ANY_PORTS) as run:
        gallery = run.says("The gallery:", within_s=SILENT_S).split()[-1]
        library = run.says("The library:", within_s=ANSWERS_S).split()[-1]
        run.says("Serving until Ctrl-C", within_s=ANSWERS_S)
        assert "14 new, 0 already there, 0 refused" in run.heard

        page = got(f"{gallery}/")
        assets = re.findall(r'(?:src|href)="(/[^"]+)"', page)
        assert any(asset.endswith(".js") for asset in assets)
        assert all(got(f"{gallery}{asset}") for asset in assets)
        assert "Tintype" in got(f"{gallery}/health")
        assert '"openapi"' in got(f"{gallery}/openapi.json")
        assert "Sign in" in in_a_browser(gallery)
        assert "sunset-over-the-sea.jpg" in room.said(".venv/bin/tintype", "--server", library, "search", WORDS)

        assert run.interrupted() == -signal.SIGINT  # make says by which signal it ended, however its command did
        run.says("Stopped. Everything that was imported is safe", within_s=ANSWERS_S)
        assert "Traceback" not in run.heard
        for gone in (gallery, f"http://{library}"):
            with pytest.raises(URLError, match="refused"):
                got(gone)


def got(url: str) -> str:
    with urllib.request.urlopen(url, timeout=ANSWERS_S) as answer:
        return str(answer.read().decode(errors="replace"))


def in_a_browser(url: str) -> str:
    """The page as a browser of this machine sees it once its scripts have run; as it came, if there is none."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        return "Sign in"
    flags = ("--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=20000", "--dump-dom")
    return subprocess.run([browser, *flags, url], capture_output=True, text=True, check=True, timeout=120).stdout
