"""A reach plan as a staircase: what each audience adds to those already reached."""

from __future__ import annotations

import html
import math
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import plotly.graph_objects as go
import polars as pl

from overlap.charts.colours import MUTED, RULE, SELECTED
from overlap.charts.labels import names_margin, text_width
from overlap.expressions import Audience, parse
from overlap.insights import wording

Goal = Literal["category", "segment"]

TIER_COLOURS: Mapping[str, str] = {"core": SELECTED, "likely": "#3085bd", "broad": "#8b95a1"}
"""Orange, blue and grey: told apart in every common colour blindness, on white and on black."""
LONGEST_NAME = 200.0
"""Longer names are cut, in pixels; the whole name is in the hover text."""

_ROW, _HEAD, _FOOT, _NUMBERS = 34, 64, 62, 112
_WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "x": "Users of the {goal} reached so far",
        "core": "core",
        "likely": "likely",
        "broad": "broad",
        "target": "Target {n}",
        "category": "{Goal} {n}",
        "none": "No audience adds enough users of the {goal} to make a step",
        "adds": "Adds",
        "so_far": "Reached so far",
        "of_category": "of the {goal}",
        "anybody": "Everybody reached",
        "of_them": "of them in the {goal}",
        "tgi": "TGI",
        "exact": "exact",
    },
    "zh": {
        "x": "累计触达的{goal}人数",
        "core": "核心",
        "likely": "潜力",
        "broad": "泛人群",
        "target": "目标 {n}",
        "category": "{Goal} {n}",
        "none": "没有能再增加足够{goal}用户的人群",
        "adds": "新增",
        "so_far": "累计触达",
        "of_category": "占{goal}",
        "anybody": "触达总人数",
        "of_them": "其中属于该{goal}",
        "tgi": "TGI",
        "exact": "精确",
    },
}
_GOALS: Mapping[str, Mapping[str, str]] = {
    "en": {"category": "category", "segment": "segment"},
    "zh": {"category": "品类", "segment": "人群包"},
}


def reach_staircase(frame: pl.DataFrame, language: str, goal: Goal = "category") -> go.Figure:
    """Return the steps of a plan from top to bottom, each beginning where the last one ended.

    Takes the rows of insights.planner.PLAN_TABLE; candidates without a step are not drawn. The
    coloured part of a bar is what the step adds, its whisker the interval of all that is reached
    by then, the pale part those reached before. A dashed line is the target, a dotted one the whole
    category where it is near. Every bar's customdata starts with its number and its audience.
    `goal` is what the category of the plan is called: it may be any segment.
    """
    name = _GOALS[language][goal]
    # The numbers come in later.
    words = {key: said.replace("{goal}", name).replace("{Goal}", name.capitalize())
             for key, said in _WORDS[language].items()}  # fmt: skip
    rows = frame.filter(pl.col("step").is_not_null()).to_dicts()
    starts = [row["cumulative_users"] - row["new_users"] for row in rows]
    starts = [max(0.0, start) for start in starts]
    figure = go.Figure(
        go.Bar(
            x=starts, y=[row["step"] for row in rows], orientation="h", marker={"color": MUTED},
            hoverinfo="skip", showlegend=False,
        )
    )  # fmt: skip
    for tier, colour in TIER_COLOURS.items():
        mine = [(row, start) for row, start in zip(rows, starts, strict=True)
                if row["tier"] == tier]  # fmt: skip
        if mine:
            figure.add_trace(_bars(mine, words[tier], colour, words, language))
    figure.update_layout(_layout(rows, words, language))
    return figure


def _bars(
    mine: Sequence[tuple[dict[str, Any], float]],
    name: str,
    colour: str,
    words: Mapping[str, str],
    language: str,
) -> go.Bar:
    rows = [row for row, _ in mine]
    up = [row["cumulative_users_high"] - row["cumulative_users"] for row in rows]
    down = [row["cumulative_users"] - row["cumulative_users_low"] for row in rows]
    return go.Bar(
        x=[row["cumulative_users"] - start for row, start in mine],
        base=[start for _, start in mine],
        y=[row["step"] for row in rows],
        orientation="h",
        name=name,
        marker={"color": colour},
        error_x={
            "type": "data",
            "array": up,
            "arrayminus": down,
            "visible": not all(row["exact"] for row in rows),
            "thickness": 1.5,
            "width": 6,
        },
        customdata=[[row["step"], row["audience"], _hover(row, words, language)] for row in rows],
        hovertemplate="%{customdata[2]}<extra></extra>",
    )


def _number(row: Mapping[str, Any], language: str) -> dict[str, Any]:
    """Return what is reached after a step as text to the right of the plot."""
    users = wording.users(row["cumulative_users"], language, exact=row["exact"])
    return {
        "text": f"{users} ({wording.percent(row['cumulative_share'])})",
        "x": 1, "xref": "x domain", "xanchor": "left", "xshift": 6, "y": row["step"],
        "showarrow": False, "font": {"size": 12},
    }  # fmt: skip


