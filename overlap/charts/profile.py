"""The profile of a segment as dots around TGI 100: over-represented above, under below."""

from __future__ import annotations

import html
import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import plotly.graph_objects as go
import polars as pl

from overlap.charts.colours import BAND, RULE, SELECTED
from overlap.charts.labels import names_margin, text_width
from overlap.insights import wording

OVER_COLOUR, UNDER_COLOUR = SELECTED, "#3085bd"
"""Orange and blue of like lightness, told apart in every common colour blindness."""
MOST_OVER, MOST_UNDER = 15, 10
LONGEST_NAME = 190.0
"""Longer names are cut, in pixels; the whole name is in the hover text."""

_ROW, _HEAD, _FOOT = 25, 40, 62
_LEAST_TGI = 1.0
_TICKS = (1, 2, 5, 10, 20, 30, 50, 70, 100, 150, 200, 300, 500, 800, 1200, 2000, 5000, 10_000)
_MORE_TICKS = (40, 60, 80, 120, 175, 250, 400, 600)
_FEW_TICKS = 6
_WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "x": "TGI (100 = as in the baseline, log scale)",
        "over": "Over-represented: {shown}",
        "under": "Under-represented: {shown}",
        "all": "{n}",
        "some": "{m} of {n}",
        "none": "Nothing is over- or under-represented beyond luck",
        "tgi": "TGI",
        "sketch": "from the sample",
        "shrunk": "small groups allowed for",
        "both": "In both",
        "expected": "By chance",
        "share": "Of the segment",
        "base": "of the baseline",
        "exact": "exact",
    },
    "zh": {
        "x": "TGI 指数（100 = 与基准持平，对数刻度）",
        "over": "偏高：{shown}",
        "under": "偏低：{shown}",
        "all": "{n} 个",
        "some": "{n} 个中的 {m} 个",
        "none": "没有超出偶然波动的偏高或偏低人群",
        "tgi": "TGI",
        "sketch": "抽样区间",
        "shrunk": "计入小样本波动",
        "both": "重合人数",
        "expected": "随机期望",
        "share": "占人群包",
        "base": "占基准",
        "exact": "精确",
    },
}


class _Part(NamedTuple):
    """Rows that are over or under, strongest first, and how many there are in all."""

    way: str
    rows: list[dict[str, Any]]
    every: int
    colour: str
    symbol: str


def profile_dots(
    frame: pl.DataFrame,
    language: str,
    *,
    most_over: int = MOST_OVER,
    most_under: int = MOST_UNDER,
) -> go.Figure:
    """Return the over- and under-represented audiences of a profile as dots with intervals.

    Takes the rows of insights.profile.PROFILE_TABLE. A dot is the TGI, the thick bar its interval
    from the sample (none where it is exact), the thin line the interval of the shrunk TGI, which
    also holds the luck of small groups. Rows that are as expected or suppressed are not drawn.
    Every point's customdata starts with the name of its audience.
    """
    words = _WORDS[language]
    parts = [
        _part(frame, "over", most_over, OVER_COLOUR, "circle"),
        _part(frame, "under", most_under, UNDER_COLOUR, "diamond"),
    ]
    parts = [part for part in parts if part.rows]
    axis = _x_range([row for part in parts for row in part.rows])
    figure = go.Figure()
    heads: list[dict[str, Any]] = []
    ticks: list[tuple[float, str]] = []
    lines: list[tuple[float, float]] = []
    at = 0.0
    for part in parts:
        heads.append(_head(part, words, at))
        places = [at + 1 + i for i in range(len(part.rows))]
        for trace in _traces(part, places, axis[0], words, language):
            figure.add_trace(trace)
        ticks += [(y, _short(row["name"])) for y, row in zip(places, part.rows, strict=True)]
        lines.append((places[0] - 0.5, places[-1] + 0.5))
        at = places[-1] + 1.2
    if not parts:
        heads.append(_note(words["none"], x=0.5, y=0.5, yref="y domain", xanchor="center"))
    figure.update_layout(_layout(words, axis, ticks, lines, heads, at))
    return figure


def _part(frame: pl.DataFrame, way: str, most: int, colour: str, symbol: str) -> _Part:
    rows = frame.filter((pl.col("direction") == way) & pl.col("tgi").is_not_null())
    return _Part(way, rows.head(most).to_dicts(), len(rows), colour, symbol)


def _traces(
    part: _Part, places: Sequence[float], least: float, words: Mapping[str, str], language: str
) -> list[go.Scatter]:
    rows = part.rows
    lines = []
    for low, high, width in (
        ("tgi_shrunk_low", "tgi_shrunk_high", 1.5),
        ("tgi_low", "tgi_high", 5),
    ):
        x: list[float | None] = []
        y: list[float | None] = []
        for place, row in zip(places, rows, strict=True):
            if low == "tgi_low" and row["exact"]:
                continue
            x += [_on(row[low], least), _on(row[high], least), None]
            y += [place, place, None]
        lines.append(
            go.Scatter(x=x, y=y, mode="lines", hoverinfo="skip", opacity=0.75 if width < 2 else 0.4,
                       line={"color": part.colour, "width": width})
        )  # fmt: skip
    dots = go.Scatter(
        x=[_on(row["tgi"], least) for row in rows],
        y=list(places),
        mode="markers",
        name=part.way,
        marker={"color": part.colour, "symbol": part.symbol, "size": 9},
        customdata=[[row["name"], _hover(row, words, language)] for row in rows],
        hovertemplate="%{customdata[1]}<extra></extra>",
    )
    ends = [max(row["tgi"], row["tgi_high"], row["tgi_shrunk_high"]) for row in rows]
    numbers = go.Scatter(
        x=[_on(end, least) for end in ends],
        y=list(places),
        mode="text",
        text=[f" {wording.index(row['tgi'])}" for row in rows],
        textposition="middle right",
        textfont={"size": 12},
        hoverinfo="skip",
    )
    return [*lines, dots, numbers]


