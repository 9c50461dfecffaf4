"""Every RPC of the compiled contract, called by everybody who may not, and by who may."""

from __future__ import annotations

import dataclasses

import pytest
from google.protobuf.message import Message
from tests.isolation.calls import Answer, Credential, rpcs
from tests.isolation.cases import CASES, Case, rightful
from tests.isolation.world import Person, World

from tintype.kit.scopes import INTERNAL, KEY_SCOPES, MEMBER_SCOPES

pytestmark = [pytest.mark.isolation, pytest.mark.asyncio(loop_scope="module")]

EVERYBODYS = {"GetSignUp", "SignUp", "SignIn", "RefreshSession", "GetKeySet"}
PROTECTED = sorted(name for name, rpc in rpcs().items() if not rpc.policy.public)
OF_A_RESOURCE = sorted(name for name, rpc in rpcs().items() if rpc.policy.resource_field)


async def test_every_rpc_has_a_case_and_no_case_is_of_another() -> None:
    assert CASES.keys() == rpcs().keys()


async def test_only_what_makes_a_session_is_open_to_everybody() -> None:
    assert {name.partition(".")[2] for name, rpc in rpcs().items() if rpc.policy.public} == EVERYBODYS


async def test_whatever_names_its_resource_by_id_says_so_to_the_matrix() -> None:
    """The first field of a request that acts on one thing is that thing's id."""
    outside = {"admin", INTERNAL}
    for name, rpc in rpcs().items():
        fields = [field.name for field in rpc.method.input_type.fields if field.name.endswith("_id")]
        if fields and fields[0] != "request_id" and rpc.policy.scope not in outside and not rpc.policy.public:
            expected = rpc.policy.resource_field in fields
            assert expected or name in ("SearchService.SearchPhotos", "CatalogService.StartBatch"), name


@pytest.mark.parametrize("name", PROTECTED)
async def test_a_credential_that_is_none_is_refused_as_such(world: World, name: str) -> None:
    case = await CASES[name](world)
    for kind, credential in dataclasses.asdict(world.strangers).items():
        answer = await world.call(name, case.requests, credential)
        expected = "CREDENTIAL_MISSING" if kind == "anonymous" else "CREDENTIAL_INVALID"
        assert (answer.code, answer.reason) == ("UNAUTHENTICATED", expected), kind


@pytest.mark.parametrize("name", PROTECTED)
async def test_a_credential_without_the_scope_is_refused(world: World, name: str) -> None:
    case, policy = await CASES[name](world), rpcs()[name].policy
    _, key = await world.key(world.admin, *sorted(KEY_SCOPES - {policy.scope}))
    await refused(world, name, case, key, "SCOPE_MISSING")
    if policy.scope not in MEMBER_SCOPES:
        await refused(world, name, case, world.bob.signed, "SCOPE_MISSING")
    else:
        await refused(world, name, case, world.service, "SCOPE_MISSING")
    if policy.scope == INTERNAL:
        await refused(world, name, case, world.admin.signed, "SCOPE_MISSING")


@pytest.mark.parametrize("name", [name for name in PROTECTED if rpcs()[name].policy.session_only])
async def test_what_needs_a_person_takes_no_key(world: World, name: str) -> None:
    case, scope = await CASES[name](world), rpcs()[name].policy.scope
    if scope in KEY_SCOPES:
        _, key = await world.key(world.admin, scope)
        await refused(world, name, case, key, "SESSION_REQUIRED")


@pytest.mark.parametrize("name", OF_A_RESOURCE)
async def test_what_belongs_to_another_is_answered_like_what_never_was(world: World, name: str) -> None:
    case = await CASES[name](world)
    field = rpcs()[name].policy.resource_field
    theirs = str(getattr(case.requests[0], field))
    never = unknown(theirs)
    for stranger in (world.bob, world.admin):
        found = await asked(world, name, case, stranger, field, theirs)
        absent = await asked(world, name, case, stranger, field, never)
        assert found.code == "NOT_FOUND", found
        assert found.reason.endswith("_NOT_FOUND")
        assert found.without(theirs) == absent.without(never)
    assert (await world.call(name, case.requests, rightful(world, name, case))).code == "OK"


@pytest.mark.parametrize("name", sorted(rpcs()))
async def test_the_rightful_caller_is_served(world: World, name: str) -> None:
    case = await CASES[name](world)
    answer = await world.call(name, case.requests, rightful(world, name, case))
    assert answer.code == "OK", answer


async def refused(world: World, name: str, case: Case, credential: Credential, reason: str) -> None:
    answer = await world.call(name, case.requests, credential)
    assert (answer.code, answer.reason) == ("PERMISSION_DENIED", reason), answer


async def asked(world: World, name: str, case: Case, person: Person, field: str, resource_id: str) -> Answer:
    first: Message = type(case.requests[0])()
    first.CopyFrom(case.requests[0])
    setattr(first, field, resource_id)
    return await world.call(name, [first, *case.requests[1:]], person.signed)


def unknown(resource_id: str) -> str:
    """An id of the same form that was never given."""
    last = "a" * 6
    return resource_id[:-6] + (last if resource_id[-6:] != last else "b" * 6)
