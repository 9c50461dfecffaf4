"""Every environment variable that a process of ours reads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pydantic_settings import BaseSettings

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
