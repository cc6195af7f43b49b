"""A chart as all pages show one: a title, what to see in it, picture and numbers to keep."""

from __future__ import annotations

import threading
import time
import weakref
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any

import plotly.graph_objects as go
import polars as pl
import streamlit as st

from overlap.dashboard.look import block, safe
from overlap.dashboard.parts.naming import file_name
from overlap.dashboard.parts.tables import download
from overlap.dashboard.state import View

PAUSE = 0.12
"""Seconds that a browser is given to paint an answer."""
_PAINTED = "figures_painted"
_MOST_FIGURES = 64
_FIGURES: OrderedDict[Any, tuple[weakref.ref[pl.DataFrame], go.Figure]] = OrderedDict()
_LOCK = threading.Lock()


def show(
    figure: go.Figure,
    view: View,
    *,
    key: str,
    title: str,
    alt: str,
    data: pl.DataFrame,
    file: str,
    about: str = "",
    on_pick: Callable[[Mapping[str, Any]], None] | None = None,
    on_clear: Callable[[], None] | None = None,
) -> None:
    """Show a figure with its numbers beside it; `on_pick` is called with a point that is clicked.

    A click on the point that is marked already, or beside all, unmarks it in the browser and calls
    `on_clear`. `alt` says in words what is drawn, for who cannot see it; `data` are the numbers
    behind it.
    """
    head(view, key=key, title=title, about=about, data=data, file=file)
    how: dict[str, Any] = {}
    if on_pick is not None:
        how = {"on_select": lambda: _pick(key, on_pick, on_clear), "selection_mode": "points"}
    let_answer_paint()
    st.plotly_chart(figure, key=key, config=config(file), alt=alt, **how)


def drawn(draw: Callable[..., go.Figure], frame: pl.DataFrame, *args: Any) -> go.Figure:
    """Return the figure that `draw` makes of a frame, the same one as long as the frame lives.

    For figures that stay while a visitor chooses in them: making one takes longer than the rest of
    its page. `args` are plain values; the figure must not be changed.
    """
    key = (id(frame), draw, args)
    with _LOCK:
        known = _FIGURES.pop(key, None)
    # Another frame may have come to live at the same place.
    figure = known[1] if known is not None and known[0]() is frame else draw(frame, *args)
    with _LOCK:
        _FIGURES[key] = (weakref.ref(frame), figure)
        while len(_FIGURES) > _MOST_FIGURES:
            _FIGURES.popitem(last=False)
    return figure


def let_answer_paint() -> None:
    """Let a browser that has just come paint what it has, once, before it is sent a chart.

    What draws charts keeps the browser busy for a second when it is loaded, and an answer that
    comes together with it waits for that.
    """
    if not st.session_state.get(_PAINTED):
        st.session_state[_PAINTED] = True
        time.sleep(PAUSE)


def head(
    view: View, *, key: str, title: str, data: pl.DataFrame, file: str, about: str = ""
) -> None:
    """Show a chart's title, what to see in it, and the download of its numbers."""
    with st.container(horizontal=True, vertical_alignment="center", key=f"{key}_head"):
        sub = f'<p class="ov-sub">{safe(about)}</p>' if about else ""
        block(f'<h2 class="ov-h2">{safe(title)}</h2>{sub}')
        download(data, file, view.language, key=f"{key}_csv", of_chart=True)


def config(file: str) -> dict[str, Any]:
    """Return plotly's settings: a button that saves the picture, and clicks that count singly."""
    return {
        "displaylogo": False,
        "displayModeBar": True,
        # Two quick clicks are two choices, not a command to choose nothing.
        "doubleClickDelay": 1,
        "modeBarButtons": [["toImage"]],
        "toImageButtonOptions": {
            "format": "png",
            "scale": 2,
            "filename": file_name(file, "png").removesuffix(".png"),
        },
    }


def _pick(
    key: str,
    on_pick: Callable[[Mapping[str, Any]], None],
    on_clear: Callable[[], None] | None,
) -> None:
    points = st.session_state[key].selection.points
    if points:
        on_pick(points[0])
    elif on_clear is not None:
        on_clear()
