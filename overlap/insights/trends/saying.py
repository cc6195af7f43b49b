"""What a trend says, in a sentence or two with the numbers in it, in English and Chinese."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from overlap.insights import wording
from overlap.insights.trends.axis import Axis
from overlap.insights.trends.growing import DECLINING, FLAT, GROWING

_UNITS = {
    "en": {"day": "days", "week": "weeks", "month": "months", "quarter": "quarters",
           "year": "years"},
    "zh": {"day": "天", "week": "周", "month": "个月", "quarter": "个季度", "year": "年"},
}  # fmt: skip
_GROWTH = ("growth", "growth_low", "growth_high")


def sentence(frame: pl.DataFrame, unit: str, language: str = "en") -> str:
    """Say what trends.TRENDS_TABLE says: growth beyond the baseline, season, burst."""
    rows = frame.filter(pl.col("whole"))
    if not len(rows):
        return {
            "en": "No period is covered from end to end, so nothing can be said about growth.",
            "zh": "没有一个周期被数据完整覆盖，无法判断增长。",
        }[language]
    row = rows.row(-1, named=True)
    units, span = _UNITS[language][unit], len(rows)
    parts = (_english if language == "en" else _chinese)(row, units, span)
    return ("; ".join(parts) + ".") if language == "en" else "；".join(parts) + "。"


def _english(row: Mapping[str, Any], units: str, span: int) -> list[str]:
    base = row["category"] or (
        "the platform" if row["baseline"] == "universe:all" else row["baseline"]
    )
    if row["direction"] in (GROWING, DECLINING):
        way = "grew" if row["direction"] == GROWING else "fell"
        moved, low, high = (wording.moved(row[name]) for name in _GROWTH)
        parts = [f"{row['expression']} {way} {moved} against {base} over {span} {units} "
                 f"(between {low} and {high})"]  # fmt: skip
    elif row["direction"] == FLAT:
        parts = [
            f"{row['expression']} is flat against {base} over {span} {units}: its change lies "
            f"between {wording.change(row['growth_low'])} and {wording.change(row['growth_high'])}"
        ]
    else:
        parts = [f"too little of {row['expression']} may be seen to speak of growth"]
    if row["cycle"]:
        parts.append(f"a season of {row['cycle']} {units} is taken out")
    if row["first_seen"] is not None:
        state = "is still running" if row["running"] else "is over"
        parts.append(f"a burst began on {row['first_seen']} and {state}{_pace(row, units)}")
    return parts


def _chinese(row: Mapping[str, Any], units: str, span: int) -> list[str]:
    base = row["category"] or ("大盘" if row["baseline"] == "universe:all" else row["baseline"])
    if row["direction"] in (GROWING, DECLINING):
        way = "增长" if row["direction"] == GROWING else "下降"
        moved, low, high = (wording.moved(row[name], "zh") for name in _GROWTH)
        parts = [f"{span}{units}内，{row['expression']} 相对{base}{way} {moved}（{low} 至 {high}）"]
    elif row["direction"] == FLAT:
        parts = [
            f"{span}{units}内，{row['expression']} 与{base}持平：变化在 "
            f"{wording.change(row['growth_low'])} 至 {wording.change(row['growth_high'])} 之间"
        ]
    else:
        parts = [f"{row['expression']} 可展示的数据太少，无法判断增长"]
    if row["cycle"]:
        parts.append(f"已去除 {row['cycle']} {units}的周期")
    if row["first_seen"] is not None:
        state = "仍在持续" if row["running"] else "已结束"
        pace = ""
        if row["doubling"] is not None:
            pace = f"，上升期每 {row['doubling']:.1f} {units}翻一番（{_ends(row, '至', '不翻番')}）"
        parts.append(f"爆发始于 {row['first_seen']}，{state}{pace}")
    return parts


def notes(ours: Axis, language: str = "en") -> list[str]:
    """Say what was left off an axis, and which of its ends is not a whole period."""
    said = []
    if ours.strays:
        first, last, n = ours.strays[0], ours.strays[-1], len(ours.strays)
        said.append(
            f"{n} periods from {first} to {last} are left out: few rows, far from all others, so "
            "their clock is wrong"
            if language == "en"
            else f"已略去 {first} 至 {last} 的 {n} 个周期：行数极少且远离其他数据，时间应有误"
        )
    partly = [str(day) for day, whole in zip(ours.first, ours.whole, strict=True) if not whole]
    if partly:
        said.append(
            f"not covered from end to end, and so no part of any growth: {', '.join(partly[:6])}"
            if language == "en"
            else f"数据未完整覆盖、不计入增长的周期：{'、'.join(partly[:6])}"
        )
    return said


def _ends(row: Mapping[str, Any], to: str, never: str) -> str:
    high = row["doubling_high"]
    return f"{row['doubling_low']:.1f} {to} {never if high is None else f'{high:.1f}'}"


def _pace(row: Mapping[str, Any], units: str) -> str:
    if row["doubling"] is None:
        return ""
    return (
        f", doubling every {row['doubling']:.1f} {units} as it rose ({_ends(row, 'to', 'never')})"
    )
