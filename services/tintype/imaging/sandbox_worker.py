"""The sandboxed process: reads jobs from a socket, decodes the file that comes along, answers with places in memory.

Started as `python -I -c "..." root socket memory limits`; the root of the sources is needed because -I ignores the
environment. Nothing but the standard library is imported before the network is gone.
"""

from __future__ import annotations

import json
import mmap
import os
import socket
import sys
from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Final

from tintype.imaging.confine import close_file_system, leave_network, limit_cpu, limit_memory, limit_resources
from tintype.imaging.wire import LENGTH, LONGEST_MESSAGE, pack, read_request

if TYPE_CHECKING:
    from tintype.imaging.ports import Decoded

_ENVIRONMENT: Final = {
    "VIPS_BLOCK_UNTRUSTED": "1",  # only loaders that libvips calls safe for strangers' files
    "VIPS_CONCURRENCY": "1",  # a process for each core; more threads only get in each other's way
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
}


def main() -> None:
    """Confine the process, say how, then work until the service hangs up."""
    channel = socket.socket(fileno=int(sys.argv[2]))
    limits = json.loads(sys.argv[4])
    os.environ.update(_ENVIRONMENT)
    protections = leave_network()
    memory = mmap.mmap(int(sys.argv[3]), 0)
    os.close(int(sys.argv[3]))
    _warm_up()  # imports and first uses, while files can still be opened
    protections += limit_resources(memory_bytes=limits["memory_bytes"], files=limits["files"])
    protections += close_file_system()
    channel.sendall(pack({"protections": protections}))
    while (received := _receive(channel)) is not None:
        message, descriptor = received
        limit_memory(limits["memory_bytes"], file_bytes=os.fstat(descriptor).st_size)
        channel.sendall(pack(_answer(message, descriptor, memory)))


def _answer(message: Mapping[str, object], descriptor: int, memory: mmap.mmap) -> Mapping[str, object]:
    from tintype.imaging.decode import decode  # after the environment is set: libvips reads it once
    from tintype.imaging.ports import DecodeFailed, ImageTooLarge, MediaFormat

    limit_cpu(int(str(message["cpu_seconds"])))
    try:
        with mmap.mmap(descriptor, 0, access=mmap.ACCESS_READ) as data:
            most_pixels = int(str(message["most_pixels"]))
            decoded = decode(data, MediaFormat(message["media"]), read_request(message), most_pixels=most_pixels)
        return _place(decoded, memory)
    except (DecodeFailed, ImageTooLarge) as error:
        return {"error": type(error).__name__, "message": error.message, "metadata": error.metadata}
    except MemoryError:
        return {"error": "MemoryError", "message": "the decoder needs more memory than it may have", "metadata": {}}
    finally:
        os.close(descriptor)


def _place(decoded: Decoded, memory: mmap.mmap) -> Mapping[str, object]:
    """Write what is large into the shared memory and say where."""
    end = 0

    def put(data: bytes) -> list[int]:
        nonlocal end
        start, end = end, end + len(data)
        memory[start:end] = data
        return [start, end]

    arrays = dict(decoded.variants) | ({} if decoded.preview is None else {"": decoded.preview})
    derived = decoded.derived
    return {
        "width_px": decoded.width_px,
        "height_px": decoded.height_px,
        "metadata": asdict(decoded.metadata),
        "arrays": {name: [*put(array.tobytes()), array.shape[0], array.shape[1]] for name, array in arrays.items()},
        "derived": derived
        and [put(part) for part in (derived.preview_jpeg, derived.thumbnail_jpeg, derived.thumbhash)],
    }


def _receive(channel: socket.socket) -> tuple[Mapping[str, object], int] | None:
    """The next job and the descriptor of its file; None where the service hung up."""
    data, descriptors, _, _ = socket.recv_fds(channel, LONGEST_MESSAGE, 1)
    if not data:
        return None
    while len(data) < LENGTH.size or len(data) < LENGTH.size + LENGTH.unpack_from(data)[0]:
        more = channel.recv(LONGEST_MESSAGE)
        if not more:
            return None
        data += more
    message: Mapping[str, object] = json.loads(data[LENGTH.size :])
    return message, descriptors[0]


def _warm_up() -> None:
    """Decode a small picture with a profile through every step, so that nothing has to be loaded later."""
    import numpy as np
    import pyvips

    from tintype.imaging.decode import decode
    from tintype.imaging.ports import CentreCrop, FitWithin, MediaFormat, Request

    pixels = pyvips.Image.black(16, 16, bands=3).copy(interpretation="srgb").cast("uchar")
    profiled = pixels.icc_export(output_profile="srgb") if pixels.get_typeof("icc-profile-data") else pixels
    picture = profiled.jpegsave_buffer(profile="srgb")
    request = Request(preview=True, variants={"crop": CentreCrop(8), "fit": FitWithin(8)})
    decoded = decode(picture, MediaFormat.JPEG, request, most_pixels=10**6)
    assert decoded.preview is not None
    assert decoded.preview.dtype == np.uint8


if __name__ == "__main__":
    main()
