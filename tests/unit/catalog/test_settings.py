"""Settings of several services that must fit each other."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pydantic import ValidationError

from tintype.accounts.settings import AccountsSettings
from tintype.catalog.settings import CatalogSettings
from tintype.upload.settings import UploadSettings


@pytest.mark.parametrize("settings", [CatalogSettings, UploadSettings])
def test_no_process_believes_that_an_account_is_open_when_an_erasure_looks_for_the_last_time(
    settings: type[CatalogSettings] | type[UploadSettings],
) -> None:
    settle = AccountsSettings().erasure_settle
    assert settings().limits_age <= timedelta(seconds=1)
    with pytest.raises(ValidationError):
        settings(limits_age=settle)
