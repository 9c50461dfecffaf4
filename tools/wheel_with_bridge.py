"""Hatch's build hook: with TINTYPE_WHEEL_PLATFORM the wheel is one platform's, and brings the bridge and the gallery.

Without it the wheel is pure Python and suits every platform; `tintype up` then serves gRPC alone. `make wheels` builds
all: the binary is static, so that one wheel suits every distribution of its processor.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Final

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

INSIDE: Final = "tintype_cli/bridge"
# By the name of a platform in Go: what pip asks for. macOS 12 is the oldest that Go 1.26 runs on.
TAGS: Final = {
    "linux-amd64": "manylinux_2_17_x86_64.manylinux2014_x86_64.musllinux_1_1_x86_64",
    "linux-arm64": "manylinux_2_17_aarch64.manylinux2014_aarch64.musllinux_1_1_aarch64",
    "darwin-amd64": "macosx_12_0_x86_64",
    "darwin-arm64": "macosx_12_0_arm64",
}


class WheelWithBridge(BuildHookInterface):  # type: ignore[type-arg] # hatchling leaves its configuration untyped
    """Puts gateway/<platform>/tintype-gateway and web of the folder `build` into the wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called by hatch before it builds."""
        platform = os.environ.get("TINTYPE_WHEEL_PLATFORM", "")
        if not platform or version == "editable":
            return
        built = Path(self.root, os.environ.get("TINTYPE_WHEEL_BUILT", "build"))
        binary, gallery = built / "gateway" / platform / "tintype-gateway", built / "web"
        for needed in (binary, gallery / "index.html"):
            if not needed.is_file():
                raise FileNotFoundError(f"{needed} has to be built first: make wheels")
        build_data["pure_python"] = False
        build_data["tag"] = f"py3-none-{TAGS[platform]}"
        build_data["force_include"][str(binary)] = f"{INSIDE}/tintype-gateway"
        build_data["force_include"][str(gallery)] = f"{INSIDE}/gallery"
