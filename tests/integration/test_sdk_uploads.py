"""Uploads by the SDK that are broken off and made again, against the real process."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path

from tests.library import running

from tintype_sdk import Client, Sending

PICTURE = Path(__file__).resolve().parents[2] / "demo" / "pictures" / "red-barn.jpg"
SLOWLY = Sending(small_bytes=0, chunk_bytes=16 * 1024, bytes_per_second=500_000)


async def break_off(client: Client, file: Path) -> None:
    """Half-way, as a program that is killed would."""
    half_way, half = asyncio.Event(), (await asyncio.to_thread(file.stat)).st_size / 2

    def progress(sent: int) -> None:
        if sent >= half:
            half_way.set()

    sending = asyncio.create_task(client.uploads.upload_file(file, progress=progress, sending=SLOWLY))
    await half_way.wait()
    sending.cancel()
    with suppress(asyncio.CancelledError):
        await sending


async def test_an_upload_goes_on_and_the_same_bytes_under_another_name_are_an_upload_of_their_own(
    tmp_path: Path,
) -> None:
    copy = tmp_path / "a copy.jpg"
    copy.write_bytes(PICTURE.read_bytes())
    async with running(tmp_path / "home") as library, Client.open(library.address) as client:
        await client.accounts.sign_up("ada", "correct horse battery staple")
        await break_off(client, PICTURE)
        of_copy = await client.uploads.upload_file(copy, sending=SLOWLY)
        began: list[int] = []
        again = await client.uploads.upload_file(PICTURE, progress=began.append, sending=SLOWLY)
    assert began[0] > 0
    assert again.photo.photo_id == of_copy.photo.photo_id
    assert again.already_existed
