"""`make run`: start the library, make the first account, put pictures in, find some, keep serving until Ctrl-C.

`make run-servers` does the same with every service in a process of its own, on the servers of `make servers-up`.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import platformdirs
from deploy.native.layout import state_folder
from rich.console import Console
from tools.bridge import beside, running_beside
from tools.deployment import Deployment, urls_on
from tools.first_account import FirstAccount, signed_in
from tools.library import Library, NotStarted, running_on
from tools.showing import PICTURES, Query, ask, bars, import_pictures, queries_for, table_of, until_searchable

from tintype_cli.bridge_process import beside as port_beside
from tintype_cli.bridge_process import trusting
from tintype_cli.session import credentials_file
from tintype_sdk import Client, FileTokens
from tintype_sdk.errors import TintypeError

PORT, HTTP_PORT = 7460, 7461
SERVERS_PORT, SERVERS_HTTP_PORT = 7470, 7471  # both may run, and the command line knows them by their addresses
NAMESPACE = "tintype"  # in the shared servers
PATIENCE_S = 24 * 3600.0  # somebody watches the bars, and may break off
SHOWN = 6  # searches


def main() -> int:
    """Returns the exit code."""
    parser = argparse.ArgumentParser(prog="run", description=__doc__)
    parser.add_argument("--photos", type=Path, help="a folder of your own pictures, instead of the demo's")
    parser.add_argument("--servers", action="store_true", help="every service by itself, on the real servers")
    options = parser.parse_args()
    photos: Path | None = options.photos.expanduser() if options.photos else None
    console = Console()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # stop as in order as by Ctrl-C
    if photos is not None and not photos.is_dir():
        console.print(f"{photos} is no folder: give the one that holds your pictures.", markup=False)
        return 2
    library = _deployment() if options.servers else _library()
    try:
        with _served(console, library) as (address, gallery, ours):
            asyncio.run(_show(console, address, gallery, photos))
            if ours:
                console.print("Serving until Ctrl-C ...")
                return library.wait()
    except NotStarted as error:
        console.print(f"The library did not start: {error}", style="bold red", markup=False)
        console.print(f"Its log: {library.log_file}", markup=False)
        return 1
    except TintypeError as error:
        console.print(f"Something went wrong: {error.message}. The library's log: {library.log_file}", markup=False)
        return 1
    except KeyboardInterrupt:
        console.print("Stopped. Everything that was imported is safe; run it again to go on.")
    return 0


def _library() -> Library:
    """One process, on one folder."""
    home = _given_home() or platformdirs.user_data_path("tintype", appauthor=False)
    port, http_port = _port("TINTYPE_PORT", PORT), _port("TINTYPE_HTTP_PORT", HTTP_PORT)
    return Library(home, trusting(), port=port, http_port=http_port)


def _deployment() -> Deployment:
    """Many processes, on the servers of this clone; what they keep is with the data of those."""
    servers = json.loads((state_folder() / "urls.json").read_text("utf-8"))
    home = _given_home() or state_folder() / "library"
    port, http_port = _port("TINTYPE_PORT", SERVERS_PORT), _port("TINTYPE_HTTP_PORT", SERVERS_HTTP_PORT)
    return Deployment(home, {**urls_on(servers, NAMESPACE), **trusting()}, port=port, http_port=http_port)


def _given_home() -> Path | None:
    given = os.environ.get("TINTYPE_HOME", "")
    return Path(given).expanduser().absolute() if given else None


def _port(setting: str, default: int) -> int:
    return int(os.environ.get(setting, default))


@contextmanager
def _served(console: Console, library: Library | Deployment) -> Iterator[tuple[str, str, bool]]:
    """The addresses of the library of a home and of its gallery, and whether it is ours: stopped on leaving."""
    address = running_on(library.home)
    if address:
        console.print(f"A library runs on {library.home} already; using it.", markup=False)
        yield address, running_beside(library.home), False
        return
    with console.status("Starting the library ..."):
        library.start()
    try:
        port = _port("TINTYPE_GATEWAY_PORT", port_beside(library.port))
        with beside(console, library.home, library.address, library.http, port=port) as gallery:
            yield library.address, gallery, True
    finally:
        with console.status("Stopping ..."):
            library.stop()


async def _show(console: Console, address: str, gallery: str, photos: Path | None) -> None:
    """Import and search as the first account; without it, say how to go on."""
    async with Client.open(address, tokens=FileTokens(credentials_file(address))) as client:
        account = await signed_in(client, address)
        if account is None:
            console.print("The library has accounts, and none is signed in here: tintype account sign-in NAME")
            return
        demo = await _fill(console, client, photos)
        await _search(console, client, demo=demo)
    _tell(console, address, gallery, account)


async def _fill(console: Console, client: Client, photos: Path | None) -> bool:
    """A folder is imported whenever it is named; the demo's pictures go into an empty library only.

    Returns whether it was the demo's.
    """
    usage = await client.photos.usage()
    if photos is None and usage.photos + usage.trashed_photos:
        console.print(f"The library holds {usage.photos} photos.")
        return False
    with bars(console) as progress:
        report = await import_pictures(client, [photos or PICTURES], progress)
        await until_searchable(client, progress, timeout_s=PATIENCE_S, with_text=photos is None)
    console.print(f"{report.new} new, {report.already_there} already there, {report.refused} refused.")
    for refusal in report.refusals[:10]:
        console.print(f"  refused {refusal.path}: {refusal.message}", markup=False)
    return photos is None


async def _search(console: Console, client: Client, *, demo: bool) -> None:
    """The demo's queries, or what the person's own photos suggest."""
    queries = [query for query in queries_for("builtin") if not query.packs][::3][:SHOWN]
    if not demo:
        queries = [Query(each.words, "", each.kind, ()) for each in await client.search.suggest(limit=SHOWN)]
    answers = [await ask(client, query) for query in queries]
    if answers:
        console.print(table_of(answers, "A few searches"))


def _tell(console: Console, address: str, gallery: str, account: FirstAccount) -> None:
    if gallery:
        console.print(f"The gallery:  {gallery}", style="bold", markup=False)
    console.print(f"The library:  {address}", style="bold", markup=False)
    if account.password:
        console.print(f"Sign in as:   {account.user_name}   password: {account.password}", markup=False)
        console.print(f"              (kept in {account.file}, for you alone; 'tintype account password' changes it)")
    else:
        console.print(f"Signed in as: {account.user_name}", markup=False)
    server = "" if address.endswith(f":{PORT}") else f" --server {address}"
    console.print(f'Try:          .venv/bin/tintype{server} search "sunset over the sea"', markup=False)


if __name__ == "__main__":
    sys.exit(main())
