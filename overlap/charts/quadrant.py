"""Openings as bubbles: affinity against the brand's strength."""

from __future__ import annotations

import html
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go
import polars as pl

from overlap.charts.colours import (
    EDGE,
    MUTED,
    MUTED_LINE,
    NOTHING,
    OPENING,
    RULE,
    SELECTED,
)
from overlap.charts.labels import Spot, place
from overlap.charts.words import WORDS
from overlap.insights import wording
from overlap.model import Verdict

MOST_BUBBLES = 300
"""Drawing more than this many hides what matters and makes the page heavy."""
MOST_LABELS = 7
LARGEST_BUBBLE = 54.0
"""Diameter of the largest bubble, in pixels."""
SMALLEST_BUBBLE = 7.0

HEIGHT = 445
_PLOT = (610.0, 335.0)
"""The plot's usual size in pixels: near enough to keep names apart on it."""
_TICKS = (10, 20, 30, 50, 80, 100, 120, 150, 200, 300, 500, 800, 1200, 2000, 5000, 10_000)


def opening_quadrant(
    frame: pl.DataFrame, language: str, selected: str | None = None, height: int = HEIGHT
) -> go.Figure:
    """Return openings as bubbles: TGI by fair-share index, area by unreached users.

    Takes the rows of insights.openings.SCORED_TABLE. Without a brand the vertical axis is the
    share of the category. Openings are coloured by their score and lie in the corner that says so;
    the others are grey, with a legend of their verdicts. Suppressed rows are not drawn, and of many
    rows only the MOST_BUBBLES that rank first. Every point's customdata starts with the name of its
    interest. `selected` is drawn and named in any case; it is marked by `mark`, so that a choice
    draws nothing anew.
    `height` is in pixels.
    """
    words = WORDS[language]
    branded = has_fair_share(frame)
    y = "fair_share_index" if branded else "share_of_category"
    shown = drawable(frame, selected).filter(pl.col(y).is_not_null())
    plot = _Plot(
        y,
        _x_range(shown["tgi"].to_list()),
        _y_range(shown[y].to_list(), branded),
        max([*shown["unreached_users"].to_list(), 1.0]),
    )
    return go.Figure(
        data=[
            *(
                _bubbles(shown.filter(pl.col("verdict") == verdict), plot, language, verdict)
                for verdict in (*_GREY, Verdict.OPENING)
            ),
            _names(shown, plot, selected),
        ],
        layout=_layout(plot, words, branded) | {"height": height},
    )


def mark(figure: go.Figure, selected: str) -> str | None:
    """Return the CSS declarations that mark a bubble, after the part of the page that has it.

    None where the figure of `opening_quadrant` has no bubble of that name.
    """
    # The browser leaves out a trace without points.
    traces = [trace for trace in figure.data[:-1] if trace.customdata]
    for number, trace in enumerate(traces, start=1):
        for point, (name, *_) in enumerate(trace.customdata, start=1):
            if name == selected:
                return (
                    f".scatterlayer > .trace:nth-child({number}) .points > path:nth-child({point})"
                    f" {{ fill: {SELECTED} !important; opacity: 1 !important; }}"
                )
    return None


def drawable(frame: pl.DataFrame, selected: str | None = None) -> pl.DataFrame:
    """Return the rows that a chart of openings draws: not suppressed, the first ones of many."""
    if not has_fair_share(frame):
        # Of a brand that may be shown nowhere nobody is told to be unreached.
        frame = frame.with_columns(pl.coalesce("unreached_users", "overlap_users"))
    shown = frame.filter(
        pl.col("tgi").is_not_null() & (pl.col("tgi") > 0) & pl.col("unreached_users").is_not_null()
    )
    if len(shown) <= MOST_BUBBLES:
        return shown
    first = pl.int_range(pl.len()) < MOST_BUBBLES
    return shown.filter(first | pl.col("interest").eq_missing(selected))


def has_fair_share(frame: pl.DataFrame) -> bool:
    """Whether there is a brand whose strength can be compared at all."""
    return frame["fair_share_index"].is_not_null().any()


@dataclass(frozen=True, slots=True)
class _Plot:
    """What is where: the column of the vertical axis, the ranges, and the largest bubble's users.

    `x` is in powers of ten.
    """

    column: str
    x: tuple[float, float]
    y: tuple[float, float]
    largest: float

    def diameter(self, users: float) -> float:
        """Areas are in proportion to users."""
        return max(SMALLEST_BUBBLE, LARGEST_BUBBLE * math.sqrt(max(users, 0.0) / self.largest))

    def spot(self, row: Mapping[str, Any]) -> Spot:
        """Return a row's bubble in pixels."""
        width, height = _PLOT
        x = (math.log10(row["tgi"]) - self.x[0]) / (self.x[1] - self.x[0])
        y = (row[self.column] - self.y[0]) / (self.y[1] - self.y[0])
        radius = self.diameter(row["unreached_users"]) / 2
        return Spot(row["interest"], width * x, height * y, radius)


