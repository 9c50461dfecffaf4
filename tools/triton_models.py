"""Write triton_models/: the configurations that `tintype models install-triton` gives to the models of a pack.

    python -m tools.triton_models

The pack is `development`, the one that has all six. Another pack's differ in what its graphs take and give, no more.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from tintype.vision.engines.triton_models import roles
from tintype.vision.manifest import load_manifest
from tintype.vision.triton_config import configuration

FOLDER: Final = Path(__file__).resolve().parents[1] / "triton_models"
PACK: Final = "development"
GPU: Final = "gpu"


def configurations() -> Mapping[str, str]:
    """The text of each file, by its path in the folder."""
    manifest = load_manifest(PACK)
    found = {}
    for model, role in sorted(roles(manifest).items(), key=lambda item: item[1]):
        spec = manifest.models[model]
        title = f"{role} of the pack {manifest.space}"
        for above, gpu in (("", False), (f"{GPU}/", True)):
            text = configuration(role, spec, outputs=spec.outputs, gpu=gpu, title=title)
            found[f"{above}{role}/config.pbtxt"] = text
    return found


def main() -> None:
    """Write what differs."""
    for name, text in configurations().items():
        (FOLDER / name).parent.mkdir(parents=True, exist_ok=True)
        (FOLDER / name).write_text(text, "utf-8")


if __name__ == "__main__":
    main()
