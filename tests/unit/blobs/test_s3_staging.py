"""What a process remembers of staged writes in an S3 store."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from tintype.blobs.s3_objects import Body
from tintype.blobs.s3_staging import KNOWN, S3Staging


class Server:
    """Connection and requests in one; takes every record."""

    @property
    def api(self) -> Server:
        return self

    async def call(self, request: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        return request(*args, **kwargs)

    def put(self, key: str, body: Body, *, overwrite: bool) -> None: ...


async def test_only_so_many_are_remembered_and_none_that_lies_nowhere_else_is_forgotten() -> None:
    staging = S3Staging(cast(Any, Server()))
    in_memory = await staging.stage(None, lasting=False)
    first = await staging.stage(None, lasting=True)
    for _ in range(KNOWN):
        await staging.stage(None, lasting=True)
    assert len(staging._known) == KNOWN
    assert in_memory in staging._known
    assert first not in staging._known
    assert (await staging.load(in_memory)).size_bytes == 0
