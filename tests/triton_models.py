"""Models in the repository of the Triton that `make servers-up` started."""

from __future__ import annotations

from pathlib import Path

from deploy.native.layout import state_folder
from tests.servers import Servers
from tests.vision_models import SCALE, scale_model

from tintype.vision.engines.triton_models import CLIP_TEXT
from tintype.vision.manifest import load_manifest
from tintype.vision.pack_store import store_of
from tintype.vision.settings import VisionSettings
from tintype.vision.triton_config import FILE, configuration
from tintype.vision.triton_repository import install


def repository() -> Path:
    """The folder that it serves."""
    return state_folder() / "triton" / "models"


async def triton_with(settings: VisionSettings, servers: Servers) -> str:
    """Its URL; it can load the models of the wanted pack."""
    manifest, store = load_manifest(settings.model_pack), store_of(settings)
    pack = store.installed(manifest) or await store.install(manifest, downloader=None, progress=lambda *_: None)
    install(pack, repository(), digests=store.digests(manifest))
    return servers.inference


def put_scale(folder: Path, factor: float | None) -> None:
    """A model y = factor * x in its folder of the repository; None writes one that cannot be loaded."""
    version = folder / "1"
    version.mkdir(parents=True)
    if factor is None:
        (version / FILE).write_bytes(b"no graph")
    else:
        scale_model(version / FILE, factor)
    (folder / "config.pbtxt").write_text(configuration(CLIP_TEXT, SCALE, outputs=SCALE.outputs), "utf-8")
