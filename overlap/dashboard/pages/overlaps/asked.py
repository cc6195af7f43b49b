"""What a link asks this page for, made to fit the store."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

from overlap.charts import MATRIX_NUMBERS
from overlap.charts.matrix import Number
from overlap.dashboard import data
from overlap.dashboard.asked import read, spelled
from overlap.dashboard.state import Note, View
from overlap.dashboard.texts.errors import phrase
from overlap.expressions import Expression, key, to_text
from overlap.insights.regions import MOST_AUDIENCES
from overlap.model import OverlapError, nearest

SIZES = (12, 24, 40)
USUAL = 24
"""Audiences along a side of the matrix: so many fit on a screen with the numbers in the cells."""


@dataclass(frozen=True, slots=True)
class Matrix:
    """The kinds along both sides of the matrix, how many of each, and the number in the cells."""

    rows: str
    columns: str
    most: int
    number: Number


def matrix(opened: data.Opened, view: View) -> tuple[Matrix, list[Note]]:
    """Return the matrix that is asked for, and what of it had to be changed."""
    there = kinds(opened)
    usual = _usual(there)
    found: dict[str, str] = {}
    notes: list[Note] = []
    for side, default in (("rows", usual[0]), ("columns", usual[1])):
        wanted = view.asked.get(side, default)
        if wanted not in there:
            close = nearest(wanted, there, n=1)
            values = {"wanted": wanted, "instead": default, "nearest": close[0] if close else ""}
            notes.append(Note("overlaps_no_kind", values))
            wanted = default
        found[side] = wanted
    most = view.asked.get("most", str(USUAL))
    number = view.asked.get("show", MATRIX_NUMBERS[0])
    return Matrix(
        found["rows"],
        found["columns"],
        int(most) if most in map(str, SIZES) else USUAL,
        next((n for n in MATRIX_NUMBERS if n == number), MATRIX_NUMBERS[0]),
    ), notes


def kinds(opened: data.Opened) -> list[str]:
    """Return the kinds of the store's audiences, those with most to say about others first."""
    first = (data.CATEGORY, data.INTEREST, data.BRAND)
    there = [kind for kind in opened.panel.known if kind != "universe"]
    return sorted(there, key=lambda kind: (first.index(kind) if kind in first else 9, kind))


def _usual(there: Sequence[str]) -> tuple[str, str]:
    """Return rows and columns for who asked for neither: names read best along the rows."""
    if data.CATEGORY in there:
        others = [kind for kind in there if kind != data.CATEGORY]
        return (others[0] if others else data.CATEGORY), data.CATEGORY
    return there[-1] if len(there) > 1 else there[0], there[0]


def audience(opened: data.Opened, wanted: str) -> Expression:
    """Return the tree of what was typed or linked; raises UsageError as `Panel.resolve` does."""
    return opened.panel.resolve(spelled(opened, wanted))


def one(opened: data.Opened, wanted: str | None, language: str) -> tuple[str | None, list[Note]]:
    """Return an expression of a link in its canonical text, None where it means nothing here."""
    if wanted is None:
        return None, []
    try:
        tree, doubts = read(opened, wanted, language)
        return to_text(tree), doubts
    except OverlapError as error:
        values = {"wanted": wanted, "why": wrong(error, language)}
        return None, [Note("overlaps_unknown", values)]


def wrong(error: OverlapError, language: str) -> str:
    """Return what is wrong with an expression and what would be right, in one line."""
    stop = "。" if language == "zh" else ". "
    said = [phrase(part, language) for part in (error.what, error.cure) if part]
    return stop.join(part.rstrip(" .。") for part in said) + stop.strip()


# --- several ------------------------------------------------------------------------------------


def joined(expressions: Sequence[str]) -> str | None:
    """Return expressions as one parameter: JSON, as any sign may be in a name."""
    return json.dumps(list(expressions), ensure_ascii=False) if expressions else None


def several(opened: data.Opened, view: View) -> tuple[list[str] | None, list[Note]]:
    """Return the audiences of the link's `sets`, None where there are none, and what was left out.

    What is no JSON is one expression.
    """
    given = view.asked.get("sets")
    if given is None:
        return None, []
    found: dict[str, str] = {}
    notes: list[Note] = []
    for wanted in _parted(given):
        text, wrong_ = one(opened, wanted, view.language)
        if text is None:
            notes += [replace(note, key="overlaps_left_out") for note in wrong_]
            continue
        notes += wrong_
        same = key(opened.panel.resolve(text))
        if same in found:
            notes.append(Note("overlaps_twice", {"wanted": wanted}))
        found.setdefault(same, text)
    texts = list(found.values())
    if len(texts) > MOST_AUDIENCES:
        values = {"n": str(len(texts)), "most": str(MOST_AUDIENCES)}
        notes.append(Note("overlaps_too_many", values))
    return texts[:MOST_AUDIENCES], notes


def _parted(given: str) -> list[str]:
    try:
        values = json.loads(given)
    except ValueError:
        return [given]
    if not isinstance(values, list):
        return [given]
    return [value for value in values if isinstance(value, str) and value.strip()]
