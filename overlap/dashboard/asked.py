"""What was typed or linked where an audience is asked for, and what it may be as well."""

from __future__ import annotations

from overlap import expressions
from overlap.dashboard.data import Opened
from overlap.dashboard.state import Note
from overlap.dashboard.texts import text
from overlap.expressions import Audience, Doubt, Expression
from overlap.insights import wording


def spelled(opened: Opened, wanted: str) -> Expression:
    """Return the tree of what was typed; raises UsageError where it is no expression.

    Who types a name need not know that an expression would want quotes around it.
    """
    named = any(wanted in names for names in opened.panel.known.values())
    return Audience(None, wanted) if named else expressions.parse(wanted)


def read(opened: Opened, wanted: str, language: str) -> tuple[Expression, list[Note]]:
    """Return the audiences of what was typed, and a note on each name that may be another one.

    Raises UsageError as `Panel.resolve` does.
    """
    tree = spelled(opened, wanted)
    return opened.panel.resolve(tree), notes(opened, tree, language)


def notes(opened: Opened, tree: Expression, language: str) -> list[Note]:
    """Return a note on each bare name of a tree that may be another audience as well."""
    return [note(opened, doubt, language) for doubt in expressions.doubts(tree, opened.panel.known)]


def note(opened: Opened, doubt: Doubt, language: str) -> Note:
    """Say which audience a name was read as, and which it may also be."""
    others = text("name_in_doubt_or", language).join(
        _sized(opened, audience, language) for audience in doubt.others
    )
    taken = _sized(opened, doubt.taken, language)
    return Note("name_in_doubt", {"name": doubt.name, "taken": taken, "others": others})


def _sized(opened: Opened, audience: Audience, language: str) -> str:
    users = opened.panel.size(Audience(audience.kind, audience.name)).value
    if users < opened.policy.display_floor:
        return str(audience)
    shown = wording.users(users, language)
    return text("name_in_doubt_users", language, name=str(audience), users=shown)
