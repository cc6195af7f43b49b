"""What is followed on the page of trends: a segment, in a category or not, and others beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from overlap.dashboard import data
from overlap.dashboard.data import CATEGORY
from overlap.dashboard.pages.demand import ask
from overlap.dashboard.pages.demand.subject import Subject, called, readable, told
from overlap.dashboard.pages.demand.trends_card import PENETRATION
from overlap.dashboard.parts import notes
from overlap.dashboard.state import Note, View
from overlap.dashboard.texts.errors import phrase
from overlap.expressions import Audience, parse, to_text
from overlap.model import OverlapError

MEASURE, BESIDE = "measure", "beside"
MOST_BESIDE = 3
BETWEEN = "\n"
"""Stands between expressions in a link; none has it inside."""
_INSIDE = ("overlap_users", "share_of_category", "tgi")
_PLAIN = ("users", "share")


@dataclass(frozen=True, slots=True)
class Question:
    """What is followed: `expression`, inside a standing category where there is one.

    `category` and `brand` are None where they play no part.
    """

    expression: str
    category: str | None
    brand: str | None
    baseline: str | None


def category_of(found: Subject, view: View) -> str | None:
    """Return the category that a segment is followed in: its own, else that of the bar."""
    if found.category is not None:
        return to_text(found.category)
    bar = None if view.category is None else Audience(CATEGORY, view.category)
    return None if bar is None or bar == found.tree else to_text(bar)


def measures_of(found: Subject, view: View) -> list[str]:
    """Return the measures a trend can be drawn in, those of the category first."""
    inside = _INSIDE if category_of(found, view) is not None else ()
    brand = (PENETRATION,) if view.brand is not None else ()
    return [*inside, *_PLAIN, *brand]


def measure_of(found: Subject, view: View, measures: Sequence[str]) -> str:
    """Return the measure that is asked for, or the one that suits a segment."""
    asked = view.asked.get(MEASURE)
    if asked in measures:
        return str(asked)
    return "overlap_users" if found.category is not None else "users"


def question_of(found: Subject, view: View, measure: str) -> Question:
    """Return what is followed to draw a measure of a segment."""
    category = category_of(found, view)
    within = category if measure not in _PLAIN else None
    tree = found.rest if within is not None and found.category is not None else found.tree
    brand = view.brand if measure == PENETRATION else None
    return Question(to_text(tree), within, brand, view.baseline)


def frame_of(opened: data.Opened, found: Subject, view: View, measure: str) -> pl.DataFrame:
    """Return the trend of a segment, to draw a measure of it."""
    q = question_of(found, view, measure)
    return data.once(
        opened, ask.trend_of, q.expression, q.category, q.brand, q.baseline, view.window
    )


def named(frame: pl.DataFrame, language: str) -> pl.DataFrame:
    """Return a trend with audiences by the names that a sentence calls them."""

    def renamed(column: str) -> pl.Expr:
        said = {
            expression: called(parse(expression), language)
            for expression in frame[column].unique().drop_nulls().to_list()
            if expression != "universe:all"
        }
        return pl.col(column).replace(said)

    return frame.with_columns(renamed("expression"), renamed("category"), renamed("baseline"))


def others_of(
    opened: data.Opened, found: Subject, view: View, measure: str
) -> list[tuple[str, pl.DataFrame]]:
    """Return the trends to compare with by name; say which cannot be shown."""
    out = []
    for wanted in beside_of(view)[:MOST_BESIDE]:
        try:
            tree = told(opened, wanted, view)
            other = Subject(tree, found.category, tree)
            out.append((readable(tree), frame_of(opened, other, view, measure)))
        except OverlapError as error:
            why = phrase(error.what, view.language)
            note = Note("demand_unknown_beside", {"wanted": wanted, "why": why})
            notes.one(note, view.language)
    return out


def beside_of(view: View) -> list[str]:
    """Return the expressions to compare with, as the link has them."""
    return [part for part in view.asked.get(BESIDE, "").split(BETWEEN) if part]
