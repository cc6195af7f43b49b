"""The needs map as a picture: audiences as bubbles in the colours of their communities."""

from __future__ import annotations

import html
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
import polars as pl

from overlap.charts.colours import EDGE, NOTHING, RULE, SELECTED
from overlap.charts.labels import Spot, place
from overlap.charts.names import cut
from overlap.insights import wording
from overlap.insights.needs_map import NeedsMap

PALETTE = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#8c6bb1")
"""Told apart in every common colour blindness (after Okabe and Ito), on white and on black."""
SYMBOLS = ("circle", "square", "diamond", "cross", "hexagon2")
"""From the eighth community on, colours come again in another shape."""
ALONE = "rgba(128, 138, 150, 0.55)"
"""Audiences without a link."""

HEIGHT = 600
MOST_LINKS = 3
"""Links drawn of each audience: its strongest, and those that it is among the strongest of."""
MOST_LABELS = 70
LARGEST_BUBBLE, SMALLEST_BUBBLE = 40.0, 7.0

_PLOT = (720.0, 500.0)
"""The plot's size in pixels on a narrow page: names kept apart there are so on any."""
_MARGIN = 0.06
_WIDTHS = ((0.0, 0.6), (0.5, 1.2), (0.8, 2.2))
"""Widths of lines from these parts of the heaviest link on, in pixels."""
_NAME, _LEGEND = 120.0, 170.0

_WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "users": "Users", "exact": "exact", "community": "Community", "links": "Links",
        "alone": "no link", "strongest": "Strongest", "colon": ": ",
        "empty": "There is no audience large enough to be shown.",
    },
    "zh": {
        "users": "人数", "exact": "精确", "community": "社群", "links": "关联数",
        "alone": "无关联", "strongest": "最强关联", "colon": "：",
        "empty": "没有人数足够、可以展示的人群。",
    },
}  # fmt: skip


def map_picture(found: NeedsMap, language: str, selected: str | None = None) -> go.Figure:
    """Return a needs map: bubbles by users, colours by community, the strongest links as lines.

    Areas are in proportion to users. Names are drawn where they cover nothing, the largest first;
    every bubble tells its name, users and strongest links when pointed at, and its customdata
    start with kind and name. `selected` is the name of an audience that has a ring around it, and
    its name written in any case.
    """
    words = _WORDS[language]
    nodes = found.nodes.with_row_index("node")
    if not len(nodes):
        return go.Figure(layout=_empty(words["empty"]))
    data: list[go.Scatter] = [*_links(nodes, found.edges)]
    told = _strongest(found.edges, language)
    largest = float(nodes["users"].max() or 1.0)  # type: ignore[arg-type]
    for community, rows in _groups(nodes):
        data.append(_bubbles(rows.to_dicts(), community, told, largest, words, language))
    data.append(_names(nodes.to_dicts(), largest, selected))
    data += _rings(nodes.filter(pl.col("name").eq_missing(selected)).to_dicts(), largest)
    return go.Figure(data=data, layout=_layout(nodes))


def colour_of(community: int | None) -> str:
    """Return the colour of a community's number."""
    return ALONE if community is None else PALETTE[community % len(PALETTE)]


