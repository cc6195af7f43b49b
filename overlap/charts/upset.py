"""Regions of many audiences as an UpSet plot: bars of users over a matrix of who is in them."""

from __future__ import annotations

import html
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go
import polars as pl

from overlap import estimates
from overlap.charts.colours import BAND, MUTED, RULE, SELECTED
from overlap.charts.labels import names_margin
from overlap.charts.names import floor_of, labels
from overlap.insights import wording

MOST_REGIONS = 24
"""Columns that can be read side by side; the others are summed into one more."""

BAR = "#3085bd"
"""The blue of the logo: seen on white and on black, beside the orange of what is selected."""

_ROW = 34
_BARS = 240
_TOP = 24
_SIDEWAYS = 12
"""Above this many columns the numbers over the bars are turned."""
_FEWEST = 8
"""Columns that there is room for at least, so that three regions do not make three walls."""

_WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "axis": "Users in exactly these",
        "only": "In exactly these",
        "all": "In all of these",
        "exact": "exact",
        "whiskers": "whiskers: 95%",
        "rest": "{n} more",
        "rest_hover": "{n} smaller regions together",
        "hidden": "{n} not shown ({why})",
        "why": "fewer than {floor} users in or beside them",
        "empty": "Nobody is in any of these audiences.",
    },
    "zh": {
        "axis": "恰好属于这些人群的人数",
        "only": "恰好属于这些人群",
        "all": "同属这些人群",
        "exact": "精确",
        "whiskers": "误差线：95%",
        "rest": "另 {n} 个区域",
        "rest_hover": "其余 {n} 个较小区域合计",
        "hidden": "{n} 个区域未显示（{why}）",
        "why": "其中或其余少于 {floor} 人",
        "empty": "没有用户属于这些人群。",
    },
}


@dataclass(frozen=True, slots=True)
class _Column:
    """A bar and the dots under it; `expression` is None for the sum of the rest."""

    expression: str | None
    members: frozenset[str]
    users: float
    low: float
    high: float
    exact: bool
    hover: str
    colour: str


def upset(
    frame: pl.DataFrame, language: str, selected: str | None = None, most: int = MOST_REGIONS
) -> go.Figure:
    """Return regions as bars of exclusive users over a matrix of their audiences, largest first.

    Takes insights.regions.REGIONS_TABLE. Regions with nobody are left out, those below the floor
    only counted; of many the `most` largest have a column each and the rest share one, with the
    interval of their sum. Whiskers are 95% intervals. The customdata of every bar and dot starts
    with the expression of its region (None for the rest), which `selected` marks.
    """
    rows = frame.filter(pl.col("degree") == 1).sort(
        ["inclusive_users", "expression"], descending=[True, False], nulls_last=True
    )
    names = [members[0] for members in rows["audiences"]]
    named = labels(names)
    columns = _columns(frame, language, selected, most, dict(zip(names, named, strict=True)))
    ticks = [
        f"{html.escape(label, quote=False)}<br><span style='font-size:11px'>"
        f"{_number(row, 'inclusive', 'inclusive_exact', language)}</span>"
        for label, row in zip(named, rows.to_dicts(), strict=True)
    ]
    return go.Figure(
        data=[_bars(columns), *_matrix(columns, names)],
        layout=_layout(columns, ticks, frame, language),
    )


