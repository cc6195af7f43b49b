"""Two audiences as circles, their areas and the area they share true to scale."""

from __future__ import annotations

import html
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import plotly.graph_objects as go
import polars as pl

from overlap.charts.circles import Circles
from overlap.charts.colours import RULE, SELECTED
from overlap.charts.names import cut, floor_of, labels, short_name
from overlap.charts.upset import BAR
from overlap.insights import wording
from overlap.model import UsageError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_FIRST, _BOTH, _SECOND = "rgba(48,133,189,0.42)", "rgba(139,115,95,0.85)", "rgba(230,97,0,0.42)"
_HALO, _DASH = "rgba(255,255,255,0.7)", "#1c2733"
_CIRCLES, _ABOVE, _BELOW = 250, 72, 84
_NAME_WIDTH, _ONLY_WIDTH = 170.0, 88.0

_WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "only": "Only {name}",
        "both": "In both",
        "chance": "dashed: {users} by chance",
        "exact": "exact",
        "hidden": "Not shown: one of the parts has fewer than {floor} users.",
        "empty": "Nobody is in either audience.",
    },
    "zh": {
        "only": "仅 {name}",
        "both": "同属两者",
        "chance": "虚线：随机期望 {users}",
        "exact": "精确",
        "hidden": "未显示：其中一部分少于 {floor} 人。",
        "empty": "两个人群都没有用户。",
    },
}


def two_sets(frame: pl.DataFrame, language: str, expected: float | None = None) -> go.Figure:
    """Return two audiences as circles whose areas, and the lens they share, are in proportion.

    Takes insights.regions.REGIONS_TABLE of two audiences. `expected` users in both, as chance
    gives (insights.regions.expected_together), are outlined as a dashed lens of that area. All
    numbers stand above and below the circles with their intervals. Where one of them is below the
    display floor nothing is drawn and the figure says so. Raises UsageError for another number of
    audiences.
    """
    degrees = frame["degree"].to_list()
    if max(degrees, default=0) != 2:
        raise UsageError(
            f"a diagram of two circles cannot show {max(degrees, default=0)} audiences",
            cure="choose two, or draw more of them as an UpSet plot",
        )
    words = _WORDS[language]
    names = frame.filter(pl.col("degree") == 2)["audiences"][0].to_list()
    rows = {tuple(row["audiences"]): row for row in frame.to_dicts()}
    first, second, both = rows[(names[0],)], rows[(names[1],)], rows[tuple(names)]
    sizes = [row["inclusive_users"] for row in (first, second, both)]
    if None in sizes or any(row["exclusive_users"] is None for row in rows.values()):
        floor = next(floor_of(row["suppressed"]) for row in rows.values() if row["suppressed"])
        return _message(words["hidden"].format(floor=floor))
    if not max(sizes):
        return _message(words["empty"])
    circles = Circles.of(*sizes)
    traces = [
        _region(circles.only_first(), _FIRST, _hover(first, "exclusive", words["only"], language)),
        _region(circles.only_second(), _SECOND,
                _hover(second, "exclusive", words["only"], language)),
        _region(circles.lens(), _BOTH, _hover(both, "inclusive", words["both"], language)),
        _outline(circles.circle(0), BAR),
        _outline(circles.circle(1), SELECTED),
    ]  # fmt: skip
    if expected is not None and expected > 0:
        chance = Circles.of(sizes[0], sizes[1], expected)
        # Dark on a pale halo is seen on any of the colours below it, by day and by night.
        traces += [_outline(chance.lens(), _HALO, width=4), _outline(chance.lens(), _DASH, "dash")]
    return go.Figure(
        data=traces, layout=_layout(circles, (first, second, both), expected, language)
    )


# --- figure -----------------------------------------------------------------------------------


def _region(outline: NDArray[np.float64], colour: str, hover: str) -> go.Scatter:
    return go.Scatter(
        x=outline[:, 0], y=outline[:, 1], mode="lines", line={"width": 0}, fill="toself",
        fillcolor=colour, hoveron="fills", hoverinfo="text", text=hover,
    )  # fmt: skip


def _outline(
    outline: NDArray[np.float64], colour: str, dash: str = "solid", width: float = 1.8
) -> go.Scatter:
    line = {"width": width, "color": colour, "dash": dash}
    return go.Scatter(
        x=outline[:, 0], y=outline[:, 1], mode="lines", line=line, hoverinfo="skip"
    )  # fmt: skip


