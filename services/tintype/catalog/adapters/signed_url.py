"""Signed addresses of pictures on the HTTP port."""

from __future__ import annotations

from datetime import timedelta

from tintype.catalog.convert.media_token import MediaGrant, grant_payload
from tintype.catalog.domain.photo import Photo
from tintype.catalog.domain.result import Variant
from tintype.kit.clock import Clock
from tintype.kit.signing import Signer


class SignedUrls:
    """ThumbnailUrls below `base_url`; an address changes once in half of its life, so that browsers can cache."""

    def __init__(self, signer: Signer, clock: Clock, *, base_url: str, age: timedelta) -> None:
        self._signer = signer
        self._clock = clock
        self._base_url = base_url.rstrip("/")
        self._half_s = max(1, int(age.total_seconds() / 2))

    def sign(self, photo: Photo) -> str:
        """See `ThumbnailUrls`."""
        if photo.picture is None or Variant.THUMBNAIL not in photo.picture.variants:
            return ""
        now_s = int(self._clock.now().timestamp())
        expire_s = (now_s // self._half_s + 2) * self._half_s
        grant = MediaGrant(photo.owner_id, photo.photo_id, Variant.THUMBNAIL, expire_s)
        return f"{self._base_url}/media/{self._signer.seal(grant_payload(grant))}"
