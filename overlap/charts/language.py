"""The language of a segment: how sure a word is its own against how many say it."""

from __future__ import annotations

import html
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go
import polars as pl

from overlap.charts.colours import MUTED, NOTHING, RULE, SELECTED
from overlap.charts.labels import LINE, Box, Spot, text_width
from overlap.charts.names import cut, floor_of
from overlap.insights import wording

OVER_COLOUR, UNDER_COLOUR = SELECTED, "#3085bd"
"""Orange and blue of like lightness, told apart in every common colour blindness."""
HEIGHT = 480
MOST_OVER, MOST_UNDER = 22, 14
"""Words that are named on each side, where there is room."""
MOST_DOTS = 400
"""Words as expected that are drawn: more only darken the middle."""
LONGEST_WORD = 150.0

_PLOT = (620.0, 400.0)
"""The plot's usual size in pixels: near enough to keep words apart on it."""
_DOT = 8.0
_GAP = 3.0
_AWAY = (14.0, 30.0, 46.0)
"""Distances at which a word is tried where there is no room beside its dot, in pixels."""
_WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "x": "Users who say it (of the side that says it more, log scale)",
        "y": "z: standard errors from no difference",
        "over": "The segment's words",
        "under": "The rest's words",
        "same": "as expected",
        "none": "No word differs beyond luck",
        "segment": "Segment",
        "rest": "Rest",
        "few": "fewer than {n}",
        "expected": "expected",
        "odds": "Odds",
        "times": "times those of the rest, at equal activity and period",
        "adjusted": "at equal activity and period",
        "exact": "exact",
        "least": "at least",
        "most": "at most",
        "colon": ": ",
    },
    "zh": {
        "x": "使用人数（说得更多的一方，对数刻度）",
        "y": "z 值：差异为标准误的倍数",
        "over": "人群包的用语",
        "under": "对比人群的用语",
        "same": "与期望相符",
        "none": "没有超出偶然波动的用语差异",
        "segment": "人群包",
        "rest": "对比人群",
        "few": "少于 {n}",
        "expected": "期望",
        "odds": "优势比",
        "times": "倍于对比人群（相同发言量与时期）",
        "adjusted": "相同发言量与时期下",
        "exact": "精确",
        "least": "不低于",
        "most": "不高于",
        "colon": "：",
    },
}


@dataclass(frozen=True, slots=True)
class _Axes:
    """Ranges of both axes, x in powers of ten."""

    x: tuple[float, float]
    y: tuple[float, float]

    def spot(self, row: Mapping[str, Any]) -> Spot:
        """Return a word's dot in pixels, under the word as it is written."""
        x = (math.log10(row["x"]) - self.x[0]) / (self.x[1] - self.x[0])
        y = (row["z"] - self.y[0]) / (self.y[1] - self.y[0])
        return Spot(cut(row["term"], LONGEST_WORD), _PLOT[0] * x, _PLOT[1] * y, _DOT / 2)


def language_words(frame: pl.DataFrame, language: str, selected: str | None = None) -> go.Figure:
    """Return the words of a segment as dots: z by the users who say them.

    Takes the rows of insights.language.LANGUAGE_TABLE. Words over stand above the line in orange,
    words under below it in blue, the others in grey; users are those of the segment above the line
    and of the rest below it. Rows without a z are not drawn, a hashtag only where its word is not
    there. Every point's customdata starts with its term; the `selected` one has a ring around it.
    """
    words = _WORDS[language]
    rows = _rows(frame)
    axes = _axes(rows)
    by_way = {way: [row for row in rows if row["direction"] == way]
              for way in ("as expected", "over", "under")}  # fmt: skip
    # The middle thins out evenly where it is crowded; the words that matter are all there.
    same = by_way["as expected"]
    by_way["as expected"] = same[:: max(1, math.ceil(len(same) / MOST_DOTS))]
    looks = {
        "as expected": ("same", MUTED, "circle", 6.0),
        "over": ("over", OVER_COLOUR, "circle", _DOT),
        "under": ("under", UNDER_COLOUR, "diamond", _DOT),
    }
    traces = []
    for way, (name, colour, symbol, size) in looks.items():
        found = by_way[way]
        traces.append(
            go.Scatter(
                x=[row["x"] for row in found],
                y=[row["z"] for row in found],
                mode="markers",
                name=words[name],
                marker={"color": colour, "symbol": symbol, "size": size, "opacity": 1},
                selected={"marker": {"opacity": 1}},
                unselected={"marker": {"opacity": 1}},
                customdata=[[row["term"], _hover(row, words, language)] for row in found],
                hovertemplate="%{customdata[1]}<extra></extra>",
            )
        )
    traces += [_ring(row) for row in rows if row["term"] == selected]
    return go.Figure(data=traces, layout=_layout(axes, words, by_way))


