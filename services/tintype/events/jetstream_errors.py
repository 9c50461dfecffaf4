"""The errors of nats-py as those of the port."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import nats.errors
from nats.js.errors import APIError

from tintype.events.ports import StreamFull, StreamUnavailable

# The server's own numbers (nats-server, server/errors.json).
STORE_FAILED: Final = 10077  # "maximum bytes exceeded", or the disk is full
NO_STORAGE: Final = 10047
WRONG_LAST_SEQUENCE: Final = 10071
MESSAGE_NOT_DELETED: Final = 10057  # it is not there; as code 500


@contextmanager
def stream_errors() -> Iterator[None]:
    """Turn what nats-py raises into the errors of the port, but for the answers that the caller knows what to do with.

    Those pass as APIError: they say something of a stream, a consumer or a message, not of the server.
    """
    try:
        yield
    except APIError as error:
        if error.err_code in (STORE_FAILED, NO_STORAGE):
            raise StreamFull("no room is left for the stream") from error
        away = error.code is None or error.code == 429 or error.code >= 500
        if away and error.err_code != MESSAGE_NOT_DELETED:
            raise StreamUnavailable("the stream does not answer", dependency="events") from error
        raise
    except (TimeoutError, nats.errors.Error, OSError) as error:
        raise StreamUnavailable("the stream does not answer", dependency="events") from error