# --- bubbles ----------------------------------------------------------------------------------


_GREY: Mapping[str, dict[str, Any]] = {
    Verdict.INSUFFICIENT: {"symbol": "x-thin", "line": {"width": 1.5, "color": MUTED_LINE}},
    Verdict.BY_CHANCE: {"symbol": "circle-open", "line": {"width": 1.5, "color": MUTED_LINE}},
    Verdict.OVERLAP_ONLY: {"symbol": "circle", "line": {"width": 1, "color": MUTED_LINE}},
}
"""How rows that are no openings look, by verdict; the last lie on top."""


def _bubbles(rows: pl.DataFrame, plot: _Plot, language: str, verdict: str) -> go.Scatter:
    words, opening = WORDS[language], verdict == Verdict.OPENING
    # The largest first, so that small bubbles lie on top and can be hit.
    rows = rows.sort("unreached_users", descending=True)
    marker: dict[str, Any] = {
        "size": [plot.diameter(users) for users in rows["unreached_users"]],
        "opacity": 0.9 if opening else 1.0,
    }
    if opening:
        most = max([50.0, *rows["score"].to_list()])
        marker |= {"color": rows["score"].to_list(), "line": {"width": 1, "color": EDGE}}
        # The colours themselves come from the page's theme.
        marker |= {"autocolorscale": True, "cmin": 0, "cmax": most, "showscale": len(rows) > 0}
        marker["colorbar"] = _colorbar(words)
    else:
        marker |= {"color": MUTED if verdict == Verdict.OVERLAP_ONLY else MUTED_LINE}
        marker |= _GREY[verdict]
    return go.Scatter(
        x=rows["tgi"].to_list(),
        y=rows[plot.column].to_list(),
        mode="markers",
        name=words[verdict],
        showlegend=not opening and len(rows) > 0,
        marker=marker,
        customdata=[[row["interest"], _hover(row, words, language)] for row in rows.to_dicts()],
        hovertemplate="%{customdata[1]}<extra></extra>",
        # A click changes nothing by itself: what is selected is marked by `mark`.
        selected={"marker": {"opacity": marker["opacity"]}},
        unselected={"marker": {"opacity": marker["opacity"]}},
    )


def _names(shown: pl.DataFrame, plot: _Plot, selected: str | None) -> go.Scatter:
    rows = {row["interest"]: row for row in shown.to_dicts()}
    spots = [plot.spot(row) for row in rows.values()]
    # The largest is what everybody looks for, also where it is there by chance alone.
    largest = max(rows, key=lambda name: rows[name]["unreached_users"] or 0.0, default=None)
    ranked = [name for name, row in rows.items() if row["verdict"] == Verdict.OPENING]
    # Where nothing is an opening, what overlaps most is what remains to be named.
    ranked = ranked or [name for name, row in rows.items() if row["score"] is not None]
    wanted = [name for name in (selected, largest, *ranked) if name in rows and name is not None]
    order = list(dict.fromkeys(wanted))[: 3 * MOST_LABELS]
    placed = place(spots, order, _PLOT, MOST_LABELS)
    return go.Scatter(
        x=[rows[name]["tgi"] for name in placed],
        y=[rows[name][plot.column] for name in placed],
        mode="markers+text",
        # An invisible marker as large as the bubble keeps the text outside it.
        marker={
            "size": [plot.diameter(rows[name]["unreached_users"]) + 4 for name in placed],
            "color": NOTHING,
        },
        text=[html.escape(name) for name in placed],
        textposition=list(placed.values()),
        textfont={"size": 12},
        hoverinfo="skip",
        showlegend=False,
        unselected={"marker": {"opacity": 1}},
    )


