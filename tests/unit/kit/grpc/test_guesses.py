"""Who guesses credentials is slowed down, however many guesses come at once, and whichever address of a network."""

from __future__ import annotations

import asyncio

import pytest

from tintype.kit.auth.policy import MethodPolicy
from tintype.kit.errors import DomainError, PermissionDenied, Unauthenticated, Unavailable
from tintype.kit.grpc.calls import Call
from tintype.kit.grpc.layers import Guesses, RateLimit, RateLimited
from tintype.kit.grpc.proxies import network_of

HERE = "ipv4:192.0.2.7:4000"


def limited(burst: int) -> Guesses:
    return Guesses(RateLimit(per_second=1, burst=burst, now=lambda: 0.0))


def call_from(peer: str) -> Call:
    return Call("/t.T/Unary", MethodPolicy(scope="photos.read"), True, {}, peer, None)


async def guess(guesses: Guesses, error: DomainError | None = None, *, peer: str = HERE) -> None:
    async with guesses.around(call_from(peer)):
        if error is not None:
            raise error


async def refused(guesses: Guesses, peer: str) -> bool:
    try:
        await guess(guesses, peer=peer)
    except RateLimited:
        return True
    return False


async def test_a_peer_whose_guesses_are_wrong_is_refused_and_others_are_not() -> None:
    guesses = limited(3)
    for _ in range(3):
        with pytest.raises(Unauthenticated):
            await guess(guesses, Unauthenticated("wrong"))
    assert await refused(guesses, HERE)
    assert not await refused(guesses, "ipv4:192.0.2.8:4000")


@pytest.mark.parametrize("error", [None, Unavailable("accounts is away"), PermissionDenied("not this")])
async def test_who_is_known_is_never_refused(error: DomainError | None) -> None:
    guesses = limited(2)
    for _ in range(9):
        if error is None:
            await guess(guesses)
        else:
            with pytest.raises(type(error)):
                await guess(guesses, error)


async def test_guesses_at_once_are_no_way_around_the_limit() -> None:
    guesses, checked = limited(3), asyncio.Event()
    reached = 0

    async def slowly() -> None:
        nonlocal reached
        async with guesses.around(call_from(HERE)):
            reached += 1
            await checked.wait()
            raise Unauthenticated("wrong")

    tries = [asyncio.create_task(slowly()) for _ in range(50)]
    await asyncio.sleep(0)
    checked.set()
    ends = await asyncio.gather(*tries, return_exceptions=True)
    assert reached == 3
    assert sum(isinstance(end, RateLimited) for end in ends) == 47


async def test_a_call_that_lasts_keeps_nothing_from_others_once_its_caller_is_known() -> None:
    guesses, open_call = limited(1), call_from(HERE)
    async with guesses.around(open_call):
        assert await refused(guesses, HERE)
        open_call.believed()
        assert not await refused(guesses, HERE)
    open_call.believed()
    with pytest.raises(Unauthenticated):
        await guess(guesses, Unauthenticated("wrong"))
    assert await refused(guesses, HERE)


async def test_the_services_of_a_process_share_no_limit() -> None:
    guesses = limited(1)
    for _ in range(3):
        with pytest.raises(Unauthenticated):
            await guess(guesses, Unauthenticated("the secret is being changed"), peer="unix:")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("ipv6:[2001:db8:1:2::1]:1", "ipv6:%5B2001:db8:1:2:ffff:0:0:9%5D:2", True),
        ("ipv6:[2001:db8:1:2::1]:1", "ipv6:[2001:db8:1:3::1]:1", False),
        ("ipv6:[fe80::1%25eth0]:1", "ipv6:[fe80::2%25eth0]:1", True),
        ("ipv6:[::ffff:192.0.2.7]:1", HERE, True),
        ("ipv6:[::ffff:192.0.2.7]:1", "ipv6:[::ffff:192.0.2.8]:1", False),
        ("ipv4:192.0.2.7:1", "ipv4:192.0.2.7:2", True),
        ("ipv4:192.0.2.7:1", "ipv4:192.0.2.8:1", False),
        ("unix:", "unix:/run/x.sock", True),
    ],
)
def test_a_network_is_one_caller(one: str, other: str, same: bool) -> None:
    assert (network_of(one) == network_of(other)) is same


def test_a_bucket_is_never_fuller_than_full() -> None:
    limit = RateLimit(per_second=1, burst=2, now=lambda: 0.0)
    limit.give_back("nobody took any")
    limit.take("a")
    limit.give_back("a")
    limit.give_back("a")
    limit.take("a")
    limit.take("a")
    with pytest.raises(RateLimited):
        limit.take("a")
