"""Two kinds of audiences across each other as a heatmap, by how far each cell is from chance."""

from __future__ import annotations

import html
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import plotly.graph_objects as go
import polars as pl

from overlap.charts.colours import MUTED, NOTHING
from overlap.charts.labels import names_margin, text_width
from overlap.charts.names import cut, floor_of
from overlap.insights import wording

Number = Literal["tgi", "share_of_row", "share_of_column"]
NUMBERS: tuple[Number, ...] = ("tgi", "share_of_row", "share_of_column")
"""What can be written in a cell; its colour is always the TGI."""

MOST_NUMBERED = 26
"""Of more columns than this the cells are too narrow for numbers."""

RING = "#c2188f"
"""Magenta: on orange, on blue and on grey, by day and by night, and in every colour blindness."""

_OVER, _UNDER, _STRONGEST = "230, 97, 0", "48, 133, 189", 0.78
_LEAST_SPAN, _MOST_SPAN = math.log(2.0), math.log(5.0)
_TICKS = (20, 33, 50, 67, 80, 100, 125, 150, 200, 300, 500)
_ROW, _SLIM_ROW, _FOOT = 18, 15, 70
_NAME, _HEAD = 150.0, 128.0
_SLANT = 45

_WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "share": "{share} of {a} are in {b}",
        "both": "In both: {users} ({ends}); by chance {expected}",
        "tgi": "TGI {tgi} ({ends})",
        "exact": "exact",
        "over": "more than chance",
        "under": "less than chance",
        "as expected": "not told from chance",
        "hidden": "not shown: fewer than {floor} users in it or beside it",
        "scale": "Colour: TGI (100 = chance)",
        "muted": "Grey: not told from chance",
        "marked": "–: fewer than {floor} users in it or beside it, not shown",
        "empty": "There are no audiences to lay across each other.",
    },
    "zh": {
        "share": "{a} 中有 {share} 属于 {b}",
        "both": "重合 {users}（{ends}），随机期望 {expected}",
        "tgi": "TGI {tgi}（{ends}）",
        "exact": "精确",
        "over": "高于随机",
        "under": "低于随机",
        "as expected": "与随机无显著差异",
        "hidden": "未显示：其中或其余少于 {floor} 人",
        "scale": "颜色：TGI 指数，100 为随机水平",
        "muted": "灰色：与随机无显著差异",
        "marked": "–：其中或其余少于 {floor} 人，未显示",
        "empty": "没有可以交叉对比的人群。",
    },
}


def affinity_matrix(
    frame: pl.DataFrame,
    language: str,
    number: Number = "tgi",
    marked: tuple[str, ...] = (),
    selected: tuple[str, str] | None = None,
) -> go.Figure:
    """Return a matrix of audiences with a colour for the TGI of each cell, on a log scale.

    Takes insights.matrix.MATRIX_TABLE and draws it in its own order. Orange is above 100, blue
    below, both fading into the page towards it; cells not told from chance are grey, and cells
    below the floor have a dash. `number` is what stands in the cells. The names of `marked`
    audiences are bold. A cell that is clicked is ringed, as `selected` (its row and column) is:
    the last trace has a point for each cell, whose customdata starts with its row and column.
    """
    if frame.is_empty():
        return _message(_WORDS[language]["empty"])
    grid = _Grid.of(frame)
    told = pl.col("direction").is_in(["over", "under"]) & (pl.col("overlap_users") > 0)
    return go.Figure(
        data=[
            _colours(frame.filter(told), grid, language, number),
            _muted(frame.filter(~told | told.is_null()), grid, language, number),
            _points(frame, grid, language, selected),
        ],
        layout=_layout(frame, grid, language, marked),
    )


