"""Several trends side by side: one measure of each, a line and the band of its interval."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go
import polars as pl

from overlap.charts.names import cut
from overlap.charts.trends import HEIGHT, LINE, MEASURES, WORDS

COLOURS = (LINE, "#e66100", "#009e73", "#aa4499")
"""Told apart in every common colour blindness, on white and on black; lines differ in dash too."""
DASHES = ("solid", "dash", "dot", "dashdot")
_BAND = 0.13
_LEGEND = 260.0


def trends_compared(
    frames: Sequence[pl.DataFrame], names: Sequence[str], language: str, measure: str = "users"
) -> go.Figure:
    """Return one measure of up to four trends by period, each with the band of its interval.

    Takes rows of insights.trends.TRENDS_TABLE and a name for each trend. Periods that the data
    cover only in part are left out, suppressed ones are gaps. `measure` is one of charts.trends'
    MEASURES. Raises KeyError for any other.
    """
    words, how = WORDS[language], MEASURES[measure]
    write = how.write(language)
    data: list[go.Scatter] = []
    for i, (frame, name) in enumerate(zip(frames, names, strict=True)):
        colour, dash = COLOURS[i % len(COLOURS)], DASHES[i % len(DASHES)]
        label = html.escape(cut(name, _LEGEND), quote=False)
        whole = frame.filter(pl.col("whole"))
        if not frame["exact"].all():
            data += _bands(whole, how.low, how.high, colour)
        rows = whole.to_dicts()
        data.append(
            go.Scatter(
                x=[row["period"] for row in rows],
                y=[row[how.value] for row in rows],
                mode="lines+markers",
                name=label,
                line={"width": 2.2, "color": colour, "dash": dash},
                marker={"size": 5, "color": colour},
                connectgaps=False,
                customdata=[
                    f"<b>{label}</b><br>{row['period']} – {row['until']}<br>{words[measure]}"
                    f"{words['colon']}{write(row[how.value])} "
                    + (
                        f"({words['exact']})"
                        if row["exact"]
                        else f"({write(row[how.low])}–{write(row[how.high])})"
                    )
                    for row in rows
                ],
                hovertemplate="%{customdata}<extra></extra>",
            )
        )
    return go.Figure(data=data, layout=_layout(words, how.ratio, measure))


def _bands(frame: pl.DataFrame, low: str, high: str, colour: str) -> list[go.Scatter]:
    """Return one closed area per stretch of shown periods: a gap is not bridged."""
    numbered = frame.with_columns(pl.col(low).is_null().cum_sum().alias("gap"))
    shown = numbered.filter(pl.col(low).is_not_null())
    areas = []
    for _, rows in shown.group_by("gap", maintain_order=True):
        days = rows["period"].to_list()
        areas.append(
            go.Scatter(
                x=[*days, *reversed(days)],
                y=[*rows[high], *reversed(rows[low].to_list())],
                fill="toself",
                fillcolor=_faint(colour),
                line={"width": 0},
                mode="lines",
                hoverinfo="skip",
                showlegend=False,
            )
        )
    return areas


def _faint(colour: str) -> str:
    parts = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({', '.join(map(str, parts))}, {_BAND})"


def _layout(words: Mapping[str, str], ratio: bool, measure: str) -> dict[str, Any]:
    axis: dict[str, Any] = {"fixedrange": True, "zeroline": False, "automargin": True, "nticks": 6}
    if ratio:
        axis["tickformat"] = ".1%"
    if measure != "tgi":
        axis["rangemode"] = "tozero"
    return {
        "height": HEIGHT,
        "margin": {"l": 48, "r": 12, "t": 46, "b": 52},
        "hovermode": "closest",
        "dragmode": False,
        "font": {"size": 12},
        "legend": {"orientation": "h", "x": 0, "xanchor": "left", "y": 1.01, "yanchor": "bottom"},
        "xaxis": {"type": "date", "fixedrange": True, "showgrid": False, "tickformatstops": [
            {"dtickrange": [None, 2_419_200_000], "value": words["days"]},
            {"dtickrange": ["M1", None], "value": words["ticks"]},
        ]},
        "yaxis": axis,
    }  # fmt: skip
