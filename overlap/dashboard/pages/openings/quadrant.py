"""The chart of openings as a control: a click selects, without drawing the chart anew."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import streamlit as st

from overlap import charts
from overlap.dashboard import session
from overlap.dashboard.pages.openings.tables import contract, file
from overlap.dashboard.parts import figures
from overlap.dashboard.state import View
from overlap.dashboard.texts import text

_HEIGHT = 515
"""As tall as the card beside it, in pixels."""
_KEY = "openings_quadrant"
_DRAWN, _PICKED, _TIMES = (
    "openings_quadrant_drawn", "openings_quadrant_picked", "openings_quadrant_times",
)  # fmt: skip


def quadrant(rows: pl.DataFrame, view: View, selected: str) -> None:
    """Show the openings of a view as bubbles; a click on one puts it into the view."""
    language = view.language
    branded = charts.has_fair_share(rows)
    drawn = charts.drawable(rows)
    about = text("chart_sub_brand" if branded else "chart_sub", language)
    possible = len(rows.filter(pl.col("suppressed").is_null()))
    if len(drawn) < possible:
        about += " " + text("chart_some", language, shown=len(drawn), all=possible)
    figures.head(
        view,
        key="openings_quadrant",
        title=text("chart", language),
        about=about,
        data=contract(drawn),
        file=file("openings", view.category or "", view.brand),
    )
    key = f"{_KEY}_{st.session_state.get(_TIMES, 0)}"
    st.plotly_chart(
        charts.opening_quadrant(rows, language, _marked(rows, view, selected)),
        key=key,
        height=_HEIGHT,
        on_select=lambda: _pick(key),
        selection_mode="points",
        config=figures.config(file("openings", view.category or "", view.brand)),
        alt=text(
            "chart_alt",
            language,
            n=len(drawn),
            y=text("alt_fair" if branded else "alt_share", language),
            first=rows["interest"][0],
        ),
    )


def _marked(rows: pl.DataFrame, view: View, selected: str) -> str:
    """Return the bubble that the figure itself marks.

    A figure that differs is drawn anew, which flickers. A bubble that was clicked is marked by the
    browser already, so the figure stays as it was while nothing else has changed.
    """
    state = st.session_state
    around = (id(rows), replace(view, opening=None))
    if state.get(_PICKED) == selected and state.get(_DRAWN, ((), ""))[0] == around:
        return str(state[_DRAWN][1])
    state[_PICKED] = None
    state[_DRAWN] = (around, selected)
    return selected


def _pick(key: str) -> None:
    state = st.session_state
    points = state[key].selection.points
    if points and points[0].get("customdata"):
        name = points[0]["customdata"][0]
        state[_PICKED] = name
        session.change(opening=name)
    else:
        # A click beside the bubbles unmarks all of them in the browser: draw the mark again.
        state[_PICKED] = None
        state[_TIMES] = state.get(_TIMES, 0) + 1
