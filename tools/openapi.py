"""The OpenAPI document as the bridge serves it: what the plugins make of proto/, and what only the bridge knows.

The plugin takes paths, bodies and comments from the contract. It does not know of policies, of headers, nor of what
the bridge serves beside the contract (sessions, media, uploads): those come from the descriptors and from the overlay.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final, TypeAlias

import yaml

from tintype.v1 import policy_pb2

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"
Node: TypeAlias = dict[str, "Json"]

PACKAGE: Final = "tintype.v1."
INTERNAL: Final = "internal"
IF_MATCH: Final[Node] = {"$ref": "#/components/parameters/IfMatch"}
ETAG: Final[Node] = {"$ref": "#/components/headers/ETag"}


def documented(merged: Node, overlay: Path) -> Node:
    """The whole document. Fails where two RPCs share a name: it becomes the operationId."""
    document = _short_names(merged)
    policies = dict(_policies())
    paths = _node(document["paths"])
    for operation in _operations(paths):
        _complete(operation, policies)
    names = [str(operation["operationId"]) for operation in _operations(paths)]
    if len(names) != len(set(names)):
        raise SystemExit("two operations of the contract share a name")
    for operation in _operations(paths):
        _answer_with_etag(operation, _node(_node(document["components"])["schemas"]))
    return _laid_over(document, yaml.safe_load(overlay.read_text("utf-8")))


def _short_names(document: Node) -> Node:
    """One package, so its name says nothing: tintype.v1.Photo becomes Photo."""
    text = json.dumps(document).replace(f"#/components/schemas/{PACKAGE}", "#/components/schemas/")
    short: Node = json.loads(text)
    components = _node(short["components"])
    components["schemas"] = {
        name.removeprefix(PACKAGE): schema for name, schema in _node(components["schemas"]).items()
    }
    return short


def _policies() -> Iterator[tuple[str, policy_pb2.Policy]]:
    folder = Path(policy_pb2.__file__).parent
    for path in sorted(folder.glob("*_pb2.py")):
        services = importlib.import_module(f"tintype.v1.{path.stem}").DESCRIPTOR.services_by_name
        for service in services.values():
            for method in service.methods:
                yield f"{service.name}_{method.name}", method.GetOptions().Extensions[policy_pb2.policy]


def _operations(paths: Node) -> Iterator[Node]:
    for item in paths.values():
        for operation in _node(item).values():
            yield _node(operation)


def _complete(operation: Node, policies: Mapping[str, policy_pb2.Policy]) -> None:
    """The RPC's name as its id, a summary of one sentence, who may call it, and the headers for an etag."""
    rpc, _, binding = str(operation["operationId"]).partition("_")[2].partition("_")
    policy = policies["_".join(str(operation["operationId"]).split("_")[:2])]
    operation["operationId"] = rpc + ("ByQuery" if binding else "")
    comment = " ".join(str(operation.pop("summary", "")).split())
    summary, _, more = comment.partition(". ")
    needs = "Anybody may call it." if policy.public else f"Needs the scope `{policy.scope}`."
    needs += " API keys are refused." if policy.session_only else ""
    operation["summary"] = summary.rstrip(".").removeprefix(f"{rpc} ").capitalize()
    operation["description"] = "\n\n".join(filter(None, [more, needs, str(operation.get("description", ""))]))
    if policy.public:
        operation["security"] = []
    _take_etag_by_header(operation)


def _take_etag_by_header(operation: Node) -> None:
    parameters = _list(operation.get("parameters", []))
    named = {str(_node(each)["name"]): _node(each) for each in parameters}
    if "updateMask" in named:  # the bridge makes it from the keys of the body
        named["updateMask"].pop("required", None)
        named["updateMask"]["description"] = (
            "The fields to set, separated by commas; the keys of the body where left out."
        )
    if "etag" in named or "etag" in _body_fields(operation):
        operation["parameters"] = [*parameters, dict(IF_MATCH)]


def _body_fields(operation: Node) -> Node:
    content = _node(_node(operation.get("requestBody", {})).get("content", {}))
    schema = _node(_node(content.get("application/json", {})).get("schema", {}))
    return _node(schema.get("properties", {}))


def _answer_with_etag(operation: Node, schemas: Node) -> None:
    answer = _node(_node(operation["responses"]).get("200", {}))
    schema = _node(_node(_node(answer.get("content", {})).get("application/json", {})).get("schema", {}))
    named = str(schema.get("$ref", "")).rpartition("/")[2]
    if "etag" in _node(_node(schemas.get(named, {})).get("properties", {})):
        answer["headers"] = {"ETag": dict(ETAG)}


def _laid_over(base: Node, overlay: Node) -> Node:
    """Objects are merged; a list of the overlay is appended to the one below; null takes a key away."""
    merged = dict(base)
    for key, value in overlay.items():
        below = merged.get(key)
        if value is None:
            merged.pop(key, None)
        elif isinstance(value, dict) and isinstance(below, dict):
            merged[key] = _laid_over(below, value)
        elif isinstance(value, list) and isinstance(below, list):
            merged[key] = [*below, *value]
        else:
            merged[key] = value
    return merged


def _node(value: Json) -> Node:
    if not isinstance(value, dict):
        raise TypeError(f"an object was expected, not {value!r}")
    return value


def _list(value: Json) -> list[Json]:
    if not isinstance(value, list):
        raise TypeError(f"a list was expected, not {value!r}")
    return value
