"""Pictures as their users see them: probing a header, decoding once, and what a place is called."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol, TypeAlias

from tintype.kit.errors import DataLoss, InvalidInput, Unavailable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    RgbImage: TypeAlias = NDArray[np.uint8]  # [height, width, 3], sRGB, orientation applied

PREVIEW_PX: Final = 1440  # longest side of the big derived picture; one decode makes it, all else is made from it
THUMBNAIL_PX: Final = 256  # longest side of the small one
PROBE_BYTES: Final = 64 * 1024  # enough for the header of nearly every file; a Probe of less may ask for more


class UnsupportedMedia(InvalidInput):
    """The bytes are no picture of a known format, or the file's name says another format."""

    reason = "UNSUPPORTED_MEDIA"


class ImageTooLarge(InvalidInput):
    """The header says more pixels than the limit; nothing was decoded."""

    reason = "IMAGE_TOO_LARGE"


class DecodeFailed(InvalidInput):
    """The decoder refused the bytes; `message` is its reason in one sentence. Trying again cannot help."""

    reason = "UNSUPPORTED_MEDIA"


class DecoderDied(DataLoss):
    """The decoder hung, crashed or ate memory. Worth a second attempt, no more: the bytes may be to blame."""


class DecodeTimeout(DecoderDied):
    """The decoder did not end in its time and was killed."""


class DecoderCrashed(DecoderDied):
    """The decoder's process ended in the middle of its work, or broke its limit of memory unnoticed."""


class DecoderUnavailable(Unavailable):
    """No decoder can be started on this machine, or not now; no picture is to blame."""


class MediaFormat(Enum):
    """A format that is taken in; the value is its MIME type."""

    JPEG = "image/jpeg"
    PNG = "image/png"
    WEBP = "image/webp"
    GIF = "image/gif"
    TIFF = "image/tiff"
    BMP = "image/bmp"
    HEIC = "image/heic"
    AVIF = "image/avif"

    @property
    def media_type(self) -> str:
        return self.value


@dataclass(frozen=True, slots=True)
class Probe:
    """What the header says, before any decode; `width_px` and `height_px` are as stored, orientation not applied."""

    format: MediaFormat
    width_px: int
    height_px: int


@dataclass(frozen=True, slots=True)
class MoreBytes:
    """The header does not end in what was given: call again with at least the first `needed_bytes` of the file."""

    needed_bytes: int


@dataclass(frozen=True, slots=True)
class CentreCrop:
    """The shorter side resized to `size_px` (bicubic), then the square in the middle: what CLIP takes."""

    size_px: int


@dataclass(frozen=True, slots=True)
class FitWithin:
    """Shrunk until the longest side is at most `size_px`; smaller pictures stay as they are."""

    size_px: int


@dataclass(frozen=True, slots=True)
class Stretch:
    """Resized to exactly this size, whatever the proportions (bicubic)."""

    width_px: int
    height_px: int


Variant: TypeAlias = CentreCrop | FitWithin | Stretch


@dataclass(frozen=True, slots=True)
class Request:
    """What one decode is to give. Size and metadata always come; with nothing else asked for nothing is decoded, so
    that they can be had of a picture whose pixels are damaged."""

    derived: bool = True  # the two JPEGs and the ThumbHash
    preview: bool = False  # the pixels of the preview size
    variants: Mapping[str, Variant] = field(default_factory=dict)  # arrays for models, by a name of the caller's


class DateSource(Enum):
    """Which property of the file the date is from."""

    EXIF_ORIGINAL = "exif:DateTimeOriginal"
    EXIF_DIGITIZED = "exif:DateTimeDigitized"
    EXIF_MODIFIED = "exif:DateTime"
    XMP = "xmp"
    IPTC = "iptc"
    GPS = "exif:GPSDateStamp"


class OffsetSource(Enum):
    """Where the UTC offset came from."""

    UNKNOWN = "unknown"  # nothing says it, and it is not guessed
    FILE = "file"  # stated beside the time
    GPS_TIME = "gps_time"  # local time minus GPS time, rounded to 15 minutes


