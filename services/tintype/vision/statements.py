"""What a process states about its models to administrators."""

from __future__ import annotations

from typing import Final

from tintype.kit.operations.domain import Finding, ModelPackStatus, Severity
from tintype.vision.manifest import load_manifest
from tintype.vision.pack_store import store_of
from tintype.vision.ports import Status
from tintype.vision.settings import VisionSettings

BUILTIN: Final = "builtin"


def check_installed(service: str, settings: VisionSettings) -> list[Finding]:
    """Whether the wanted pack is on this machine, without a library that runs."""
    manifest = load_manifest(settings.model_pack)
    store = store_of(settings)
    if not manifest.files or store.installed(manifest) is not None:
        return [Finding(service, "models", Severity.OK, f"the model pack {manifest.name} is on this machine")]
    if not store.missing(manifest):
        message = f"the model pack {manifest.name} is in the mirror, and installed at the next start"
        return [Finding(service, "models", Severity.OK, message)]
    message = f"the model pack {manifest.name} is not on this machine; builtin serves until it is"
    advice = f"Run 'tintype models pull {manifest.name}', or set TINTYPE_MODELS_MIRROR to a folder with its files."
    return [Finding(service, "models", Severity.WARNING, message, advice)]


def packs(status: Status) -> list[ModelPackStatus]:
    """The pack that serves, and the wanted one where that is another."""
    able = tuple(each.ability.value for each in status.capabilities if each.available)
    serving = load_manifest(status.serving_pack)
    limits = " ".join(status.limits)
    stated = [ModelPackStatus(serving.name, serving.version, "serving", limits, 0, 0, able, serving.licence)]
    if status.wanted_pack != status.serving_pack:
        wanted, download = load_manifest(status.wanted_pack), status.download
        state = "downloading" if download else "failed" if status.retry_in_s is not None else "wanted"
        done, total = (download.done_bytes, download.total_bytes) if download else (0, 0)
        stated.append(
            ModelPackStatus(wanted.name, wanted.version, state, status.why_not, done, total, (), wanted.licence)
        )
    return stated


def findings(service: str, status: Status) -> list[Finding]:
    """Whether the wanted pack serves; `builtin` is a choice, and says what it cannot do."""
    if status.why_not:
        wanted = status.wanted_pack
        state = "does not run" if status.serving_pack == wanted else f"serves instead of {wanted}"
        message = f"{status.serving_pack} {state}: {status.why_not}"
        return [Finding(service, "models", Severity.WARNING, message, "See 'tintype models list'.")]
    message = f"the model pack {status.serving_pack} serves"
    if status.serving_pack != BUILTIN:
        return [Finding(service, "models", Severity.OK, message)]
    advice = "Set TINTYPE_MODEL_PACK=default to find photos by what is in them."
    return [Finding(service, "models", Severity.WARNING, f"{message}. {' '.join(status.limits)}", advice)]
