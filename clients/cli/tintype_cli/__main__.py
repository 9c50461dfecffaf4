"""The entry point: `tintype ...`, or `python -m tintype_cli ...`."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from tintype_cli.app import app
from tintype_cli.exits import Exit, Stop, failure_of
from tintype_cli.session import hoist
from tintype_cli.terminal import complain
from tintype_sdk.errors import TintypeError


def main(argv: Sequence[str] | None = None) -> None:
    """Run the command line; ends with an exit code of `Exit`, never with a traceback for what can be said plainly."""
    try:
        app(hoist(list(sys.argv[1:] if argv is None else argv)), prog_name="tintype")
    except Stop as stop:
        complain(stop.sentence)
        sys.exit(stop.code)
    except TintypeError as error:
        failure = failure_of(error)
        complain(failure.sentence)
        sys.exit(failure.code)
    except BrokenPipeError:
        sys.stderr.close()  # whoever read our output has seen enough
        sys.exit(Exit.OK)
    except OSError as error:
        complain(f"{error.filename or 'The system'}: {error.strerror or error}.")
        sys.exit(Exit.FAILED)


if __name__ == "__main__":
    main()
