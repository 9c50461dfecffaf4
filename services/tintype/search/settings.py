"""The settings of search."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class SearchSettings(BaseSettings):
    """Set by TINTYPE_SEARCH_..."""

    model_config = SettingsConfigDict(env_prefix="TINTYPE_SEARCH_", frozen=True)

    # Owners whose vectors stay in memory; above it the one who searched longest ago is dropped, and read again later.
    index_memory_bytes: Annotated[int, Field(ge=1 << 20)] = 1 << 30
    # Photos from which an owner gets an index of his own with a graph of vectors, on Elasticsearch: a scan takes 15 to
    # 20 ms for each 100,000, exactly; a graph is faster, larger, and misses one or two of a hundred.
    own_index_from: Annotated[int, Field(ge=1)] = 500_000
    # Facts handled at the same time: as many as one fetch from the catalog and one write to the index take.
    indexing_in_flight: Annotated[int, Field(ge=1, le=512)] = 64
    # How often the index is compared with the catalog.
    sweep_every: Annotated[timedelta, Field(gt=timedelta(0))] = timedelta(hours=1)
    # At least twice the 99th percentile of indexing a batch.
    ack_wait: Annotated[timedelta, Field(ge=timedelta(seconds=5))] = timedelta(seconds=60)
