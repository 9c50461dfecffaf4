"""Slowing down those who guess."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.accounts_world import MovableClock

from tintype.accounts.adapters.memory_attempts import MemoryAttemptLog
from tintype.accounts.service.throttle import Throttle, TooManyAttempts


@pytest.fixture
def clock() -> MovableClock:
    """Moved by hand."""
    return MovableClock()


@pytest.fixture
def throttle(clock: MovableClock) -> Throttle:
    """Two attempts for a name, three for an address, in ten minutes."""
    return Throttle(MemoryAttemptLog(), clock, per_name=2, per_peer=3, window=timedelta(minutes=10))


async def test_a_name_is_slowed_down_wherever_the_attempts_come_from(throttle: Throttle) -> None:
    for peer in ("a", "b"):
        await throttle.begin(user_name="ann", peer=peer)
    assert await throttle.exhausted(user_name="ann", peer="c")
    with pytest.raises(TooManyAttempts):
        await throttle.begin(user_name="ann", peer="c")
    await throttle.begin(user_name="bob", peer="c")


async def test_an_address_is_slowed_down_whatever_the_names(throttle: Throttle) -> None:
    for name in ("ann", "bob", "cid"):
        await throttle.begin(user_name=name, peer="a")
    with pytest.raises(TooManyAttempts):
        await throttle.begin(user_name="dan", peer="a")


async def test_all_addresses_of_a_network_in_ipv6_are_slowed_down_together(throttle: Throttle) -> None:
    for peer in ("[2001:db8:1:2::1]", "%5B2001:db8:1:2::2%5D", "2001:db8:1:2:ffff::3"):
        await throttle.begin(user_name="", peer=peer)
    with pytest.raises(TooManyAttempts):
        await throttle.begin(user_name="", peer="[2001:db8:1:2::4]")
    await throttle.begin(user_name="", peer="[2001:db8:1:3::4]")
    for number in range(4):
        await throttle.begin(user_name="", peer=f"[::ffff:192.0.2.{number}]")


async def test_attempts_are_forgotten_one_by_one_as_they_leave_the_window(
    throttle: Throttle, clock: MovableClock
) -> None:
    await throttle.begin(user_name="ann", peer="a")
    clock.advance(timedelta(minutes=4))
    await throttle.begin(user_name="ann", peer="a")
    with pytest.raises(TooManyAttempts) as slowed:
        await throttle.begin(user_name="ann", peer="a")
    assert slowed.value.retry_after == timedelta(minutes=6)
    clock.advance(timedelta(minutes=6))
    await throttle.begin(user_name="ann", peer="a")


async def test_a_refused_attempt_does_not_count(throttle: Throttle, clock: MovableClock) -> None:
    for _ in range(2):
        await throttle.begin(user_name="ann", peer="")
    for _ in range(5):
        with pytest.raises(TooManyAttempts):
            await throttle.begin(user_name="ann", peer="a")
    clock.advance(timedelta(minutes=10))
    await throttle.begin(user_name="ann", peer="a")


async def test_success_with_one_account_does_not_free_the_address(throttle: Throttle) -> None:
    for name in ("ann", "bob"):
        await throttle.begin(user_name=name, peer="a")
    for _ in range(3):
        await throttle.begin(user_name="own", peer="a")
        await throttle.succeeded(user_name="own", peer="a")
    await throttle.begin(user_name="cid", peer="a")
    with pytest.raises(TooManyAttempts):
        await throttle.begin(user_name="dan", peer="a")


async def test_the_memory_it_takes_is_bounded(throttle: Throttle) -> None:
    for number in range(100_100):
        await throttle.begin(user_name=str(number), peer="")
    await throttle.begin(user_name="0", peer="")
    await throttle.begin(user_name="0", peer="")
    with pytest.raises(TooManyAttempts):
        await throttle.begin(user_name="0", peer="")
