"""The matrix as a control: a click on a cell chooses its pair, without drawing it anew."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import polars as pl
import streamlit as st

from overlap import charts
from overlap.dashboard import session
from overlap.dashboard.pages.overlaps.asked import Matrix
from overlap.dashboard.pages.overlaps.words import kind_of
from overlap.dashboard.parts import figures
from overlap.dashboard.state import View
from overlap.dashboard.texts import text
from overlap.expressions import Audience, to_text
from overlap.insights import wording
from overlap.insights.matrix import best_cell

Cell = tuple[str, str]

_DRAWN, _PICKED, _TIMES = "overlaps_drawn", "overlaps_picked", "overlaps_times"


def show(view: View, wanted: Matrix, frame: pl.DataFrame, cell: Cell | None) -> None:
    """Show the cells of insights.matrix as a heatmap; a click puts the pair into the view."""
    language = view.language
    marked = tuple(name for name in (view.category, view.brand) if name is not None)
    ringed = _ringed(frame, view, cell)
    figures.show(
        figures.drawn(charts.affinity_matrix, frame, language, wanted.number, marked, ringed),
        view,
        key=f"overlaps_matrix_{st.session_state.get(_TIMES, 0)}",
        title=text("overlaps_matrix", language, rows=kind_of(wanted.rows, language),
                   columns=kind_of(wanted.columns, language)),
        about=text("overlaps_matrix_about", language),
        alt=_alt(wanted, frame, language),
        data=frame,
        file=f"matrix-{wanted.rows}-{wanted.columns}",
        on_pick=lambda point: _pick(wanted, point),
        on_clear=_clear,
    )  # fmt: skip


def choose(wanted: Matrix, row: str, column: str) -> None:
    """Put the pair of a cell into the view, from a widget's callback."""
    session.ask(a=to_text(Audience(wanted.rows, row)), b=to_text(Audience(wanted.columns, column)))


def _ringed(frame: pl.DataFrame, view: View, cell: Cell | None) -> Cell | None:
    """Return the cell that the figure itself rings.

    A figure that differs is drawn anew, which flickers. A cell that was clicked is ringed by the
    browser already, so the figure stays as it was while nothing else has changed.
    """
    state = st.session_state
    kept = {name: value for name, value in view.asked.items() if name not in ("a", "b")}
    around = (id(frame), replace(view, asked=kept))
    drawn, picked = state.get(_DRAWN), state.get(_PICKED)
    if drawn is None or drawn[0] != around:
        return _draw(around, cell)
    ringed: Cell | None = drawn[1]
    if cell == (ringed if picked is None else picked):
        return ringed
    if cell == ringed:
        # The same figure again would leave the ring where the browser has put it.
        state[_TIMES] = state.get(_TIMES, 0) + 1
    return _draw(around, cell)


def _draw(around: Any, cell: Cell | None) -> Cell | None:
    st.session_state[_PICKED] = None
    st.session_state[_DRAWN] = (around, cell)
    return cell


def _pick(wanted: Matrix, point: Mapping[str, Any]) -> None:
    data = point.get("customdata")
    if data:
        st.session_state[_PICKED] = (data[0], data[1])
        choose(wanted, data[0], data[1])


def _clear() -> None:
    """Draw the ring again that the browser has taken away."""
    state = st.session_state
    state[_PICKED] = None
    state[_TIMES] = state.get(_TIMES, 0) + 1
    session.ask()


def _alt(wanted: Matrix, frame: pl.DataFrame, language: str) -> str:
    best = best_cell(frame)
    values = {
        "n": frame["row"].n_unique(),
        "m": frame["column"].n_unique(),
        "rows": kind_of(wanted.rows, language),
        "columns": kind_of(wanted.columns, language),
    }
    said = text("overlaps_matrix_alt", language, **values)
    if best is None:
        return said
    cell = frame.filter((pl.col("row") == best[0]) & (pl.col("column") == best[1]))
    return said + text(
        "overlaps_matrix_alt_best", language, a=best[0], b=best[1],
        tgi=wording.index(cell["tgi"][0]),
    )  # fmt: skip
