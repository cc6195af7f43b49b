"""A trend: users by period with their interval, what was expected, and the bursts."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import plotly.graph_objects as go
import polars as pl

from overlap.charts.colours import OPENING, RULE, SELECTED
from overlap.insights import wording

LINE = "#3085bd"
"""Blue beside the orange of bursts: told apart in every common colour blindness."""
BAND = "rgba(48, 133, 189, 0.22)"
HEIGHT = 360

WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "users": "Active users", "share": "Share of the baseline", "overlap_users": "Overlap",
        "tgi": "TGI (100 = as chance would have it)", "brand_penetration": "Brand penetration",
        "share_of_category": "Share of the category's active users",
        "expected": "expected from the past and the baseline", "between": "95% interval",
        "burst": "burst", "part": "covered in part only", "exact": "exact",
        "of": "of the baseline", "hidden": "gaps lie below the display floor",
        "colon": ": ", "ticks": "%b\n%Y", "days": "%b %-d\n%Y",
    },
    "zh": {
        "users": "活跃人数", "share": "占大盘比例", "overlap_users": "重合人数",
        "tgi": "TGI 指数（100 = 随机水平）", "brand_penetration": "品牌渗透率",
        "share_of_category": "占品类活跃人群比例",
        "expected": "按历史与大盘推算的期望", "between": "95% 区间", "burst": "爆发",
        "part": "周期未完整", "exact": "精确", "of": "占大盘", "hidden": "空缺处低于展示下限",
        "colon": "：", "ticks": "%-m月\n%Y", "days": "%-m月%-d日\n%Y",
    },
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Measure:
    """A column to draw: the names of its ends, and how its values are written."""

    value: str
    low: str
    high: str
    ratio: bool = False

    def write(self, language: str) -> Callable[[float | None], str]:
        if self.ratio:
            return lambda value: wording.percent(value, 2)
        if self.value == "tgi":
            return wording.index
        return lambda value: wording.users(value, language)


MEASURES = {
    "users": _Measure("users", "users_low", "users_high"),
    "share": _Measure("share", "share_low", "share_high", ratio=True),
    "overlap_users": _Measure("overlap_users", "overlap_low", "overlap_high"),
    "share_of_category": _Measure(
        "share_of_category", "share_of_category_low", "share_of_category_high", ratio=True
    ),
    "tgi": _Measure("tgi", "tgi_low", "tgi_high"),
    "brand_penetration": _Measure(
        "brand_penetration", "brand_penetration_low", "brand_penetration_high", ratio=True
    ),
}
"""What a trend can show of insights.trends.TRENDS_TABLE."""


def trend_chart(
    frame: pl.DataFrame,
    language: str,
    measure: str = "users",
    *,
    height: int = HEIGHT,
    titled: bool = True,
) -> go.Figure:
    """Return one measure of a trend by period: line, band of its interval, expectation, bursts.

    Takes rows of insights.trends.TRENDS_TABLE. The dashed line is `expected_users`, drawn where it
    is about this measure; periods of a burst lie on a tinted ground, ones that the data cover only
    in part are hollow, suppressed ones are gaps. `measure` is one of MEASURES. `height` is in
    pixels; without a title, what is drawn is said elsewhere. Raises KeyError for any other measure.
    """
    words, how = WORDS[language], MEASURES[measure]
    expected = frame["expected_users"] if is_judged(frame, measure) else None
    data = [*_band(frame, how, words)]
    if expected is not None:
        data.append(_expectation(frame, expected, words, how.write(language)))
    data += [_line(frame, how, words, language), _points(frame, how, words, language)]
    return go.Figure(data=data, layout=_layout(frame, how, words, measure, height, titled))


def is_judged(frame: pl.DataFrame, measure: str) -> bool:
    """Return whether the bursts and expectations of a trend are about a measure."""
    return bool(len(frame)) and frame["judged"][0] == measure


def _band(frame: pl.DataFrame, how: _Measure, words: Mapping[str, str]) -> list[go.Scatter]:
    """Return one closed area per stretch of shown periods: a gap is not bridged."""
    if bool(frame["exact"].all()):
        return []
    areas: list[go.Scatter] = []
    for stretch in _stretches(frame, how.low):
        days = stretch["period"].to_list()
        areas.append(
            go.Scatter(
                x=[*days, *reversed(days)],
                y=[*stretch[how.high], *reversed(stretch[how.low].to_list())],
                fill="toself",
                fillcolor=BAND,
                line={"width": 0},
                mode="lines",
                name=words["between"],
                legendgroup="band",
                showlegend=not areas,
                hoverinfo="skip",
            )
        )
    return areas


def _stretches(frame: pl.DataFrame, column: str) -> list[pl.DataFrame]:
    numbered = frame.with_columns(pl.col(column).is_null().cum_sum().alias("gap"))
    shown = numbered.filter(pl.col(column).is_not_null())
    return [rows for _, rows in shown.group_by("gap", maintain_order=True)]


def _expectation(
    frame: pl.DataFrame,
    expected: pl.Series,
    words: Mapping[str, str],
    write: Callable[[float | None], str],
) -> go.Scatter:
    return go.Scatter(
        x=frame["period"].to_list(),
        y=expected.to_list(),
        mode="lines",
        name=words["expected"],
        line={"width": 2, "dash": "dash", "color": RULE},
        customdata=[write(value) for value in expected],
        hovertemplate=words["expected"] + ": %{customdata}<extra></extra>",
    )


def _line(
    frame: pl.DataFrame, how: _Measure, words: Mapping[str, str], language: str
) -> go.Scatter:
    return go.Scatter(
        x=frame["period"].to_list(),
        y=frame[how.value].to_list(),
        mode="lines",
        line={"width": 2.2, "color": LINE},
        connectgaps=False,
        hoverinfo="skip",
        showlegend=False,
    )


def _points(
    frame: pl.DataFrame, how: _Measure, words: Mapping[str, str], language: str
) -> go.Scatter:
    write = how.write(language)
    judged = is_judged(frame, how.value)
    rows = frame.filter(pl.col(how.value).is_not_null()).to_dicts()
    colours = [SELECTED if judged and row["burst"] else LINE for row in rows]
    return go.Scatter(
        x=[row["period"] for row in rows],
        y=[row[how.value] for row in rows],
        mode="markers",
        name=words[how.value],
        showlegend=False,
        marker={
            "size": 7,
            # Hollow: the ground shows through, in any theme.
            "symbol": ["circle" if row["whole"] else "circle-open" for row in rows],
            "color": colours,
            "line": {"width": [0 if row["whole"] else 1.6 for row in rows], "color": colours},
        },
        customdata=[_hover(row, how, words, write, judged=judged) for row in rows],
        hovertemplate="%{customdata}<extra></extra>",
    )


def _hover(
    row: Mapping[str, Any],
    how: _Measure,
    words: Mapping[str, str],
    write: Callable[[float | None], str],
    *,
    judged: bool,
) -> str:
    ends = words["exact"] if row["exact"] else f"{write(row[how.low])}–{write(row[how.high])}"
    lines = [
        f"<b>{row['period']} – {row['until']}</b>",
        f"{words[how.value]}: {write(row[how.value])} ({ends})",
    ]
    if how.value == "users" and row["share"] is not None:
        lines.append(f"{wording.percent(row['share'], 2)} {words['of']}")
    if judged and row["expected_users"] is not None:
        lines.append(f"{words['expected']}: {write(row['expected_users'])} (z {row['z']:.1f})")
    if judged and row["burst"]:
        lines.append(f"<b>{words['burst']}</b>")
    if not row["whole"]:
        lines.append(words["part"])
    return "<br>".join(lines)


def _layout(
    frame: pl.DataFrame,
    how: _Measure,
    words: Mapping[str, str],
    measure: str,
    height: int,
    titled: bool,
) -> dict[str, Any]:
    runs = _bursts(frame) if is_judged(frame, measure) else []
    axis: dict[str, Any] = {"fixedrange": True, "zeroline": False}
    if how.ratio:
        axis["tickformat"] = ".1%"
    if measure != "tgi":
        axis["rangemode"] = "tozero"
    title = words[how.value]
    if len(frame):
        title += words["colon"] + html.escape(frame["expression"][0], quote=False)
        if frame["suppressed"].is_not_null().any():
            title += f"  <i>({words['hidden']})</i>"
    return {
        "height": height,
        "margin": {"l": 48, "r": 12, "t": 58 if titled else 46, "b": 52},
        "title": {"text": title if titled else "", "font": {"size": 13}, "x": 0,
                  "xanchor": "left", "y": 0.98, "yanchor": "top"},
        "hovermode": "closest",
        "dragmode": False,
        "font": {"size": 12},
        "legend": {"orientation": "h", "x": 0, "xanchor": "left", "y": 1.01, "yanchor": "bottom"},
        "shapes": [_ground(first, last) for first, last in runs] + _hundred(measure),
        "annotations": [_label(first, words["burst"]) for first, _ in runs],
        "xaxis": {"type": "date", "fixedrange": True, "showgrid": False, "range": _range(frame),
                  "tickformatstops": [
                      {"dtickrange": [None, 2_419_200_000], "value": words["days"]},
                      {"dtickrange": ["M1", None], "value": words["ticks"]},
                  ]},
        "yaxis": axis | {"automargin": True, "nticks": 6},
    }  # fmt: skip


def _bursts(frame: pl.DataFrame) -> list[tuple[datetime, datetime]]:
    """Return where each burst's ground begins and ends: half a period beyond its points."""
    days, half = frame["period"].to_list(), _half(frame)
    runs: list[list[int]] = []
    for i, burst in enumerate(frame["burst"].fill_null(value=False)):
        if burst and runs and runs[-1][1] == i - 1:
            runs[-1][1] = i
        elif burst:
            runs.append([i, i])
    return [(_moment(days[first]) - half, _moment(days[last]) + half) for first, last in runs]


