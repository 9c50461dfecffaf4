"""Media over a catalog of a test, with credentials that a test revokes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlencode

from tests.builders import OWNER, make_file
from tests.catalog_world import World
from tests.clocks import NOON

from tintype.blobs.file_store import FileBlobStore
from tintype.blobs.ports import original_key
from tintype.catalog.adapters.signed_url import SignedUrls
from tintype.catalog.domain.media import Asker
from tintype.catalog.domain.photo import Photo
from tintype.catalog.domain.result import Variant
from tintype.catalog.domain.stage import Stage
from tintype.catalog.service.media import Media
from tintype.kit.errors import Unauthenticated
from tintype.kit.signing import Signer

BASE_URL = "http://library.example"
STORE_URL = "https://store.example"
AGE = timedelta(minutes=5)
ORIGINAL = bytes(range(256)) * 40
PREVIEW = b"preview " * 100
ASKER = Asker(user_id=OWNER, session_id="session-1", issued=NOON)


@dataclass
class RevokedSessions:
    """Credentials of which some were revoked."""

    sessions: set[str] = field(default_factory=set)

    def check(self, asker: Asker) -> None:
        if asker.session_id in self.sessions:
            raise Unauthenticated("revoked")


class ReachedFolder(FileBlobStore):
    """A store that clients reach at STORE_URL."""

    async def signed_url(self, key: str, *, lasts: timedelta, media_type: str, disposition: str) -> str | None:
        said = {"lasts": int(lasts.total_seconds()), "type": media_type, "disposition": disposition}
        return f"{STORE_URL}/{key}?{urlencode(said)}"


@dataclass
class MediaWorld:
    """Media, and what a test wants to reach behind it."""

    media: Media
    urls: SignedUrls
    revoked: RevokedSessions
    world: World

    async def stored(self, seed: str = "one", *, file_name: str = "beach.jpg") -> Photo:
        """A photo with its original and its preview."""
        file = make_file(seed, file_name=file_name, size_bytes=len(ORIGINAL), media_type="image/png")
        photo = await self.world.registered(seed, file=file)
        key = original_key(owner_id=OWNER, sha256=bytes.fromhex(file.sha256))
        await self.world.originals.put(key, ORIGINAL)
        await self.world.derived.put(f"{key}/preview.jpg", PREVIEW)
        await self.world.record(photo, Stage.DERIVE)
        return await self.world.load(photo)

    async def token(self, photo: Photo, variant: Variant, asker: Asker = ASKER) -> str:
        """The last part of a signed address."""
        url, _ = await self.media.sign(photo_id=photo.photo_id, variant=variant, asker=asker)
        return url.rpartition("/")[2]


def media_world(world: World) -> MediaWorld:
    """Media on this catalog."""
    urls = SignedUrls(Signer("secret", "media"), world.clock, http_url=lambda: BASE_URL, age=AGE)
    revoked = RevokedSessions()
    media = Media(
        photos=world.photos,
        originals=world.originals,
        derived=world.derived,
        urls=urls,
        credentials=revoked,
        clock=world.clock,
    )
    return MediaWorld(media, urls, revoked, world)
