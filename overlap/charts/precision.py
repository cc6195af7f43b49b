"""How far off an overlap may be, by its size and the size of its audiences."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

import plotly.graph_objects as go
import polars as pl

from overlap.charts.colours import OPENING, RULE, SELECTED
from overlap.insights import wording

_COLOURS = (SELECTED, "#3085bd", "#8b95a1")
_DASHES = ("solid", "dash", "dot", "dashdot", "longdash")
"""Told apart without colour, for who sees none and for print."""
_HEIGHT = 360
_LARGEST = 1.0
"""An error of the overlap's own size: beyond it nothing is told."""

_WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "x": "Users in both (log scale)",
        "y": "Relative standard error",
        "sizes": "larger audience of {a}–{b}",
        "words": "words",
        "trust": "TRUSTED: error of at most {limit}",
        "hover": "{users} users in both: ±{error}",
    },
    "zh": {
        "x": "重合人数（对数刻度）",
        "y": "相对标准误",
        "sizes": "较大人群 {a}–{b} 人",
        "words": "词语",
        "trust": "可信区：误差不超过 {limit}",
        "hover": "重合 {users} 人：±{error}",
    },
}


def precision_lines(frame: pl.DataFrame, limit: float, language: str) -> go.Figure:
    """Return a falling line for each size of the larger audience, and the limit of trust.

    Takes the rows of insights.precision.ERRORS_TABLE; errors above 100% are not drawn.
    """
    words = _WORDS[language]
    figure = go.Figure()
    sizes = frame.group_by("kinds", "users_from", "users_to", maintain_order=True)
    for number, ((kinds, low, high), rows) in enumerate(sizes):
        drawn = rows.filter(pl.col("relative_error") <= _LARGEST)
        ends = {"a": float(str(low)) - 1, "b": float(str(high))}
        ends_said = {end: _round(users, language) for end, users in ends.items()}
        name = words["words"] if kinds == "term" else words["sizes"].format(**ends_said)
        figure.add_trace(
            go.Scatter(
                x=drawn["overlap_users"].to_list(),
                y=drawn["relative_error"].to_list(),
                name=name,
                mode="lines",
                line={
                    "color": _COLOURS[number % len(_COLOURS)],
                    "dash": _DASHES[number % len(_DASHES)],
                    "width": 2.5,
                },
                customdata=[_hover(row, words, language) for row in drawn.iter_rows(named=True)],
                hovertemplate="%{customdata}<extra></extra>",
            )
        )
    figure.update_layout(_layout(frame, limit, words, language))
    return figure


def _hover(row: Mapping[str, Any], words: Mapping[str, str], language: str) -> str:
    return words["hover"].format(
        users=wording.users(row["overlap_users"], language),
        error=wording.percent(row["relative_error"]),
    )


def _round(users: float, language: str) -> str:
    """Return a round number of users without the zeros behind its point."""
    return re.sub(r"\.(\d*?)0+(?=\D|$)", lambda m: f".{m[1]}" if m[1] else "",
                  wording.users(users, language))  # fmt: skip


def _layout(
    frame: pl.DataFrame, limit: float, words: Mapping[str, str], language: str
) -> dict[str, Any]:
    drawn = frame.filter(pl.col("relative_error") <= _LARGEST)["overlap_users"].to_list()
    highest = max(frame["relative_error"].to_list(), default=0.0)
    first, last = math.log10(min(drawn, default=10)), math.log10(max(drawn, default=100))
    ticks = [10.0**power for power in range(math.ceil(first), math.floor(last) + 1)]
    return {
        "height": _HEIGHT,
        "margin": {"l": 62, "r": 16, "t": 48, "b": 50},
        "hovermode": "closest",
        "dragmode": False,
        "font": {"size": 12},
        "shapes": [
            {"type": "rect", "xref": "x domain", "x0": 0, "x1": 1, "y0": 0, "y1": limit,
             "fillcolor": OPENING, "line": {"width": 0}, "layer": "below"},
            {"type": "line", "xref": "x domain", "x0": 0, "x1": 1, "y0": limit, "y1": limit,
             "line": {"color": RULE, "width": 1.5, "dash": "dash"}},
        ],
        "annotations": [
            {"text": words["trust"].format(limit=wording.percent(limit, 0)), "xref": "x domain",
             "x": 1, "xanchor": "right", "y": limit, "yanchor": "bottom", "showarrow": False,
             "font": {"size": 12}}
        ],
        "legend": {"orientation": "h", "x": 0, "xanchor": "left", "y": 1, "yanchor": "top",
                   "yref": "container", "itemclick": False, "itemdoubleclick": False},
        "xaxis": {
            "type": "log",
            "range": [first, last],
            "title": {"text": words["x"], "standoff": 8, "font": {"size": 12}},
            "tickvals": ticks,
            "ticktext": [_round(tick, language) for tick in ticks],
            "fixedrange": True,
            "zeroline": False,
        },
        "yaxis": {
            "range": [0, min(_LARGEST, max(1.5 * limit, 1.08 * highest))],
            "title": {"text": words["y"], "font": {"size": 12}},
            "tickformat": ".0%",
            "automargin": True,
            "fixedrange": True,
            "zeroline": False,
        },
    }  # fmt: skip
