"""Whom a tab is about: an expression of the link, or the category and the opening of the bar."""

from __future__ import annotations

from dataclasses import dataclass, replace

from overlap.dashboard import asked as asking
from overlap.dashboard import data, session
from overlap.dashboard.data import CATEGORY, INTEREST
from overlap.dashboard.pages.demand import ask, words
from overlap.dashboard.parts import empty, notes, picker
from overlap.dashboard.state import View
from overlap.dashboard.texts import text
from overlap.expressions import And, Audience, Expression, to_text
from overlap.expressions.tree import pieces
from overlap.insights.anchors import display_floor
from overlap.members import ALL_PERIODS
from overlap.model import UNIVERSE_KIND, OverlapError, Window
from overlap.workspace import spell_out

OF = "of"


@dataclass(frozen=True, slots=True)
class Subject:
    """A segment that is looked at; `category` is the one all of it lies in, `rest` the others.

    Where there is no such category, `rest` is the segment itself.
    """

    tree: Expression
    category: Audience | None
    rest: Expression

    @property
    def expression(self) -> str:
        """The segment as text that a link carries."""
        return to_text(self.tree)


def readable(tree: Expression) -> str:
    """Return an expression with audiences by their names alone."""
    said = []
    for piece, audience in pieces(tree):
        if audience is None:
            said.append(piece)
        else:
            more = f" ≥{audience.at_least}" if audience.at_least > 1 else ""
            said.append(audience.name + more)
    return "".join(said)


def called(tree: Expression, language: str) -> str:
    """Return a segment's name in a sentence: quoted in Chinese, everybody by a word."""
    if isinstance(tree, Audience) and tree.kind == UNIVERSE_KIND:
        return text("everyone", language)
    return f"「{readable(tree)}」" if language == "zh" else readable(tree)


def default(opened: data.Opened, view: View) -> Expression | None:
    """Return whom to look at where the link names nobody: category & opening, or the category."""
    interest = view.opening
    known = interest is not None and interest in opened.panel.known.get(INTEREST, {})
    parts: list[Expression] = []
    if view.category is not None:
        parts.append(Audience(CATEGORY, view.category))
    if known and interest is not None:
        parts.append(Audience(INTEREST, interest))
    if not parts:
        return None
    return parts[0] if len(parts) == 1 else And(tuple(parts))


def asked(opened: data.Opened, view: View) -> str | None:
    """Return the expression that is looked at as text, None where there is none."""
    named = view.asked.get(OF)
    if named is not None:
        return named
    tree = default(opened, view)
    return None if tree is None else to_text(tree)


def choose(opened: data.Opened, view: View) -> None:
    """Show the box that chooses whom to look at."""
    picker.one(
        text("demand_of", view.language),
        asked(opened, view),
        opened,
        view,
        key="demand_of",
        on_change=lambda value: session.ask(**{OF: value}),
        help=text("demand_of_help", view.language),
    )


def subject(opened: data.Opened, view: View, window: Window) -> Subject | None:
    """Return whom to look at; where that cannot be shown, say why and let another be chosen.

    `window` is the time in which there have to be enough of them.
    """
    found = _resolved(opened, view, window)
    if found is None:
        choose(opened, view)
    return found


def _resolved(opened: data.Opened, view: View, window: Window) -> Subject | None:
    language, wanted = view.language, asked(opened, view)
    if wanted is None:
        empty.message(text("demand_nobody_asked", language), text("demand_of_help", language))
        return None
    try:
        tree = told(opened, wanted, view)
    except OverlapError as error:
        empty.failure(text("demand_unknown", language, wanted=wanted), error, language)
        return None
    users = data.once(opened, ask.size, to_text(tree), window)
    floor = display_floor(opened.policy, None)
    name = called(tree, language)
    if users.value <= 0:
        empty.message(
            text("demand_empty", language, name=name),
            own_window(view),
            text("demand_empty_cure", language),
        )
        words.whole_time(view)
        return None
    if users.value < floor:
        empty.message(
            text("demand_below_floor", language, name=name, floor=f"{floor:,}"),
            own_window(view),
            text("demand_below_floor_cure", language),
        )
        words.whole_time(view)
        return None
    return _parted(tree)


def read(opened: data.Opened, wanted: str, window: Window) -> tuple[Expression, Window]:
    """Return whom a link's text means and the window it is asked for in.

    A plain name is the audience it is: who types one need not know of quotes. `@name` is the saved
    segment, in its own window where the whole time is asked for. Raises what names that are not
    there raise, and a workspace that cannot be read.
    """
    tree, window = _written(opened, wanted, window)
    return opened.panel.resolve(tree), window


def told(opened: data.Opened, wanted: str, view: View) -> Expression:
    """Return whom a link's text means as `read` does, and say what else a name in it may mean."""
    written, _ = _written(opened, wanted, view.window)
    tree = opened.panel.resolve(written)
    for note in asking.notes(opened, written, view.language):
        notes.one(note, view.language)
    return tree


def _written(opened: data.Opened, wanted: str, window: Window) -> tuple[Expression, Window]:
    if not any(wanted in names for names in opened.panel.known.values()):
        window, wanted, _ = spell_out(opened.path, window, wanted)
    return asking.spelled(opened, wanted), window


def in_own_window(opened: data.Opened, view: View) -> View:
    """Return a view in the window that its saved segments were kept with, where it has none.

    `own_window` says so. What cannot be read is said where it is looked up.
    """
    wanted = view.asked.get(OF)
    if wanted is None or view.window != ALL_PERIODS:
        return view
    try:
        _, window = read(opened, wanted, view.window)
    except OverlapError:
        return view
    return replace(view, start=window.start, end=window.end)


def own_window(view: View) -> str:
    """Say that numbers are of another window than that of the bar, nothing where they are not."""
    same = session.kept().window == view.window
    return "" if same else text("demand_own_window", view.language)


def _parted(tree: Expression) -> Subject:
    if isinstance(tree, And):
        found = [part for part in tree.operands if _is_category(part)]
        if len(found) == 1:
            others = tuple(part for part in tree.operands if part != found[0])
            rest = others[0] if len(others) == 1 else And(others)
            category = found[0]
            assert isinstance(category, Audience)
            return Subject(tree, category, rest)
    return Subject(tree, None, tree)


def _is_category(tree: Expression) -> bool:
    return isinstance(tree, Audience) and tree.kind == CATEGORY and tree.at_least == 1