@dataclass(frozen=True, slots=True)
class CaptureTime:
    """When the file says it was taken: the wall clock, cut to milliseconds and naive, and its offset from UTC."""

    local_time: datetime
    source: DateSource
    utc_offset_minutes: int | None = None  # None exactly where offset_source is UNKNOWN
    offset_source: OffsetSource = OffsetSource.UNKNOWN


@dataclass(frozen=True, slots=True)
class GeoPoint:
    """A point on the earth (WGS 84), in range and not (0, 0)."""

    latitude_deg: float
    longitude_deg: float
    altitude_m: float | None = None  # above sea level


@dataclass(frozen=True, slots=True)
class CameraInfo:
    """What took it and how it was set; unknown text is empty, an unknown number None."""

    make: str = ""
    model: str = ""  # without the manufacturer's name
    lens: str = ""
    exposure_time_s: float | None = None
    f_number: float | None = None
    iso: int | None = None
    focal_length_mm: float | None = None


@dataclass(frozen=True, slots=True)
class Metadata:
    """What the file says of itself. Text is cleaned of control characters and cut, and still nothing to trust."""

    capture_time: CaptureTime | None = None
    location: GeoPoint | None = None
    camera: CameraInfo = CameraInfo()
    orientation: int = 1  # EXIF 1 to 8; already applied to every pixel that is handed out
    title: str = ""
    description: str = ""
    keywords: tuple[str, ...] = ()
    rating: int | None = None  # -1 (rejected) to 5
    software: str = ""


@dataclass(frozen=True, slots=True)
class Derived:
    """The pictures to show, without any metadata inside."""

    preview_jpeg: bytes  # longest side at most PREVIEW_PX
    thumbnail_jpeg: bytes  # longest side at most THUMBNAIL_PX
    thumbhash: bytes


@dataclass(frozen=True, slots=True)
class Decoded:
    """What one decode gave. The arrays are the caller's own."""

    format: MediaFormat
    width_px: int  # of the whole picture, orientation applied
    height_px: int
    metadata: Metadata
    derived: Derived | None = None  # set exactly where it was asked for, like the arrays
    preview: RgbImage | None = None
    variants: Mapping[str, RgbImage] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Place:
    """What lies at a point, nothing of it farther than 50 km."""

    name: str  # the nearest named place
    distance_km: float
    city: str  # the nearest city of 200,000 people or more; empty if there is none
    city_distance_km: float  # 0 without a city
    region: str  # state or province, may be empty
    country: str  # English name
    country_code: str  # ISO 3166-1 alpha-2


class Imaging(Protocol):
    """Opens pictures. Decoding happens away from the caller's process; no bytes can hurt it."""

    def probe(self, head: bytes, *, file_name: str, complete: bool) -> Probe | MoreBytes:
        """Read a header without decoding; cheap, no I/O.

        `head` is the start of the file, PROBE_BYTES or the whole file if shorter; `complete` says that it is the whole
        file. Returns MoreBytes only where not complete, never for as many bytes as it was given or fewer, and never
        for more than 16 MiB: a TIFF may keep its size behind that, then width and height are 0 and `process` checks
        the limit. The bytes alone say the format.
        Raises UnsupportedMedia (not a picture, not a format of MediaFormat, under the extension of something else, a
        header that cannot be read) or ImageTooLarge.
        """

    def check_name(self, file_name: str) -> None:
        """What `probe` asks of the name, before any byte is there. Raises UnsupportedMedia."""

    async def process(self, source: Path | bytes, request: Request) -> Decoded:
        """Decode once and return all that was asked for, metadata included.

        Waits for a free decoder; cancelling ends the decode. Calls may run at once, as many as there are decoders.
        Raises UnsupportedMedia, ImageTooLarge, DecodeFailed (final), DecodeTimeout or DecoderCrashed (both DecoderDied:
        worth one more attempt), DecoderUnavailable. FileNotFoundError if the path is gone.
        """

    async def place_of(self, latitude_deg: float, longitude_deg: float) -> Place | None:
        """Name a point, offline. None where nothing lies within 50 km, or the point is no point of the earth."""
