"""From an expression over an open store to a segment that can be saved."""

from __future__ import annotations

from dataclasses import replace

from overlap.expressions import Expression, key, to_text
from overlap.members import ALL_PERIODS
from overlap.model import Window
from overlap.panel import Panel
from overlap.store import Store
from overlap.workspace.naming import clean_name, clean_note, system_user
from overlap.workspace.records import Draft, SavedSegment, contents


def draft(
    opened: Store,
    panel: Panel,
    expression: str | Expression,
    *,
    name: str,
    window: Window = ALL_PERIODS,
    note: str = "",
    owner: str | None = None,
) -> Draft:
    """Return a segment with its size in this store, ready to be saved.

    The owner is who sits at this machine unless given. Raises UsageError for an expression or a
    name that cannot be.
    """
    tree = panel.resolve(expression)
    return Draft(
        name=clean_name(name),
        expression=to_text(tree),
        key=segment_key(tree),
        window=window,
        note=clean_note(note),
        owner=owner or system_user(),
        store=str(opened.path.resolve()).encode("utf-8", "replace").decode("utf-8"),
        snapshot=opened.snapshot,
        users=panel.size(tree, window),
        floor=opened.policy.display_floor,
    )


def redraft(
    saved: SavedSegment,
    opened: Store,
    panel: Panel,
    expression: str | Expression | None = None,
    *,
    window: Window | None = None,
    note: str | None = None,
    owner: str | None = None,
) -> SavedSegment:
    """Return a saved segment changed and sized anew, ready for `Workspace.update`.

    What is not given stays as it was saved. Raises UsageError as `draft` does.
    """
    new = draft(
        opened,
        panel,
        saved.expression if expression is None else expression,
        name=saved.name,
        window=saved.window if window is None else window,
        note=saved.note if note is None else note,
        owner=owner or saved.owner,
    )
    return replace(saved, **contents(new))


def segment_key(tree: Expression) -> str:
    """Return the text by which equal segments are recognised, of an expression that is resolved."""
    return key(tree)
