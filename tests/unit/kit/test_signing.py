"""Signed tokens."""

from __future__ import annotations

import pytest

from tintype.kit.signing import Signer, TokenForged

SIGNER = Signer("s" * 32, "cursor")


def test_a_payload_goes_both_ways() -> None:
    assert SIGNER.open(SIGNER.seal(b"\x00payload")) == b"\x00payload"


@pytest.mark.parametrize("signer", [Signer("s" * 32, "media"), Signer("t" * 32, "cursor")])
def test_a_token_of_another_purpose_or_secret_is_worth_nothing(signer: Signer) -> None:
    with pytest.raises(TokenForged):
        SIGNER.open(signer.seal(b"payload"))


@pytest.mark.parametrize(
    "token", ["", "!", "A", "A" * 40, SIGNER.seal(b"payload")[:-2], SIGNER.seal(b"payload") + "!", "ä"]
)
def test_a_damaged_token_is_refused(token: str) -> None:
    with pytest.raises(TokenForged):
        SIGNER.open(token)
