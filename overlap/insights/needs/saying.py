"""What a need is, in one sentence with its numbers, in English and Chinese."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from overlap.expressions import Audience, parse
from overlap.insights import wording
from overlap.insights.needs.coverage import Jump

_PERIODS = {
    "en": {"day": ("day", "days"), "week": ("week", "weeks"), "month": ("month", "months")},
    "zh": {"day": ("日", "天"), "week": ("周", "周"), "month": ("月", "个月")},
}
_MOST = 3
_FACTOR = 1000.0
"""Beyond this a factor over almost nothing says no more than that it is new."""


def reason(row: Mapping[str, Any], unit: str, language: str = "en") -> str:
    """Say why a row of needs is one: since when, how many, how fast, whose and in which words."""
    say = _chinese if language == "zh" else _english
    return say(row, _PERIODS[language][unit])


def summary(frame: pl.DataFrame, fdr: float, language: str = "en") -> str:
    """Say in a sentence how many needs there are, how many still run and how many may be luck."""
    running, over = int(frame["running"].sum()), len(frame) - int(frame["running"].sum())
    if not len(frame):
        return {
            "en": "Nothing bursts here beyond what chance and the season would do.",
            "zh": "没有超出随机与季节波动的爆发。",
        }[language]
    share = wording.percent(fdr, 0)
    if language == "zh":
        return f"{running} 个需求仍在持续，{over} 个已结束；所有发现中偶然者平均不超过 {share}。"
    return (
        f"{running} still running, {over} over. Of all that are found at most {share} are luck, "
        "on average."
    )


def caution(found: Sequence[Jump], language: str = "en", *, of_needs: bool = True) -> list[str]:
    """Say where active users jumped, which may be the data's reach and nobody's need."""
    return [_jump(jump, language) + _SO[language][of_needs] for jump in found]


_SO = {
    "en": (".", ": interests that rose then are not listed as needs, and words are compared within "
           "the interests of their users."),
    "zh": ("。", "：此间升温的兴趣不列为需求，词语则在其用户所属的兴趣内比较。"),
}  # fmt: skip


def _jump(jump: Jump, language: str) -> str:
    more = jump.times > 1
    times = wording.times(jump.times if more else 1 / jump.times)
    if language == "zh":
        change = f"增至 {times} 倍" if more else f"降至 {times} 分之一"
        return f"{jump.first} 至 {jump.last}，活跃用户{change}，可能是数据覆盖范围变化所致"
    return (
        f"Active users became {times} times as {'many' if more else 'few'} between {jump.first} "
        f"and {jump.last}, perhaps because the data cover {'more' if more else 'less'}"
    )


def in_words(frame: pl.DataFrame) -> pl.DataFrame:
    """Return needs for a spreadsheet: their lists as texts, each name with its number."""

    def listed(column: str, text: pl.Expr) -> pl.Expr:
        return pl.col(column).list.eval(text).alias(column)

    def field(name: str) -> pl.Expr:
        return pl.element().struct.field(name)

    def number(name: str) -> pl.Expr:
        return field(name).round().cast(pl.Int64).cast(pl.String)

    users = pl.format("{} ({})", field("name"), number("users"))
    affine = pl.format("{} (TGI {}, {})", field("name"), number("tgi"), number("users"))
    # What may not be shown has its place, so that the periods stay in step.
    period = pl.format("{}: {}", field("period"), number("users").fill_null("–"))
    return frame.with_columns(
        listed("also", users), listed("carriers", affine), listed("words", affine),
        listed("trend", period),
    )  # fmt: skip


def _english(row: Mapping[str, Any], units: tuple[str, str]) -> str:
    one, many = units
    users = f"{wording.users(row['users'])} users{_precision(row, 'users', 'en')}"
    where = "" if _everywhere(row) else f" of {_inside(row)}"
    parts = [
        f"{row['name']} bursts since the {one} of {row['since']}: {users}{where} in the {one} of "
        f"{row['last_seen']}, {_factor(row, 'en')}",
        f"{wording.users(row['burst_users'])} users{_precision(row, 'burst_users', 'en')} since "
        "it began",
    ]
    if row["doubling"] is not None:
        slow = row["doubling_high"]
        parts.append(
            f"doubling every {row['doubling']:.1f} {many} as it rose "
            f"({row['doubling_low']:.1f} to {'never' if slow is None else f'{slow:.1f}'})"
        )
    if not _everywhere(row) and row["tgi"] is not None:
        parts.append(
            f"TGI {wording.index(row['tgi'])} inside "
            f"(cautious {wording.index(row['tgi_shrunk_low'])})"
        )
    if not row["running"]:
        parts.append("it is over")
    if row["carriers"]:
        parts.append(f"carried by {', '.join(_carriers(row['carriers']))}")
    if row["words"]:
        parts.append(f"words: {', '.join(w['name'] for w in row['words'][:_MOST])}")
    return "; ".join(parts) + "."


def _chinese(row: Mapping[str, Any], units: tuple[str, str]) -> str:
    one, many = units
    users = f"{wording.users(row['users'], 'zh')}人{_precision(row, 'users', 'zh')}"
    where = "" if _everywhere(row) else f"「{_inside(row)}」中"
    parts = [
        f"「{row['name']}」自 {row['since']} 当{one}起爆发：{row['last_seen']} 当{one}{where}有"
        f"{users}，{_factor(row, 'zh')}",
        f"爆发以来共 {wording.users(row['burst_users'], 'zh')}人"
        f"{_precision(row, 'burst_users', 'zh')}",
    ]
    if row["doubling"] is not None:
        slow = row["doubling_high"]
        parts.append(
            f"上升期每 {row['doubling']:.1f} {many}翻一番（{row['doubling_low']:.1f} 至 "
            f"{'不翻番' if slow is None else f'{slow:.1f}'}）"
        )
    if not _everywhere(row) and row["tgi"] is not None:
        parts.append(
            f"在其中的 TGI 为 {wording.index(row['tgi'])}"
            f"（谨慎估计 {wording.index(row['tgi_shrunk_low'])}）"
        )
    if not row["running"]:
        parts.append("现已结束")
    if row["carriers"]:
        parts.append(f"主要人群：{'、'.join(_carriers(row['carriers']))}")
    if row["words"]:
        parts.append(f"相关词：{'、'.join(w['name'] for w in row['words'][:_MOST])}")
    return "；".join(parts) + "。"


def _everywhere(row: Mapping[str, Any]) -> bool:
    return bool(row["inside"] == "universe:all")


def _inside(row: Mapping[str, Any]) -> str:
    tree = parse(row["inside"])
    return tree.name if isinstance(tree, Audience) else str(row["inside"])


def _factor(row: Mapping[str, Any], language: str) -> str:
    expected, low = row["expected_users"], 1 + row["growth_low"]
    if expected < 1 or low >= _FACTOR:
        about = wording.users(expected, language)
        return (
            f"where {about} were to be expected" if language == "en" else f"而此前仅可预期{about}人"
        )
    times = wording.times(1 + row["growth"])
    if language == "en":
        return (
            f"{times} times the {wording.users(expected, 'en')} to be expected "
            f"(at least {wording.times(low)} times)"
        )
    return f"是预期 {wording.users(expected, 'zh')}人的 {times} 倍（至少 {wording.times(low)} 倍）"


def _precision(row: Mapping[str, Any], name: str, language: str) -> str:
    if row["exact"]:
        return " (exact)" if language == "en" else "（精确）"
    ends = wording.interval(row[f"{name}_low"], row[f"{name}_high"], language)
    return f" ({ends})" if language == "en" else f"（{ends}）"


def _carriers(carriers: Sequence[Mapping[str, Any]]) -> list[str]:
    return [f"{c['name']} (TGI {wording.index(c['tgi'])})" for c in carriers[:_MOST]]
