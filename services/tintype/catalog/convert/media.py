"""Files as the contract says them."""

from __future__ import annotations

from tintype.catalog.convert.enums import VARIANT_OF
from tintype.catalog.domain.media import Asker, MediaFile
from tintype.catalog.domain.result import Variant
from tintype.kit.timestamps import instant_from
from tintype.v1 import catalog_internal_service_pb2, media_service_pb2, photo_pb2


def variant_of(variant: photo_pb2.Variant) -> Variant:
    """The form; a preview if none is named."""
    return VARIANT_OF.get(variant, Variant.PREVIEW)


def media_info_to_proto(file: MediaFile) -> media_service_pb2.MediaInfo:
    """What a variant is."""
    return media_service_pb2.MediaInfo(
        media_type=file.media_type, size_bytes=file.size_bytes, file_name=file.file_name, sha256=file.sha256
    )


def asker_of_request(request: catalog_internal_service_pb2.SignThumbnailsRequest) -> Asker:
    """For whom a service wants addresses, and by which credential they asked it."""
    return Asker(
        user_id=request.owner_id,
        session_id=request.session_id,
        key_id=request.key_id,
        issued=instant_from(request.issue_time),
    )
