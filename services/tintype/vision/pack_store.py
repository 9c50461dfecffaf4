"""Where packs are installed on this machine: brought from a mirror or the upstream, checked, recorded."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from urllib.parse import urljoin

from tintype.kit.errors import FailedPrecondition
from tintype.vision.digest import sha256_of
from tintype.vision.download import Downloader, Fetched
from tintype.vision.manifest import MANIFEST, Manifest, ModelSpec, PackFile
from tintype.vision.ports import ModelsUnavailable
from tintype.vision.settings import VisionSettings
from tintype.vision.tensors import HostedModel

RECORD = "installed.json"
WITHOUT_GRAPHS = "words"  # the folder of packs whose graphs run elsewhere

FileProgress = Callable[[str, int, int], None]
"""Told the file, the bytes of the pack that are here, and the bytes of the pack in all as far as they are known."""


class PackUnavailable(ModelsUnavailable):
    """A file of the pack is neither here, nor in the mirror, nor to be fetched."""


class LicenceNotAccepted(FailedPrecondition):
    """The pack's licence must be accepted before it is fetched."""

    reason = "FAILED_PRECONDITION"


@dataclass(frozen=True, slots=True)
class InstalledPack:
    """A pack whose files are all in `folder`."""

    manifest: Manifest
    folder: Path

    def path(self, file: str) -> Path:
        return self.folder / file

    def hosted(self) -> dict[str, HostedModel]:
        """Its models for an engine, by names that are the pack's own: see `model_name`."""
        return {
            self.model_name(name): HostedModel(spec, self.folder / graph_file(self.manifest, spec))
            for name, spec in self.manifest.models.items()
        }

    def model_name(self, name: str) -> str:
        return f"{self.manifest.space}/{name}"


def graph_file(manifest: Manifest, spec: ModelSpec) -> str:
    """The file of a model's graph: its own, or the one with a front, named by what both are made of."""
    if not spec.front:
        return spec.file
    made_of = f"{manifest.file(spec.file).sha256}{spec.front}"
    return f"{spec.file.removesuffix('.onnx')}-{hashlib.sha256(made_of.encode()).hexdigest()[:16]}.u8.onnx"


