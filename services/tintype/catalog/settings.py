"""The settings of the catalog."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from pydantic import Field, IPvAnyNetwork, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

Period = Annotated[timedelta, Field(gt=timedelta(0))]


class CatalogSettings(BaseSettings):
    """Set by TINTYPE_CATALOG_..."""

    model_config = SettingsConfigDict(env_prefix="TINTYPE_CATALOG_", frozen=True)

    trash_retention: Annotated[timedelta, Field(ge=timedelta(days=1))] = timedelta(days=30)
    # Longer than the stream of facts is kept, or a late fact could meet no tombstone.
    tombstone_retention: Annotated[timedelta, Field(ge=timedelta(days=31))] = timedelta(days=45)
    text: bool = True  # read text in pictures once they are ready
    caption: bool = False  # describe pictures once they are ready: costs far more than all other stages
    media_url_age: Annotated[timedelta, Field(gt=timedelta(0), le=timedelta(minutes=5))] = timedelta(minutes=5)
    # A quota that an administrator changes is felt this much later, and so is an erasure by other processes: it must
    # stay below the time that accounts waits before it has every service look a second time.
    limits_age: Annotated[timedelta, Field(ge=timedelta(0), le=timedelta(seconds=5))] = timedelta(seconds=1)

    lost_after: Period = timedelta(minutes=15)  # a stage that waits longer is asked for again, if no job of it waits
    orphaned_after: Period = timedelta(days=1)  # a result that no photo names by then never will be
    strays_after: Period = timedelta(days=1)  # a picture of no photo is left alone for so long
    unasked_every: Period = timedelta(minutes=5)
    remains_every: Period = timedelta(hours=1)
    originals_every: Period = timedelta(days=1)
    claimed_every: Period = timedelta(minutes=10)
    outdated_every: Period = timedelta(hours=1)
    orphans_every: Period = timedelta(hours=1)
    strays_every: Period = timedelta(days=1)
    purge_every: Period = timedelta(days=1)
    albums_every: Period = timedelta(minutes=10)
    webhook_log_every: Period = timedelta(hours=1)

    # Webhooks may call these too, and without TLS: "127.0.0.0/8,10.1.0.0/16". Else the open internet alone, by https.
    webhook_private_networks: Annotated[tuple[IPvAnyNetwork, ...], NoDecode] = ()

    @field_validator("webhook_private_networks", mode="before")
    @classmethod
    def _listed(cls, value: object) -> object:
        """Read `network,network`."""
        return tuple(each.strip() for each in value.split(",") if each.strip()) if isinstance(value, str) else value