def _ring(row: Mapping[str, Any]) -> go.Scatter:
    """Return the ring around a word's dot."""
    return go.Scatter(
        x=[row["x"]],
        y=[row["z"]],
        mode="markers",
        marker={"size": 2 * _DOT, "symbol": "circle-open", "color": RULE, "line": {"width": 2.5}},
        hoverinfo="skip",
        showlegend=False,
    )


def _rows(frame: pl.DataFrame) -> list[dict[str, Any]]:
    terms = set(frame["term"])
    doubled = [t for t in terms if t.startswith("#") and t[1:] in terms]
    ours = pl.col("z") >= 0
    x = pl.when(ours).then("users").otherwise("rest_users")
    x = pl.coalesce(x, "users", "rest_users")
    return (
        frame.filter(pl.col("z").is_not_null() & ~pl.col("term").is_in(doubled))
        .with_columns(x=x)
        .filter(pl.col("x") > 0)
        .to_dicts()
    )


def _labels(by_way: Mapping[str, Sequence[Mapping[str, Any]]], axes: _Axes) -> list[dict[str, Any]]:
    """Return the words written beside their dots, as annotations with a line where one is away."""
    named = [*by_way["over"][:MOST_OVER], *by_way["under"][:MOST_UNDER]]
    spots = [axes.spot(row) for way in by_way.values() for row in way]
    taken = [Box(s.x - s.radius, s.x + s.radius, s.y - s.radius, s.y + s.radius) for s in spots]
    notes = []
    for row in [row for turn in _turns(named) for row in turn]:
        spot = axes.spot(row)
        if (found := _place(spot, taken)) is None:
            continue
        dx, dy, away = found
        taken += [_box(spot, dx, dy), *([_line(spot, dy)] if away else [])]
        notes.append(
            {
                "text": html.escape(spot.name),
                "x": math.log10(row["x"]),
                "y": row["z"],
                # Anchored at the side of the dot, so that no guess of its width moves the word.
                "ax": math.copysign(spot.radius + _GAP, dx) if dx else 0,
                "xanchor": "left" if dx > 0 else "right" if dx < 0 else "center",
                "ay": -dy,
                "showarrow": True,
                "arrowhead": 0,
                "arrowwidth": 0.8,
                "arrowcolor": RULE if away else NOTHING,
                "standoff": _DOT / 2,
                "font": {"size": 12},
                "borderpad": 0,
            }
        )
    return notes


def _place(spot: Spot, taken: Sequence[Box]) -> tuple[float, float, bool] | None:
    """Return where a word's middle goes from its dot, in pixels, and whether that needs a line."""
    half, reach = text_width(spot.name) / 2, spot.radius + _GAP
    aside, above = reach + half, reach + LINE / 2
    beside = [
        (aside, 0.0), (-aside, 0.0), (0.0, above), (0.0, -above), (aside, above / 2),
        (-aside, above / 2), (aside, -above / 2), (-aside, -above / 2),
    ]  # fmt: skip
    # Away only straight above and below: a wider or narrower plot moves nothing into these places.
    far = [(0.0, sign * (above + more)) for more in _AWAY for sign in (1, -1)]
    for i, (dx, dy) in enumerate([*beside, *far]):
        away = i >= len(beside)
        boxes = [_box(spot, dx, dy), *([_line(spot, dy)] if away else [])]
        if boxes[0].inside(*_PLOT) and not any(b.meets(t) for b in boxes for t in taken):
            return dx, dy, away
    return None


def _line(spot: Spot, dy: float) -> Box:
    """Return the room of the line from a dot to its word straight above or below."""
    near, end = spot.radius + 1, abs(dy) - LINE / 2
    low, high = (spot.y + near, spot.y + end) if dy > 0 else (spot.y - end, spot.y - near)
    return Box(spot.x - 1, spot.x + 1, low, high)


def _box(spot: Spot, dx: float, dy: float) -> Box:
    half = text_width(spot.name) / 2
    x, y = spot.x + dx, spot.y + dy
    return Box(x - half, x + half, y - LINE / 2, y + LINE / 2)


def _turns(named: Sequence[Mapping[str, Any]]) -> list[list[Mapping[str, Any]]]:
    """Return words of both sides by turns, so that neither takes all the room."""
    sides = [[row for row in named if row["direction"] == way] for way in ("over", "under")]
    return [[side[i] for side in sides if i < len(side)] for i in range(max(map(len, sides)))]


