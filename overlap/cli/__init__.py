"""The command line: `overlap build`, `overlap openings` and the rest."""

from __future__ import annotations

import sys

from overlap.cli import building, exchange, reading, serving, stores  # noqa: F401  (for commands)
from overlap.cli import export as _export  # noqa: F401  (export)
from overlap.cli import language as _language  # noqa: F401  (language)
from overlap.cli import needs as _needs  # noqa: F401  (needs, map)
from overlap.cli import regions as _regions  # noqa: F401  (regions)
from overlap.cli import segments as _segments  # noqa: F401  (profile, plan)
from overlap.cli import trends as _trends  # noqa: F401  (trends)
from overlap.cli import workspace as _workspace  # noqa: F401  (segments)
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
