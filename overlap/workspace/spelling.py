"""Expressions as they were asked, with the saved segments they name put in."""

from __future__ import annotations

from pathlib import Path

from overlap.members import ALL_PERIODS
from overlap.model import UsageError, Window
from overlap.workspace.addresses import choose
from overlap.workspace.opening import open_workspace
from overlap.workspace.references import find, mentions


def spell_out(
    store: Path, window: Window, expression: str, *others: str | None
) -> tuple[Window, str, list[str | None]]:
    """Return the window to ask for and expressions without `@`, None staying None.

    No workspace is opened where none is needed. Where all periods are asked for, the window is the
    one that the named segments were saved with. Raises UsageError as `find` does, also where
    segments of two expressions have different windows.
    """
    texts = [expression, *(text for text in others if text is not None)]
    if not any(mentions(text) for text in texts):
        return window, expression, list(others)
    with open_workspace(choose(store)) as opened:
        asked = None if window == ALL_PERIODS else window
        found = [find(opened, text, asked) for text in texts]
    windows = list(dict.fromkeys(one.window for one in found if one.segments))
    if len(windows) > 1:
        raise UsageError(
            "the saved segments have different windows",
            where=", ".join(text for text in texts if mentions(text)),
            cure="give --from and --to",
        )
    first, *rest = (one.expression for one in found)
    spelled = iter(rest)
    return windows[0], first, [None if text is None else next(spelled) for text in others]