def symbol_of(community: int | None) -> str:
    """Return the shape of a community's number."""
    return SYMBOLS[0 if community is None else community // len(PALETTE) % len(SYMBOLS)]


def _groups(nodes: pl.DataFrame) -> list[tuple[int | None, pl.DataFrame]]:
    numbers = sorted(nodes["community"].drop_nulls().unique().to_list())
    groups: list[tuple[int | None, pl.DataFrame]] = [
        (number, nodes.filter(pl.col("community") == number)) for number in numbers
    ]
    alone = nodes.filter(pl.col("community").is_null())
    return [*groups, (None, alone)] if len(alone) else groups


def _links(nodes: pl.DataFrame, edges: pl.DataFrame) -> list[go.Scatter]:
    places = {
        (kind, name): (x, y) for kind, name, x, y in nodes.select("kind", "name", "x", "y").rows()
    }
    kept = _drawn(edges)
    heaviest = max([row["weight"] for row in kept], default=1.0)
    out = []
    for place_, (least, width) in enumerate(_WIDTHS):
        most = _WIDTHS[place_ + 1][0] if place_ + 1 < len(_WIDTHS) else math.inf
        x: list[float | None] = []
        y: list[float | None] = []
        for row in kept:
            if least <= row["weight"] / heaviest < most:
                a = places[row["kind"], row["name"]]
                b = places[row["other_kind"], row["other"]]
                x += [a[0], b[0], None]
                y += [a[1], b[1], None]
        out.append(
            go.Scatter(
                x=x, y=y, mode="lines", line={"width": width, "color": RULE}, opacity=0.45,
                hoverinfo="skip", showlegend=False,
            )
        )  # fmt: skip
    return out


def _drawn(edges: pl.DataFrame) -> list[dict[str, Any]]:
    """Return the links among the strongest MOST_LINKS of either end; edges come heaviest first."""
    count: dict[tuple[str, str], int] = {}
    out = []
    for row in edges.to_dicts():
        ends = (row["kind"], row["name"]), (row["other_kind"], row["other"])
        if any(count.get(end, 0) < MOST_LINKS for end in ends):
            out.append(row)
        for end in ends:
            count[end] = count.get(end, 0) + 1
    return out


def _strongest(edges: pl.DataFrame, language: str) -> dict[tuple[str, str], list[str]]:
    """Return for each audience its strongest links in words."""
    out: dict[tuple[str, str], list[str]] = {}
    for row in edges.to_dicts():
        pairs = (
            ((row["kind"], row["name"]), row["other"]),
            ((row["other_kind"], row["other"]), row["name"]),
        )
        for end, other in pairs:
            told = out.setdefault(end, [])
            if len(told) < MOST_LINKS:
                users = wording.users(row["overlap_users"], language)
                told.append(f"{_escaped(other)} (TGI {wording.index(row['tgi'])}, {users})")
    return out


def _bubbles(
    rows: Sequence[Mapping[str, Any]], community: int | None,
    told: Mapping[tuple[str, str], list[str]], largest: float, words: Mapping[str, str],
    language: str,
) -> go.Scatter:  # fmt: skip
    rows = sorted(rows, key=lambda row: -row["users"])
    name = words["alone"] if community is None else rows[0]["community_name"]
    return go.Scatter(
        x=[row["x"] for row in rows],
        y=[row["y"] for row in rows],
        mode="markers",
        name=_escaped(cut(name, _LEGEND)),
        marker={
            "size": [_diameter(row["users"], largest) for row in rows],
            "color": colour_of(community),
            "symbol": symbol_of(community),
            "opacity": 0.9,
            "line": {"width": 1, "color": EDGE},
        },
        selected={"marker": {"opacity": 0.9}},
        unselected={"marker": {"opacity": 0.9}},
        customdata=[[row["kind"], row["name"], _hover(row, told, words, language)] for row in rows],
        hovertemplate="%{customdata[2]}<extra></extra>",
    )


def _hover(
    row: Mapping[str, Any], told: Mapping[tuple[str, str], list[str]], words: Mapping[str, str],
    language: str,
) -> str:  # fmt: skip
    colon = words["colon"]
    ends = (
        words["exact"]
        if row["exact"]
        else wording.interval(row["users_low"], row["users_high"], language)
    )
    users = wording.users(row["users"], language, exact=row["exact"])
    lines = [
        f"<b>{_escaped(row['name'])}</b>",
        f"{words['users']}{colon}{users} ({ends})",
    ]
    if row["community_name"] is not None:
        lines.append(f"{words['community']}{colon}{_escaped(row['community_name'])}")
    lines.append(f"{words['links']}{colon}{row['links']}")
    strongest = told.get((row["kind"], row["name"]), [])
    if strongest:
        lines.append(f"{words['strongest']}{colon}{'; '.join(strongest)}")
    return "<br>".join(lines)


def _names(rows: Sequence[Mapping[str, Any]], largest: float, selected: str | None) -> go.Scatter:
    """Return the names that cover nothing; audiences of two kinds may share one."""
    x_range, y_range = _ranges(rows)
    by_label: dict[str, Mapping[str, Any]] = {}
    spots = []
    for row in rows:
        label = cut(row["name"], _NAME)
        while label in by_label:
            label += " "
        by_label[label] = row
        spots.append(
            Spot(
                label,
                _PLOT[0] * (row["x"] - x_range[0]) / (x_range[1] - x_range[0]),
                _PLOT[1] * (row["y"] - y_range[0]) / (y_range[1] - y_range[0]),
                _diameter(row["users"], largest) / 2,
            )
        )
    first = [label for label, row in by_label.items() if row["name"] == selected]
    placed = place(spots, [*first, *(s.name for s in spots if s.name not in first)], _PLOT,
                   MOST_LABELS)  # fmt: skip
    return go.Scatter(
        x=[by_label[label]["x"] for label in placed],
        y=[by_label[label]["y"] for label in placed],
        mode="markers+text",
        # An invisible marker as large as the bubble keeps the text outside it.
        marker={
            "size": [_diameter(by_label[label]["users"], largest) + 4 for label in placed],
            "color": NOTHING,
        },
        text=[_escaped(label.rstrip()) for label in placed],
        textposition=list(placed.values()),
        textfont={"size": 12},
        hoverinfo="skip",
        showlegend=False,
    )


def _rings(rows: Sequence[Mapping[str, Any]], largest: float) -> list[go.Scatter]:
    """Return the ring around each of some audiences, which is in the way of no click."""
    return [
        go.Scatter(
            x=[row["x"]],
            y=[row["y"]],
            mode="markers",
            marker={
                "size": _diameter(row["users"], largest) + 9,
                "symbol": "circle-open",
                "color": SELECTED,
                "line": {"width": 3},
            },
            hoverinfo="skip",
            showlegend=False,
        )
        for row in rows
    ]


def _diameter(users: float, largest: float) -> float:
    return max(SMALLEST_BUBBLE, LARGEST_BUBBLE * math.sqrt(max(users, 0.0) / largest))


def _ranges(rows: Sequence[Mapping[str, Any]]) -> tuple[tuple[float, float], tuple[float, float]]:
    def reach(values: Sequence[float]) -> tuple[float, float]:
        low, high = float(np.min(values)), float(np.max(values))
        margin = _MARGIN * (high - low) or 1.0
        return low - margin, high + margin

    return reach([row["x"] for row in rows]), reach([row["y"] for row in rows])


def _layout(nodes: pl.DataFrame) -> dict[str, Any]:
    x, y = _ranges(nodes.to_dicts())
    bare = {"visible": False, "fixedrange": True, "zeroline": False}
    return {
        "height": HEIGHT,
        "margin": {"l": 8, "r": 8, "t": 8, "b": 44},
        "font": {"size": 12},
        "hovermode": "closest",
        "clickmode": "event+select",
        "dragmode": False,
        "plot_bgcolor": NOTHING,
        "legend": {"orientation": "h", "x": 0, "xanchor": "left", "y": -0.01, "yanchor": "top",
                   "itemsizing": "constant"},
        "xaxis": {**bare, "range": list(x)},
        "yaxis": {**bare, "range": list(y)},
    }  # fmt: skip


def _empty(text: str) -> dict[str, Any]:
    return {
        "height": 120,
        "xaxis": {"visible": False},
        "yaxis": {"visible": False},
        "annotations": [{"text": text, "showarrow": False, "x": 0.5, "y": 0.5, "xref": "paper",
                         "yref": "paper", "font": {"size": 12}}],
    }  # fmt: skip


def _escaped(text: str) -> str:
    return html.escape(text, quote=False)
