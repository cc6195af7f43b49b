"""The command line: `overlap build`, `overlap openings` and the rest."""

from __future__ import annotations

import sys

from overlap.cli import building, exchange, reading, serving, stores  # noqa: F401  (for commands)
from overlap.cli.app import app
from overlap.model import OverlapError

__all__ = ["app", "main"]

INTERRUPTED = 130


def main() -> None:
    """Run the command line; a mistake is one message on stderr and exit 1 or 2, no traceback."""
    try:
        app()
    except OverlapError as error:
        sys.stderr.write(f"overlap: {error}\n")
        sys.exit(error.exit_code)
    except SystemExit as stop:
        # The framework turns Ctrl-C into this code, without a word.
        if stop.code == INTERRUPTED:
            sys.stderr.write("overlap: interrupted; nothing was left half written\n")
        raise
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)
