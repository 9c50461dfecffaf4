"""Settings of accounts, from TINTYPE_ACCOUNTS_..."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

Positive = Annotated[int, Field(ge=1)]


class AccountsSettings(BaseSettings):
    """What an installation may set of its accounts."""

    model_config = SettingsConfigDict(env_prefix="TINTYPE_ACCOUNTS_", frozen=True)

    sign_up: Literal["open", "invitation", "closed"] = "invitation"  # once there is a first user
    default_quota_bytes: Annotated[int, Field(ge=0)] = 0  # of new users; 0: no limit
    session_lifetime: Annotated[timedelta, Field(ge=timedelta(minutes=5))] = timedelta(days=30)  # without a refresh
    # A browser whose requests reach several bridges shows a token to each of them; a copy is found out after this.
    refresh_grace: Annotated[timedelta, Field(ge=timedelta(0), le=timedelta(minutes=1))] = timedelta(seconds=10)
    signing_key_rotation: Annotated[timedelta, Field(ge=timedelta(hours=2))] = timedelta(days=90)

    # OWASP's minimum for Argon2id: 19 MiB, two passes, one lane; 18 ms on one core.
    argon2_memory_kib: Annotated[int, Field(ge=19 * 1024)] = 19 * 1024
    argon2_passes: Annotated[int, Field(ge=2)] = 2
    argon2_lanes: Positive = 1
    hashes_at_once: Positive = 2

    failures_per_user: Positive = 10
    failures_per_peer: Positive = 100  # people behind one address share it
    failure_window: Annotated[timedelta, Field(gt=timedelta(0))] = timedelta(minutes=15)

    erasure_services: tuple[str, ...] = ("upload", "catalog", "search")  # those that hold rows of users
    erasure_repeat: Annotated[timedelta, Field(gt=timedelta(0))] = timedelta(minutes=5)  # UserDeleted, until all report
    # Every process has heard of a revocation by then, or refuses since it hears nothing for 5 s.
    erasure_settle: Annotated[timedelta, Field(ge=timedelta(0))] = timedelta(seconds=6)
