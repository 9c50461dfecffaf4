"""The reference of the upload rows: a bare gRPC stream into hash, write and fsync; prints its address.

It keeps its files, as a library has to. With a second argument it writes over that many of its own, again and again:
the pages of those are in memory already, and cost a tenth of new ones.
"""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import os
import queue
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import grpc
import uvloop


async def serve(target: Path, most_files: int | None) -> None:
    """Until it is told to end."""
    numbers = itertools.count() if most_files is None else itertools.cycle(range(most_files))

    async def store(chunks: AsyncIterator[bytes], context: object) -> bytes:
        """Hashes and writes on one thread of its own, which is faster than a hand-over for each chunk."""
        waiting: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        written = asyncio.get_running_loop().run_in_executor(None, _write, target / f"bare-{next(numbers)}", waiting)
        async for chunk in chunks:
            waiting.put(chunk)
        waiting.put(b"")
        return await written

    server = grpc.aio.server(options=[("grpc.so_reuseport", 0)])
    method: grpc.RpcMethodHandler[bytes, bytes] = grpc.stream_unary_rpc_method_handler(store)
    handlers = {"Store": method}
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("bare.Upload", handlers),))
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    print(f"127.0.0.1:{port}", flush=True)
    await server.wait_for_termination()


def _write(file: Path, chunks: queue.SimpleQueue[bytes]) -> bytes:
    digest = hashlib.sha256()
    with file.open("wb") as stream:
        while chunk := chunks.get():
            digest.update(chunk)
            stream.write(chunk)
        stream.flush()
        os.fsync(stream.fileno())
    return digest.digest()


if __name__ == "__main__":
    uvloop.run(serve(Path(sys.argv[1]), int(sys.argv[2]) if sys.argv[2:] else None))