def _hover(row: Mapping[str, Any], words: Mapping[str, str], language: str) -> str:
    users = wording.users(row["overlap_users"], language, exact=row["exact"])
    ends = (
        words["exact"]
        if row["exact"]
        else wording.interval(row["overlap_low"], row["overlap_high"], language)
    )
    lines = [
        f"<b>{html.escape(row['interest'])}</b>",
        f"{words['both']}: {users} ({ends})",
        f"{words['expected']}: {wording.users(row['expected_users'], language)}",
        f"{words['tgi']}: {wording.index(row['tgi'])} "
        f"({words['cautious']} {wording.index(row['tgi_cautious'])})",
    ]
    if row["fair_share_index"] is not None:
        fair = (wording.index(row[name]) for name in ("fair_share_low", "fair_share_high"))
        gap = words["gap_unclear"]
        if row["standing"] == "behind":
            ends = wording.interval(row["gap_low"], row["gap_high"], language)
            gap = f"{wording.users(row['gap_users'], language)} ({ends})"
        lines += [
            f"{words['fair_hover']}: {wording.index(row['fair_share_index'])} "
            f"({'–'.join(fair)}; {wording.percent(row['brand_penetration'])} / "
            f"{wording.percent(row['category_penetration'])})",
            f"{words['unreached']}: {wording.users(row['unreached_users'], language)}",
            f"{words['gap']}: {gap}",
        ]
    else:
        lines.append(f"{words['share_hover']}: {wording.percent(row['share_of_category'])}")
    said = words[row["verdict"]]
    if row["verdict"] == Verdict.OPENING:
        said += f", {words['score']} {wording.index(row['score'])}"
    lines.append(f"<b>{said}</b>")
    return "<br>".join(lines)


# --- axes -------------------------------------------------------------------------------------


def _x_range(tgis: list[float]) -> tuple[float, float]:
    low, high = math.log10(min([*tgis, 70.0])), math.log10(max([*tgis, 150.0]))
    margin = 0.06 * (high - low)
    return low - margin, high + 1.6 * margin


def _y_range(values: list[float], branded: bool) -> tuple[float, float]:
    values = [*values, 60.0, 125.0] if branded else [*values, 0.0, 0.1]
    low, high = min(values), max(values)
    margin = 0.11 * (high - low)
    # Room below for the name of the corner, and above for that of the band.
    return low - (1.9 * margin if branded else margin), high + 1.6 * margin


def _colorbar(words: Mapping[str, str]) -> dict[str, Any]:
    return {
        "title": {"text": f"{words['score']}<br> ", "side": "top", "font": {"size": 12}},
        "thickness": 10,
        "len": 0.55,
        "y": 0.5,
        "x": 1.01,
        "xpad": 4,
        "tickvals": [0, 25, 50, 75, 100],
        "outlinewidth": 0,
    }


def _layout(plot: _Plot, words: Mapping[str, str], branded: bool) -> dict[str, Any]:
    corner = words["opening_brand" if branded else "opening"]
    return {
        # Wide enough for what stands there: else the chart is drawn twice.
        "margin": {"l": 68, "r": 58, "t": 34, "b": 50},
        "showlegend": True,
        "legend": {
            "orientation": "h", "x": 0, "xanchor": "left", "y": 1, "yanchor": "bottom",
            "itemclick": False, "itemdoubleclick": False, "itemsizing": "constant",
        },
        "hovermode": "closest",
        "clickmode": "event+select",
        "dragmode": False,
        "font": {"size": 12},
        "shapes": _shapes(plot, branded),
        "annotations": [
            _note(f"<b>{corner}</b>", x=1, xref="x domain", xanchor="right",
                  y=0.01 if branded else 0.99, yanchor="bottom" if branded else "top"),
            _note(words["chance"], x=2, xref="x", xanchor="right", y=0.99, yanchor="top"),
        ],
        "xaxis": {
            "type": "log",
            "range": list(plot.x),
            "title": {"text": words["x"], "standoff": 8, "font": {"size": 12}},
            "tickvals": list(_TICKS),
            "ticktext": [f"{tick:,}" for tick in _TICKS],
            "fixedrange": True,
            "showgrid": False,
        },
        "yaxis": {
            "range": list(plot.y),
            "title": {
                "text": words["fair" if branded else "share"],
                "standoff": 20,
                "font": {"size": 12},
            },
            "tickformat": ",.0f" if branded else ".0%",
            "fixedrange": True,
            "zeroline": False,
            "nticks": 7,
        },
    }  # fmt: skip


def _shapes(plot: _Plot, branded: bool) -> list[dict[str, Any]]:
    area = {"type": "rect", "layer": "below", "line": {"width": 0}}
    rule = {"type": "line", "layer": "below", "line": {"color": RULE, "width": 1, "dash": "dot"}}
    bottom, top = (plot.y[0], 100.0) if branded else plot.y
    opening = {"x0": 100, "x1": 10 ** plot.x[1], "y0": bottom, "y1": top, "fillcolor": OPENING}
    across = {"x0": 0, "x1": 1, "xref": "x domain", "y0": 100, "y1": 100}
    down = {"x0": 100, "x1": 100, "y0": 0, "y1": 1, "yref": "y domain"}
    shapes = [{**area, **opening}, {**rule, **down}]
    return [*shapes, {**rule, **across}] if branded else shapes


def _note(text: str, **at: Any) -> dict[str, Any]:
    return {"text": text, "yref": "y domain", "showarrow": False, "font": {"size": 11}, **at}
