"""Signed addresses of pictures on the HTTP port."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from tintype.catalog.convert.media_token import grant_of, grant_payload
from tintype.catalog.domain.media import Asker, MediaGrant, has_variant
from tintype.catalog.domain.photo import Photo
from tintype.catalog.domain.result import Variant
from tintype.catalog.ports.media import MediaUrlInvalid
from tintype.kit.clock import Clock
from tintype.kit.signing import Signer, TokenForged


class SignedUrls:
    """MediaUrls below what `http_url` says; an address changes once in half of its life, so that browsers can cache."""

    def __init__(self, signer: Signer, clock: Clock, *, http_url: Callable[[], str], age: timedelta) -> None:
        self._signer = signer
        self._clock = clock
        self._http_url = http_url
        self._half_s = max(1, int(age.total_seconds() / 2))

    def sign(self, photo: Photo, variant: Variant, *, asker: Asker) -> tuple[str, datetime]:
        """See `MediaUrls`."""
        now_s = int(self._clock.now().timestamp())
        expire_s = (now_s // self._half_s + 2) * self._half_s
        grant = MediaGrant(asker=asker, photo_id=photo.photo_id, variant=variant, expire_s=expire_s)
        url = f"{self._http_url()}/media/{self._signer.seal(grant_payload(grant))}"
        return url, datetime.fromtimestamp(expire_s, UTC)

    def thumbnail(self, photo: Photo, *, asker: Asker) -> str:
        """See `MediaUrls`."""
        return self.sign(photo, Variant.THUMBNAIL, asker=asker)[0] if has_variant(photo, Variant.THUMBNAIL) else ""

    def open(self, token: str) -> MediaGrant:
        """See `MediaUrls`."""
        try:
            return grant_of(self._signer.open(token))
        except (TokenForged, ValueError) as error:  # a signed one of an older version may read otherwise
            raise MediaUrlInvalid from error
