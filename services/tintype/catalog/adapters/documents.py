"""The documents of the catalog: the same in every store, with their schema numbers and migrations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from tintype.catalog.domain.album import Album, AlbumChanged
from tintype.catalog.domain.fact import (
    AnalysisRequested,
    PhotoChanged,
    PhotoDeleted,
    PhotoFact,
    PhotoReady,
    PhotoRegistered,
)
from tintype.catalog.domain.model import WantedModels
from tintype.catalog.domain.photo import Photo
from tintype.catalog.domain.result import (
    CaptionResult,
    DeriveResult,
    EmbedResult,
    FacesResult,
    LabelsResult,
    MetadataResult,
    TextResult,
)
from tintype.catalog.domain.stage import Stage
from tintype.catalog.domain.webhook import Attempt, Delivery, Webhook
from tintype.kit.store.documents import Codec, FactCodec

PHOTO: Final = Codec(Photo, migrations=[lambda document: document])  # schema 2 came with a key, the day
PHOTO_FACTS: Final = FactCodec[PhotoFact](PhotoRegistered, AnalysisRequested, PhotoChanged, PhotoReady, PhotoDeleted)
ALBUM: Final = Codec(Album)
ALBUM_FACTS: Final = FactCodec[AlbumChanged](AlbumChanged)
MODELS: Final = Codec(WantedModels)
WEBHOOK: Final = Codec(Webhook)
DELIVERY: Final = Codec(Delivery)
ATTEMPT: Final = Codec(Attempt)
RESULTS: Final[Mapping[Stage, Codec[Any]]] = {
    Stage.DERIVE: Codec(DeriveResult),
    Stage.METADATA: Codec(MetadataResult),
    Stage.EMBED: Codec(EmbedResult),
    Stage.FACES: Codec(FacesResult),
    Stage.LABELS: Codec(LabelsResult),
    Stage.TEXT: Codec(TextResult),
    Stage.CAPTION: Codec(CaptionResult),
}
