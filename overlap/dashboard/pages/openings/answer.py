"""The first thing on the page: what the data says, in sentences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from overlap.dashboard.pages.openings import tables
from overlap.dashboard.state import View
from overlap.dashboard.texts import text
from overlap.insights import wording
from overlap.model import Verdict


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
    exact = bool(rows["exact"].all())
    precision = say("say_exact") if exact else say("say_sampled", rate=wording.rate(rate))
    if rows["gap_low"].count():
        precision += ("" if view.language == "zh" else " ") + say("say_noise")
    headline = wording.headline(rows, view.language)
    first = rows.row(0, named=True)
    overlapping = rows.filter(pl.col("verdict").is_in([Verdict.OPENING, Verdict.OVERLAP_ONLY]))
    if overlapping.is_empty():
        return Answer(headline, (say("say_nothing"),), precision)
    openings = tables.ranked(rows)
    if first["category_penetration"] is None:
        choose = (say("say_choose_brand"),) if view.brand is None else ()
        if first["brand_suppressed"] is not None:
            choose = (say.gap(first),)
        sentences = (say.overlap(first), say.count("say_count", openings, rows), *choose)
    elif openings.is_empty():
        sentences = (say.count("say_no_gap", overlapping, rows), say("say_other_brand"))
    else:
        sentences = (
            say.overlap(first),
            say.gap(first),
            say.count("say_behind", openings, rows, overlapping=f"{len(overlapping):,}"),
        )
    return Answer(headline, sentences, precision)


class _Speaker:
    """Sentences in the language of a view, about its category and brand."""

    def __init__(self, view: View) -> None:
        self.view = view

    def __call__(self, key: str, **values: str) -> str:
        names = {"category": self.view.category or "", "brand": self.view.brand or ""}
        return text(key, self.view.language, **{**names, **values})

    def overlap(self, row: Mapping[str, Any]) -> str:
        users = wording.users(row["overlap_users"], self.view.language, exact=row["exact"])
        if not row["exact"]:
            users += f" ({self.users(row['overlap_low'])}–{self.users(row['overlap_high'])})"
        return self(
            "say_overlap",
            users=users,
            expected=self.users(row["expected_users"]),
            times=wording.times(row["tgi"] / 100),
        )

    def gap(self, row: Mapping[str, Any]) -> str:
        if row["brand_suppressed"] is not None:
            floor = "".join(c for c in row["brand_suppressed"] if c.isdigit())
            return self("say_brand_hidden", floor=floor)
        return self(
            "say_gap",
            p=wording.percent(row["brand_penetration"]),
            p0=wording.percent(row["category_penetration"]),
            gap=self.users(row["gap_users"]),
            ends=wording.interval(row["gap_low"], row["gap_high"], self.view.language),
            unreached=self.users(row["unreached_users"]),
        )

    def count(self, key: str, found: pl.DataFrame, rows: pl.DataFrame, **values: str) -> str:
        said = self(key, found=f"{len(found):,}", all=f"{len(rows):,}", **values)
        if key == "say_no_gap" or len(found) < 2:
            return said
        return said + self("say_next", next=found["interest"][1])

    def users(self, value: float | None) -> str:
        return wording.users(value, self.view.language)
