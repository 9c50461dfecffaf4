"""The keys of blobs, made and taken apart."""

from __future__ import annotations

import pytest

from tintype.blobs.ports import PREVIEW, InvalidBlobKey, KeyParts, derived_key, key_parts, original_key

SHA256 = bytes(range(32))


def test_a_key_says_what_it_was_made_of() -> None:
    assert key_parts(original_key(owner_id="ann", sha256=SHA256)) == KeyParts("ann", SHA256, "")
    assert key_parts(derived_key(owner_id="ann", sha256=SHA256, variant=PREVIEW)) == KeyParts("ann", SHA256, PREVIEW)


@pytest.mark.parametrize("key", ["", "ann", "ann/", f"ann/{'0' * 63}", f"ann/{'0' * 64}/", f"/{'0' * 64}", "../a/b"])
def test_what_is_no_key_is_not_taken_apart(key: str) -> None:
    with pytest.raises(InvalidBlobKey):
        key_parts(key)
