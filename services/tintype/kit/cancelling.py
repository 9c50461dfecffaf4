"""Who cancelled: asyncio raises the same error where a task is told to stop and where something it awaits was."""

from __future__ import annotations

import asyncio


def told_to_stop() -> bool:
    """Whether somebody cancelled this task; else a CancelledError is of something that it awaited."""
    task = asyncio.current_task()
    return task is None or task.cancelling() > 0
