"""The chart of openings as a control: a click selects, without drawing the chart anew."""

from __future__ import annotations

from dataclasses import replace

import plotly.graph_objects as go
import polars as pl
import streamlit as st

from overlap import charts
from overlap.dashboard import session
from overlap.dashboard.look import block
from overlap.dashboard.pages.openings.tables import contract, file
from overlap.dashboard.parts import figures
from overlap.dashboard.state import View
from overlap.dashboard.texts import text

_HEIGHT = 515
"""As tall as the card beside it, in pixels."""
_KEY = "openings_quadrant"
_DRAWN, _HELD, _TIMES = (
    "openings_quadrant_drawn", "openings_quadrant_held", "openings_quadrant_times",
)  # fmt: skip


def quadrant(rows: pl.DataFrame, view: View, selected: str) -> None:
    """Show the openings of a view as bubbles; a click on one puts it into the view."""
    language = view.language
    branded = charts.has_fair_share(rows)
    drawn = charts.drawable(rows)
    about = text("chart_sub_brand" if branded else "chart_sub", language)
    shown = rows.filter(pl.col("suppressed").is_null())
    hidden = shown["brand_suppressed"].count() if branded else 0
    if len(drawn) < len(shown) - hidden:
        about += " " + text("chart_some", language, shown=len(drawn), all=len(shown))
    elif hidden:
        about += " " + text("chart_brand_hidden", language, n=hidden, brand=view.brand)
    figures.head(
        view,
        key="openings_quadrant",
        title=text("chart", language),
        about=about,
        data=contract(drawn),
        file=file("openings", view.category or "", view.brand),
    )
    figure, key = _figure(rows, view, selected)
    figures.let_answer_paint()
    st.plotly_chart(
        figure,
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


def _figure(rows: pl.DataFrame, view: View, selected: str) -> tuple[go.Figure, str]:
    """Return the figure and its key: both stay as they are while only the choice changes.

    A figure that differs is drawn anew, which flickers and takes the browser a while.
    """
    state, language = st.session_state, view.language
    around = (id(rows), replace(view, opening=None))
    before, named = state.get(_DRAWN, ((), ""))
    if before != around:
        named, state[_HELD] = selected, None
    figure = figures.drawn(charts.opening_quadrant, rows, language, named, _HEIGHT)
    css = charts.opening_mark(figure, selected)
    if css is None:
        named = selected
        figure = figures.drawn(charts.opening_quadrant, rows, language, named, _HEIGHT)
        css = charts.opening_mark(figure, selected)
    state[_DRAWN] = (around, named)
    if state.get(_HELD) not in (None, selected):
        # The browser still holds the bubble that was clicked: a click on it would let go of it.
        state[_HELD] = None
        state[_TIMES] = state.get(_TIMES, 0) + 1
    if css:
        block(f"<style>.st-key-openings_chart {css}</style>")
    return figure, f"{_KEY}_{state.get(_TIMES, 0)}"


def _pick(key: str) -> None:
    state = st.session_state
    points = state[key].selection.points
    # A click beside the bubbles, or on the one that is held, is no choice.
    name = points[0]["customdata"][0] if points and points[0].get("customdata") else None
    state[_HELD] = name
    if name is not None:
        session.change(opening=name)
