"""The first thing on the page: what the data says, in sentences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from overlap.dashboard.state import View
from overlap.dashboard.texts import text
from overlap.insights import wording

CLEAR_SCORE = 10
"""Below this an opening is one in name only."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A headline, the sentences under it, and how far the numbers carry."""

    headline: str
    sentences: tuple[str, ...]
    precision: str


def answer(rows: pl.DataFrame, view: View, rate: float) -> Answer:
    """Say what the openings of a view are; `rows` are those of insights.openings.scored.

    `rate` is the least share of users that a row was counted on.
    """
    say = _Speaker(view)
    ranked = rows.filter(pl.col("score").is_not_null())
    exact = bool(rows["exact"].all())
    precision = (
        say("say_exact") if exact else say("say_sampled", rate=wording.percent(rate, _digits(rate)))
    )
    if ranked.is_empty():
        return Answer(say("answer_nothing"), (say("say_nothing"),), precision)
    first = ranked.row(0, named=True)
    if view.brand is None or first["fair_share_index"] is None:
        return Answer(
            say("answer_no_brand", interest=first["interest"]),
            (say.overlap(first), say.count(ranked, rows), say("say_choose_brand")),
            precision,
        )
    if not (first["gap_users"] or 0) > 0:
        return Answer(say("answer_no_gap"), (say.brand("say_no_gap", first),), precision)
    if first["score"] < CLEAR_SCORE:
        return Answer(say("answer_weak"), (say.brand("say_weak", first),), precision)
    return Answer(
        say("answer_gap", interest=first["interest"]),
        (say.overlap(first), say.brand("say_gap", first), say.behind(ranked, rows)),
        precision,
    )


class _Speaker:
    """Sentences in the language of a view, about its category and brand."""

    def __init__(self, view: View) -> None:
        self.view = view

    def __call__(self, key: str, **values: str) -> str:
        names = {"category": self.view.category or "", "brand": self.view.brand or ""}
        return text(key, self.view.language, **{**names, **values})

    def overlap(self, row: Mapping[str, Any]) -> str:
        users = self.users(row["overlap_users"])
        if not row["exact"]:
            users += f" ({self.users(row['overlap_low'])}–{self.users(row['overlap_high'])})"
        return self(
            "say_overlap",
            users=users,
            expected=self.users(row["expected_users"]),
            times=wording.times(row["tgi"] / 100),
        )

    def brand(self, key: str, row: Mapping[str, Any]) -> str:
        return self(
            key,
            interest=row["interest"],
            users=self.users(row["overlap_users"]),
            p=wording.percent(row["brand_penetration"]),
            p0=wording.percent(row["category_penetration"]),
            gap=self.users(row["gap_users"]),
            unreached=self.users(row["unreached_users"]),
            score=wording.index(row["score"]),
        )

    def count(self, ranked: pl.DataFrame, rows: pl.DataFrame) -> str:
        values = {"scored": f"{len(ranked):,}", "all": f"{len(rows):,}"}
        if len(ranked) < 2:
            return self("say_count", **values)
        return self("say_next", **values, next=ranked["interest"][1])

    def behind(self, ranked: pl.DataFrame, rows: pl.DataFrame) -> str:
        behind = ranked.filter(pl.col("gap_users") > 0)
        values = {
            "behind": f"{len(behind):,}",
            "scored": f"{len(ranked):,}",
            "all": f"{len(rows):,}",
        }
        if len(behind) < 2:
            return self("say_behind", **values)
        return self("say_behind_next", **values, next=behind["interest"][1])

    def users(self, value: float | None) -> str:
        return wording.users(value, self.view.language)


def _digits(rate: float) -> int:
    """Decimals of a percentage that leave two digits to read."""
    return 1 if rate >= 0.01 else 3
