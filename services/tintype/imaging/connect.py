"""Opens picture work for a process; only a bootstrap does."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager

from tintype.imaging.ports import Imaging
from tintype.imaging.sandbox import SandboxImaging
from tintype.imaging.settings import ImagingSettings
from tintype.kit.urls import Urls


def connect(settings: ImagingSettings) -> AbstractAsyncContextManager[Imaging]:
    """Imaging in sandboxed processes; there is no other way for bytes of strangers."""
    return SandboxImaging.open(settings)


async def shared(urls: Urls) -> Imaging:
    """The decoders that all services of this process share: made when first needed, ended with `urls`."""
    # Decoders have no URL of their own: what serves the models is what they work for.
    return await urls.open(urls.inference, lambda _: connect(ImagingSettings()), part="imaging")
