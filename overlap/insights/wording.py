"""Numbers and reasons in words, in English and Chinese."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import polars as pl

from overlap.model import UsageError, Verdict

LANGUAGES = ("en", "zh")

_PERIODS = {
    "en": {"day": "days", "week": "weeks", "month": "months"},
    "zh": {"day": "天", "week": "周", "month": "个月"},
}
_FEW = 10
"""Below this a number of users that is not whole has a decimal."""
_SMALL_SHARE = 0.01
"""Below this a share has two decimals, else one."""

# From this many users on, count in this unit.
_STEPS = {
    "en": ((1e9, 1e9, "B"), (1e6, 1e6, "M")),
    "zh": ((1e8, 1e8, "亿"), (1e6, 1e4, "万")),
}


def language(name: str) -> str:
    """Return a language's code; raises UsageError for one that is not spoken here."""
    if name not in LANGUAGES:
        raise UsageError(
            f"there is no language {name!r}", cure="choose one of: " + ", ".join(LANGUAGES)
        )
    return name


def users(value: float | None, language: str = "en", *, exact: bool = False) -> str:
    """Write a number of users: 0.6, 7,431, 36,000 and 70.1M or 7,010万; in full where it is exact.

    What chance or the past would give may be less than a user, so small ones have a decimal.
    """
    if value is None or not math.isfinite(value):
        return "–"
    if abs(value) < _FEW - 0.05 and round(value, 1) != round(value):
        return f"{value:.1f}"
    for start, unit_size, unit in _STEPS[language]:
        # Half a last digit below the step already rounds up to it.
        if abs(value) >= start * 0.99995 and not exact:
            scaled = value / unit_size
            digits = 0 if abs(scaled) >= 1000 else max(0, 3 - len(str(int(abs(scaled)))))
            return f"{scaled:,.{digits}f}{unit}"
    return f"{value:,.0f}"


def percent(value: float | None, digits: int | None = None) -> str:
    """Write a ratio as a percentage: 0.1234 is 12.3%, 0.41 is 41% and 0.0034 is 0.34%."""
    if value is None or not math.isfinite(value):
        return "–"
    if digits is None:
        digits = 1 if abs(value) >= _SMALL_SHARE else 2
    said = f"{100 * value:.{digits}f}"
    said = said.rstrip("0").rstrip(".") if digits else said
    return f"{'0' if said == '-0' else said}%"


def rounded_users(values: pl.Series) -> pl.Series:
    """Return numbers of users with the digits that `users` writes in full."""
    return values.round(0).zip_with((values.abs() >= _FEW - 0.05).fill_null(True), values.round(1))


def rounded_shares(values: pl.Series) -> pl.Series:
    """Return ratios with the digits that `percent` writes."""
    return values.round(3).zip_with((values.abs() >= _SMALL_SHARE).fill_null(True), values.round(4))


def rate(value: float) -> str:
    """Write the share of users that were kept, with a digit to read however small it is."""
    return percent(value, 1 if value >= _SMALL_SHARE else max(3, 1 - math.floor(math.log10(value))))


def index(value: float | None) -> str:
    """Write an index without decimals."""
    return "–" if value is None or not math.isfinite(value) else f"{value:,.0f}"


def times(value: float) -> str:
    """Write a factor with two decimals at most: 1.8, 12."""
    return f"{value:.1f}" if value < 10 else f"{value:,.0f}"


FOLD = 2.0
"""A change of so much and more is written as a factor: +35001% is hard to read."""


def change(value: float | None) -> str:
    """Write a change with its sign, +41.0%, and a large one as a factor: ×351."""
    if value is None or not math.isfinite(value):
        return "–"
    if value >= FOLD:
        return f"×{times(1 + value)}"
    return f"{'+' if value > 0 else ''}{percent(value)}"


def moved(value: float, language: str = "en") -> str:
    """Write a change whose direction is said already: 41.0%, 351-fold."""
    if value >= FOLD:
        return f"{times(1 + value)}{'-fold' if language == 'en' else ' 倍'}"
    return percent(abs(value))


