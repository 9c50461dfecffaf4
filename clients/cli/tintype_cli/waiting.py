"""Waiting for operations, with a bar."""

from __future__ import annotations

from contextlib import suppress

from tintype.v1 import operation_pb2
from tintype_cli import describe
from tintype_cli.bars import plain_bar
from tintype_cli.exits import Exit, Stop
from tintype_cli.terminal import Terminal, json_of
from tintype_sdk import Client
from tintype_sdk.errors import NotFound, Unauthenticated

_ENDED = (
    operation_pb2.OPERATION_STATE_SUCCEEDED,
    operation_pb2.OPERATION_STATE_FAILED,
    operation_pb2.OPERATION_STATE_CANCELLED,
)


async def finish(
    client: Client,
    out: Terminal,
    operation: operation_pb2.Operation,
    *,
    wait: bool = True,
    closes_account: bool = False,
) -> None:
    """Follow an operation to its end and say how it ended. Raises Stop if it failed.

    One that closes the account takes away the right to watch before it ends; then the last that was seen is told.
    """
    if wait:
        with plain_bar(out) as bar, suppress(*(Unauthenticated, NotFound) if closes_account else ()):
            task = bar.add_task(describe.operation_kind(operation), total=None)
            async for seen in client.operations.watch(operation.operation_id):
                operation, progress = seen, seen.progress
                bar.update(task, completed=progress.done, total=progress.total or None)
    if out.as_json:
        out.json(json_of(operation))
    elif operation.state in _ENDED:
        progress_text = describe.operation_progress(operation)
        out.say(f"{describe.operation_kind(operation)}: {describe.operation_state(operation)} {progress_text}".strip())
    elif closes_account:
        out.say("The account is closed. What is left of its photos goes within moments.")
    else:
        out.say(f"Started. Follow it with: tintype operations watch {operation.operation_id}")
    if operation.state == operation_pb2.OPERATION_STATE_FAILED:
        raise Stop(f"The operation failed: {operation.error or 'the server has the reason in its log'}.")
    if operation.state == operation_pb2.OPERATION_STATE_CANCELLED:
        raise Stop("The operation was cancelled; what it did stays.", Exit.FAILED)
