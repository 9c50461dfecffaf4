"""What the linters cannot say of this repository's files."""

from __future__ import annotations

import ast
import importlib
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

import pytest
from google.protobuf.descriptor import FileDescriptor

from tintype.kit.log import HIDDEN, redact
from tintype.v1 import error_reason_pb2

ROOT: Final = Path(__file__).resolve().parents[2]
GENERATED: Final = ("services/tintype/v1/", "services/buf/")

MOST_FILE_LINES: Final = 300
MOST_BODY_LINES: Final = 40  # without the signature: the options of a command are a table
MOST_HANDLER_LINES: Final = 20
LONG_FILES: Final = frozenset(
    {
        "tools/make_demo_pictures.py",  # one scene after the other, run once
    }
)
# Where errors of any kind end: calls, deliveries, writes and sweeps of others must not suffer from one.
CATCHES_ALL: Final = (
    "services/tintype/kit/",
    "services/tintype/events/consumer.py",
    "services/tintype/events/handling.py",
    "deploy/native/sources/triton/",  # an error that left a model would end the server's process for it
)
LOGGING: Final = {
    "services/tintype/kit/log.py",
    "services/tintype/search/adapters/elasticsearch/connection.py",  # silences the driver
}
LEVELS: Final = ("_log.debug", "_log.info", "_log.warning", "_log.error")
IN_BATCHES_ONLY: Final = frozenset({"TrashPhoto", "RestorePhoto"})  # the SDK takes lists of photos here

GO_FUNCTION: Final = re.compile(r"^func [^\n]*(?:\n.*?)?^\}", re.MULTILINE | re.DOTALL)

EVENT: Final = re.compile(r"[a-z0-9]+(?:_[a-z0-9]+)*")

NEVER_IN_CODE: Final = re.compile(
    r"mock\.patch|time\.sleep\(|\bNotImplementedError\b|\b(?:TO)(?:DO)\b|\b(?:FIX)(?:ME)\b"
)
OF_A_MACHINE: Final = re.compile(r"(?<![\w./}-])/(?:work|root|tmp|Users)/\w")
REGISTRY: Final = re.compile(
    r"pypi\.org|pythonhosted\.org|registry\.npmjs|registry\.yarnpkg|proxy\.golang\.org|crates\.io|repo1?\.maven"
)


@cache
def committed() -> tuple[str, ...]:
    """The files of the repository, by their path in it."""
    if not (ROOT / ".git").exists():
        pytest.skip("this is no clone: git does not say which files are ours")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True).stdout
    return tuple(name for name in listed.split("\0") if name and (ROOT / name).is_file())


@cache
def texts() -> dict[str, str]:
    """Those that are text."""
    found = {}
    for name in committed():
        data = (ROOT / name).read_bytes()
        if b"\0" not in data[:8192]:
            found[name] = data.decode()
    return found


def code(*tops: str) -> dict[str, str]:
    """Our Python files below these folders; what is generated is not ours."""
    return {
        name: text
        for name, text in texts().items()
        if name.endswith(".py") and name.startswith(tops) and not name.startswith(GENERATED)
    }


def product() -> dict[str, str]:
    return code("services/", "clients/", "tools/", "deploy/")


def functions(text: str) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def lines_of(first: ast.stmt, last: ast.stmt) -> int:
    return (last.end_lineno or last.lineno) - first.lineno + 1


def test_files_are_short() -> None:
    long = {name for name, text in product().items() if text.count("\n") > MOST_FILE_LINES}
    assert long == LONG_FILES


def test_functions_are_short() -> None:
    long = {
        f"{name}:{function.name}"
        for name, text in product().items()
        for function in functions(text)
        if lines_of(function.body[0], function.body[-1]) > MOST_BODY_LINES
    }
    assert long == set()


def test_go_keeps_the_same_budgets() -> None:
    bridge = {
        name: text
        for name, text in texts().items()
        if name.startswith("services/gateway/") and "/gen/" not in name and name.endswith(".go")
        if not name.endswith("_test.go")
    }
    assert len(bridge) > 20
    assert {name for name, text in bridge.items() if text.count("\n") > MOST_FILE_LINES} == set()
    found = [(name, function) for name, text in bridge.items() for function in GO_FUNCTION.findall(text)]
    assert len(found) > 100
    assert [f"{name}: {each[:60]}" for name, each in found if each.count("\n") - 1 > MOST_BODY_LINES] == []


def test_handlers_only_convert() -> None:
    long = [
        f"{name}:{method.name}"
        for name, text in code("services/").items()
        if "/handlers" in name
        for kind in ast.walk(ast.parse(text))
        if isinstance(kind, ast.ClassDef) and kind.name.endswith("Handlers")
        for method in kind.body
        if isinstance(method, ast.FunctionDef | ast.AsyncFunctionDef) and lines_of(method, method) > MOST_HANDLER_LINES
    ]
    assert long == []