def _columns(
    frame: pl.DataFrame,
    language: str,
    selected: str | None,
    most: int,
    named: Mapping[str, str],
) -> list[_Column]:
    words = _WORDS[language]
    shown = frame.filter(pl.col("exclusive_users") > 0).sort(
        ["exclusive_users", "degree", "expression"], descending=[True, False, False]
    )
    # A column for the rest takes no less room than a column for the one region in it.
    first = shown if len(shown) <= most + 1 else shown.head(most)
    columns = []
    for row in first.to_dicts():
        title = " & ".join(html.escape(named[name], quote=False) for name in row["audiences"])
        hover = [
            f"<b>{title}</b>",
            f"{words['only']}: {_number(row, 'exclusive', 'exact', language)}",
            f"{words['all']}: {_number(row, 'inclusive', 'inclusive_exact', language)}",
        ]
        columns.append(_Column(
            row["expression"], frozenset(row["audiences"]), row["exclusive_users"],
            row["exclusive_low"], row["exclusive_high"], row["exact"], "<br>".join(hover),
            SELECTED if row["expression"] == selected else BAR,
        ))  # fmt: skip
    rest = shown.slice(len(first))
    if len(rest):
        # All regions are counted at one rate, so their sum is a count at that rate.
        total = estimates.count(float(rest["sample"].sum()), float(rest["rate"][0]))
        said = words["exact"] if total.exact else wording.interval(total.low, total.high, language)
        hover_text = f"{words['rest_hover'].format(n=len(rest))}: "
        hover_text += f"{wording.users(total.value, language, exact=total.exact)} ({said})"
        columns.append(_Column(
            None, frozenset(), total.value, total.low, total.high, total.exact, hover_text, MUTED
        ))  # fmt: skip
    return columns


def _number(row: Mapping[str, Any], which: str, exact: str, language: str) -> str:
    users = row[f"{which}_users"]
    if users is None:
        return _why(row["suppressed"], language)
    ends = wording.interval(row[f"{which}_low"], row[f"{which}_high"], language)
    said = _WORDS[language]["exact"] if row[exact] else ends
    return f"{wording.users(users, language, exact=row[exact])} ({said})"


def _why(suppressed: str, language: str) -> str:
    return _WORDS[language]["why"].format(floor=floor_of(suppressed))


# --- traces -----------------------------------------------------------------------------------


def _bars(columns: Sequence[_Column]) -> go.Bar:
    return go.Bar(
        x=list(range(len(columns))),
        y=[c.users for c in columns],
        width=0.62,
        marker={"color": [c.colour for c in columns]},
        error_y={
            "type": "data",
            "symmetric": False,
            "array": [c.high - c.users for c in columns],
            "arrayminus": [c.users - c.low for c in columns],
            "thickness": 1.3,
            "width": 4,
            "color": RULE,
            "visible": not all(c.exact for c in columns),
        },
        customdata=[[c.expression, c.hover] for c in columns],
        hovertemplate="%{customdata[1]}<extra></extra>",
    )


def _matrix(columns: Sequence[_Column], names: Sequence[str]) -> list[go.Scatter]:
    level = {name: len(names) - 1 - i for i, name in enumerate(names)}
    regions = [(i, c) for i, c in enumerate(columns) if c.expression is not None]
    off = [(i, level[name]) for i, c in regions for name in names if name not in c.members]
    on = [(i, level[name], c) for i, c in regions for name in names if name in c.members]
    lines = []
    for colour in (BAR, SELECTED):
        ends: list[tuple[float | None, float | None]] = []
        for i, c in regions:
            if c.colour == colour:
                levels = [level[name] for name in c.members]
                ends += [(i, min(levels)), (i, max(levels)), (None, None)]
        lines.append(go.Scatter(
            x=[x for x, _ in ends], y=[y for _, y in ends], mode="lines", hoverinfo="skip",
            line={"width": 2, "color": colour}, yaxis="y2",
        ))  # fmt: skip
    return [
        go.Scatter(
            x=[x for x, _ in off], y=[y for _, y in off], mode="markers", hoverinfo="skip",
            marker={"size": 8, "color": MUTED}, yaxis="y2",
        ),
        *lines,
        go.Scatter(
            x=[x for x, _, _ in on], y=[y for _, y, _ in on], mode="markers", yaxis="y2",
            marker={"size": 11, "color": [c.colour for _, _, c in on], "line": {"width": 0}},
            customdata=[[c.expression, c.hover] for _, _, c in on],
            hovertemplate="%{customdata[1]}<extra></extra>",
        ),
    ]  # fmt: skip


# --- layout -----------------------------------------------------------------------------------


def _plain(tick: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "", tick))


