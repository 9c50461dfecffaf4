"""Settings of the models: which pack, from where, and how much of the machine they may use."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Annotated

from platformdirs import user_cache_path
from pydantic import AliasChoices, Field, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


class VisionSettings(BaseSettings):
    """Read once, at the start of the process; a value that makes no sense stops it there."""

    model_config = SettingsConfigDict(env_prefix="TINTYPE_VISION_", frozen=True, populate_by_name=True)

    model_pack: str = Field("default", validation_alias=AliasChoices("TINTYPE_MODEL_PACK", "model_pack"))
    """The name of a manifest; `builtin` needs no download."""
    models_mirror: Path | None = Field(None, validation_alias=AliasChoices("TINTYPE_MODELS_MIRROR", "models_mirror"))
    """A folder to take files of packs from, tried before any address."""
    models_home: Path = Field(
        default_factory=lambda: user_cache_path("tintype") / "models",
        validation_alias=AliasChoices("TINTYPE_MODELS_HOME", "models_home"),
    )
    """Where packs are installed; it can be deleted at any time, and is made again."""
    accepted_licences: Annotated[frozenset[str], NoDecode] = frozenset()
    """Names of packs, by commas, whose licence the administrator has read and accepts."""
    download: bool = True
    """Whether missing packs may be fetched from their upstream address; a mirror is always used."""
    retry_first: Annotated[timedelta, Field(gt=timedelta())] = timedelta(minutes=1)
    """When a pack that could not be had is tried again; doubled after each failure."""
    retry_longest: Annotated[timedelta, Field(gt=timedelta())] = timedelta(hours=1)
    idle_unload: Annotated[timedelta, Field(gt=timedelta())] = timedelta(seconds=300)
    """After how long without a request a model leaves memory (as Immich does)."""
    threads: Annotated[int, Field(ge=1, le=256)] = 1
    """Threads of one inference; as many run at a time as the cores allow, and one thread each is fastest in all."""
    batch_delay: Annotated[timedelta, Field(ge=timedelta(), le=timedelta(milliseconds=100))] = timedelta(milliseconds=3)
    """How long a first image waits for others to share its batch; it does not wait when the model is idle."""
    triton_deadline: Annotated[timedelta, Field(gt=timedelta(), le=timedelta(minutes=10))] = timedelta(seconds=30)
    """The longest that a request to Triton may take, its queue included; then it is asked again when it answers."""
    text_cache: Annotated[int, Field(ge=0)] = 4096
    """Vectors of recent queries to keep: 2 KB each at 512 dimensions."""
    label_confidence: Annotated[float, Field(gt=0, le=1)] = 0.75
    """The least calibrated confidence of a label that counts as a tag."""
    labels_per_photo: Annotated[int, Field(ge=0, le=50)] = 10
    text_gate_side_px: Annotated[int, Field(ge=128, le=1280)] = 384
    """The longer side, at 4:3, of the copy looked at first for text: at 320 px, pages of small print slip through."""
    text_confidence: Annotated[float, Field(ge=0, le=1)] = 0.6
    """The least confidence of a line of text that is kept."""

    @field_validator("accepted_licences", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return frozenset(filter(None, (part.strip() for part in value.split(",")))) if isinstance(value, str) else value