def _hover(row: Mapping[str, Any], words: Mapping[str, str], language: str) -> str:
    ends = (
        words["exact"]
        if row["exact"]
        else f"{wording.index(row['tgi_low'])}–{wording.index(row['tgi_high'])} {words['sketch']}"
    )
    users = (
        words["exact"]
        if row["exact"]
        else wording.interval(row["overlap_low"], row["overlap_high"], language)
    )
    both = wording.users(row["overlap_users"], language, exact=row["exact"])
    cautious = f"{wording.index(row['tgi_shrunk_low'])}–{wording.index(row['tgi_shrunk_high'])}"
    return "<br>".join(
        [
            f"<b>{html.escape(row['name'])}</b>",
            f"{words['tgi']}: {wording.index(row['tgi'])} ({ends}; {cautious} {words['shrunk']})",
            f"{words['both']}: {both} ({users})",
            f"{words['expected']}: {wording.users(row['expected_users'], language)}",
            f"{words['share']}: {wording.percent(row['share_of_segment'])}, "
            f"{words['base']}: {wording.percent(row['share_of_baseline'])}",
        ]
    )


def _short(name: str) -> str:
    """Return a name that fits beside the plot, safe for a chart's text."""
    cut = name
    while len(cut) > 1 and text_width(cut) > LONGEST_NAME:
        cut = cut[:-1]
    return html.escape(cut if cut == name else cut.rstrip() + "…")


# --- axes -------------------------------------------------------------------------------------


def _on(value: float, least: float) -> float:
    """Return a TGI that a log scale can show: nobody in both lies at the left edge."""
    return max(value, 10**least)


def _x_range(rows: Sequence[Mapping[str, Any]]) -> tuple[float, float]:
    names = ("tgi", "tgi_low", "tgi_high", "tgi_shrunk_low", "tgi_shrunk_high")
    values = [row[name] for row in rows for name in names if row[name] is not None]
    low = math.log10(max(_LEAST_TGI, min([*values, 80.0])))
    high = math.log10(max([*values, 130.0]))
    margin = 0.05 * (high - low)
    # Room for the number to the right of the longest line.
    return low - margin, high + 2.2 * margin


def _ticks(axis: tuple[float, float]) -> list[int]:
    """Return the round TGIs on an axis, more of them where it is short."""

    def on(ticks: Sequence[int]) -> list[int]:
        return [tick for tick in ticks if axis[0] <= math.log10(tick) <= axis[1]]

    return few if len(few := on(_TICKS)) >= _FEW_TICKS else on(sorted((*_TICKS, *_MORE_TICKS)))


def _head(part: _Part, words: Mapping[str, str], at: float) -> dict[str, Any]:
    few = len(part.rows) < part.every
    shown = words["some" if few else "all"].format(m=len(part.rows), n=part.every)
    text = words[part.way].format(shown=shown)
    return _note(
        f'<b><span style="color:{part.colour}">{text}</span></b>', x=0, y=at, yref="y",
        xanchor="left",
    )  # fmt: skip


def _note(text: str, **at: Any) -> dict[str, Any]:
    return {"text": text, "xref": "x domain", "showarrow": False, "font": {"size": 12}, **at}


def _layout(
    words: Mapping[str, str],
    axis: tuple[float, float],
    ticks: Sequence[tuple[float, str]],
    lines: Sequence[tuple[float, float]],
    heads: list[dict[str, Any]],
    rows: float,
) -> dict[str, Any]:
    rows = max(rows, 4.0)
    chance = [
        {"type": "line", "layer": "below", "x0": 100, "x1": 100, "y0": top, "y1": bottom,
         "line": {"color": RULE, "width": 1, "dash": "dot"}}
        for top, bottom in lines
    ]  # fmt: skip
    stripes = [
        {"type": "rect", "layer": "below", "xref": "x domain", "x0": 0, "x1": 1,
         "y0": place - 0.5, "y1": place + 0.5, "fillcolor": BAND, "line": {"width": 0}}
        for place, _ in ticks[::2]
    ]  # fmt: skip
    return {
        "height": round(_HEAD + _FOOT + _ROW * rows),
        "margin": {"l": names_margin(name for _, name in ticks) + 6, "r": 8, "t": 8, "b": 50},
        "showlegend": False,
        "hovermode": "closest",
        "dragmode": False,
        "font": {"size": 12},
        "shapes": [*stripes, *chance],
        "annotations": heads,
        "xaxis": {
            "type": "log",
            "range": list(axis),
            "title": {"text": words["x"], "standoff": 8, "font": {"size": 12}},
            "tickvals": _ticks(axis),
            "fixedrange": True,
            "showgrid": False,
            "zeroline": False,
        },
        "yaxis": {
            "range": [rows - 0.3, -0.7],
            "tickvals": [place for place, _ in ticks],
            "ticktext": [f"{name}\u2002" for _, name in ticks],
            "automargin": True,
            "fixedrange": True,
            "showgrid": False,
            "zeroline": False,
        },
    }