def _hover(row: Mapping[str, Any], words: Mapping[str, str], language: str) -> str:
    colon = words["colon"]
    lines = [f"<b>{html.escape(row['term'])}</b>"]
    for side, users, share in (
        ("segment", "users", "share_of_segment"),
        ("rest", "rest_users", "share_of_rest"),
    ):
        if row[users] is None:
            lines.append(words[side] + colon + words["few"].format(n=floor_of(row["suppressed"])))
            continue
        ends = (
            words["exact"]
            if row["exact"]
            else wording.interval(row[f"{users}_low"], row[f"{users}_high"], language)
        )
        count = wording.users(row[users], language, exact=row["exact"])
        lines.append(f"{words[side]}{colon}{count} ({ends}), {wording.percent(row[share])}")
    if row["expected_users"] is not None and row["users"] is not None:
        lines[1] += f"; {words['expected']} {wording.users(row['expected_users'], language)}"
    if row["adjusted_share_of_rest"] is not None:
        share = wording.percent(row["adjusted_share_of_rest"])
        lines[2] += f"; {share} {words['adjusted']}"
    bound = ""
    if row["suppressed"]:
        bound = words["least" if row["log_odds"] > 0 else "most"] + " "
    low, value, high = (_times(row[name]) for name in ("log_odds_low", "log_odds", "log_odds_high"))
    lines.append(f"{words['odds']}{colon}{bound}{value} ({low}–{high}) {words['times']}")
    lines.append(f"z{colon}{row['z']:+.1f}")
    return "<br>".join(lines)


def _times(log_odds: float) -> str:
    """Write an odds ratio from its logarithm: 0.46, 2.1, 18."""
    ratio = math.exp(log_odds)
    return f"{ratio:.2f}" if ratio < 1 else wording.times(ratio)


# --- axes -------------------------------------------------------------------------------------


def _axes(rows: Sequence[Mapping[str, Any]]) -> _Axes:
    users = [row["x"] for row in rows] or [10.0, 100.0]
    low, high = math.log10(min(users)), math.log10(max(users))
    room = max(high - low, 0.3)
    z = [row["z"] for row in rows]
    bottom, top = min([*z, -3.0]), max([*z, 3.0])
    margin = 0.07 * (top - bottom)
    return _Axes((low - 0.06 * room, high + 0.16 * room), (bottom - margin, top + margin))


def _layout(
    axes: _Axes, words: Mapping[str, str], by_way: Mapping[str, Sequence[Mapping[str, Any]]]
) -> dict[str, Any]:
    powers = range(math.floor(axes.x[0]), math.ceil(axes.x[1]) + 1)
    ticks = sorted({tick * 10.0**power for power in powers for tick in (1, 2, 3, 5)})
    nothing = not by_way["over"] and not by_way["under"]
    note = {
        "text": words["none"], "xref": "x domain", "yref": "y domain", "x": 0.5, "y": 0.97,
        "showarrow": False, "font": {"size": 12},
    }  # fmt: skip
    line = {
        "type": "line", "layer": "below", "xref": "x domain", "x0": 0, "x1": 1, "y0": 0, "y1": 0,
        "line": {"color": RULE, "width": 1, "dash": "dot"},
    }  # fmt: skip
    shown = [t for t in ticks if axes.x[0] <= math.log10(t) <= axes.x[1] and t >= 1]
    return {
        "height": HEIGHT,
        "margin": {"l": 56, "r": 8, "t": 42, "b": 50},
        "hovermode": "closest",
        "clickmode": "event+select",
        "dragmode": False,
        "font": {"size": 12},
        "shapes": [line],
        "annotations": [note] if nothing else _labels(by_way, axes),
        "legend": {
            "orientation": "h", "x": 0, "y": 1.01, "yanchor": "bottom", "itemclick": False,
            "itemdoubleclick": False,
        },
        "xaxis": {
            "type": "log",
            "range": list(axes.x),
            "title": {"text": words["x"], "standoff": 8, "font": {"size": 12}},
            "tickvals": shown,
            "ticktext": [f"{tick:,.0f}" for tick in shown],
            "fixedrange": True,
            "showgrid": False,
            "zeroline": False,
        },
        "yaxis": {
            "range": list(axes.y),
            "title": {"text": words["y"], "standoff": 8, "font": {"size": 12}},
            "fixedrange": True,
            "zeroline": False,
        },
    }  # fmt: skip
