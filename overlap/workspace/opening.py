"""Opens a workspace; SQLAlchemy is loaded here and not before."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from overlap.workspace.addresses import locate

if TYPE_CHECKING:
    from overlap.workspace.segments import Workspace

PATIENCE = 10.0
"""Seconds to wait for somebody else's write."""


def open_workspace(place: Path | str, *, patience: float = PATIENCE) -> Workspace:
    """Open the workspace of a store's folder, of a file, or at a URL of SQLAlchemy.

    Nothing is made or asked before the first use. Raises UsageError for a URL that cannot be read
    and for a database driver that is not installed.
    """
    # Loading it takes longer than answering most questions that need no workspace.
    from overlap.workspace.database import Database
    from overlap.workspace.segments import Workspace

    return Workspace(Database(locate(place), patience))
