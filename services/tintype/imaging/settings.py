"""The settings of picture work, read once, by the host."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import Annotated

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


def _cores() -> int:
    return min(8, max(2, os.cpu_count() or 2))


class ImagingSettings(BaseSettings):
    """What `TINTYPE_IMAGING_...` sets."""

    model_config = SettingsConfigDict(env_prefix="TINTYPE_IMAGING_", frozen=True, extra="ignore")

    workers: Annotated[int, Field(ge=1, le=64)] = Field(default_factory=_cores)  # sandboxed decoders, made when needed
    most_pixels: Annotated[int, Field(ge=1)] = 200_000_000
    memory_bytes: Annotated[int, Field(ge=400 * 2**20)] = 2**30  # of a decoder, beside the file; least 400 MiB
    files: Annotated[int, Field(ge=8)] = 24  # descriptors of a decoder
    time_per_50_megapixels: Annotated[timedelta, Field(gt=timedelta(0))] = timedelta(seconds=5)  # and for less
    photos_per_worker: Annotated[int, Field(ge=1)] = (
        1000  # then it is replaced: what a picture left behind goes with it
    )
    start_timeout: timedelta = timedelta(seconds=60)  # half a second, but for a machine that does much else
