"""Opens picture work for a process."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager

from tintype.imaging.ports import Imaging
from tintype.imaging.sandbox import SandboxImaging
from tintype.imaging.settings import ImagingSettings


def connect(settings: ImagingSettings) -> AbstractAsyncContextManager[Imaging]:
    """Imaging in sandboxed processes; there is no other way for bytes of strangers."""
    return SandboxImaging.open(settings)