def _half(frame: pl.DataFrame) -> timedelta:
    if not len(frame):
        return timedelta(0)
    days: int = (frame["until"][0] - frame["period"][0]).days + 1
    return timedelta(days=days) / 2


def _range(frame: pl.DataFrame) -> list[datetime] | None:
    """Every period has its place, also where nothing of it may be shown."""
    if not len(frame):
        return None
    half = _half(frame)
    return [_moment(frame["period"][0]) - half, _moment(frame["period"][-1]) + half]


def _moment(day: date) -> datetime:
    # Half a day can be taken off a moment, not off a date.
    return datetime(day.year, day.month, day.day)


def _ground(first: Any, last: Any) -> dict[str, Any]:
    return {"type": "rect", "layer": "below", "x0": first, "x1": last, "y0": 0, "y1": 1,
            "yref": "y domain", "fillcolor": OPENING.replace("0.07", "0.12"),
            "line": {"width": 0}}  # fmt: skip


def _hundred(measure: str) -> list[dict[str, Any]]:
    if measure != "tgi":
        return []
    return [{"type": "line", "layer": "below", "x0": 0, "x1": 1, "xref": "x domain", "y0": 100,
             "y1": 100, "line": {"color": RULE, "width": 1, "dash": "dot"}}]  # fmt: skip


def _label(first: Any, word: str) -> dict[str, Any]:
    return {"text": f"<b>{word}</b>", "x": first, "xanchor": "left", "y": 0.99, "yref": "y domain",
            "yanchor": "top", "showarrow": False,
            "font": {"size": 11, "color": SELECTED}}  # fmt: skip
