"""What the layers do to a call, through a real server."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from pathlib import Path

import grpc
import pytest
from google.rpc import error_details_pb2, status_pb2
from tests.rpc_world import SHAPES, Request, Response, World, bearer, call

from tintype.kit import errors
from tintype.kit.auth.caller import Role, caller_of, request_id_of
from tintype.kit.auth.policy import MethodPolicy
from tintype.kit.auth.ports import ResolvedKey, Revocation
from tintype.kit.grpc.answers import ANSWERS, DeadlineExceeded, Verdict, answer_to
from tintype.kit.grpc.errors import DETAILS, error_of, reason_of
from tintype.kit.grpc.layers import RateLimit
from tintype.kit.store.errors import NewerSchema

KINDS = [kind for kind in ANSWERS if kind is not DeadlineExceeded]
READ = MethodPolicy(scope="photos.read")


def answers(request: Request) -> Response:
    return Response(next_page_token=request.page_token)


async def failed(
    channel: grpc.aio.Channel,
    shape: str = "Unary",
    *,
    metadata: Sequence[tuple[str, str]] = (),
    timeout: float | None = 10,
) -> grpc.aio.AioRpcError:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await call(channel, shape, metadata=metadata, timeout=timeout)
    return caught.value


def details_of(error: grpc.aio.AioRpcError) -> status_pb2.Status:
    status = status_pb2.Status()
    for key, value in error.trailing_metadata() or ():
        if key == DETAILS and isinstance(value, bytes):
            status.ParseFromString(value)
    return status


async def test_what_needs_a_newer_version_is_known_again_by_a_caller_elsewhere(tmp_path: Path) -> None:
    def fails(request: Request) -> Response:
        raise NewerSchema("photo p1", found=5, known=4)

    async with World().serving(fails, tmp_path / "s") as channel:
        told = error_of(await failed(channel), peer="catalog")
    assert answer_to(told) == answer_to(NewerSchema("photo p1", found=5, known=4))
    assert answer_to(told).verdict is Verdict.LEAVE
    assert "schema 5" in told.message


def test_the_table_names_every_kind() -> None:
    kinds = {kind for _, kind in inspect.getmembers(errors, inspect.isclass) if kind.__base__ is errors.DomainError}
    assert kinds <= set(ANSWERS)


@pytest.mark.parametrize("shape", SHAPES)
async def test_every_shape_answers(shape: str, tmp_path: Path) -> None:
    async with World().serving(answers, tmp_path / "s") as channel:
        assert [answer.next_page_token for answer in await call(channel, shape, Request(page_token="a"))] == ["a"]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("kind", KINDS)
async def test_each_kind_of_failure_gets_its_status_from_every_shape(
    kind: type[errors.DomainError], shape: str, tmp_path: Path
) -> None:
    def fails(request: Request) -> Response:
        raise kind("so it is", photo_id="p1")

    async with World().serving(fails, tmp_path / "s") as channel:
        error = await failed(channel, shape)
    assert error.code() is ANSWERS[kind].status
    assert error.details() == "so it is"
    assert reason_of(error) == (kind.reason, {"photo_id": "p1"})


async def test_a_subclass_is_answered_as_its_nearest_class(tmp_path: Path) -> None:
    class PhotoNotFound(errors.NotFound):
        reason = "PHOTO_NOT_FOUND"

    assert answer_to(PhotoNotFound("gone")).status is grpc.StatusCode.NOT_FOUND


@pytest.mark.parametrize("shape", SHAPES)
async def test_what_nobody_expected_is_an_internal_error_without_its_text(shape: str, tmp_path: Path) -> None:
    def fails(request: Request) -> Response:
        raise ValueError("driver says: password=hunter2")

    world = World()
    async with world.serving(fails, tmp_path / "s") as channel:
        error = await failed(channel, shape)
    assert (error.code(), error.details()) == (grpc.StatusCode.INTERNAL, "internal error")
    assert reason_of(error)[0] == "INTERNAL"
    assert "builtins.ValueError" in world.logged.getvalue()
    assert "hunter2" not in world.logged.getvalue()


async def test_details_tell_when_to_retry_which_quota_and_which_field(tmp_path: Path) -> None:
    def fails(request: Request) -> Response:
        if request.page_token:
            raise errors.ResourceExhausted("full", subject="user:u1", retry_after=timedelta(seconds=3))
        raise errors.InvalidInput("wrong", fields={"title": "too long"})

    async with World().serving(fails, tmp_path / "s") as channel:
        with pytest.raises(grpc.aio.AioRpcError) as full:
            await call(channel, "Unary", Request(page_token="x"))
        wrong = await failed(channel)
    retry, quota, bad = error_details_pb2.RetryInfo(), error_details_pb2.QuotaFailure(), error_details_pb2.BadRequest()
    assert [detail.Unpack(retry) for detail in details_of(full.value).details] == [False, True, False]
    assert [detail.Unpack(quota) for detail in details_of(full.value).details] == [False, False, True]
    assert details_of(wrong).details[1].Unpack(bad)
    assert (retry.retry_delay.seconds, quota.violations[0].subject) == (3, "user:u1")
    assert [(field.field, field.description) for field in bad.field_violations] == [("title", "too long")]


@pytest.mark.parametrize("shape", SHAPES)
async def test_a_broken_field_rule_never_reaches_the_handler(shape: str, tmp_path: Path) -> None:
    reached: list[Request] = []

    def notes(request: Request) -> Response:
        reached.append(request)
        return Response()

    async with World().serving(notes, tmp_path / "s") as channel:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await call(channel, shape, Request(page_size=501))
    assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert reached == []
    bad = error_details_pb2.BadRequest()
    assert any(detail.Unpack(bad) for detail in details_of(caught.value).details)
    assert [violation.field for violation in bad.field_violations] == ["page_size"]


async def test_every_message_of_a_client_stream_is_validated(tmp_path: Path) -> None:
    reached: list[int] = []

    def notes(request: Request) -> Response:
        reached.append(request.page_size)
        return Response()

    async with World().serving(notes, tmp_path / "s") as channel:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await call(channel, "ClientStream", Request(page_size=1), Request(page_size=-1), Request(page_size=2))
    assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert reached == [1]


@pytest.mark.parametrize(
    ("policy", "credential", "status", "reason"),
    [
        (READ, "none", grpc.StatusCode.UNAUTHENTICATED, "CREDENTIAL_MISSING"),
        (READ, "garbage", grpc.StatusCode.UNAUTHENTICATED, "CREDENTIAL_INVALID"),
        (READ, "unknown key", grpc.StatusCode.UNAUTHENTICATED, "CREDENTIAL_INVALID"),
        (READ, "key", grpc.StatusCode.PERMISSION_DENIED, "SCOPE_MISSING"),
        (READ, "service", grpc.StatusCode.PERMISSION_DENIED, "SCOPE_MISSING"),
        (MethodPolicy(scope="admin"), "member", grpc.StatusCode.PERMISSION_DENIED, "SCOPE_MISSING"),
        (MethodPolicy(scope="internal"), "administrator", grpc.StatusCode.PERMISSION_DENIED, "SCOPE_MISSING"),
        (MethodPolicy(scope="search", session_only=True), "key", grpc.StatusCode.PERMISSION_DENIED, "SESSION_REQUIRED"),
    ],
)
async def test_a_policy_refuses(
    policy: MethodPolicy, credential: str, status: grpc.StatusCode, reason: str, tmp_path: Path
) -> None:
    world = World(policy=policy)
    async with world.serving(answers, tmp_path / "s") as channel:
        error = await failed(channel, metadata=credentials(world)[credential])
    assert (error.code(), reason_of(error)[0]) == (status, reason)


@pytest.mark.parametrize(
    ("policy", "credential"),
    [
        (MethodPolicy(public=True), "garbage"),
        (READ, "member"),
        (MethodPolicy(scope="search"), "key"),
        (MethodPolicy(scope="admin"), "administrator"),
        (MethodPolicy(scope="internal"), "service"),
        (MethodPolicy(scope="keys", session_only=True), "member"),
    ],
)
async def test_a_policy_admits(policy: MethodPolicy, credential: str, tmp_path: Path) -> None:
    world = World(policy=policy)
    async with world.serving(answers, tmp_path / "s") as channel:
        assert await call(channel, "Unary", metadata=credentials(world)[credential])


def credentials(world: World) -> dict[str, list[tuple[str, str]]]:
    world.accounts.known["tt-key"] = ResolvedKey("u1", "key1", frozenset({"search", "keys"}), None)
    return {
        "none": [],
        "garbage": bearer("eyJ.x.y"),
        "unknown key": [("x-api-key", "nobody's")],
        "key": [("x-api-key", "tt-key")],
        "member": bearer(world.token()),
        "administrator": bearer(world.token(role=Role.ADMINISTRATOR)),
        "service": bearer(world.service_token()),
    }


async def test_handlers_see_the_caller_and_the_request_id(tmp_path: Path) -> None:
    class Tells:
        async def unary(self, request: Request, context: grpc.aio.ServicerContext[Request, Response]) -> Response:
            return Response(next_page_token=f"{caller_of(context).user_id} {request_id_of(context)}")

        server_stream = client_stream = both_stream = unary

    world = World(policy=READ)
    async with world.serving(answers, tmp_path / "s", Tells()) as channel:
        metadata = [*bearer(world.token(user_id="ada")), ("x-request-id", "r-7")]
        assert [answer.next_page_token for answer in await call(channel, "Unary", metadata=metadata)] == ["ada r-7"]


async def test_the_request_id_comes_back_with_a_failure_and_a_dangerous_one_is_replaced(tmp_path: Path) -> None:
    def fails(request: Request) -> Response:
        raise errors.NotFound("no")

    async with World().serving(fails, tmp_path / "s") as channel:
        kept = await failed(channel, metadata=[("x-request-id", "r-7")])
        replaced = await failed(channel, metadata=[("x-request-id", 'x" injected="1')])
    assert dict(kept.trailing_metadata() or ())["x-request-id"] == "r-7"
    assert len(str(dict(replaced.trailing_metadata() or ())["x-request-id"])) == 32


async def test_a_user_who_calls_too_fast_is_told_when_to_come_back_and_others_are_not_refused(tmp_path: Path) -> None:
    now = [0.0]
    world = World(policy=READ, rate=RateLimit(per_second=2, burst=3, now=lambda: now[0]))
    ada, bob = bearer(world.token(user_id="ada")), bearer(world.token(user_id="bob"))
    async with world.serving(answers, tmp_path / "s") as channel:
        for _ in range(3):
            await call(channel, "Unary", metadata=ada)
        error = await failed(channel, metadata=ada)
        await call(channel, "Unary", metadata=bob)
        now[0] += 0.5
        await call(channel, "Unary", metadata=ada)
    assert (error.code(), reason_of(error)[0]) == (grpc.StatusCode.RESOURCE_EXHAUSTED, "RATE_LIMITED")
    retry = error_details_pb2.RetryInfo()
    assert any(detail.Unpack(retry) for detail in details_of(error).details)
    assert retry.retry_delay.nanos == 500_000_000


@pytest.mark.parametrize("shape", SHAPES)
async def test_a_handler_that_cancels_itself_leaves_no_caller_waiting(shape: str, tmp_path: Path) -> None:
    def fails(request: Request) -> Response:
        raise asyncio.CancelledError

    world = World()
    async with world.serving(fails, tmp_path / "s") as channel:
        error = await failed(channel, shape, timeout=5)
    assert (error.code(), reason_of(error)[0]) == (grpc.StatusCode.INTERNAL, "INTERNAL")
    assert "HandlerCancelled" in world.logged.getvalue()


class Waits:
    """Every call lasts until it is ended, and says that it was."""

    def __init__(self) -> None:
        self.began = asyncio.Event()
        self.beginnings = asyncio.Semaphore(0)
        self.ended = asyncio.Event()

    def _begin(self) -> None:
        self.began.set()
        self.beginnings.release()

    async def unary(self, request: Request, context: object) -> Response:
        try:
            self._begin()
            await asyncio.Event().wait()
            return Response()
        finally:
            self.ended.set()

    async def server_stream(self, request: Request, context: object) -> AsyncIterator[Response]:
        try:
            self._begin()
            await asyncio.Event().wait()
            yield Response()
        finally:
            self.ended.set()

    client_stream = both_stream = unary


async def test_a_unary_call_without_a_deadline_ends_at_the_cap_and_its_work_with_it(tmp_path: Path) -> None:
    world, waits = World(), Waits()
    world.unary_deadline = timedelta(milliseconds=30)
    async with world.serving(answers, tmp_path / "s", waits) as channel:
        error = await failed(channel, timeout=None)
    assert error.code() is grpc.StatusCode.DEADLINE_EXCEEDED
    assert waits.ended.is_set()


@pytest.mark.parametrize("shape", ["Unary", "ServerStream"])
async def test_a_cancelled_call_stops_its_work(shape: str, tmp_path: Path) -> None:
    waits = Waits()
    async with World().serving(answers, tmp_path / "s", waits) as channel:
        calling = asyncio.create_task(call(channel, shape))
        await waits.began.wait()
        calling.cancel()
        async with asyncio.timeout(5):
            await waits.ended.wait()
        assert (await asyncio.gather(calling, return_exceptions=True))[0].__class__ is asyncio.CancelledError


async def test_calls_between_services_pass_an_overloaded_server(tmp_path: Path) -> None:
    async with World(most=0).serving(answers, tmp_path / "s") as channel:  # a Unix socket is the way of the services
        assert await call(channel, "Unary")


async def test_a_revoked_session_ends_its_open_stream_and_its_next_call(tmp_path: Path) -> None:
    world, waits = World(policy=READ), Waits()
    mine, other = bearer(world.token()), bearer(world.token(user_id="u2", session_id="s2"))
    async with world.serving(answers, tmp_path / "s", waits) as channel:
        stream = asyncio.create_task(failed(channel, "ServerStream", metadata=mine))
        await waits.began.wait()
        world.revocations.revoked(Revocation(0, world.clock.now(), session_id="s1"))
        async with asyncio.timeout(5):
            ended = await stream
        again = await failed(channel, metadata=mine)
        kept = asyncio.create_task(call(channel, "ServerStream", metadata=other))
        await asyncio.wait([kept], timeout=0.05)
        assert not kept.done()
        kept.cancel()
        await asyncio.gather(kept, return_exceptions=True)
    assert {ended.code(), again.code()} == {grpc.StatusCode.UNAUTHENTICATED}
    assert {reason_of(ended)[0], reason_of(again)[0]} == {"CREDENTIAL_INVALID"}


async def test_watches_end_with_the_server_and_other_streams_go_on(tmp_path: Path) -> None:
    world, waits = World(), Waits()
    async with world.serving(answers, tmp_path / "s", waits) as channel:
        watch = asyncio.create_task(failed(channel, "WatchAll"))
        download = asyncio.create_task(call(channel, "ServerStream"))
        for _ in range(2):
            await waits.beginnings.acquire()
        world.watches.end()
        async with asyncio.timeout(5):
            assert (await watch).code() is grpc.StatusCode.UNAVAILABLE
        assert not download.done()
        download.cancel()
        await asyncio.gather(download, return_exceptions=True)


async def test_planted_secrets_do_not_appear_in_the_log(tmp_path: Path) -> None:
    def fails(request: Request) -> Response:
        raise RuntimeError(f"cannot store {request.page_token}")

    world = World(policy=READ)
    token = world.token()
    async with world.serving(fails, tmp_path / "s") as channel:
        await failed(channel, metadata=bearer("planted-token"))
        await failed(channel, metadata=[("x-api-key", "planted-key")])
        with pytest.raises(grpc.aio.AioRpcError):
            await call(channel, "Unary", Request(page_token="planted-word"), metadata=bearer(token))
    assert "rpc_failed" in world.logged.getvalue()
    for secret in (token, "planted-token", "planted-key", "planted-word"):
        assert secret not in world.logged.getvalue()


async def test_calls_are_counted_by_method_and_code(tmp_path: Path) -> None:
    world = World(policy=READ)
    async with world.serving(answers, tmp_path / "s") as channel:
        await call(channel, "Unary", metadata=bearer(world.token()))
        await failed(channel)
    text = world.telemetry.rendered().decode()
    assert 'tintype_rpc_total{code="OK",method="/t.T/Unary"} 1.0' in text
    assert 'tintype_rpc_total{code="UNAUTHENTICATED",method="/t.T/Unary"} 1.0' in text
    assert 'tintype_rpc_in_flight{method="/t.T/Unary"} 0.0' in text


async def test_a_method_without_a_policy_is_not_served(tmp_path: Path) -> None:
    async with World().serving(answers, tmp_path / "s") as channel:
        assert (await failed(channel, "Unserved")).code() is grpc.StatusCode.UNIMPLEMENTED


async def test_a_failed_call_to_a_peer_is_our_own_kind_of_failure(tmp_path: Path) -> None:
    def fails(request: Request) -> Response:
        raise errors.Conflict("changed", photo_id="p1")

    async with World().serving(fails, tmp_path / "s") as channel:
        error = error_of(await failed(channel), peer="catalog")
    assert isinstance(error, errors.Conflict)
    assert error.metadata == {"photo_id": "p1"}
