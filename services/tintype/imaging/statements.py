"""What the sandbox of the decoders gives on this machine."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from tintype.imaging.decoder_process import DecoderProcess
from tintype.imaging.settings import ImagingSettings
from tintype.kit.operations.domain import Finding, Severity

FULL: Final = frozenset({"no network", "no file system"})  # what a full sandbox has and not every system gives


async def check_sandbox(service: str) -> Sequence[Finding]:
    """Start one decoder and ask what protects us from it. Raises DecoderUnavailable."""
    decoder = await DecoderProcess.start(ImagingSettings())
    protections = decoder.protections
    await decoder.close()
    missing = sorted(FULL.difference(protections))
    if not missing:
        return [Finding(service, "sandbox", Severity.OK, f"decoders run with: {', '.join(protections)}")]
    message = f"decoders run in processes of their own, without: {', '.join(missing)}"
    advice = "Linux 5.13 or newer with Landlock and user namespaces gives the rest; limits on memory and time hold."
    return [Finding(service, "sandbox", Severity.WARNING, message, advice)]