class PackStore:
    """Packs in folders of `home`, named by their space.

    Args:
        home: is made when it is needed.
        mirror: a folder with files of packs, flat or in a folder for each pack.
        accepted: names of packs whose licence is accepted.
        graphs: False where the graphs run elsewhere: then only words and names are brought.
    """

    def __init__(
        self,
        home: Path,
        *,
        mirror: Path | None = None,
        accepted: frozenset[str] = frozenset(),
        graphs: bool = True,
    ) -> None:
        self._home = home
        self._graphs = graphs
        self._mirror = mirror
        self._accepted = accepted

    def installed(self, manifest: Manifest) -> InstalledPack | None:
        """The pack, if it was installed as this manifest says and its files kept their sizes. Quick: reads none."""
        folder = self._home / manifest.space
        try:
            record = json.loads((folder / RECORD).read_text("utf-8"))
            if record["fingerprint"] != fingerprint(self._wanted(manifest)):
                return None
            whole = all((folder / name).stat().st_size == entry["size"] for name, entry in record["files"].items())
        except (OSError, ValueError, KeyError):
            return None
        return InstalledPack(manifest, folder) if whole else None

    def verify(self, manifest: Manifest) -> tuple[str, ...]:
        """Read every file of an installed pack. Returns: the names of those that are not as recorded."""
        folder = self._home / manifest.space
        digests = self.digests(manifest)
        damaged = (
            name
            for name, digest in digests.items()
            if not (folder / name).is_file() or sha256_of(folder / name) != digest
        )
        return tuple(damaged) if digests else (RECORD,)

    def digests(self, manifest: Manifest) -> dict[str, str]:
        """SHA-256 of each file of an installed pack, as recorded then; none where it is not installed."""
        try:
            files = json.loads((self._home / manifest.space / RECORD).read_text("utf-8"))["files"]
            return {name: str(entry["sha256"]) for name, entry in files.items()}
        except (OSError, ValueError, KeyError):
            return {}

    def missing(self, manifest: Manifest) -> tuple[PackFile, ...]:
        """The files that neither the folder nor the mirror has; empty means that installing needs no network."""
        return tuple(file for file in self._wanted(manifest).files if not self._at_hand(manifest, file))

    async def install(
        self, manifest: Manifest, *, downloader: Downloader | None, progress: FileProgress
    ) -> InstalledPack:
        """Bring every file, put fronts before float graphs, run each graph once, record what there is.

        Raises: LicenceNotAccepted, PackUnavailable, DownloadFailed, DownloadCorrupt, PackingFailed.
        """
        if manifest.must_accept and manifest.name not in self._accepted:
            raise LicenceNotAccepted(
                f"the pack {manifest.name} has a licence to accept: {manifest.licence}", pack=manifest.name
            )
        folder = self._home / manifest.space
        await asyncio.to_thread(_make, folder)
        wanted = self._wanted(manifest)
        total = sum(file.size for file in wanted.files)
        fetched: dict[str, Fetched] = {}
        for file in wanted.files:
            before = sum(entry.size for entry in fetched.values())
            told = partial(_tell, progress, file.path, before, total)
            fetched[file.path] = await self._bring(manifest, file, folder, downloader, told)
        await asyncio.to_thread(_finish, wanted, folder, fetched)
        return InstalledPack(manifest, folder)

    def _wanted(self, manifest: Manifest) -> Manifest:
        """What is brought of a pack."""
        if self._graphs:
            return manifest
        graphs = {model.file for model in manifest.models.values()}
        return replace(manifest, files=tuple(file for file in manifest.files if file.path not in graphs), models={})

    async def _bring(
        self,
        manifest: Manifest,
        file: PackFile,
        folder: Path,
        downloader: Downloader | None,
        progress: Callable[[int, int], None],
    ) -> Fetched:
        target = folder / file.path
        for place in self._at_hand(manifest, file):
            digest = await asyncio.to_thread(sha256_of, place)
            if file.sha256 in ("", digest):
                if place != target:
                    await asyncio.to_thread(_copy, place, target)
                size = target.stat().st_size
                progress(size, size)
                return Fetched(digest, size, "")
        if not file.url or downloader is None:
            raise PackUnavailable(f"{file.path} of the pack {manifest.name} is not here", pack=manifest.name)
        url = urljoin(manifest.upstream, file.url)
        return await downloader.fetch(url, target, size=file.size, sha256=file.sha256, progress=progress)

    def _at_hand(self, manifest: Manifest, file: PackFile) -> list[Path]:
        """Files of this name and size: here already, or in the mirror."""
        places = [self._home / manifest.space / file.path]
        if self._mirror:
            places += [self._mirror / manifest.name / file.path, self._mirror / file.path]
        return [place for place in places if place.is_file() and file.size in (0, place.stat().st_size)]


def store_of(settings: VisionSettings, *, graphs: bool = True) -> PackStore:
    """The packs of this machine."""
    home = settings.models_home if graphs else settings.models_home / WITHOUT_GRAPHS
    return PackStore(home, mirror=settings.models_mirror, accepted=settings.accepted_licences, graphs=graphs)


def fingerprint(manifest: Manifest) -> str:
    """Of what is on disk: files and graphs. Thresholds may change without another download."""
    values = MANIFEST.dump_python(manifest, mode="json")
    return hashlib.sha256(json.dumps([values["files"], values["models"]], sort_keys=True).encode()).hexdigest()


def _tell(progress: FileProgress, file: str, before: int, total: int, done: int, _: int) -> None:
    progress(file, before + done, total)


def _make(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_name(f"{target.name}.{os.getpid()}.copy")
    shutil.copyfile(source, unfinished)
    unfinished.replace(target)


def _finish(manifest: Manifest, folder: Path, fetched: dict[str, Fetched]) -> None:
    """Make the graphs with fronts, check all graphs, write the record last."""
    from tintype.vision.packing import check_shapes, put_front  # 25 MB that a process without graphs can do without

    files = {name: {"sha256": entry.sha256, "size": entry.size, "etag": entry.etag} for name, entry in fetched.items()}
    for name, spec in manifest.models.items():
        made = folder / graph_file(manifest, spec)
        if spec.front:
            if not made.is_file():
                put_front(folder / spec.file, made, spec.front)
            files[made.name] = {"sha256": sha256_of(made), "size": made.stat().st_size, "etag": ""}
        check_shapes(name, made, spec)
    record = {"schema": 1, "pack": manifest.name, "version": manifest.version, "files": files}
    text = json.dumps({**record, "fingerprint": fingerprint(manifest)}, indent=2)
    unfinished = folder / f"{RECORD}.{os.getpid()}.part"
    unfinished.write_text(text, "utf-8")
    unfinished.replace(folder / RECORD)
