"""Requests in threads of our own, through one pool of connections, tried again where that cannot do harm."""

from __future__ import annotations

import asyncio
import random
import ssl
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Final, ParamSpec, TypeVar

from urllib3 import PoolManager, Timeout

from tintype.blobs.s3_api import S3Api
from tintype.blobs.s3_errors import S3Away
from tintype.blobs.s3_options import S3Options
from tintype.kit.threads import thread_pool

P = ParamSpec("P")
T = TypeVar("T")

THREADS: Final = 32  # requests at once, and connections kept
_PAUSES_S: Final = (0.05, 0.25, 1.0)  # a restart of the server takes a second; who waits longer has a loop for it
_CONNECT_S: Final = 3
_SILENT_S: Final = 60  # between two packets: a server that syncs 8 MiB to a busy disk takes seconds


class S3Connection:
    """`call` runs one request of `api`."""

    def __init__(self, api: S3Api, threads: ThreadPoolExecutor) -> None:
        self.api = api
        self.threads = threads

    @classmethod
    @asynccontextmanager
    async def open(cls, options: S3Options, tls: ssl.SSLContext | None) -> AsyncIterator[S3Connection]:
        """No request is made."""
        pool = PoolManager(
            num_pools=1,
            maxsize=THREADS,
            retries=False,
            timeout=Timeout(connect=_CONNECT_S, read=_SILENT_S),
            ssl_context=tls,
        )
        threads = thread_pool(THREADS, "s3")
        try:
            yield cls(S3Api(options, pool), threads)
        finally:
            threads.shutdown(wait=False, cancel_futures=True)
            pool.clear()

    async def call(self, request: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """For requests that may be made twice: whatever breaks, they are made again."""
        return await self._tried(request, False, *args, **kwargs)

    async def call_once(self, request: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """For requests that leave something behind each time: made again only if the server has not seen them."""
        return await self._tried(request, True, *args, **kwargs)

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Anything else that blocks or computes."""
        return await asyncio.get_running_loop().run_in_executor(self.threads, lambda: work(*args, **kwargs))

    async def _tried(self, request: Callable[P, T], unsent_only: bool, *args: P.args, **kwargs: P.kwargs) -> T:
        for pause in _PAUSES_S:
            try:
                return await self.run(request, *args, **kwargs)
            except S3Away as error:
                if unsent_only and not error.unsent:
                    raise
            await asyncio.sleep(pause * random.uniform(0.5, 1.5))
        return await self.run(request, *args, **kwargs)
