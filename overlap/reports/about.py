"""What a report is about: where its numbers come from, told on a page of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from overlap.events import period_end
from overlap.members import ALL_PERIODS
from overlap.model import Window
from overlap.store import Store

_WORDS: Mapping[str, tuple[str, str]] = {
    "table": ("table", "表"),
    "expression": ("expression", "表达式"),
    "anchor": ("anchor", "对比人群"),
    "category": ("category", "品类"),
    "brand": ("brand", "品牌"),
    "kind": ("kind", "人群类型"),
    "baseline": ("baseline", "基准人群"),
    "target": ("target", "目标"),
    "candidates": ("candidates", "候选人群"),
    "audiences": ("audiences", "人群"),
    "inside": ("inside", "限定范围"),
    "window": ("window", "时间窗口"),
    "store": ("store", "数据"),
    "snapshot": ("snapshot", "快照"),
    "data": ("date of the data", "数据日期"),
    "rows": ("rows", "行数"),
    "intervals": ("intervals", "区间"),
    "column": ("column", "列"),
    "title": ("in words", "名称"),
    "meaning": ("meaning", "含义"),
    "all_users": ("all users", "大盘（全部用户）"),
    "all_periods": ("all periods", "全部时间"),
    "undated": ("not dated", "无日期"),
    "to": ("to", "至"),
    "first": ("the first", "最早"),
    "last": ("the last", "最近"),
    "intervals_say": (
        "Ends of intervals are at 95%; where exact is true the number is exact.",
        "区间均为 95%；exact 为 TRUE 时数字精确。",
    ),
    "note": ("note", "备注"),
    "cut": (
        "Texts of more than {most} characters were cut: {n}",
        "超过 {most} 个字符的文本已截断：{n} 处",
    ),
}


def word(key: str, language: str) -> str:
    """Return a word of the page in a language; one that is not known stands for itself."""
    found = _WORDS.get(key)
    return found[language == "zh"] if found else key.replace("_", " ")


@dataclass(frozen=True, slots=True)
class About:
    """What a table is: its name, and what was asked for and of what, as (key, value), in order.

    Keys are English words and stay so in files for programs; `language` is that of the values, and
    of the explanations in files for people.
    """

    table: str
    facts: tuple[tuple[str, str], ...] = ()
    language: str = "en"


def about_store(
    store: Store,
    table: str,
    asked: Mapping[str, str | None] | None = None,
    *,
    window: Window = ALL_PERIODS,
    language: str = "en",
) -> About:
    """Return what a table of a store's numbers is about.

    `asked` is what it was asked for (`expression`, `category`, `brand`, `baseline` …); what is
    None is left out, except the baseline, which is then all users.
    """
    asked = dict(asked or {})
    if "baseline" in asked:
        asked["baseline"] = asked["baseline"] or word("all_users", language)
    facts = [(what, value) for what, value in asked.items() if value]
    unit = store.sketches.spec.period
    days = (
        (start.isoformat() if (start := window.start) else word("first", language)),
        (period_end(end, unit).isoformat() if (end := window.end) else word("last", language)),
    )
    between = f" {word('to', language)} "
    firsts = [p.first_event for p in store.provenance.values() if p.first_event]
    lasts = [p.last_event for p in store.provenance.values() if p.last_event]
    dated = (
        f"{min(firsts):%Y-%m-%d}{between}{max(lasts):%Y-%m-%d}"
        if firsts and lasts
        else word("undated", language)
    )
    whole = window.start is None and window.end is None
    facts += [
        ("window", word("all_periods", language) if whole else between.join(days)),
        ("store", store.path.resolve().name),
        ("snapshot", store.snapshot),
        ("data", dated),
        ("intervals", word("intervals_say", language)),
    ]
    return About(table, tuple(facts), language)