def _layout(
    columns: Sequence[_Column], ticks: Sequence[str], frame: pl.DataFrame, language: str
) -> dict[str, Any]:
    words = _WORDS[language]
    sideways = len(columns) > _SIDEWAYS
    top = max([c.high for c in columns], default=1.0) * (1.3 if sideways else 1.12)
    matrix = _ROW * len(ticks)
    plot = matrix + 10 + _BARS
    named = [_plain(line) for tick in ticks for line in tick.split("<br>")]
    said = words["exact"] if all(c.exact for c in columns) else words["whiskers"]
    return {
        "height": plot + _TOP + 8,
        "margin": {"l": max(names_margin(named), 60), "r": 8, "t": _TOP, "b": 16},
        "showlegend": False,
        "hovermode": "closest",
        "clickmode": "event+select",
        "dragmode": False,
        "font": {"size": 12},
        "shapes": [
            {"type": "rect", "xref": "paper", "x0": 0, "x1": 1, "yref": "y2", "y0": i - 0.5,
             "y1": i + 0.5, "fillcolor": BAND, "line": {"width": 0}, "layer": "below"}
            for i in range(0, len(ticks), 2)
        ],
        "annotations": [
            *_values(columns, language, sideways=sideways),
            *_notes(columns, len(ticks), frame, language),
        ],
        "xaxis": {
            "range": [-0.6, max(len(columns), _FEWEST) - 0.4],
            "anchor": "y2",
            "visible": False,
            "fixedrange": True,
        },
        "yaxis": {
            "domain": [(matrix + 10) / plot, 1],
            "range": [0, top],
            "title": {"text": f"{words['axis']}<br>({said})", "standoff": 10,
                      "font": {"size": 12}},
            "tickvals": _ticks(top),
            "ticktext": [wording.users(tick, language) for tick in _ticks(top)],
            "fixedrange": True,
            "zeroline": False,
        },
        "yaxis2": {
            "domain": [0, matrix / plot],
            "range": [-0.5, len(ticks) - 0.5],
            "tickvals": list(range(len(ticks))),
            "ticktext": list(reversed(ticks)),
            "automargin": True,
            "showgrid": False,
            "zeroline": False,
            "fixedrange": True,
        },
    }  # fmt: skip


def _ticks(top: float) -> list[float]:
    """Return some five round numbers from 0 up."""
    rough = top / 5
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(m * power for m in (1, 2, 5, 10) if m * power >= rough * 0.999)
    step = max(step, 1.0)
    return [step * i for i in range(int(top / step) + 1)]


def _values(columns: Sequence[_Column], language: str, *, sideways: bool) -> list[dict[str, Any]]:
    """Return the number over each bar, above its whisker."""
    turned = {"textangle": -90} if sideways else {}
    return [
        {"text": wording.users(c.users, language, exact=c.exact),
         "x": i, "y": c.high, "xref": "x", "yref": "y",
         "yanchor": "bottom", "showarrow": False, "font": {"size": 11}, "yshift": 2, **turned}
        for i, c in enumerate(columns)
    ]  # fmt: skip


def _notes(
    columns: Sequence[_Column], names: int, frame: pl.DataFrame, language: str
) -> list[dict[str, Any]]:
    """Return what is said about regions that have no bar of their own."""
    words = _WORDS[language]
    plain = {"showarrow": False, "font": {"size": 11}}
    notes: list[dict[str, Any]] = []
    if columns and columns[-1].expression is None:
        shown = int((frame["exclusive_users"] > 0).sum())
        notes.append({
            **plain, "text": words["rest"].format(n=shown - len(columns) + 1), "xref": "x",
            "x": len(columns) - 1, "yref": "y2", "y": (names - 1) / 2,
            "textangle": -90 if names > 2 else 0,
        })  # fmt: skip
    hidden = frame.filter(pl.col("exclusive_users").is_null())
    if len(hidden):
        why = _why(hidden["suppressed"][0], language)
        notes.append({
            **plain, "text": words["hidden"].format(n=len(hidden), why=why), "xref": "paper",
            "x": 1, "xanchor": "right", "yref": "paper", "y": 1, "yanchor": "bottom",
            # Clear of the button that saves the picture.
            "xshift": -36,
        })  # fmt: skip
    elif not columns:
        notes.append({**plain, "text": words["empty"], "xref": "paper", "x": 0.5,
                      "yref": "y domain", "y": 0.5})  # fmt: skip
    return notes