def flat(row: Mapping[str, Any]) -> bool:
    """Return whether the growth of a row lies within its error."""
    return bool(row["growth_low"] <= 0 <= row["growth_high"])


def growth(row: Mapping[str, Any], language: str = "en") -> str:
    """Write the growth of a row, and that it is flat where it lies within its error."""
    said = change(row["growth"])
    if row["growth"] is None or not flat(row):
        return said
    return f"flat ({said})" if language == "en" else f"持平（{said}）"


def periods(n: int, unit: str, language: str = "en") -> str:
    """Write a number of periods: 26 weeks, 26 周."""
    gap = " " if language == "en" else ""
    return f"{n:,}{gap}{_PERIODS[language].get(unit, '')}"


def interval(low: float | None, high: float | None, language: str = "en") -> str:
    """Write the two ends of an interval."""
    return f"{users(low, language)}–{users(high, language)}"


def headline(rows: pl.DataFrame, language: str = "en") -> str:
    """Say in one line what the rows of openings.SCORED_TABLE amount to; none is an error.

    Only a row with the verdict `opening` is called one.
    """
    first = rows.row(0, named=True)
    found = set(rows["verdict"].to_list())
    if Verdict.OPENING in found:
        key = "opening" if first["brand"] is None else "brand_opening"
    elif found == {Verdict.SUPPRESSED}:
        key = "suppressed"
    elif Verdict.OVERLAP_ONLY not in found:
        key = "no_overlap"
    elif (rows["standing"] == "behind").any():
        key = "gap_elsewhere"
    else:
        key = "no_gap"
    sentence = _HEADLINES[key][LANGUAGES.index(language)]
    return sentence.format(**{name: first[name] for name in ("interest", "brand", "category")})


_HEADLINES = {
    "brand_opening": (
        "{interest} is the opening for {brand} in {category}",
        "「{brand}」在「{category}」的机会人群是「{interest}」",
    ),
    "opening": (
        "{interest} is the strongest opening in {category}",
        "「{category}」最强的机会人群是「{interest}」",
    ),
    "no_gap": (
        "{brand} in {category}: no gap can be told from chance",
        "「{brand}」在「{category}」：没有缺口能与随机波动区分开",
    ),
    "gap_elsewhere": (
        "{brand} has no opening in {category}: where it is behind, the overlap is no more than "
        "chance",
        "「{brand}」在「{category}」没有机会人群：渗透偏低之处，重合并不高于随机",
    ),
    "no_overlap": (
        "No overlap with {category} can be told from chance",
        "没有人群与「{category}」的重合显著高于随机",
    ),
    "suppressed": (
        "Everything in {category} is below the display floor",
        "「{category}」的所有结果均低于展示下限",
    ),
}


def reason(row: Mapping[str, Any], language: str, period: str) -> str:
    """Say in one sentence why a row of openings is one, or why it is not, with its numbers."""
    sentence = _reason_zh if language == "zh" else _reason_en
    return sentence(row, periods(row["growth_periods"], period, language))


