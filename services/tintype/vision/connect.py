"""Opening vision by the scheme of its URL; only a bootstrap does."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final

from tintype.kit.urls import InvalidUrl, Url, Urls
from tintype.vision.download import Downloader
from tintype.vision.engines.onnx import OnnxEngine
from tintype.vision.keeper import PackKeeper
from tintype.vision.local import LocalVision
from tintype.vision.manifest import load_manifest
from tintype.vision.pack_store import PackStore
from tintype.vision.ports import Vision
from tintype.vision.settings import VisionSettings

SCHEME: Final = "onnx"


@asynccontextmanager
async def connect(url: Url, settings: VisionSettings) -> AsyncIterator[Vision]:
    """Open vision; a pack that is installed or in the mirror serves when this returns, `builtin` otherwise.

    Args:
        url: `onnx:` for ONNX Runtime in this process.
        settings: which pack, and what it may cost.

    Raises: InvalidUrl, PackNotFound.
    """
    if url.scheme != SCHEME:
        raise InvalidUrl(f"{url} is no inference URL; there is onnx:")
    manifest = load_manifest(settings.model_pack)
    async with AsyncExitStack() as opened:
        engine = await opened.enter_async_context(
            OnnxEngine.open(threads=settings.threads, idle=settings.idle_unload, batch_delay=settings.batch_delay)
        )
        downloader = await opened.enter_async_context(Downloader.open()) if settings.download else None
        store = PackStore(settings.models_home, mirror=settings.models_mirror, accepted=settings.accepted_licences)
        keeper = PackKeeper(
            store,
            manifest,
            downloader=downloader,
            first=settings.retry_first,
            longest=settings.retry_longest,
        )
        yield await opened.enter_async_context(LocalVision(engine, keeper, settings).running())


async def shared(urls: Urls) -> Vision:
    """The models that all services of this process share: opened by the first, closed with `urls`.

    Raises: InvalidUrl, PackNotFound.
    """
    return await urls.open(urls.inference, lambda url: connect(url, VisionSettings()), part="vision")
