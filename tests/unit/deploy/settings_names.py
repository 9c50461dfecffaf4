"""Every environment variable that a process of ours reads."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from pydantic_settings import BaseSettings
from tests.unit.deploy.compose import ROOT

from tintype.accounts.settings import AccountsSettings
from tintype.analysis.settings import AnalysisSettings
from tintype.catalog.settings import CatalogSettings
from tintype.imaging.settings import ImagingSettings
from tintype.kit.settings import Settings
from tintype.search.settings import SearchSettings
from tintype.upload.settings import UploadSettings
from tintype.vision.settings import VisionSettings

SETTINGS: Final[tuple[type[BaseSettings], ...]] = (
    Settings,
    AccountsSettings,
    AnalysisSettings,
    CatalogSettings,
    ImagingSettings,
    SearchSettings,
    UploadSettings,
    VisionSettings,
)


def known_variables() -> Iterator[str]:
    """Their names."""
    for each in SETTINGS:
        prefix = str(each.model_config.get("env_prefix", ""))
        for name, field in each.model_fields.items():
            alias = field.validation_alias
            yield from map(str, getattr(alias, "choices", [])) if alias else [f"{prefix}{name}".upper()]
    yield from gateway_variables()


def gateway_variables() -> Iterator[str]:
    """Those of the bridge, as its code reads them."""
    code = (ROOT / "services/gateway/internal/settings/settings.go").read_text("utf-8")
    yield from (f"TINTYPE_GATEWAY_{name}" for name in re.findall(r'env\.\w+\("([A-Z_]+)"', code))
