"""Emerging needs as a ranked list: a line of users by period for each, its numbers, its score."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import plotly.graph_objects as go
import polars as pl

from overlap.charts.colours import MUTED, NOTHING, OPENING, RULE, SELECTED
from overlap.charts.names import cut
from overlap.insights import wording

LINE = "#3085bd"
"""Blue beside the orange of bursts: told apart in every common colour blindness."""
MOST_ROWS = 20
ROW = 64
"""Height of a need, in pixels."""

_TOP, _BOTTOM = 28, 42
_SPLIT = (0.6, 0.66)
"""Where the lines end and the scores begin, as parts of the width."""
_FOOT, _LINE_HEIGHT = 0.9, 0.5
_NAME = 230.0

_WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "score": "Score: growth × size × distinctiveness",
        "score_everywhere": "Score: growth × size",
        "since": "since {day}",
        "over": "over since {day}",
        "users": "{users} users, ×{times}",
        "new": "{users} users, new",
        "now": "Last period",
        "expected": "Expected",
        "burst": "Since it began",
        "tgi": "TGI inside",
        "cautious": "cautious",
        "carriers": "Carried by",
        "words": "Words",
        "also": "Also",
        "exact": "exact",
        "score_hover": "Score",
        "none": "Nothing bursts here beyond what chance and the season would do.",
        "part": "covered in part only",
        "colon": ": ",
        "ticks": "%b\n%Y",
        "days": "%b %-d\n%Y",
    },
    "zh": {
        "score": "得分：增长 × 规模 × 独特性",
        "score_everywhere": "得分：增长 × 规模",
        "since": "{day} 起",
        "over": "已于 {day} 结束",
        "users": "{users}人，{times} 倍",
        "new": "{users}人，新出现",
        "now": "最近周期",
        "expected": "期望",
        "burst": "爆发以来",
        "tgi": "范围内 TGI",
        "cautious": "谨慎估计",
        "carriers": "主要人群",
        "words": "相关词",
        "also": "同一需求",
        "exact": "精确",
        "score_hover": "得分",
        "none": "没有超出随机与季节波动的爆发。",
        "part": "周期未完整",
        "colon": "：",
        "ticks": "%-m月\n%Y",
        "days": "%-m月%-d日\n%Y",
    },
}


def needs_list(
    frame: pl.DataFrame,
    language: str,
    most: int = MOST_ROWS,
    selected: tuple[str, str] | None = None,
) -> go.Figure:
    """Return needs as rows: name, users by period with the burst in orange, score as a bar.

    Takes insights.needs.NEEDS_TABLE in its order; the first `most` are drawn. Every line has a
    scale of its own, from 0 to its own highest; hidden and partly covered periods are gaps. The
    customdata of lines and bars start with kind and name; the need whose kind and name are
    `selected` stands on a tinted ground.
    """
    words = _WORDS[language]
    rows = frame.head(most).to_dicts()
    data: list[go.Scatter | go.Bar] = []
    for place, row in enumerate(rows):
        data += _lines(row, place, words, language)
    data.append(_bars(rows, words, language))
    return go.Figure(data=data, layout=_layout(rows, words, language, selected))


def _lines(
    row: Mapping[str, Any], place: int, words: Mapping[str, str], language: str
) -> list[go.Scatter]:
    """Return the line of a need: before the burst in blue, the burst itself in orange."""
    points = row["trend"] or []
    highest = max([p["users"] or 0.0 for p in points], default=0.0) or 1.0
    foot = place + _FOOT

    def height(users: float | None) -> float | None:
        return None if users is None else foot - _LINE_HEIGHT * users / highest

    shown = [p for p in points if p["whole"]]
    since, last = row["since"], row["last_seen"]
    before = [p for p in shown if p["period"] <= since]
    burst = [p for p in shown if since <= p["period"] <= last]
    after = [p for p in shown if p["period"] >= last] if shown[-1:] != burst[-1:] else []
    out = []
    for stretch, colour, width in ((before, LINE, 1.6), (after, LINE, 1.6), (burst, SELECTED, 2.6)):
        seen = float(len(stretch) == 1)
        out.append(
            go.Scatter(
                x=[p["period"] for p in stretch],
                y=[height(p["users"]) for p in stretch],
                # Points that are not seen can be pointed at and clicked all the same.
                mode="lines+markers",
                line={"width": width, "color": colour},
                marker={"size": 4, "color": colour, "opacity": seen},
                selected={"marker": {"opacity": seen}},
                unselected={"marker": {"opacity": seen}},
                connectgaps=False,
                cliponaxis=False,
                showlegend=False,
                customdata=[
                    [row["kind"], row["name"], _point(row, p, words, language)] for p in stretch
                ],
                hovertemplate="%{customdata[2]}<extra></extra>",
            )
        )
    return out


def _point(
    row: Mapping[str, Any], point: Mapping[str, Any], words: Mapping[str, str], language: str
) -> str:
    users = wording.users(point["users"], language)
    return f"<b>{_escaped(row['name'])}</b><br>{point['period']}{words['colon']}{users}"


def _bars(rows: Sequence[Mapping[str, Any]], words: Mapping[str, str], language: str) -> go.Bar:
    return go.Bar(
        x=[row["score"] for row in rows],
        y=[place + _FOOT - 0.18 for place in range(len(rows))],
        base=0,
        width=0.2,
        orientation="h",
        xaxis="x2",
        marker={"color": [SELECTED if row["running"] else RULE for row in rows]},
        text=[f"{row['score']:.0f}" for row in rows],
        textposition="outside",
        selected={"marker": {"opacity": 1}},
        unselected={"marker": {"opacity": 1}},
        cliponaxis=False,
        showlegend=False,
        customdata=[[row["kind"], row["name"], _hover(row, words, language)] for row in rows],
        hovertemplate="%{customdata[2]}<extra></extra>",
    )


def _hover(row: Mapping[str, Any], words: Mapping[str, str], language: str) -> str:
    colon = words["colon"]

    def sized(name: str) -> str:
        ends = (
            words["exact"]
            if row["exact"]
            else wording.interval(row[f"{name}_low"], row[f"{name}_high"], language)
        )
        return f"{wording.users(row[name], language, exact=row['exact'])} ({ends})"

    lines = [
        f"<b>{_escaped(row['name'])}</b>",
        f"{words['now']}{colon}{sized('users')}",
        f"{words['expected']}{colon}{wording.users(row['expected_users'], language)}",
        f"{words['burst']}{colon}{sized('burst_users')}",
    ]
    if row["tgi"] is not None:
        lines.append(
            f"{words['tgi']}{colon}{wording.index(row['tgi'])} "
            f"({words['cautious']} {wording.index(row['tgi_shrunk_low'])})"
        )
    for name in ("also", "carriers", "words"):
        names = [_escaped(each["name"]) for each in row[name] or []][:4]
        if names:
            lines.append(f"{words[name]}{colon}{', '.join(names)}")
    lines.append(f"{words['score_hover']}{colon}{row['score']:.0f}")
    return "<br>".join(lines)


def _layout(
    rows: Sequence[Mapping[str, Any]],
    words: Mapping[str, str],
    language: str,
    selected: tuple[str, str] | None,
) -> dict[str, Any]:
    if not rows:
        return {"height": 120, "xaxis": {"visible": False}, "yaxis": {"visible": False},
                "annotations": [_note(words["none"], x=0.5, y=0.5, xref="paper", yref="paper",
                                      xanchor="center", yanchor="middle")]}  # fmt: skip
    everywhere = all(row["tgi"] is None for row in rows)
    notes = [_note(f"<b>{words['score_everywhere' if everywhere else 'score']}</b>",
                   x=_SPLIT[1], xref="paper", xanchor="left", y=1, yref="paper",
                   yanchor="bottom")]  # fmt: skip
    for place, row in enumerate(rows):
        notes += _row_notes(row, place, words, language)
    rule = {"type": "line", "x0": 0, "x1": 1, "xref": "paper", "line": {"color": MUTED, "width": 1}}
    # Under the line, so that a gap is seen to be one.
    foot = {**rule, "x1": _SPLIT[0], "line": {"color": MUTED, "width": 1, "dash": "dot"}}
    feet = [{**foot, "y0": p + _FOOT, "y1": p + _FOOT, "yref": "y"} for p in range(len(rows))]
    rules = [{**rule, "y0": place, "y1": place, "yref": "y"} for place in range(len(rows))]
    grounds = [
        {
            "type": "rect",
            "layer": "below",
            "x0": 0,
            "x1": 1,
            "xref": "paper",
            "y0": place,
            "y1": place + 1,
            "yref": "y",
            "fillcolor": OPENING,
            "line": {"width": 0},
        }
        for place, row in enumerate(rows)
        if (row["kind"], row["name"]) == selected
    ]
    return {
        "height": _TOP + _BOTTOM + ROW * len(rows),
        "margin": {"l": 16, "r": 34, "t": _TOP, "b": _BOTTOM},
        "font": {"size": 12},
        "hovermode": "closest",
        "clickmode": "event+select",
        "dragmode": False,
        "bargap": 0,
        "plot_bgcolor": NOTHING,
        "shapes": [*grounds, *rules, *feet],
        "annotations": notes,
        "xaxis": {"type": "date", "domain": [0, _SPLIT[0]], "fixedrange": True, "showgrid": False,
                  "range": _span(rows), "zeroline": False, "nticks": 6, "tickformatstops": [
                      {"dtickrange": [None, 2_419_200_000], "value": words["days"]},
                      {"dtickrange": ["M1", None], "value": words["ticks"]},
                  ]},
        "xaxis2": {"domain": [_SPLIT[1], 1], "range": [0, 100], "fixedrange": True,
                   "showgrid": False, "zeroline": False, "tickvals": [0, 50, 100]},
        "yaxis": {"range": [len(rows), 0], "visible": False, "fixedrange": True},
    }  # fmt: skip


def _row_notes(
    row: Mapping[str, Any], place: int, words: Mapping[str, str], language: str
) -> list[dict[str, Any]]:
    times = 1 + row["growth"]
    users = wording.users(row["users"], language, exact=row["exact"])
    # A factor over almost nobody says no more than that it is new.
    told = words["new" if row["expected_users"] < 1 or times > 1000 else "users"]
    when = words["since" if row["running"] else "over"].format(
        day=row["since" if row["running"] else "last_seen"]
    )
    at = {"y": place + 0.08, "yref": "y", "yanchor": "top", "xref": "paper", "xanchor": "left"}
    name = _escaped(cut(row["name"], _NAME))
    return [
        _note(f"<b>{name}</b>  {when}", x=0, **at),
        _note(told.format(users=users, times=wording.times(times)), x=_SPLIT[1], **at),
    ]


def _span(rows: Sequence[Mapping[str, Any]]) -> list[date] | None:
    days = [point["period"] for row in rows for point in row["trend"] or []]
    return [min(days), max(days)] if days else None


def _escaped(text: str) -> str:
    return html.escape(text, quote=False)


def _note(text: str, **at: Any) -> dict[str, Any]:
    return {"text": text, "showarrow": False, "font": {"size": 12}, **at}
