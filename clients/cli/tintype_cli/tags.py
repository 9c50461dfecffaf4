"""tintype tags: what is on the photos."""

from __future__ import annotations

from typing import Annotated

import typer

from tintype.v1 import catalog_service_pb2 as pb
from tintype_cli.session import session_of
from tintype_cli.terminal import collected
from tintype_sdk import Client


def tags(
    context: typer.Context,
    prefix: Annotated[str, typer.Argument(help="Only tags that begin like this.", show_default=False)] = "",
    limit: Annotated[int, typer.Option(min=0, help="How many at most; 0 shows all.")] = 50,
) -> None:
    """List tags, most used first."""
    session = session_of(context)

    async def work(client: Client) -> list[pb.TagCount]:
        return await collected(client.photos.tags(prefix=prefix), limit)

    found = session.run(work)
    session.out.listing(found, ("tag", "photos"), [(tag.name, str(tag.photos)) for tag in found])
