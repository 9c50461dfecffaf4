"""Where the blobs of a folder lie, and what an operating system's error means to a caller."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tintype.blobs.ports import BlobStoreFull, BlobStoreUnavailable, checked_key
from tintype.kit.log import log_of

FOLDER_MODE: Final = 0o700
FILE_MODE: Final = 0o600
STAGING: Final = ".staging"  # no owner can be called so
FAN_OUT: Final = 2  # hex digits of the SHA-256: 256 folders an owner, 4,000 files in each for a million photos

_NO_ROOM: Final = {errno.ENOSPC, errno.EDQUOT}

_log: Final = log_of(__name__)


def path_of(root: Path, key: str) -> Path:
    """The file of a key: `<owner>/<ab>/<sha256>`, the variant behind a dot. Raises InvalidBlobKey."""
    owner_id, sha256, *variant = checked_key(key).split("/")
    return root / owner_id / sha256[:FAN_OUT] / ".".join([sha256, *variant])


def key_of(owner_id: str, name: str) -> str:
    """The key of a file name."""
    return f"{owner_id}/{name.replace('.', '/', 1)}"


def folders(root: Path, prefix: str, after: str) -> Iterator[tuple[str, Path]]:
    """The owner and path of each folder that may hold such keys behind `after`, in the order of keys."""
    owner_part, _, rest = prefix.partition("/")
    owners = [owner_part] if owner_part else sorted(_names(root), key=lambda owner_id: f"{owner_id}/")
    for owner_id in owners:
        for fan in sorted(_names(root / owner_id)):
            begins = f"{owner_id}/{fan}"
            if begins + "~" > after and (rest == "" or rest.startswith(fan)):
                yield owner_id, root / owner_id / fan


def _names(folder: Path) -> list[str]:
    try:
        return [entry.name for entry in folder.iterdir() if not entry.name.startswith(".")]
    except FileNotFoundError:
        return []


def make_folder(folder: Path, root: Path) -> None:
    """Make a folder below `root` so that it outlives a power cut."""
    missing = []
    while not folder.exists() and folder != root.parent:
        missing.append(folder)
        folder = folder.parent
    for each in reversed(missing):
        each.mkdir(mode=FOLDER_MODE, exist_ok=True)
        sync_folder(each.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def translated(what: str) -> Iterator[None]:
    """Turn errors of the file system into the port's; FileNotFoundError and FileExistsError mean what they say."""
    try:
        yield
    except (FileNotFoundError, FileExistsError):
        raise
    except OSError as error:
        _log.error("blob_folder_failed", what=what, because=error.strerror)
        if error.errno in _NO_ROOM:
            raise BlobStoreFull("no room is left for blobs") from error
        raise BlobStoreUnavailable("the folder of blobs cannot be used") from error
