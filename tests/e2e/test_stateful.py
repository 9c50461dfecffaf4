"""A library against a dictionary: whatever is uploaded, repeated, trashed, restored, deleted, searched, and crashed."""

from __future__ import annotations

import asyncio
import hashlib
import os
import tempfile
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from enum import Enum
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from tests.drawn import draw
from tests.invariants import Expected, settled, stores_of, violations
from tests.library import Library, ended, started

from tintype.v1 import search_service_pb2 as search_pb
from tintype_sdk import Client, MemoryTokens
from tintype_sdk.errors import FailedPrecondition, NotFound

T = TypeVar("T")
PASSWORD = "correct horse battery staple"
SEEDS = st.integers(min_value=0, max_value=5)  # few, so that they meet each other

BASE = settings(deadline=None, suppress_health_check=list(HealthCheck), print_blob=True)
settings.register_profile("stateful", BASE, max_examples=5, stateful_step_count=20, derandomize=True)
settings.register_profile("nightly", BASE, max_examples=100, stateful_step_count=200)
PROFILE = "nightly" if os.environ.get("TINTYPE_TEST_PROFILE") == "nightly" else "stateful"


class State(Enum):
    KEPT = "kept"
    TRASHED = "trashed"
    DELETED = "deleted"


class LibraryMachine(RuleBasedStateMachine):
    """`model` maps each picture that was ever uploaded to what it should be now."""

    def __init__(self) -> None:
        super().__init__()
        self.model: dict[int, State] = {}
        self.photo_ids: dict[int, str] = {}
        self.runner = asyncio.Runner()
        self.folder = tempfile.TemporaryDirectory(prefix="tintype-stateful-")
        self.home = Path(self.folder.name) / "home"
        self.tokens = MemoryTokens()
        self.owner_id = ""

    def run(self, work: Coroutine[object, None, T]) -> T:
        return self.runner.run(work)

    @initialize()
    def begin(self) -> None:
        self.run(self._open())

        async def join() -> str:
            return (await self.client.accounts.sign_up("ada", PASSWORD)).user_id

        self.owner_id = self.run(join())

    async def _open(self) -> None:
        self.library: Library = await started(self.home)
        self.connected = AsyncExitStack()
        self.client = await self.connected.enter_async_context(Client.open(self.library.address, tokens=self.tokens))

    async def _close(self, end: Callable[[Library], None]) -> None:
        await self.connected.aclose()
        end(self.library)
        await ended(self.library.process)

    @rule(seed=SEEDS)
    def upload(self, seed: int) -> None:
        """New, again, out of the trash or out of the grave: afterwards it is there."""
        file = Path(self.folder.name) / f"{seed}.jpg"
        file.write_bytes(draw(seed))
        uploaded = self.run(self.client.uploads.upload_file(file))
        assert uploaded.already_existed == (self.model.get(seed) in (State.KEPT, State.TRASHED))
        assert self.photo_ids.setdefault(seed, uploaded.photo.photo_id) == uploaded.photo.photo_id
        self.model[seed] = State.KEPT

    @precondition(lambda self: self.model)
    @rule(seed=SEEDS)
    def trash(self, seed: int) -> None:
        failures = self.run(self.client.photos.trash([self.photo_ids.get(seed, "a" * 20)]))
        assert bool(failures) == (self.model.get(seed) in (None, State.DELETED))
        if not failures:
            self.model[seed] = State.TRASHED

    @precondition(lambda self: self.model)
    @rule(seed=SEEDS)
    def restore(self, seed: int) -> None:
        failures = self.run(self.client.photos.restore([self.photo_ids.get(seed, "a" * 20)]))
        if self.model.get(seed) is State.TRASHED:
            assert not failures
            self.model[seed] = State.KEPT

    @precondition(lambda self: self.model)
    @rule(seed=SEEDS)
    def delete(self, seed: int) -> None:
        deleting = self.client.photos.delete(self.photo_ids.get(seed, "a" * 20))
        match self.model.get(seed):
            case State.TRASHED:
                self.run(deleting)
                self.model[seed] = State.DELETED
            case State.KEPT:
                with pytest.raises(FailedPrecondition):
                    self.run(deleting)
            case _:
                with pytest.raises(NotFound):
                    self.run(deleting)

    @precondition(lambda self: self.model)
    @rule(seed=SEEDS)
    def search(self, seed: int) -> None:
        """Once it rests, a search for what is like a photo finds it first, and nothing that is not kept."""
        if self.model.get(seed) is not State.KEPT:
            return
        self.run(settled(self.client))
        request = search_pb.SearchPhotosRequest(like_photo_id=self.photo_ids[seed], page_size=50)
        hits = [hit.photo.photo_id for hit in self.run(self.client.search.photos(request=request)).hits]
        kept = {self.photo_ids[seed] for seed, state in self.model.items() if state is State.KEPT}
        assert set(hits) <= kept

    @rule()
    def crash(self) -> None:
        self.run(self._close(Library.kill))
        self.run(self._open())

    @invariant()
    def what_is_listed_is_what_is_kept(self) -> None:
        if not self.owner_id:
            return

        async def listed() -> set[str]:
            return {photo.photo_id async for photo in self.client.photos.all()}

        kept = {self.photo_ids[seed] for seed, state in self.model.items() if state is State.KEPT}
        assert self.run(listed()) == kept

    def teardown(self) -> None:
        try:
            if self.owner_id:
                self.run(self._finish())
        finally:
            self.runner.close()
            self.folder.cleanup()

    async def _finish(self) -> None:
        """Nothing promised is lost once it rests, crashes or not."""
        try:
            await settled(self.client)
        finally:
            await self._close(lambda library: library.process.terminate())
        by_state = {state: {digest(seed) for seed, is_now in self.model.items() if is_now is state} for state in State}
        expected = Expected(
            self.owner_id, by_state[State.KEPT] | by_state[State.TRASHED], deleted=by_state[State.DELETED]
        )
        async with stores_of(self.home) as stores:  # what a crash left of a deletion (I6) goes a minute later
            assert [each for each in await violations(stores, expected) if not each.startswith("I6")] == []


def digest(seed: int) -> str:
    return hashlib.sha256(draw(seed)).hexdigest()


TestLibrary = pytest.mark.faults(pytest.mark.timeout(0 if PROFILE == "nightly" else 900)(LibraryMachine.TestCase))
TestLibrary.settings = settings.get_profile(PROFILE)
