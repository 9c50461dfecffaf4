"""`make test-web` and `make bench-web`: the gallery in the machine's own Chromium, driven by Playwright.

On Debian, as root, the browser is installed where it is missing; elsewhere it says what to install.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

from tools.toolchain import TOOLS, NoToolchain

ROOT: Final = Path(__file__).resolve().parent.parent
WEB_TESTS: Final = ROOT / "tests/web"
BROWSERS: Final = ("chromium", "chromium-browser", "google-chrome")
PACKAGES: Final = ("chromium", "fonts-dejavu-core")
ADVICE: Final = "the tests need Chromium: install it (Debian: apt-get install chromium), or set TINTYPE_CHROMIUM"


class NoBrowser(RuntimeError):
    """There is no Chromium, and none could be installed."""


def main() -> int:
    """Returns Playwright's exit code. Arguments go to it; `bench` first takes the measurements instead."""
    arguments = sys.argv[1:]
    config = "playwright.config.ts"
    if arguments[:1] == ["bench"]:
        arguments, config = arguments[1:], "bench.config.ts"
    try:
        browser, node = chromium(), TOOLS["node"].found()
    except (NoBrowser, NoToolchain) as error:
        print(error, file=sys.stderr)
        return 1
    path = f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}"
    environment = {**os.environ, "PATH": path, "TINTYPE_CHROMIUM": browser, "PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD": "1"}
    # Not `npm ci`: it refuses a lock without the packages of other platforms, which not every registry has.
    for command in (
        ["npm", "install", "--no-save", "--silent"],
        ["npx", "--no-install", "tsc", "--noEmit"],
        ["npx", "--no-install", "playwright", "test", "--config", config, *arguments],
    ):
        code = subprocess.run(command, cwd=WEB_TESTS, env=environment, check=False).returncode
        if code:
            return code
    return 0


def chromium() -> str:
    """The browser's path. Raises NoBrowser."""
    given = os.environ.get("TINTYPE_CHROMIUM", "")
    found = given or next(filter(None, map(shutil.which, BROWSERS)), None) or _installed()
    if not found:
        raise NoBrowser(ADVICE)
    return found


def _installed() -> str | None:
    if not Path("/etc/debian_version").exists() or os.geteuid() != 0 or not shutil.which("apt-get"):
        return None
    print("Installing Debian's Chromium (once) ...", file=sys.stderr)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "update", "-qq"], ["apt-get", "install", "-qq", "--no-install-recommends", *PACKAGES]):
        if subprocess.run(command, env=environment, check=False, stdout=subprocess.DEVNULL).returncode:
            return None
    return shutil.which("chromium")


if __name__ == "__main__":
    sys.exit(main())