def _number(row: Mapping[str, Any], which: str, language: str) -> tuple[str, str]:
    """Return a count and its interval in words."""
    exact = row["exact" if which == "exclusive" else "inclusive_exact"]
    ends = wording.interval(row[f"{which}_low"], row[f"{which}_high"], language)
    said = _WORDS[language]["exact"] if exact else ends
    return wording.users(row[f"{which}_users"], language, exact=exact), f"({said})"


def _hover(row: Mapping[str, Any], which: str, title: str, language: str) -> str:
    name = " & ".join(short_name(audience, 400) for audience in row["audiences"])
    users, ends = _number(row, which, language)
    return f"<b>{_plain(title.format(name=name))}</b><br>{users} {ends}"


def _layout(
    circles: Circles,
    rows: tuple[Mapping[str, Any], Mapping[str, Any], Mapping[str, Any]],
    expected: float | None,
    language: str,
) -> dict[str, Any]:
    left, right = circles.span
    bottom = -1.03
    outline = circles.lens()
    x, y = outline[int(outline[:, 1].argmin())].tolist()
    margin = 0.015 * (right - left)
    return {
        "height": _CIRCLES + _ABOVE + _BELOW,
        "margin": {"l": 8, "r": 8, "t": _ABOVE, "b": _BELOW},
        "showlegend": False,
        "hovermode": "closest",
        "dragmode": False,
        "font": {"size": 12},
        # From the foot of the lens to the middle of the plot, where its numbers stand.
        "shapes": [
            {"type": "line", "x0": x, "y0": y, "x1": (left + right) / 2, "y1": bottom,
             "line": {"color": RULE, "width": 1}}
        ] if rows[2]["inclusive_users"] else [],
        "annotations": _texts(rows, expected, language),
        "xaxis": {"visible": False, "range": [left - margin, right + margin], "fixedrange": True,
                  "constrain": "domain"},
        # Circles stay round and sit on their numbers, whatever the width of the page.
        "yaxis": {"visible": False, "range": [bottom, 1.03], "fixedrange": True,
                  "scaleanchor": "x", "scaleratio": 1, "constrain": "domain",
                  "constraintoward": "bottom"},
    }  # fmt: skip


def _texts(
    rows: tuple[Mapping[str, Any], Mapping[str, Any], Mapping[str, Any]],
    expected: float | None,
    language: str,
) -> list[dict[str, Any]]:
    """Return the numbers: of the audiences above the circles, of the regions below them."""
    words = _WORDS[language]
    first, second, both = rows
    names = labels([row["audiences"][0] for row in (first, second)])
    texts = []
    for row, name, colour, side in (
        (first, names[0], BAR, "left"), (second, names[1], SELECTED, "right")
    ):  # fmt: skip
        users, ends = _number(row, "inclusive", language)
        head = _dot(colour) + f"<b>{_plain(cut(name, _NAME_WIDTH))}</b>"
        texts.append(_text(f"{head}<br>{users} {ends}", side, above=True))
        only = _plain(words["only"].format(name=cut(name, _ONLY_WIDTH)))
        users, ends = _number(row, "exclusive", language)
        texts.append(_text(f"{only}<br><b>{users}</b><br>{ends}", side))
    users, ends = _number(both, "inclusive", language)
    lines = [words["both"], f"<b>{users}</b>", ends]
    if expected is not None:
        lines.append(words["chance"].format(users=wording.users(expected, language)))
    texts.append(_text("<br>".join(lines), "center"))
    return texts


def _text(text: str, side: str, *, above: bool = False) -> dict[str, Any]:
    return {
        "text": text,
        "align": side,
        "showarrow": False,
        "font": {"size": 12},
        "xref": "paper",
        "x": {"left": 0, "center": 0.5, "right": 1}[side],
        "xanchor": side,
        "yref": "paper",
        "y": 1 if above else 0,
        "yanchor": "bottom" if above else "top",
        "yshift": 8 if above else -4,
    }


def _plain(text: str) -> str:
    """Return text that plotly shows as it is; quotes need no care, and it would show their code."""
    return html.escape(text, quote=False)


def _dot(colour: str) -> str:
    return f"<span style='color:{colour}'>●</span> "


def _message(text: str) -> go.Figure:
    """Return a figure that says why there is nothing to see."""
    note = {"text": text, "xref": "paper", "yref": "paper", "x": 0.5, "y": 0.5, "showarrow": False}
    return go.Figure(layout={
        "height": _CIRCLES, "annotations": [note], "font": {"size": 12},
        "xaxis": {"visible": False}, "yaxis": {"visible": False},
        "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
    })  # fmt: skip
