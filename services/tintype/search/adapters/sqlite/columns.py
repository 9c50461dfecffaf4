"""An owner's photos as columns in memory: what filters and facets read, one place in every column for each photo."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import Final, Generic, TypeVar

import numpy as np
import numpy.typing as npt

from tintype.search.adapters.sqlite.records import NO_INSTANT, RECORD
from tintype.search.adapters.sqlite.rows import Rows, grown
from tintype.search.domain.document import Camera, Place
from tintype.search.domain.words import fold

T = TypeVar("T", bound=Hashable)
D = TypeVar("D", bound=np.generic)

Mask = npt.NDArray[np.bool_]
Places = npt.NDArray[np.int64]
Int32s = npt.NDArray[np.int32]
Names = tuple[Place, Camera, str, Sequence[str], Sequence[str]]

_GROWTH: Final = 1.25  # room ahead costs memory, and copying these columns costs little
_SMALLEST: Final = 64

_ROW: Final = np.dtype(
    [
        *((name, RECORD[name]) for name in RECORD.names or ()),
        ("number", "<i8"),
        ("revision", "<i8"),
        ("photo_id", "S20"),
        ("place", "<i4"),
        ("camera", "<i4"),
        ("media_type", "<i4"),
        ("alive", "?"),
    ]
)


class Codes(Generic[T]):
    """Numbers for values that many photos share."""

    def __init__(self) -> None:
        self.values: list[T] = []
        self._codes: dict[T, int] = {}

    def of(self, value: T) -> int:
        """The number of a value, given on first sight."""
        code = self._codes.get(value)
        if code is None:
            code = self._codes[value] = len(self.values)
            self.values.append(value)
        return code

    def find(self, value: T) -> int | None:
        """The number of a value that was seen before."""
        return self._codes.get(value)


class Members:
    """Which photos have which of many values (tags, albums): two flat arrays, eight bytes for each pair."""

    def __init__(self) -> None:
        self.codes: Codes[str] = Codes()
        self.code_of = np.empty(_SMALLEST, np.int32)
        self.place_of = np.empty(_SMALLEST, np.int32)
        self.size = 0

    def extend(self, places: Iterable[int], codes: Iterable[int]) -> None:
        """Add pairs."""
        new_places, new_codes = np.fromiter(places, np.int32), np.fromiter(codes, np.int32)
        end = self.size + len(new_codes)
        if end > len(self.code_of):
            room = max(int(end * _GROWTH), _SMALLEST)
            self.code_of, self.place_of = grown(self.code_of, room), grown(self.place_of, room)
        self.code_of[self.size : end], self.place_of[self.size : end] = new_codes, new_places
        self.size = end

    def replace(self, place: int, values: Iterable[str], *, known: bool) -> None:
        """Set the values of one photo; `known` says that it may have some already."""
        if known:
            self.code_of[: self.size][self.place_of[: self.size] == place] = -1
        codes = [self.codes.of(value) for value in values]
        if codes:
            self.extend([place] * len(codes), codes)

    def mask(self, value: str, size: int) -> Mask:
        """The photos that have a value, among the first `size`."""
        mask = np.zeros(size, np.bool_)
        code = self.codes.find(value)
        if code is not None:
            codes, places = self.pairs()
            places = places[codes == code]
            mask[places[places < size]] = True
        return mask

    def pairs(self) -> tuple[Int32s, Int32s]:
        """The codes and places of all pairs; the code is -1 where a pair was taken out."""
        size = self.size  # first: whatever grows meanwhile, both arrays hold at least so many
        return self.code_of[:size], self.place_of[:size]


class Columns:
    """Columns of one owner. Rows are in the order of their numbers, so that a number is found by bisection."""

    def __init__(self) -> None:
        self.rows = Rows.empty(_ROW, _SMALLEST)
        self.size = 0
        self.places: Codes[Place] = Codes()
        self.cameras: Codes[Camera] = Codes()
        self.media_types: Codes[str] = Codes()
        self.tags = Members()
        self.albums = Members()
        self.tag_labels: dict[str, str] = {}

    def place_of(self, number: int) -> int | None:
        """Where a document lies."""
        place = int(np.searchsorted(self.rows["number"][: self.size], number))
        return place if place < self.size and self.rows["number"][place] == number else None

    def places_of(self, numbers: Places) -> Places:
        """Where documents lie, those that are not here left out."""
        if not self.size:
            return np.empty(0, np.int64)
        known = self.rows["number"][: self.size]
        found = np.minimum(np.searchsorted(known, numbers), len(known) - 1)
        places: Places = found[known[found] == numbers]
        return places

    def place_of_photo(self, photo_id: str) -> int | None:
        """Where a photo lies; a scan, for the few that are looked up by their id."""
        found = np.flatnonzero((self.rows["photo_id"][: self.size] == photo_id.encode()) & self.alive)
        return int(found[0]) if len(found) else None

    @property
    def alive(self) -> Mask:
        """The rows that are photos; the others were deleted."""
        return self.rows["alive"][: self.size]

    def photo_ids(self, places: Places) -> list[str]:
        """The ids of photos."""
        return [photo_id.decode() for photo_id in self.rows["photo_id"][places].tolist()]

    def load(self, numbers: Sequence[int], photo_ids: Sequence[str], revisions: Sequence[int], records: bytes) -> None:
        """Fill empty columns, rows by rising number; `load_names` comes after."""
        size = len(numbers)
        self._make_room(size, max((len(photo_id) for photo_id in photo_ids), default=0))
        rows = self.rows.head(size)
        stored = np.frombuffer(records, RECORD)
        for name in RECORD.names or ():
            rows[name][:] = stored[name]
        rows["number"][:], rows["revision"][:], rows["photo_id"][:] = numbers, revisions, photo_ids
        rows["alive"][:] = True
        self.size = size

    def load_names(self, names: Iterable[Names]) -> None:
        """The second half of `load`: the names of all rows, in their order."""
        tags: list[tuple[int, int]] = []
        albums: list[tuple[int, int]] = []
        codes = []
        for index, (place, camera, media_type, tag_labels, album_ids) in enumerate(names):
            codes.append((self.places.of(place), self.cameras.of(camera), self.media_types.of(media_type)))
            tags += [(index, self.tags.codes.of(tag)) for tag in self._folded(tag_labels)]
            albums += [(index, self.albums.codes.of(album_id)) for album_id in album_ids]
        if codes:
            columns = np.array(codes, np.int32)
            for column, name in enumerate(("place", "camera", "media_type")):
                self.rows[name][: self.size] = columns[:, column]
        for members, pairs in ((self.tags, tags), (self.albums, albums)):
            members.extend((place for place, _ in pairs), (code for _, code in pairs))

    def put(self, *, number: int, photo_id: str, revision: int, record: bytes, names: Names) -> int:
        """Set one photo's columns; a new one goes to the end. Returns its place."""
        place = self.place_of(number)
        known = place is not None
        if place is None:
            place = self.size
        self._make_room(place + 1, len(photo_id))
        rows, stored = self.rows, np.frombuffer(record, RECORD)
        for name in RECORD.names or ():
            rows[name][place] = stored[name][0]
        where, camera, media_type, tags, album_ids = names
        rows["number"][place], rows["revision"][place], rows["photo_id"][place] = number, revision, photo_id.encode()
        rows["place"][place], rows["camera"][place] = self.places.of(where), self.cameras.of(camera)
        rows["media_type"][place] = self.media_types.of(media_type)
        self.tags.replace(place, self._folded(tags), known=known)
        self.albums.replace(place, album_ids, known=known)
        rows["alive"][place] = True
        self.size = max(self.size, place + 1)
        return place

    def drop(self, place: int) -> None:
        """Forget a photo; its place stays empty until the owner is loaded anew."""
        self.rows["alive"][place] = False
        self.tags.replace(place, (), known=True)
        self.albums.replace(place, (), known=True)

    @property
    def has_instant(self) -> Mask:
        """The photos that have a date."""
        dated: Mask = self.rows["instant"][: self.size] != NO_INSTANT
        return dated

    @property
    def nbytes(self) -> int:
        """The memory that the arrays take."""
        members = sum(each.code_of.nbytes + each.place_of.nbytes for each in (self.tags, self.albums))
        return self.rows.nbytes + members

    def _folded(self, tags: Iterable[str]) -> list[str]:
        labels = {fold(tag): tag for tag in tags}
        for folded, label in labels.items():
            self.tag_labels.setdefault(folded, label)
        return list(labels)

    def _make_room(self, size: int, id_length: int) -> None:
        """Searches under way go on with the old array."""
        if size > len(self.rows):
            self.rows = self.rows.grown(max(int(size * _GROWTH), _SMALLEST))
        if id_length > self.rows["photo_id"].itemsize:
            self.rows = self.rows.widened("photo_id", f"S{id_length}")
