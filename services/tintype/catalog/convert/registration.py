"""What upload registers, and what it asks."""

from __future__ import annotations

from tintype.catalog.convert.photo import location_of, stated_time
from tintype.catalog.domain.change import Registration
from tintype.catalog.domain.photo import FileFacts
from tintype.v1 import catalog_internal_service_pb2 as pb


def registration_of(request: pb.RegisterPhotoRequest) -> Registration:
    """Verified bytes that are to be a photo."""
    header = request.header
    return Registration(
        owner_id=request.owner_id,
        file=FileFacts(
            sha256=header.sha256,
            file_name=header.file_name.replace("\\", "/").rpartition("/")[2],
            size_bytes=header.size_bytes,
            media_type=request.media_type,
            header_width_px=request.width_px,
            header_height_px=request.height_px,
        ),
        capture_time=stated_time(header.capture_time),
        location=location_of(header.location) if header.HasField("location") else None,
        description=header.description,
        favourite=header.favourite,
        backlog=header.backlog,
    )
