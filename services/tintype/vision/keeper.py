"""Getting the wanted pack: at once if it is at hand, by download in the background otherwise, again after a failure."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

from tintype.kit.errors import DataLoss, DomainError, FailedPrecondition, InvalidInput
from tintype.vision.download import Downloader
from tintype.vision.manifest import Manifest
from tintype.vision.pack_store import InstalledPack, PackStore
from tintype.vision.ports import Download, ModelsUnavailable

Pause = Callable[[float], Awaitable[None]]
NEXT_STEP = "set TINTYPE_MODELS_MIRROR to a folder with its files, or TINTYPE_MODEL_PACK=builtin to do without"


class PackKeeper:
    """Brings one pack, and says how that goes.

    Args:
        downloader: None where nothing may be fetched; a mirror is used all the same.
        first, longest: the wait after the first failure, doubled up to the longest.
        pause: waits for so many seconds.
    """

    def __init__(
        self,
        store: PackStore,
        manifest: Manifest,
        *,
        downloader: Downloader | None,
        first: timedelta,
        longest: timedelta,
        pause: Pause = asyncio.sleep,
    ) -> None:
        self._store = store
        self._downloader = downloader
        self._first_s = first.total_seconds()
        self._longest_s = longest.total_seconds()
        self._pause = pause
        self.manifest = manifest
        self.why_not = ""
        self.download: Download | None = None
        self.retry_in_s: float | None = None

    async def at_hand(self) -> InstalledPack | None:
        """The pack, if it is installed, or can be from the mirror alone: within seconds."""
        installed = await asyncio.to_thread(self._store.installed, self.manifest)
        if installed:
            return installed
        if await asyncio.to_thread(self._store.missing, self.manifest):
            self.why_not = f"The pack {self.manifest.name} is not on this machine yet."
            return None
        return await self._try(None)

    async def bring(self) -> InstalledPack:
        """Go on until the pack is here; between attempts `why_not` and `retry_in_s` say what is the matter."""
        wait_s = self._first_s
        while True:
            if installed := await self._try(self._downloader):
                return installed
            self.retry_in_s = wait_s
            await self._pause(wait_s)
            wait_s = min(2 * wait_s, self._longest_s)

    async def _try(self, downloader: Downloader | None) -> InstalledPack | None:
        self.retry_in_s = None
        try:
            installed = await self._store.install(self.manifest, downloader=downloader, progress=self._tell)
        except (ModelsUnavailable, DataLoss, FailedPrecondition, InvalidInput) as error:
            self.why_not = _sentence(self.manifest, error)
            return None
        except OSError as error:
            self.why_not = f"The pack {self.manifest.name} cannot be written to disk: {error.strerror}."
            return None
        finally:
            self.download = None
        self.why_not = ""
        return installed

    def _tell(self, file: str, done: int, total: int) -> None:
        self.why_not = f"The pack {self.manifest.name} is on its way."
        self.download = Download(self.manifest.name, file, done, total)


def _sentence(manifest: Manifest, error: DomainError) -> str:
    if isinstance(error, FailedPrecondition):
        sentence = f"{error.message[0].upper()}{error.message[1:]}."
        return f"{sentence} Accept it with TINTYPE_VISION_ACCEPTED_LICENCES={manifest.name}."
    return f"The pack {manifest.name} could not be had: {error.message}. It is tried again; or {NEXT_STEP}."
