"""Saved segments: kept in a database beside the store or elsewhere, compared, found by @name.

SQLAlchemy is loaded when a workspace is opened, not before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from overlap.workspace.addresses import FILE, SETTING, choose
from overlap.workspace.comparing import (
    COMPARISON_TABLE,
    SEGMENTS_TABLE,
    Change,
    Verdict,
    between,
    change,
    compare,
    listing,
    revisit,
)
from overlap.workspace.drafts import draft, redraft, segment_key
from overlap.workspace.opening import PATIENCE, open_workspace
from overlap.workspace.records import (
    Action,
    ConflictError,
    Draft,
    NameTakenError,
    SavedSegment,
    Version,
)
from overlap.workspace.references import Found, find, mentions, replaced
from overlap.workspace.spelling import spell_out

if TYPE_CHECKING:
    from overlap.workspace.segments import Workspace

__all__ = [
    "COMPARISON_TABLE",
    "FILE",
    "PATIENCE",
    "SEGMENTS_TABLE",
    "SETTING",
    "Action",
    "Change",
    "ConflictError",
    "Draft",
    "Found",
    "NameTakenError",
    "SavedSegment",
    "Verdict",
    "Version",
    "Workspace",
    "between",
    "change",
    "choose",
    "compare",
    "draft",
    "find",
    "listing",
    "mentions",
    "open_workspace",
    "redraft",
    "replaced",
    "revisit",
    "segment_key",
    "spell_out",
]


def __getattr__(name: str) -> Any:
    if name == "Workspace":
        from overlap.workspace.segments import Workspace

        return Workspace
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
