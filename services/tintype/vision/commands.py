"""`python -m tintype models ...`: what is done with model packs on this machine, beside a running library."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Final

from tintype.kit.settings import Settings
from tintype.vision import triton_repository
from tintype.vision.download import Downloader
from tintype.vision.manifest import Manifest, load_manifest, pack_names, read_manifest
from tintype.vision.pack_store import InstalledPack, PackStore, store_of
from tintype.vision.packing import make_pack
from tintype.vision.settings import VisionSettings

FAILED: Final = 1
_SHOWN_EVERY: Final = 1 << 20  # bytes between two lines of progress on a terminal


async def models(arguments: Sequence[str], settings: Settings) -> int:
    """List, pull, verify or make packs; returns the exit code. Raises DomainError, OSError."""
    del settings
    options = _parser().parse_args(arguments)
    run: Callable[[argparse.Namespace, VisionSettings], Awaitable[int]] = options.run
    return await run(options, VisionSettings())


COMMANDS: Final[Mapping[str, Callable[[Sequence[str], Settings], Awaitable[int]]]] = {"models": models}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tintype models", description="Model packs on this machine.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    listing = commands.add_parser("list", help="the packs that this version knows, and which are installed")
    listing.set_defaults(run=_list)
    pull = commands.add_parser("pull", help="bring a pack onto this machine")
    pull.add_argument("pack", nargs="?", help="its name; TINTYPE_MODEL_PACK if not said")
    pull.add_argument("--accept-licence", action="store_true", help="you have read it and accept it")
    pull.set_defaults(run=_pull)
    verify = commands.add_parser("verify", help="compare the files of a pack with what was recorded")
    verify.add_argument("pack", nargs="?", help="its name; TINTYPE_MODEL_PACK if not said")
    verify.set_defaults(run=_verify)
    pack = commands.add_parser("pack", help="make a pack from files that you have")
    pack.add_argument("draft", type=Path, help="a manifest without hashes")
    pack.add_argument("source", type=Path, help="the folder with the files")
    pack.add_argument("target", type=Path, help="the folder to write the pack to")
    pack.set_defaults(run=_pack)
    triton = commands.add_parser("install-triton", help="put a pack's models into the model repository of a Triton")
    triton.add_argument("pack", nargs="?", help="its name; TINTYPE_MODEL_PACK if not said")
    triton.add_argument("--repository", type=Path, required=True, help="the folder that Triton serves")
    triton.add_argument("--gpu", action="store_true", help="for a Triton with a GPU")
    triton.add_argument("--accept-licence", action="store_true", help="you have read it and accept it")
    triton.set_defaults(run=_install_triton)
    for command in (listing, pull, verify, pack, triton):
        command.add_argument("--json", action="store_true", help="say what was done as JSON")
    return parser


async def _list(options: argparse.Namespace, settings: VisionSettings) -> int:
    store = store_of(settings)
    packs = [_described(load_manifest(name), store) for name in pack_names()]
    if options.json:
        print(json.dumps(packs, indent=2))
    for pack in [] if options.json else packs:
        print(f"{pack['pack']:<14} {'installed' if pack['installed'] else '-':<10} {pack['summary']}")
    return 0


async def _pull(options: argparse.Namespace, settings: VisionSettings) -> int:
    manifest = load_manifest(options.pack or settings.model_pack)
    await _bring(options, settings, manifest)
    _say(options, manifest, "is here", folder=str(settings.models_home / manifest.space))
    return 0


async def _install_triton(options: argparse.Namespace, settings: VisionSettings) -> int:
    manifest = load_manifest(options.pack or settings.model_pack)
    if not manifest.models:
        _say(options, manifest, "has no models for Triton: it runs where it is asked", models=[])
        return 0
    store = store_of(settings)
    pack = store.installed(manifest) or await _bring(options, settings, manifest)
    digests = store.digests(manifest)
    placed = await asyncio.to_thread(
        triton_repository.install, pack, options.repository, digests=digests, gpu=options.gpu
    )
    new = sum(model.changed for model in placed)
    models = [{"model": model.name, "changed": model.changed} for model in placed]
    _say(options, manifest, f"is in {options.repository}: {len(placed)} models, {new} of them new", models=models)
    return 0


async def _bring(options: argparse.Namespace, settings: VisionSettings, manifest: Manifest) -> InstalledPack:
    if not options.json:
        print(f"{manifest.name} {manifest.version}: {manifest.licence}", flush=True)
    accepted = settings.accepted_licences | ({manifest.name} if options.accept_licence else frozenset())
    store = PackStore(settings.models_home, mirror=settings.models_mirror, accepted=accepted)
    async with AsyncExitStack() as opened:
        downloader = await opened.enter_async_context(Downloader.open()) if settings.download else None
        return await store.install(manifest, downloader=downloader, progress=_Shown(quiet=options.json))


async def _verify(options: argparse.Namespace, settings: VisionSettings) -> int:
    manifest = load_manifest(options.pack or settings.model_pack)
    damaged = store_of(settings).verify(manifest) if manifest.files else ()
    if not damaged:
        _say(options, manifest, "is whole", damaged=[])
        return 0
    _say(options, manifest, f"is damaged ({', '.join(damaged)}): bring it again with 'pull'", damaged=list(damaged))
    return FAILED


async def _pack(options: argparse.Namespace, settings: VisionSettings) -> int:
    del settings
    packed = make_pack(read_manifest(options.draft), options.source, options.target)
    _say(options, packed, f"has {len(packed.files)} files in {options.target}", folder=str(options.target))
    return 0


def _store(settings: VisionSettings) -> PackStore:
    return store_of(settings)


def _described(manifest: Manifest, store: PackStore) -> dict[str, object]:
    installed = not manifest.files or store.installed(manifest) is not None
    return {
        "pack": manifest.name,
        "version": manifest.version,
        "installed": installed,
        "summary": manifest.summary,
        "licence": manifest.licence,
        "must_accept": manifest.must_accept,
    }


def _say(options: argparse.Namespace, manifest: Manifest, what: str, **fields: object) -> None:
    named = {"pack": manifest.name, "version": manifest.version}
    print(json.dumps({**named, **fields}) if options.json else f"{manifest.name} {manifest.version} {what}")


class _Shown:
    """Progress on the error stream: over and over in one line of a terminal, once a file elsewhere."""

    def __init__(self, *, quiet: bool) -> None:
        self._quiet = quiet
        self._terminal = sys.stderr.isatty()
        self._file = ""
        self._done = 0

    def __call__(self, file: str, done: int, total: int) -> None:
        new = file != self._file
        if self._quiet or not (new or (self._terminal and done - self._done >= _SHOWN_EVERY)):
            return
        self._file, self._done = file, done
        of_all = f" of {total / 1e6:.0f} MB" if total else " MB"
        print(f"{file}: {done / 1e6:.0f}{of_all}", end="\r" if self._terminal else "\n", file=sys.stderr, flush=True)