@dataclass(frozen=True, slots=True)
class _Grid:
    """The audiences along both sides in order, and ln(TGI/100) at the ends of the colours."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    span: float

    @classmethod
    def of(cls, frame: pl.DataFrame) -> _Grid:
        """Return the grid of a frame; the furthest twentieth does not widen the colours."""
        sides = [
            tuple(frame.unique(name).sort(f"{name}_place")[name]) for name in ("row", "column")
        ]
        tgi = frame.filter((pl.col("tgi") > 0) & (pl.col("direction") != "as expected"))["tgi"]
        far = (tgi / 100).log().abs().quantile(0.95, "nearest")
        span = min(max(float(far or 0.0), _LEAST_SPAN), _MOST_SPAN)
        return cls(sides[0], sides[1], span)

    @property
    def numbered(self) -> bool:
        """Whether there is room for numbers in the cells."""
        return len(self.columns) <= MOST_NUMBERED

    def place(self, row: Mapping[str, Any]) -> tuple[int, int]:
        """Return the column and the row of a cell, rows from the bottom."""
        return self.columns.index(row["column"]), len(self.rows) - 1 - self.rows.index(row["row"])

    def blank(self, value: Any) -> list[list[Any]]:
        """Return a value for every cell."""
        return [[value] * len(self.columns) for _ in self.rows]


# --- traces -----------------------------------------------------------------------------------


def _heat(cells: pl.DataFrame, grid: _Grid, language: str, number: Number) -> dict[str, Any]:
    z, text = grid.blank(None), grid.blank("")
    for row in cells.to_dicts():
        x, y = grid.place(row)
        # Without a common user there is no logarithm: as blue as can be.
        value = math.log(row["tgi"] / 100) if row["tgi"] else -grid.span
        z[y][x] = round(min(max(value, -grid.span), grid.span), 3)
        text[y][x] = _number(row, number) if grid.numbered or row[number] is None else ""
    return {"z": z, "text": text, "texttemplate": "%{text}", "textfont": {"size": 10},
            "hoverinfo": "skip", "xgap": 1, "ygap": 1}  # fmt: skip


def _number(row: Mapping[str, Any], number: Number) -> str:
    value = row[number]
    if value is None:
        return "–"
    return wording.index(value) if number == "tgi" else wording.percent(value, 0)


def _colours(cells: pl.DataFrame, grid: _Grid, language: str, number: Number) -> go.Heatmap:
    ends = [tick for tick in _TICKS if abs(math.log(tick / 100)) <= grid.span * 1.001]
    return go.Heatmap(
        **_heat(cells, grid, language, number),
        zmin=-grid.span,
        zmax=grid.span,
        colorscale=[
            (0.0, f"rgba({_UNDER}, {_STRONGEST})"),
            (0.5, f"rgba({_UNDER}, 0.03)"),
            (0.5, f"rgba({_OVER}, 0.03)"),
            (1.0, f"rgba({_OVER}, {_STRONGEST})"),
        ],
        colorbar={
            "orientation": "h",
            "thickness": 9,
            "len": 0.44,
            "x": 0,
            "xanchor": "left",
            "xpad": 2,
            "y": 0,
            "yanchor": "top",
            "ypad": 8,
            "outlinewidth": 0,
            "tickvals": [math.log(tick / 100) for tick in ends],
            "ticktext": [str(tick) for tick in ends],
            "tickfont": {"size": 10},
            "title": {"text": _WORDS[language]["scale"], "side": "top", "font": {"size": 11}},
        },
    )


def _muted(cells: pl.DataFrame, grid: _Grid, language: str, number: Number) -> go.Heatmap:
    heat = _heat(cells, grid, language, number)
    hidden = {grid.place(row) for row in cells.filter(pl.col("tgi").is_null()).to_dicts()}
    heat["z"] = [
        [
            None if value is None else 0.0 if (x, y) in hidden else 1.0
            for x, value in enumerate(line)
        ]
        for y, line in enumerate(heat["z"])
    ]
    return go.Heatmap(
        **heat, zmin=0, zmax=1, colorscale=[(0.0, NOTHING), (1.0, MUTED)], showscale=False
    )


def _points(
    frame: pl.DataFrame, grid: _Grid, language: str, selected: tuple[str, str] | None
) -> go.Scatter:
    """Return an unseen point in every cell: what is hovered over, clicked and ringed."""
    cells = frame.to_dicts()
    places = [grid.place(row) for row in cells]
    ring = {"color": RING, "opacity": 1}
    return go.Scatter(
        x=[x for x, _ in places],
        y=[y for _, y in places],
        mode="markers",
        marker={"symbol": "circle-open", "size": _row(grid) + 6, "opacity": 0,
                "line": {"width": 2.5}, "color": RING},
        customdata=[[row["row"], row["column"], _hover(row, language)] for row in cells],
        hovertemplate="%{customdata[2]}<extra></extra>",
        selectedpoints=[
            i for i, row in enumerate(cells) if (row["row"], row["column"]) == selected
        ],
        selected={"marker": ring},
        unselected={"marker": {"opacity": 0}},
    )  # fmt: skip


def _hover(row: Mapping[str, Any], language: str) -> str:
    words = _WORDS[language]
    first, second = (html.escape(row[side], quote=False) for side in ("row", "column"))
    lines = [f"<b>{first} × {second}</b>"]
    if row["suppressed"]:
        return "<br>".join([*lines, words["hidden"].format(floor=floor_of(row["suppressed"]))])

    def share(a: str, b: str, value: float | None) -> str:
        return words["share"].format(a=a, b=b, share=wording.percent(value))

    exact = words["exact"] if row["exact"] else None
    users = wording.interval(row["overlap_low"], row["overlap_high"], language)
    ends = f"{wording.index(row['tgi_low'])}–{wording.index(row['tgi_high'])}"
    lines += [
        share(first, second, row["share_of_row"]),
        share(second, first, row["share_of_column"]),
        words["both"].format(
            users=wording.users(row["overlap_users"], language, exact=row["exact"]),
            ends=exact or users,
            expected=wording.users(row["expected_users"], language),
        ),
        words["tgi"].format(tgi=wording.index(row["tgi"]), ends=exact or ends)
        + f": {words[row['direction']]}"
        if row["direction"]
        else "",
    ]
    return "<br>".join(line for line in lines if line)


# --- layout -----------------------------------------------------------------------------------


def _row(grid: _Grid) -> int:
    return _ROW if len(grid.rows) <= MOST_NUMBERED else _SLIM_ROW


def _layout(
    frame: pl.DataFrame, grid: _Grid, language: str, marked: Sequence[str]
) -> dict[str, Any]:
    words = _WORDS[language]
    wide = len(grid.columns) > MOST_NUMBERED
    head = max(text_width(cut(name, _HEAD)) for name in grid.columns)
    top = 24 + head * (1.0 if wide else math.sin(math.radians(_SLANT)))
    # Slanted names of the last columns lean beyond the plot.
    beyond = 8 if wide else 8 + 0.62 * head
    said = [words["muted"]]
    hidden = frame.filter(pl.col("suppressed").is_not_null())["suppressed"]
    if len(hidden):
        said.append(words["marked"].format(floor=floor_of(hidden[0])))
    axis = {"showgrid": False, "zeroline": False, "fixedrange": True, "ticks": "",
            "tickfont": {"size": 11}}  # fmt: skip
    return {
        "height": round(top + _row(grid) * len(grid.rows) + _FOOT),
        "margin": {"l": names_margin((cut(name, _NAME) for name in grid.rows), 11),
                   "r": round(beyond), "t": round(top), "b": _FOOT},
        "showlegend": False,
        "hovermode": "closest",
        # Whatever point of a cell is pointed at, its middle is the nearest.
        "hoverdistance": 400,
        "clickmode": "event+select",
        "dragmode": False,
        "font": {"size": 12},
        "annotations": [
            {"text": "<br>".join(said), "xref": "paper", "x": 1, "xanchor": "right",
             "yref": "paper", "y": 0, "yanchor": "top", "yshift": -10, "showarrow": False,
             "align": "right", "font": {"size": 11}}
        ],
        "xaxis": {
            **axis,
            "side": "top",
            "range": [-0.5, len(grid.columns) - 0.5],
            "tickvals": list(range(len(grid.columns))),
            "ticktext": [_name(name, _HEAD, name in marked) for name in grid.columns],
            "tickangle": -90 if wide else -_SLANT,
        },
        "yaxis": {
            **axis,
            "range": [-0.5, len(grid.rows) - 0.5],
            "tickvals": list(range(len(grid.rows))),
            "ticktext": [_name(name, _NAME, name in marked) for name in reversed(grid.rows)],
            "automargin": True,
        },
    }  # fmt: skip


def _name(name: str, width: float, bold: bool) -> str:
    shown = html.escape(cut(name, width), quote=False)
    return f"<b>{shown}</b>" if bold else shown


def _message(text: str) -> go.Figure:
    note = {"text": text, "xref": "paper", "yref": "paper", "x": 0.5, "y": 0.5, "showarrow": False}
    return go.Figure(layout={
        "height": 160, "annotations": [note], "font": {"size": 12}, "xaxis": {"visible": False},
        "yaxis": {"visible": False}, "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
    })  # fmt: skip