def test_errors_are_caught_by_their_name() -> None:
    """Only to clean up and raise again may anything be caught elsewhere."""
    caught = [
        f"{name}:{node.lineno}"
        for name, text in (product() | code("tests/")).items()
        if not name.startswith(CATCHES_ALL)
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.ExceptHandler) and catches_all(node) and not raises_again(node)
    ]
    assert caught == []


def catches_all(handler: ast.ExceptHandler) -> bool:
    if handler.type is None:
        return True
    return bool({"Exception", "BaseException"} & {n.id for n in ast.walk(handler.type) if isinstance(n, ast.Name)})


def raises_again(handler: ast.ExceptHandler) -> bool:
    return any(isinstance(node, ast.Raise) and node.exc is None for node in handler.body)


def test_code_is_finished_and_tests_neither_sleep_nor_patch() -> None:
    found = {name: NEVER_IN_CODE.findall(text) for name, text in (product() | code("tests/")).items()}
    found.pop("tests/unit/test_house_rules.py", None)
    assert {name: words for name, words in found.items() if words} == {}


def test_services_log_by_log_of() -> None:
    assert {
        name
        for name, text in code("services/").items()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Import | ast.ImportFrom) and {"logging", "structlog"} & tops_of(node)
    } == LOGGING


def tops_of(node: ast.Import | ast.ImportFrom) -> set[str]:
    modules = [node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]
    return {module.partition(".")[0] for module in modules}


def test_what_is_logged_is_an_event_in_snake_case_and_fields_that_can_be_read() -> None:
    calls = [(f"{name}:{call.lineno}", call) for name, text in code("services/").items() for call in logged(text)]
    assert len(calls) > 50
    assert [where for where, call in calls if not names_an_event(call)] == []
    fields = {(where, keyword.arg) for where, call in calls for keyword in call.keywords if keyword.arg}
    assert {field for field in fields if redact(None, "", {field[1]: "shown"})[field[1]] == HIDDEN} == set()


def logged(text: str) -> Iterator[ast.Call]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and ast.unparse(node.func).removeprefix("self.").startswith(LEVELS):
            yield node


def names_an_event(call: ast.Call) -> bool:
    """One text, or one of two."""
    if len(call.args) != 1 or not isinstance(call.args[0], ast.Constant | ast.IfExp):
        return False
    return all(EVENT.fullmatch(str(node.value)) for node in ast.walk(call.args[0]) if isinstance(node, ast.Constant))


@pytest.mark.parametrize("pattern", [OF_A_MACHINE, REGISTRY], ids=["paths of a machine", "package registries"])
def test_committed_files_say_nothing_of(pattern: re.Pattern[str]) -> None:
    found = {name: pattern.findall(text) for name, text in texts().items()}
    assert {name: words for name, words in found.items() if words} == {}


def test_lock_files_hold_hashes_and_no_addresses() -> None:
    assert "://" not in texts()["requirements.lock"]
    assert "--hash=sha256:" in texts()["requirements.lock"]
    assert '"resolved"' not in texts()["package-lock.json"]
    assert '"integrity"' in texts()["package-lock.json"]


def test_every_reason_of_the_contract_is_given_by_somebody() -> None:
    strings = {
        node.value
        for text in code("services/").values()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    reasons = {value.name for value in error_reason_pb2.ErrorReason.DESCRIPTOR.values if value.number}
    assert len(reasons) > 30
    unsaid = {reason for reason in reasons if reason.removeprefix("ERROR_REASON_") not in strings}
    gateway = "".join(file.read_text() for file in (ROOT / "services/gateway/internal").rglob("*.go"))
    assert {reason for reason in unsaid if reason not in gateway} == set()


def test_every_rpc_is_in_the_sdk() -> None:
    sdk = "\n".join(code("clients/python/").values())
    called = set(re.findall(r"\._(?:stub|accounts)\.(\w+)", sdk))
    rpcs = {
        method.name
        for file in (ROOT / "proto" / "tintype" / "v1").glob("*_service.proto")
        for service in contract(file.stem).services_by_name.values()
        if not service.name.endswith("InternalService")
        for method in service.methods
    }
    assert len(rpcs) > 60
    assert rpcs - called == IN_BATCHES_ONLY


def contract(name: str) -> FileDescriptor:
    descriptor = importlib.import_module(f"tintype.v1.{name}_pb2").DESCRIPTOR
    assert isinstance(descriptor, FileDescriptor)
    return descriptor
