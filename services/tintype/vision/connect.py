"""Opening vision by the scheme of its URL; only a bootstrap does."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Final

from tintype.kit.urls import InvalidUrl, Url, Urls
from tintype.vision.download import Downloader
from tintype.vision.keeper import PackKeeper
from tintype.vision.local import LocalVision
from tintype.vision.manifest import load_manifest
from tintype.vision.pack_store import InstalledPack, store_of
from tintype.vision.ports import Engine, Vision
from tintype.vision.settings import VisionSettings

# The engines bring their runtimes, 15 to 25 MB each: only the chosen one is imported.


@dataclass(frozen=True, slots=True)
class _Opened:
    """An engine: how it gets to know a pack, and what it complains of."""

    engine: Engine
    host: Callable[[InstalledPack], None]
    complaint: Callable[[], str]


@asynccontextmanager
async def _onnx(url: Url, settings: VisionSettings) -> AsyncIterator[_Opened]:
    from tintype.vision.engines.onnx import OnnxEngine

    opened = OnnxEngine.open(threads=settings.threads, idle=settings.idle_unload, batch_delay=settings.batch_delay)
    async with opened as engine:
        yield _Opened(engine, lambda pack: engine.serve(pack.hosted()), str)


@asynccontextmanager
async def _triton(url: Url, settings: VisionSettings) -> AsyncIterator[_Opened]:
    from tintype.vision.engines.triton import TritonEngine
    from tintype.vision.engines.triton_models import on_triton

    async with TritonEngine.open(url, deadline=settings.triton_deadline) as engine:
        yield _Opened(engine, lambda pack: engine.serve(on_triton(pack.manifest)), engine.complaint)


ENGINES: Final[dict[str, Callable[[Url, VisionSettings], AbstractAsyncContextManager[_Opened]]]] = {
    "onnx": _onnx,
    "triton+grpc": _triton,
    "triton+grpcs": _triton,
}


@asynccontextmanager
async def connect(url: Url, settings: VisionSettings) -> AsyncIterator[Vision]:
    """Open vision; a pack that is installed or in the mirror serves when this returns, `builtin` otherwise.

    Args:
        url: `onnx:` for ONNX Runtime in this process, `triton+grpc://host:port` for Triton: then of a pack only words
            and names are brought here, and its models lie in Triton's repository (`models install-triton`).
        settings: which pack, and what it may cost.

    Raises: InvalidUrl, PackNotFound, TlsFilesUnusable.
    """
    if url.scheme not in ENGINES:
        raise InvalidUrl(f"{url} is no inference URL; there are onnx: and triton+grpc(s)://")
    manifest = load_manifest(settings.model_pack)
    async with AsyncExitStack() as opened:
        runs = await opened.enter_async_context(ENGINES[url.scheme](url, settings))
        downloader = await opened.enter_async_context(Downloader.open()) if settings.download else None
        keeper = PackKeeper(
            store_of(settings, graphs=url.scheme == "onnx"),
            manifest,
            downloader=downloader,
            first=settings.retry_first,
            longest=settings.retry_longest,
        )
        vision = LocalVision(runs.engine, runs.host, keeper, settings, runs.complaint)
        yield await opened.enter_async_context(vision.running())


async def shared(urls: Urls) -> Vision:
    """The models that all services of this process share: opened by the first, closed with `urls`.

    Raises: InvalidUrl, PackNotFound.
    """
    return await urls.open(urls.inference, lambda url: connect(url, VisionSettings()), part="vision")
