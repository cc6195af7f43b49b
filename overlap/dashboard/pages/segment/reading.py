"""The text of a segment as it was typed, and what of it can be counted. Knows no widgets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from overlap import expressions
from overlap.dashboard import data
from overlap.expressions import And, Audience, Expression, Minus, Or, fold, parse
from overlap.expressions.tree import pieces
from overlap.model import OverlapError, UsageError, Window
from overlap.workspace import mentions, replaced, spell_out

SAVED = "@"
"""The kind that a saved segment has while its name stands in a tree; no store has such a kind."""
MARK = f'"{SAVED}":'
"""How such a name begins in the text that the parser reads."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A text, the tree it was read as, and what is counted for it.

    `tree` keeps the names of saved segments (audiences of the kind SAVED) and is None where the
    text cannot be read; `spelled` has their expressions and is None where it cannot be counted,
    for which `error` is the reason. `window` is that of the saved segments where none was asked.
    """

    text: str
    window: Window
    tree: Expression | None = None
    spelled: Expression | None = None
    error: OverlapError | None = None

    @property
    def counted(self) -> str:
        """The text that answers are asked for with."""
        assert self.spelled is not None
        return expressions.to_text(self.spelled)


def read(opened: data.Opened, text: str, window: Window) -> Reading:
    """Read a text over a store and its workspace; mistakes are in the reading, none is raised."""
    known = opened.panel.known
    try:
        tree = read_tree(text)
    except OverlapError as error:
        return Reading(text, window, error=error)
    saved = {leaf.name for leaf in expressions.leaves(tree) if leaf.kind == SAVED}
    try:
        tree = expressions.resolve(tree, {**known, SAVED: saved} if saved else known)
        if mentions(text):
            window, text_spelled, _ = spell_out(opened.path, window, text)
            return Reading(text, window, tree, opened.panel.resolve(text_spelled))
    except OverlapError as error:
        return Reading(text, window, tree, error=error)
    return Reading(text, window, tree, tree)


def read_tree(text: str) -> Expression:
    """Return the tree of a text; raises UsageError that points at the place."""
    if not mentions(text):
        return parse(text)
    return parse(replaced(text, lambda name: str(Audience(SAVED, name))))


def written(tree: Expression) -> str:
    """Return the text of a tree, saved segments by their names."""
    return "".join(
        f"@{Audience(None, leaf.name, leaf.at_least)}"
        if leaf is not None and leaf.kind == SAVED
        else piece
        for piece, leaf in pieces(tree)
    )


def typed(opened: data.Opened, text: str) -> Expression:
    """Return what somebody means who types a text where an audience is asked for.

    A name needs no quotes, whatever it holds; what is no expression is taken for a name.
    """
    text = text.strip()
    kinds = [kind for kind, names in opened.panel.known.items() if text in names]
    if len(kinds) == 1:
        return Audience(kinds[0], text)
    try:
        return read_tree(text)
    except UsageError:
        return Audience(None, text)


def exchanged(tree: Expression, change: Callable[[Audience], Expression]) -> Expression:
    """Return a tree with each audience replaced by what `change` makes of it."""
    return fold(
        tree, change, lambda parts: And(tuple(parts)), lambda parts: Or(tuple(parts)), Minus
    )