def _reason_en(row: Mapping[str, Any], span: str) -> str:
    name, category = row["interest"], row["category"]
    if row["suppressed"]:
        return f"Not shown: {row['suppressed']}."
    size = users(row["overlap_users"], exact=row["exact"])
    size += (
        " (exact)" if row["exact"] else f" ({interval(row['overlap_low'], row['overlap_high'])})"
    )
    chance = users(row["expected_users"])
    start = f"{size} users of {category} are also in {name}"
    if row["why_not"] == "too_few":
        return f"{start}: too few to be sure of."
    if row["why_not"] == "by_chance":
        return (
            f"{start}, where chance alone gives {chance}: TGI {index(row['tgi'])}, "
            f"not reliably above 100 (cautious {index(row['tgi_cautious'])})."
        )
    if row["why_not"] == "too_noisy":
        return f"{start}, but the estimate may be off by {percent(row['rse'], 0)}."
    parts = [
        f"{start}, {times(row['tgi'] / 100)} times the {chance} that chance gives "
        f"(TGI {index(row['tgi'])}, cautious {index(row['tgi_cautious'])})"
    ]
    if row["brand"] is not None and row["brand_suppressed"] is not None:
        parts.append(f"how many of them {row['brand']} reaches is not shown")
    elif row["brand"] is not None and row["brand_penetration"] is not None:
        p, p0 = percent(row["brand_penetration"]), percent(row["category_penetration"])
        compared = f"{row['brand']} reaches {p} of them against {p0} of all {category} users"
        if row["standing"] == "behind":
            gap = f"{users(row['gap_users'])} ({interval(row['gap_low'], row['gap_high'])})"
            parts.append(f"{compared}, so {gap} are missing")
        elif row["standing"] == "ahead":
            parts.append(f"{compared}, more than in the category as a whole")
        else:
            parts.append(f"{compared}, a difference that chance alone can explain")
    parts.extend(_trend_en(row, span))
    return "; ".join(parts) + "."


def _trend_en(row: Mapping[str, Any], span: str) -> list[str]:
    if row["growth"] is None:
        return []
    if flat(row):
        return [f"its activity moves with the category over {span}"]
    way = "grew" if row["growth"] > 0 else "fell"
    return [
        f"its activity {way} {moved(row['growth'])} beyond the category's own change over {span}"
    ]


def _reason_zh(row: Mapping[str, Any], span: str) -> str:
    name, category = row["interest"], row["category"]
    if row["suppressed"]:
        return f"未显示：人数低于展示下限（{_floor_of(row['suppressed'])}人）。"
    size = users(row["overlap_users"], "zh", exact=row["exact"]) + "人"
    ends = interval(row["overlap_low"], row["overlap_high"], "zh")
    size += "（精确）" if row["exact"] else f"（{ends}）"
    chance = users(row["expected_users"], "zh")
    start = f"「{category}」用户中有{size}同时关注「{name}」"
    if row["why_not"] == "too_few":
        return f"{start}，人数太少，不足以下结论。"
    if row["why_not"] == "by_chance":
        return (
            f"{start}，随机情况下也会有{chance}人：TGI {index(row['tgi'])}，"
            f"不能可靠地高于 100（谨慎估计 {index(row['tgi_cautious'])}）。"
        )
    if row["why_not"] == "too_noisy":
        return f"{start}，但估计误差可达 {percent(row['rse'], 0)}。"
    parts = [
        f"{start}，是随机期望 {chance}人的 {times(row['tgi'] / 100)} 倍"
        f"（TGI {index(row['tgi'])}，谨慎估计 {index(row['tgi_cautious'])}）"
    ]
    if row["brand"] is not None and row["brand_suppressed"] is not None:
        parts.append(f"「{row['brand']}」在其中的人数未显示")
    elif row["brand"] is not None and row["brand_penetration"] is not None:
        p, p0 = percent(row["brand_penetration"]), percent(row["category_penetration"])
        compare = f"「{row['brand']}」在其中渗透率 {p}，品类整体为 {p0}"
        if row["standing"] == "behind":
            ends = interval(row["gap_low"], row["gap_high"], "zh")
            parts.append(f"{compare}，缺口 {users(row['gap_users'], 'zh')}人（{ends}）")
        elif row["standing"] == "ahead":
            parts.append(f"{compare}，高于品类整体水平")
        else:
            parts.append(f"{compare}，差异在随机波动范围内")
    if row["growth"] is not None:
        if flat(row):
            parts.append(f"{span}内活跃度与品类同步")
        else:
            way = "增长" if row["growth"] > 0 else "下降"
            parts.append(f"{span}内活跃度相对品类{way} {moved(row['growth'], 'zh')}")
    return "；".join(parts) + "。"


def _floor_of(suppressed: str) -> str:
    return "".join(c for c in suppressed if c.isdigit())
