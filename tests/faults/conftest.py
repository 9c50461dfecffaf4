"""The table of what the scenarios did."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from tests.faults.ledger import Row, table
from tests.faults.owner import Owner

ROWS = pytest.StashKey[list[Row]]()


@pytest.fixture(autouse=True)
def row(request: pytest.FixtureRequest) -> Iterator[None]:
    """Of a scenario in which somebody was promised something."""
    Owner.everybody.clear()
    begun = time.monotonic()
    yield
    if Owner.everybody:
        done = Row.of(request.node.name, time.monotonic() - begun, Owner.everybody)
        request.config.stash.setdefault(ROWS, []).append(done)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if rows := config.stash.get(ROWS, []):
        terminalreporter.section("faults")
        terminalreporter.write("\n".join(table(rows)) + "\n")
