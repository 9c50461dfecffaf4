"""Moving a library from one folder to another: whole, in several attempts, and never over something else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.builders import OWNER, sha256_of
from tests.clocks import FixedClock
from tests.movable_library import PLAIN, contents, fill, in_folder, originals_of

from tintype.accounts.domain.audit import broken_link
from tintype.kit.settings import Settings
from tintype.kit.store.file_lock import locked
from tintype.moving.command import DestinationUnclear, command, settings_of
from tintype.moving.ends import opened_urls
from tintype.moving.errors import DestinationInUse, LibraryRuns, NoLibrary, SamePlace
from tintype.moving.guard import MoveUnfinished, refuse_unfinished
from tintype.moving.indexing import count_indexed
from tintype.moving.moving import Outcome, look, move

CLOCK = FixedClock()
PHOTOS = 4 + PLAIN  # the deleted one is not indexed


class Interrupted(Exception):
    """The process ends here."""


class Report:
    """Counts what is told, and may end the process at one of them."""

    def __init__(self, stop_at: str = "", after: int = 0) -> None:
        self._stop = (stop_at, after)
        self.most: dict[str, int] = {}

    def __call__(self, what: str, done: int) -> None:
        self.most[what] = done
        if what == self._stop[0] and done >= self._stop[1]:
            raise Interrupted


@pytest.fixture
async def source(tmp_path: Path) -> Settings:
    """A library in a folder."""
    settings = in_folder(tmp_path / "source")
    await fill(settings)
    return settings


@pytest.fixture
def destination(tmp_path: Path) -> Settings:
    """A folder that is not there yet."""
    return in_folder(tmp_path / "destination")


async def moved(source: Settings, destination: Settings) -> Outcome:
    return await move(source, destination, CLOCK, Report())


async def indexed(settings: Settings) -> int:
    async with opened_urls(settings) as urls:
        return await count_indexed(urls, CLOCK)


async def test_everything_is_at_the_other_end(source: Settings, destination: Settings) -> None:
    before = await contents(source)
    outcome = await moved(source, destination)
    assert outcome.whole
    assert (outcome.originals.count, outcome.indexed) == (PHOTOS, PHOTOS)
    after = await contents(destination)
    assert after == before
    assert broken_link(after.audit) is None
    assert await contents(source) == before
    assert await indexed(destination) == PHOTOS


@pytest.mark.parametrize(
    ("what", "after"),
    [
        ("originals", 3),
        ("derived", 2),
        ("results", 0),
        ("accounts_users", 0),
        ("photos", 0),
        ("photos", 5),
        ("index", 1),
    ],
)
async def test_what_was_interrupted_goes_on_where_it_stopped(
    what: str, after: int, source: Settings, destination: Settings
) -> None:
    with pytest.raises((Interrupted, ExceptionGroup)):
        await move(source, destination, CLOCK, Report(what, after))
    again = Report()
    outcome = await move(source, destination, CLOCK, again)
    assert outcome.whole
    assert await contents(destination) == await contents(source)
    if what != "originals":
        assert again.most["originals"] == 0  # none was carried twice


async def test_a_copy_that_is_not_whole_does_not_start(source: Settings, destination: Settings) -> None:
    await refuse_unfinished(destination)
    with pytest.raises(Interrupted):
        await move(source, destination, CLOCK, Report("photos"))
    with pytest.raises(MoveUnfinished):
        await refuse_unfinished(destination)
    await moved(source, destination)
    await refuse_unfinished(destination)
    await refuse_unfinished(source)


async def test_a_move_that_is_whole_is_not_made_again(source: Settings, destination: Settings) -> None:
    await moved(source, destination)
    assert (await moved(source, destination)).repeated


async def test_what_changed_in_the_source_between_two_attempts_is_carried_too(
    source: Settings, destination: Settings
) -> None:
    with pytest.raises(Interrupted):
        await move(source, destination, CLOCK, Report("index"))
    async with opened_urls(source) as urls:
        from tintype.catalog.stores import open_repositories

        photos = (await open_repositories(urls, CLOCK)).photos
        page = await photos.page_all(limit=2)
        await photos.remove(page.photos[0])
    assert (await moved(source, destination)).whole
    assert (await contents(destination)).records == (await contents(source)).records


async def test_a_damaged_original_is_named_and_the_move_is_not_whole(
    source: Settings, destination: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    key = f"{OWNER}/{sha256_of('edited')}"
    async with originals_of(source) as originals:
        await originals.overwrite(key, b"edireD")
    outcome = await moved(source, destination)
    assert not outcome.whole
    assert outcome.originals.damaged == [key]
    assert len(outcome.missing) == 1
    assert await command(["--to", str(destination.home), "--json"], source) == 1
    said = json.loads(capsys.readouterr().out)
    assert (said["whole"], said["originals"]["damaged"]) == (False, [key])
    async with originals_of(source) as originals:
        await originals.overwrite(key, b"edited")
    assert (await moved(source, destination)).whole


async def test_an_original_that_is_not_there_is_named(source: Settings, destination: Settings) -> None:
    async with originals_of(source) as originals:
        await originals.delete(f"{OWNER}/{sha256_of('plain 1')}")
    outcome = await moved(source, destination)
    assert not outcome.whole
    assert len(outcome.missing) == 1


async def test_nothing_is_ever_overwritten(source: Settings, destination: Settings, tmp_path: Path) -> None:
    await fill(destination)
    before = await contents(destination)
    with pytest.raises(DestinationInUse, match="is not empty"):
        await moved(source, destination)
    assert await contents(destination) == before
    other, third = in_folder(tmp_path / "other"), in_folder(tmp_path / "third")
    await fill(other)
    with pytest.raises(Interrupted):
        await move(source, third, CLOCK, Report("photos"))
    with pytest.raises(DestinationInUse, match="another library"):
        await moved(other, third)


async def test_a_dry_run_writes_nothing(
    source: Settings, destination: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    outcome = await look(source, destination, CLOCK)
    assert (outcome.rows["photos"], outcome.originals.count) == (PHOTOS + 1, PHOTOS)
    assert await command(["--to", str(destination.home), "--dry-run"], source) == 0
    assert "Nothing was written" in capsys.readouterr().out
    assert not destination.home.exists()
    await fill(destination)
    assert await command(["--to", str(destination.home), "--dry-run"], source) == 0
    assert "rows already" in capsys.readouterr().out


async def test_a_library_that_runs_or_is_not_there_is_not_moved(
    source: Settings, destination: Settings, tmp_path: Path
) -> None:
    with locked(source.home / "tintype"), pytest.raises(LibraryRuns):
        await moved(source, destination)
    with pytest.raises(NoLibrary):
        await moved(in_folder(tmp_path / "nowhere"), destination)
    with pytest.raises(SamePlace):
        await moved(source, source)


def test_a_destination_is_a_folder_or_a_file_of_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TINTYPE_DATABASE_URL", "sqlite:///source/library.db")
    assert settings_of(tmp_path / "new").url("database").file == tmp_path / "new/library.db"
    (file := tmp_path / "servers.env").write_text(
        "# the new servers\nTINTYPE_DATABASE_URL=mongodb://127.0.0.1/library\n"
        "export TINTYPE_EVENTS_URL='nats://127.0.0.1'\nTINTYPE_BLOBS_URL=s3+http://a:b@127.0.0.1/library\n"
        "TINTYPE_INDEX_URL=elasticsearch+http://127.0.0.1/library\n"
    )
    assert settings_of(file).url("database").scheme == "mongodb"
    assert settings_of(file).url("events").scheme == "nats"
    file.write_text("TINTYPE_DATABASE_URL=mongodb://127.0.0.1/library\n")
    with pytest.raises(DestinationUnclear):
        settings_of(file)
