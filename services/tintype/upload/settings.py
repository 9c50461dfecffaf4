"""The settings of upload."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class UploadSettings(BaseSettings):
    """Set by TINTYPE_UPLOAD_..."""

    model_config = SettingsConfigDict(env_prefix="TINTYPE_UPLOAD_", frozen=True)

    # Bigger than any photo of a camera; what is declared bigger is refused before its bytes are sent.
    largest_file_bytes: Annotated[int, Field(ge=1)] = 500 * 1024 * 1024
    sweep_every: Annotated[timedelta, Field(gt=timedelta(0))] = timedelta(hours=1)
    # A quota that an administrator changes is felt this much later, and so is an erasure: as in the catalog.
    limits_age: Annotated[timedelta, Field(ge=timedelta(0), le=timedelta(seconds=5))] = timedelta(seconds=1)
