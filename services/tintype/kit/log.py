"""Structured logs: an event name and fields, as JSON or for a person; never a secret, a file name or a place."""

from __future__ import annotations

import logging
import re
import sys
import traceback
from collections.abc import MutableMapping
from typing import Final, Protocol, TextIO

import structlog

HIDDEN: Final = "***"
_KEYS: Final = re.compile(
    r"pass(word|phrase|wd)|secret|token|authorization|api_?key$|cookie|credential$|signature|private"
    r"|file_?name|^path$|^url$|latitude|longitude|^place|address|^query$|^words$|caption",
    re.IGNORECASE,
)
# They write a line for each request; MongoDB's, at DEBUG, with what is stored in it.
_DRIVERS: Final = ("elastic_transport", "elasticsearch", "nats", "pymongo", "urllib3")
_TEXTS: Final = (
    re.compile(r"eyJ[\w-]+\.[\w-]+(\.[\w-]*)?"),  # a JSON Web Token
    re.compile(r"(?i)(?<=bearer )\S+"),
    re.compile(r"(?<=://)[^/\s@]+(?=@)"),  # user and password of a URL, or the token alone
    re.compile(r"(?<=/media/)[^\s/\"']+"),
)


class Log(Protocol):
    """As much of structlog's logger as we use: an event in snake case, and fields.

    One thing has one name. `error` is the class of an exception; one that nobody expected goes in as `exc_info`.
    `reason` is that of a DomainError; its message may hold what a caller sent, and stays out. `because` says why in
    words that nobody's input went into, such as an operating system's. `what` was being done. A count is named by what
    is counted.
    """

    def debug(self, event: str, **fields: object) -> None:
        """For those who look for a fault."""

    def info(self, event: str, **fields: object) -> None:
        """Something that happens."""

    def warning(self, event: str, **fields: object) -> None:
        """Something that a person should see."""

    def error(self, event: str, **fields: object) -> None:
        """Something that should not have happened."""


def log_of(name: str) -> Log:
    """The logger of a module; what it writes carries the request id of the call it works for."""
    logger: Log = structlog.stdlib.get_logger(name)
    return logger


def carry(**fields: str) -> None:
    """Put these into every line of the task that calls, and of those it starts."""
    structlog.contextvars.bind_contextvars(**fields)


def configure(*, level: str, form: str, stream: TextIO | None = None) -> None:
    """Send everything, also what libraries log, to one stream (standard error).

    Args:
        level: the name of the least important level that is written.
        form: json or console.
    """
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        exceptions_without_values,
        redact,
    ]
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    render: list[structlog.typing.Processor] = (
        [structlog.processors.JSONRenderer()]
        if form == "json"
        else [_frames_in_lines, structlog.dev.ConsoleRenderer(colors=False)]
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *render],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    for noisy in ("aiohttp.access", "grpc", "asyncio", *_DRIVERS):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def redact(logger: object, method: str, event: MutableMapping[str, object]) -> MutableMapping[str, object]:
    """Hide the values of fields whose names say that they hold a secret, and whatever looks like one in the others."""
    del logger, method
    for key, value in event.items():
        if key == "event" or not _KEYS.search(key):
            event[key] = _cleaned(value)
        elif value not in (None, "", HIDDEN):
            event[key] = HIDDEN
    return event


def exceptions_without_values(
    logger: object, method: str, event: MutableMapping[str, object]
) -> MutableMapping[str, object]:
    """Write of an exception its classes and where it came from: its message may repeat what a caller sent."""
    del logger, method
    given = event.pop("exc_info", None)
    if given is True:
        given = sys.exc_info()[1]
    elif isinstance(given, tuple):
        given = given[1]
    if isinstance(given, BaseException):
        event["error"], event["stack"] = described(given)
    return event


def _frames_in_lines(logger: object, method: str, event: MutableMapping[str, object]) -> MutableMapping[str, object]:
    """What writes for a person takes a stack for one text, and writes none of the line if it is not."""
    del logger, method
    if isinstance(frames := event.get("stack"), list):
        event["stack"] = "\n".join(f"  {frame}" for frame in frames)
    return event


def described(error: BaseException) -> tuple[str, list[str]]:
    """The classes of an exception and its causes, and the frames it came through."""
    classes: list[str] = []
    frames: list[str] = []
    cause: BaseException | None = error
    while cause is not None and len(classes) < 8:
        classes.append(f"{type(cause).__module__}.{type(cause).__qualname__}")
        frames += [f"{frame.name}:{frame.lineno} {_module(frame.filename)}" for frame in _frames(cause)]
        cause = cause.__cause__ or cause.__context__
    return " < ".join(classes), frames


def _frames(error: BaseException) -> list[traceback.FrameSummary]:
    return list(traceback.extract_tb(error.__traceback__))[-12:]


def _module(filename: str) -> str:
    return "/".join(filename.split("/")[-2:])


def _cleaned(value: object) -> object:
    if isinstance(value, str):
        for pattern in _TEXTS:
            value = pattern.sub(HIDDEN, value)
        return value
    if isinstance(value, dict):
        return {key: HIDDEN if _KEYS.search(str(key)) else _cleaned(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set):
        return [_cleaned(inner) for inner in value]
    return value
