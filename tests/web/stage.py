"""A library with real photos behind the bridge, for the browser tests: starts both, fills them, says where, waits.

`python -m tests.web.stage FOLDER` writes FOLDER/stage.json once everything is ready, and ends when its input does.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import shutil
import sys
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from rich.console import Console
from tools.build_bridge import BINARY, GALLERY
from tools.demo import until_serving
from tools.library import ROOT, Library, running, without_settings
from tools.showing import PICTURES, bars, until_searchable

from tintype.v1 import photo_pb2, upload_service_pb2
from tintype_cli.bridge_process import Bridge, Installed, trusting
from tintype_sdk import Client
from tintype_sdk.uploads import Declared

SHARED: Final = ROOT.parent / "shared"
PATIENCE_S: Final = 420.0
USER_NAME: Final = "mara"
PASSWORD: Final = "eleven quiet harbours"
NEWEST: Final = datetime(2026, 8, 30, 15, 20, tzinfo=UTC)  # a fixed day: screenshots stay comparable
APART: Final = timedelta(hours=157)  # photos without a date of their own then fill some 30 months
SETTINGS: Final = {
    "TINTYPE_ACCOUNTS_SIGN_UP": "open",
    "TINTYPE_VISION_DOWNLOAD": "false",
    "TINTYPE_DRAIN": "PT0S",
    "TINTYPE_RATE_PER_SECOND": "100000",
    "TINTYPE_RATE_BURST": "100000",
}
# What is imported of ../shared/samples: enough for months, places, cameras, faces, text, formats and one that fails.
CHOSEN: Final = (
    ("trip", "*.jpg", 29),
    ("captioned", "c*.jpg", 48),
    ("labelled", "*.jpg", 40),
    ("exif", "*.jpg", 30),
    ("burst", "*.jpg", 6),
    ("ocr", "*.jpg", 6),
    ("formats", "*.heic", 4),
    ("hostile", "*trunc*.jpg", 1),
)


def main() -> int:
    """Returns the exit code."""
    folder = Path(sys.argv[1]).absolute()
    photos = chosen_photos(folder / "photos")
    with ExitStack() as opened:
        settings = {**SETTINGS, **trusting(), **pack_settings(folder)}
        library = opened.enter_context(running(Library(folder / "home", settings, without_settings())))
        bridge = Bridge(Installed(BINARY, GALLERY), folder)
        opened.callback(bridge.stop)
        bridge.start(library.address, library.http, port=0)
        asyncio.run(fill(library.address, photos))
        tell(folder, library, bridge, photos)
        sys.stdin.read()
    return 0


def pack_settings(folder: Path) -> dict[str, str]:
    """Real weights where they are, the built-in pack elsewhere."""
    settings = {"TINTYPE_MODELS_HOME": str(folder / "models"), "TINTYPE_MODEL_PACK": pack()}
    if pack() == "development":
        settings["TINTYPE_MODELS_MIRROR"] = str(SHARED / "models")
    return settings


def pack() -> str:
    return "development" if (SHARED / "models").is_dir() else "builtin"


def chosen_photos(folder: Path) -> list[Path]:
    """Copies of the photos to import, in a folder of the run."""
    samples = SHARED / "samples"
    found = [
        file for name, pattern, most in CHOSEN for file in sorted((samples / name).rglob(pattern))[:most]
    ] or sorted(PICTURES.iterdir())
    found.sort(key=lambda file: hashlib.sha256(file.name.encode()).digest())  # a month then shows many things
    folder.mkdir(parents=True)
    return [Path(shutil.copyfile(file, folder / f"{file.parent.name}-{file.name}")) for file in found]


async def fill(address: str, photos: list[Path]) -> None:
    """Make the first account and import; ends once every photo can be found."""
    console = Console(stderr=True)
    async with Client.open(address) as client:
        await client.accounts.sign_up(USER_NAME, PASSWORD, display_name="Mara Lindqvist")
        await until_serving(client, pack())
        with bars(console) as progress:
            for number, photo in enumerate(photos):
                await client.uploads.upload_file(photo, declared=taken(number), backlog=True)
            await until_searchable(client, progress, timeout_s=PATIENCE_S, with_text=False)


def taken(number: int) -> Declared:
    """What a client would know of the time by the file: for photos without a date of their own."""
    time = photo_pb2.CaptureTime(local_time=f"{NEWEST - number * APART:%Y-%m-%dT%H:%M:%S}")
    time.instant.FromDatetime(NEWEST - number * APART)
    time.utc_offset_source = photo_pb2.OFFSET_SOURCE_UNKNOWN
    return Declared(upload_service_pb2.UploadHeader(capture_time=time))


def tell(folder: Path, library: Library, bridge: Bridge, photos: list[Path]) -> None:
    """Say where everything is, in one step: whoever waits for the file reads it whole."""
    stated = {
        "url": bridge.address,
        "userName": USER_NAME,
        "password": PASSWORD,
        "photos": len(photos),
        "folder": str(folder / "photos"),
        "pack": pack(),
        "samples": (SHARED / "samples").is_dir(),
        "libraryHome": str(library.home),
        "library": library.address,
        "libraryHttp": library.http,
        "binary": str(BINARY),
        "gallery": str(GALLERY),
    }
    file = folder / "stage.json"
    file.with_suffix(".part").write_text(json.dumps(stated), "utf-8")
    file.with_suffix(".part").rename(file)


if __name__ == "__main__":
    sys.exit(main())
