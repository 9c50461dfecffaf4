"""Any RPC that has a route, called by REST: its request as an address, a query and a body, as the contract says."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias
from urllib.parse import quote

import aiohttp
import grpc
from google.api import annotations_pb2, http_pb2
from google.protobuf.json_format import MessageToDict, ParseDict
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from tests.isolation.calls import Answer, Credential, Rpc

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"
VARIABLE: Final = re.compile(r"\{([a-z_]+)\}")
CODES: Final = {int(code.value[0]): code.name for code in grpc.StatusCode}


@dataclass(frozen=True)
class Route:
    method: str
    template: str
    body: str
    response_body: str

    @property
    def variables(self) -> list[str]:
        return VARIABLE.findall(self.template)


def route_of(rpc: Rpc) -> Route | None:
    """None for what has no route, and for streams, which are no plain calls."""
    options = rpc.method.GetOptions()
    if not options.HasExtension(annotations_pb2.http) or rpc.method.server_streaming:
        return None
    rule: http_pb2.HttpRule = options.Extensions[annotations_pb2.http]
    method = str(rule.WhichOneof("pattern"))
    return Route(method.upper(), str(getattr(rule, method)), rule.body, rule.response_body)


async def call(
    session: aiohttp.ClientSession, base: str, rpc: Rpc, route: Route, request: Message, credential: Credential
) -> Answer:
    """What it answers, in the words of gRPC."""
    fields: dict[str, Json] = MessageToDict(request, preserving_proto_field_name=True)
    path = VARIABLE.sub(lambda found: quote(str(fields.pop(found[1], "")), safe=""), route.template)
    body: Json = None
    if route.body == "*":
        body, fields = fields, {}
    elif route.body:
        body = fields.pop(route.body, {})
    if "update_mask" in fields:
        fields["update_mask"] = ",".join(list(request.update_mask.paths))  # type: ignore[attr-defined]
    query = list(_flat(fields, ""))
    answer = await session.request(
        route.method, base + path, params=query, json=body, headers=dict(credential), skip_auto_headers=["User-Agent"]
    )
    async with answer:
        return _read(rpc, route, answer.status, await answer.read())


def _flat(value: Json, name: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for key, each in value.items():
            yield from _flat(each, f"{name}.{key}" if name else key)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for each in value:
            yield from _flat(each, name)
    else:
        yield name, json.dumps(value) if isinstance(value, bool | int | float) else str(value)


def _read(rpc: Rpc, route: Route, status: int, body: bytes) -> Answer:
    said = json.loads(body)
    if status == 200:
        wrapped = {route.response_body: said} if route.response_body else said
        return Answer("OK", messages=(ParseDict(wrapped, GetMessageClass(rpc.method.output_type)()),))
    info: dict[str, str | dict[str, str]] = next(
        (each for each in said.get("details", []) if each["@type"].endswith("google.rpc.ErrorInfo")), {}
    )
    metadata = info.get("metadata", {})
    assert isinstance(metadata, dict)
    pairs = tuple(sorted(metadata.items()))
    return Answer(CODES[said["code"]], str(info.get("reason", "")), said["message"], pairs, len(body))
