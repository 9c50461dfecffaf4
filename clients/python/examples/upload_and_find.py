"""Sign in, upload a photo so that it survives a broken line, wait until it is processed and find it by words.

TINTYPE_USER=ada TINTYPE_PASSWORD=... python upload_and_find.py 127.0.0.1:7460 barn.jpg red barn
TINTYPE_API_KEY=tt_... python upload_and_find.py 127.0.0.1:7460 barn.jpg red barn

Deadlines, retries and the refreshing of tokens are the SDK's.
"""

from __future__ import annotations

import asyncio
import os
import sys
from contextlib import aclosing, suppress
from pathlib import Path
from typing import Final

from tintype.v1.event_service_pb2 import LIBRARY_EVENT_KIND_PHOTO_READY
from tintype.v1.photo_pb2 import PHOTO_STATE_PROCESSING, Photo
from tintype.v1.search_service_pb2 import SearchHit
from tintype_sdk import Client, Sending, TintypeError

WAIT_S: Final = 90.0  # for the processing, and for the index
# Small chunks, and slow, so that even a small picture can be broken off half-way.
SLOWLY: Final = Sending(small_bytes=0, chunk_bytes=16 * 1024, bytes_per_second=500_000)


async def run(address: str, file: Path, words: str) -> None:
    async with Client.open(address, key=os.environ.get("TINTYPE_API_KEY", "")) as client, asyncio.timeout(WAIT_S):
        if "TINTYPE_API_KEY" not in os.environ:
            user = await client.accounts.sign_in(os.environ.get("TINTYPE_USER", ""), os.environ["TINTYPE_PASSWORD"])
            print("signed in as", user.user_name)
        cursor = await current_cursor(client)  # before the upload, so that no event of it is missed
        photo = await upload(client, file)
        print("uploaded", photo.photo_id)
        if photo.state == PHOTO_STATE_PROCESSING:
            await until_ready(client, cursor, photo.photo_id)
        print("ready", photo.photo_id)
        hit = await find(client, words, photo.photo_id)
        print(f"found {hit.photo.photo_id} {hit.photo.file_name} (relevance {hit.relevance:.2f})")


async def current_cursor(client: Client) -> str:
    """Where the stream of events is now: the first message says it, and holds no event."""
    async with aclosing(client.events.watch()) as events:
        return (await anext(events)).cursor


async def upload(client: Client, file: Path) -> Photo:
    """Broken off half-way, as a program that is killed would, going on where it was."""
    size, half_way = (await asyncio.to_thread(file.stat)).st_size, asyncio.Event()

    def first(sent: int) -> None:
        if sent >= size / 2:
            half_way.set()

    sending = asyncio.create_task(client.uploads.upload_file(file, progress=first, sending=SLOWLY))
    sending.add_done_callback(lambda _: half_way.set())  # it may fail, or the library may have the bytes already
    await half_way.wait()
    sending.cancel()
    with suppress(asyncio.CancelledError):
        await sending
    progress: list[int] = []
    uploaded = await client.uploads.upload_file(file, progress=progress.append, sending=SLOWLY)
    print(f"going on at byte {progress[0] if progress else size} of {size}")
    return uploaded.photo


async def until_ready(client: Client, cursor: str, photo_id: str) -> None:
    """The SDK takes a stream that breaks up behind the last event."""
    async with aclosing(client.events.watch(cursor=cursor, kinds=[LIBRARY_EVENT_KIND_PHOTO_READY])) as events:
        async for message in events:
            if message.event.photo_id == photo_id:  # a keep-alive has no event
                return


async def find(client: Client, words: str, photo_id: str) -> SearchHit:
    """Search until the photo is among the hits: it is READY a moment before the index has it."""
    while True:
        for hit in (await client.search.photos(words)).hits:
            if hit.photo.photo_id == photo_id:
                return hit
        await asyncio.sleep(0.25)


def main() -> int:
    """Returns the exit code."""
    if len(sys.argv) < 4:
        print("usage: upload_and_find.py ADDRESS FILE WORDS...", file=sys.stderr)
        return 2
    try:
        asyncio.run(run(sys.argv[1], Path(sys.argv[2]), " ".join(sys.argv[3:])))
    except TintypeError as error:
        print(f"{error.reason}: {error.message}" if error.reason else error.message, file=sys.stderr)
        return 1
    except TimeoutError:
        print(f"it took longer than {WAIT_S:.0f} s", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
