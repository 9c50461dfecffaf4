"""Waiting for what is away."""

from __future__ import annotations

from itertools import islice

import pytest

from tintype.kit.errors import FailedPrecondition, Unavailable
from tintype.kit.waiting import LONGEST_PAUSE_S, pauses, until_there


class Server:
    """Answers from the third attempt on."""

    def __init__(self, error: Exception) -> None:
        self.attempts = 0
        self._error = error

    async def answer(self) -> int:
        self.attempts += 1
        if self.attempts < 3:
            raise self._error
        return self.attempts


async def test_what_is_away_is_asked_again_until_it_answers() -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    assert await until_there("a server", Server(Unavailable("away")).answer, sleep=sleep) == 3
    assert len(slept) == 2


async def test_what_waiting_does_not_mend_is_raised_at_once() -> None:
    server = Server(FailedPrecondition("too old"))
    with pytest.raises(FailedPrecondition):
        await until_there("a server", server.answer)
    assert server.attempts == 1


def test_pauses_grow_to_a_longest_one_and_differ_between_processes() -> None:
    one, other = list(islice(pauses(), 40)), list(islice(pauses(), 40))
    assert one != other
    assert one[0] < 1
    assert max(one) <= LONGEST_PAUSE_S
    assert min(one[10:]) >= LONGEST_PAUSE_S / 2
