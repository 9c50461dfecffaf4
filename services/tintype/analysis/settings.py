"""The settings of the workers."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class AnalysisSettings(BaseSettings):
    """Set by TINTYPE_ANALYSIS_..."""

    model_config = SettingsConfigDict(env_prefix="TINTYPE_ANALYSIS_", frozen=True)

    # Enough that a photo is decoded while the models look at others, and that these can be asked in batches.
    jobs_in_flight: Annotated[int, Field(ge=1, le=256)] = 6
    # Text costs five times all the rest, so it never takes more than one place.
    deferred_in_flight: Annotated[int, Field(ge=1, le=256)] = 1
    # At least twice the 99th percentile of a job; a decoder may take 5 s for each 50 megapixels.
    ack_wait: Annotated[timedelta, Field(ge=timedelta(seconds=5))] = timedelta(seconds=60)
    # How often the serving pack is compared with what the catalog was told.
    offer_every: Annotated[timedelta, Field(gt=timedelta(0))] = timedelta(seconds=2)
