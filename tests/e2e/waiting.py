"""Waiting for what happens in another process."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable


def until(condition: Callable[[], bool], *, timeout_s: float = 60) -> None:
    """Ask again until it holds; fails if it never does."""
    pause, deadline = threading.Event(), time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, f"it did not come true within {timeout_s:.0f} s"
        pause.wait(0.1)
