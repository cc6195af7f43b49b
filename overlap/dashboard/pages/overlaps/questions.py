"""What this page asks of the store; each answer is computed once for all visitors."""

from __future__ import annotations

import polars as pl

from overlap.dashboard import data
from overlap.dashboard.state import View
from overlap.expressions import Audience, parse, to_text
from overlap.insights.matrix import Pair, Side, best_cell, matrix, pair
from overlap.insights.pairs import pairs
from overlap.insights.regions import incremental_reach, regions
from overlap.model import Window


def cells(opened: data.Opened, view: View, rows: Side, columns: Side) -> pl.DataFrame:
    """Return the matrix of a view."""
    return data.once(opened, _cells, rows, columns, view.baseline, view.window)


def _cells(
    opened: data.Opened, rows: Side, columns: Side, baseline: str | None, window: Window
) -> pl.DataFrame:
    return matrix(
        opened.panel, rows, columns, baseline=baseline, window=window, policy=opened.policy
    )


def together(opened: data.Opened, view: View, first: str, second: str) -> Pair:
    """Return two audiences of a view in full; raises UsageError for one given twice."""
    return data.once(opened, _together, first, second, view.brand, view.baseline, view.window)


def _together(
    opened: data.Opened,
    first: str,
    second: str,
    brand: str | None,
    baseline: str | None,
    window: Window,
) -> Pair:
    return pair(
        opened.panel, first, second, brand=brand, baseline=baseline, window=window,
        policy=opened.policy,
    )  # fmt: skip


def across(opened: data.Opened, view: View, sets: list[str], inside: str | None) -> pl.DataFrame:
    """Return every region of some audiences."""
    return data.once(opened, _across, tuple(sets), inside, view.window)


def _across(
    opened: data.Opened, sets: tuple[str, ...], inside: str | None, window: Window
) -> pl.DataFrame:
    return regions(opened.panel, sets, inside=inside, window=window, policy=opened.policy)


def reached(opened: data.Opened, view: View, sets: list[str], inside: str | None) -> pl.DataFrame:
    """Return what each of some audiences adds to those before it."""
    return data.once(opened, _reached, tuple(sets), inside, view.window)


def _reached(
    opened: data.Opened, sets: tuple[str, ...], inside: str | None, window: Window
) -> pl.DataFrame:
    return incremental_reach(opened.panel, sets, inside=inside, window=window, policy=opened.policy)


def partner(opened: data.Opened, view: View, expression: str, kind: str) -> str | None:
    """Return the audience of a kind that shares most with another beyond chance."""
    return data.once(opened, _partner, expression, kind, view.baseline, view.window)


def _partner(
    opened: data.Opened, expression: str, kind: str, baseline: str | None, window: Window
) -> str | None:
    found = pairs(
        opened.panel, expression, kind, baseline=baseline, window=window, policy=opened.policy
    )
    shown = found.filter(pl.col("overlap_users").is_not_null())
    return to_text(Audience(kind, shown["name"][0])) if len(shown) else None


def opening(opened: data.Opened, view: View) -> str | None:
    """Return the interest that is selected on the first page, or that is first there."""
    known = opened.panel.known
    if view.category is None or data.INTEREST not in known:
        return None
    if view.opening in known[data.INTEREST]:
        return view.opening
    rows = data.rows(opened, view)
    shown = rows.filter(pl.col("suppressed").is_null())
    return str(shown["interest"][0]) if len(shown) else None


def others(opened: data.Opened, view: View, most: int) -> list[str]:
    """Return the interests that rank first for a view's category, as expressions."""
    if view.category is None or data.INTEREST not in opened.panel.known:
        return []
    rows = data.rows(opened, view).filter(pl.col("suppressed").is_null())
    return [to_text(Audience(data.INTEREST, name)) for name in rows["interest"].head(most)]


def strongest(frame: pl.DataFrame) -> tuple[str, str] | None:
    """Return the pair of a matrix that shares most beyond chance, as expressions."""
    best = best_cell(frame)
    if best is None:
        return None
    sides = zip(("row_kind", "column_kind"), best, strict=True)
    first, second = (to_text(Audience(frame[kind][0], name)) for kind, name in sides)
    return first, second


def cell_of(first: str, second: str, rows: str, columns: str) -> tuple[str, str] | None:
    """Return the row and column in which two audiences meet, None where they are no such kinds."""
    trees = [parse(first), parse(second)]
    for a, b in (trees, trees[::-1]):
        if not (isinstance(a, Audience) and isinstance(b, Audience)):
            return None
        if a.at_least == b.at_least == 1 and (a.kind, b.kind) == (rows, columns):
            return a.name, b.name
    return None