def _hover(row: Mapping[str, Any], words: Mapping[str, str], language: str) -> str:
    def users(name: str) -> str:
        ends = (
            words["exact"]
            if row["exact"]
            else wording.interval(row[f"{name}_low"], row[f"{name}_high"], language)
        )
        return f"{wording.users(row[name], language, exact=row['exact'])} ({ends})"

    return "<br>".join(
        [
            f"<b>{row['step']}. {html.escape(row['audience'])}</b> · {words[row['tier']]}",
            f"{words['adds']}: {users('new_users')}",
            f"{words['so_far']}: {users('cumulative_users')}, "
            f"{words['of_category']} {wording.percent(row['cumulative_share'])}",
            f"{words['anybody']}: {users('reached_users')}, "
            f"{words['of_them']} {wording.percent(row['efficiency'])}",
            f"{words['tgi']}: {wording.index(row['tgi'])}",
        ]
    )


def _name(row: Mapping[str, Any]) -> str:
    """Return the step's number and audience, short enough to stand beside the plot."""
    tree = parse(row["audience"])
    plain = isinstance(tree, Audience) and tree.at_least == 1
    audience = cut = tree.name if isinstance(tree, Audience) and plain else row["audience"]
    while len(cut) > 1 and text_width(cut) > LONGEST_NAME:
        cut = cut[:-1]
    cut = cut if cut == audience else cut.rstrip() + "…"
    return f"{html.escape(cut)}  {row['step']}\u2002"


def _layout(
    rows: Sequence[Mapping[str, Any]], words: Mapping[str, str], language: str
) -> dict[str, Any]:
    largest = max((row["cumulative_users_high"] for row in rows), default=1.0)
    target = rows[0]["target_users"] if rows else None
    category = rows[0]["category_users"] if rows else None
    lines: list[dict[str, Any]] = []
    notes = [_number(row, language) for row in rows]
    marks = [(target, "target", "dash", "right"), (category, "category", "dot", "left")]
    for users, what, dash, side in marks:
        if users is None or (what == "category" and users > 1.7 * largest):
            continue
        lines.append(
            {"type": "line", "x0": users, "x1": users, "y0": 0, "y1": 1, "yref": "y domain",
             "line": {"color": RULE, "width": 1.5, "dash": dash}}
        )  # fmt: skip
        notes.append(
            {"text": words[what].format(n=wording.users(users, language)), "x": users, "y": 1,
             "yref": "y domain", "yanchor": "bottom", "xanchor": side, "showarrow": False,
             "font": {"size": 12}}
        )  # fmt: skip
    if not rows:
        notes.append(
            {"text": words["none"], "x": 0.5, "y": 0.5, "xref": "x domain", "yref": "y domain",
             "showarrow": False, "font": {"size": 12}}
        )  # fmt: skip
    reach = max([largest * 1.04, *(line["x0"] * 1.02 for line in lines)])
    ticks = _ticks(reach)
    return {
        "height": _HEAD + _FOOT + _ROW * max(len(rows), 3),
        "margin": {"l": names_margin(map(_name, rows)), "r": _NUMBERS, "t": _HEAD - 8, "b": 54},
        "barmode": "overlay",
        "bargap": 0.28,
        "hovermode": "closest",
        "dragmode": False,
        "font": {"size": 12},
        "shapes": lines,
        "annotations": notes,
        "legend": {"orientation": "h", "x": 0, "xanchor": "left", "y": 1, "yanchor": "top",
                   "yref": "container", "itemclick": False, "itemdoubleclick": False},
        "xaxis": {
            "range": [0, reach],
            "title": {"text": words["x"], "standoff": 8, "font": {"size": 12}},
            "tickvals": ticks,
            "ticktext": [_tick(tick, language) for tick in ticks],
            "fixedrange": True,
            "zeroline": False,
        },
        "yaxis": {
            "range": [max(len(rows), 3) + 0.6, 0.4],
            "tickvals": [row["step"] for row in rows],
            "ticktext": [_name(row) for row in rows],
            "automargin": True,
            "fixedrange": True,
            "showgrid": False,
            "zeroline": False,
        },
    }  # fmt: skip


def _ticks(reach: float) -> list[float]:
    """Return round numbers from 0 to the end of an axis, about six of them."""
    rough = reach / 6
    unit = 10.0 ** math.floor(math.log10(rough))
    step = next(unit * times for times in (1, 2, 5, 10) if unit * times >= rough)
    return [step * i for i in range(int(reach / step) + 1)]


def _tick(users: float, language: str) -> str:
    """Return a round number of users without the zeros behind its point."""
    whole, point, rest = wording.users(users, language).partition(".")
    digits = rest.rstrip("KMB万亿")
    part = digits.rstrip("0")
    return whole + (point + part if part else "") + rest[len(digits) :]
