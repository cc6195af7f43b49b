"""Openings as tables for reading: chosen columns, in words and number formats."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl
import streamlit as st

from overlap.dashboard.pages.openings.card import rank_interval
from overlap.dashboard.texts import text
from overlap.insights import wording
from overlap.model import OPENINGS_TABLE, Verdict

SCORE = "score"


@dataclass(frozen=True, slots=True)
class _Measure:
    """A column to rank by, the key of its title, and which end of it comes first."""

    column: str
    title: str
    descending: bool = True


_MEASURES: Mapping[str, _Measure] = {
    SCORE: _Measure("score", "col_score"),
    "size": _Measure("overlap_users", "col_size"),
    "excess": _Measure("excess_users", "excess"),
    "tgi": _Measure("tgi", "col_tgi"),
    # The brand is missing where its share is low.
    "fair": _Measure("fair_share_index", "col_fair", descending=False),
    "gap": _Measure("gap_users", "col_gap"),
    "unreached": _Measure("unreached_users", "col_unreached"),
    "growth": _Measure("growth", "col_growth"),
}
"""What a ranking can be by, as the link names it."""


SHOWN = {
    "openings": pl.col("verdict") == Verdict.OPENING,
    "behind": pl.col("standing") == "behind",
    "growing": pl.col("growth_low") > 0,
    "all": pl.lit(True),
}
"""Which rows the list can show, as the link names them, of those that may be shown at all."""


_FLAT = (pl.col("growth_low") <= 0) & (pl.col("growth_high") >= 0)


def ranked(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the openings among the rows, the best first."""
    return rows.filter(SHOWN["openings"])


def offered(rows: pl.DataFrame) -> dict[str, int]:
    """Return what the list can show and of how many rows that is; all rows and openings always."""
    shown = rows.filter(pl.col("suppressed").is_null())
    counts = {name: len(shown.filter(which)) for name, which in SHOWN.items()}
    return {name: n for name, n in counts.items() if n or name in ("openings", "all")}


def show_of(asked: str | None, rows: pl.DataFrame) -> str:
    """Return which rows a link asks for, the openings where it names none and there are some."""
    if asked is not None and asked in offered(rows):
        return asked
    return "openings" if len(ranked(rows)) else "all"


def hidden(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the rows whose numbers may not be shown."""
    return rows.filter(pl.col("suppressed").is_not_null())


def measures(ranked: pl.DataFrame) -> Mapping[str, str]:
    """Return what rows can be ranked by, with the keys of the titles."""
    return {
        name: how.title
        for name, how in _MEASURES.items()
        if name == SCORE
        or (ranked[how.column].is_not_null().any() and name not in _leave_out(ranked))
    }


def _leave_out(ranked: pl.DataFrame) -> frozenset[str]:
    # Without a brand everybody in both is not reached yet: it would be the size again.
    return frozenset() if ranked["gap_users"].is_not_null().any() else frozenset({"unreached"})


def measure_of(asked: str | None, ranked: pl.DataFrame) -> str:
    """Return the measure that a link asks to rank by, the score where there is none of the name."""
    return asked if asked is not None and asked in measures(ranked) else SCORE


def by(ranked: pl.DataFrame, measure: str) -> pl.DataFrame:
    """Return rows ordered by a measure, those without it last."""
    if measure == SCORE:
        return ranked
    how = _MEASURES[measure]
    key = pl.col(how.column)
    if measure == "growth":
        # What is called flat stands between what grows and what falls, whatever its luck.
        key = pl.when(_FLAT).then(0.0).otherwise(key)
    return ranked.sort(key, descending=how.descending, nulls_last=True, maintain_order=True)


def ranking(rows: pl.DataFrame, language: str) -> pl.DataFrame:
    """Return rows with the columns of `ranking_columns`."""
    exact = bool(rows["exact"].all())
    branded = rows["fair_share_index"].is_not_null().any()
    opening, known = SHOWN["openings"], SHOWN["behind"]
    columns: dict[str, pl.Expr | pl.Series] = {
        "rank": pl.when(opening).then(opening.cum_sum()),
        "interest": pl.col("interest"),
        "verdict": _words(rows["verdict"], "verdict_", language),
        "score": pl.when(opening).then("score"),
        "overlap_users": wording.rounded_users(rows["overlap_users"]),
        "interval": _intervals(rows, "overlap_low", "overlap_high", language),
        "expected_users": wording.rounded_users(rows["expected_users"]),
        "excess_users": wording.rounded_users(rows["excess_users"]),
        "tgi": pl.col("tgi"),
        "tgi_interval": _indices(rows),
        "fair_share_index": pl.col("fair_share_index"),
        "brand_penetration": wording.rounded_shares(rows["brand_penetration"]),
        # A gap that chance can explain is none.
        "gap_users": pl.when(known).then(wording.rounded_users(rows["gap_users"])),
        "gap_interval": pl.when(known).then(_intervals(rows, "gap_low", "gap_high", language)),
        "unreached_users": wording.rounded_users(rows["unreached_users"]),
        "share_of_category": wording.rounded_shares(rows["share_of_category"]),
        "growth": pl.Series(
            [wording.growth(row, language) for row in rows.iter_rows(named=True)], dtype=pl.String
        ),
        "rank_interval": pl.Series(
            [rank_interval(*ends) for ends in rows.select("rank_low", "rank_high").iter_rows()],
            dtype=pl.String,
        ),
        "grade": _words(rows["grade"], "grade_", language),
        "gap_grade": _words(rows["gap_grade"], "grade_", language),
        "why": pl.Series(
            [why(row, language) for row in rows.iter_rows(named=True)], dtype=pl.String
        ),
    }
    left_out = {"interval", "tgi_interval"} if exact else set()
    left_out |= {"share_of_category"} if branded else _OF_BRANDS
    if (rows["verdict"] == Verdict.OPENING).all():
        left_out |= {"why"}
    return rows.select(
        column.alias(name) for name, column in columns.items() if name not in left_out
    )


_OF_BRANDS = {
    "fair_share_index", "brand_penetration", "gap_users", "gap_interval", "unreached_users",
    "gap_grade",
}  # fmt: skip


def why(row: Mapping[str, Any], language: str) -> str:
    """Return why a row is no opening, nothing for one that is."""
    if row["verdict"] == Verdict.OPENING:
        return ""
    missing = "ahead" if row["standing"] == "ahead" else "no_gap"
    return text(f"why_{row['why_not'] or missing}", language)


def ranking_columns(language: str, span: str, by: str = SCORE) -> dict[str, Any]:
    """Return the titles, explanations and formats of the ranked table's columns.

    `span` is over how many periods growth goes, in words.
    """
    places = "col_rank_interval" if by == SCORE else "openings_col_rank_by_score"

    def say(key: str) -> str:
        return text(key, language)

    number, words = st.column_config.NumberColumn, st.column_config.TextColumn
    return {
        "rank": number(say("col_rank"), format="%d", width=56, pinned=True),
        "interest": words(say("col_interest"), width=190, pinned=True),
        "verdict": words(say("col_verdict"), width=100),
        "score": st.column_config.ProgressColumn(
            say("col_score"), help=say("help_score"), min_value=0, max_value=100, format="%.0f",
            width=110,
        ),
        "overlap_users": _users("col_size", "help_size", language),
        "interval": words(say("col_interval"), width=120),
        "expected_users": _users("col_expected", "help_expected", language),
        "excess_users": _users("excess", "openings_help_excess", language),
        "tgi": number(say("col_tgi"), help=say("help_tgi"), format="%.0f", width=70),
        "tgi_interval": words(say("col_tgi_interval"), width=100),
        "fair_share_index": number(
            say("col_fair"), help=say("help_fair"), format="%.0f", width=90
        ),
        "brand_penetration": number(say("col_brand"), format="percent", width=100),
        "gap_users": _users("col_gap", "help_gap", language),
        "gap_interval": words(say("col_gap_interval"), width=110),
        "unreached_users": _users("col_unreached", "help_unreached", language),
        "share_of_category": number(say("col_share"), format="percent", width=100),
        "growth": words(
            text("col_growth_span", language, span=span), help=say("help_growth"), width=130
        ),
        "rank_interval": words(say(places), help=say("help_rank_interval"), width=110),
        "grade": words(say("col_grade"), help=say("card_grade_help"), width=110),
        "gap_grade": words(say("col_gap_grade"), help=say("card_grade_help"), width=110),
        "why": words(say("col_why"), width=210),
    }  # fmt: skip


def on_paper(rows: pl.DataFrame, language: str) -> tuple[list[str], list[list[str]]]:
    """Return titles and cells, in words, of what a printed page has room for."""

    def users(value: float | None) -> str:
        return wording.users(value, language)

    columns: dict[str, tuple[str, Callable[[float | None], str]]] = {
        "score": ("col_score", wording.index),
        "overlap_users": ("col_size", users),
        "expected_users": ("col_expected", users),
        "tgi": ("col_tgi", wording.index),
        "fair_share_index": ("col_fair", wording.index),
        "brand_penetration": ("col_brand", wording.percent),
        "gap_users": ("col_gap", users),
        "share_of_category": ("col_share", wording.percent),
    }
    there = [name for name in columns if rows[name].is_not_null().any()]
    titles = [text(key, language) for key in ("col_rank", "col_interest")]
    titles += [text(columns[name][0], language) for name in there]
    titles += [text(key, language) for key in ("col_verdict", "col_rank_interval")]
    lines = [
        [f"{place:,}", row["interest"], *(columns[name][1](row[name]) for name in there),
         text(f"verdict_{row['verdict']}", language),
         rank_interval(row["rank_low"], row["rank_high"])]
        for place, row in enumerate(rows.iter_rows(named=True), start=1)
    ]  # fmt: skip
    return titles, lines


def contract(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the columns of model.OPENINGS_TABLE in their order, as every face gives them."""
    return rows.select(OPENINGS_TABLE.names())


def file(what: str, *names: str | None) -> str:
    """Return the name, without an ending, of the file that openings are downloaded as."""
    return "-".join([what, *(name for name in names if name)])


def _users(title: str, about: str, language: str) -> Any:
    return st.column_config.NumberColumn(
        text(title, language), help=text(about, language), format="localized", width=100
    )


def _intervals(rows: pl.DataFrame, low: str, high: str, language: str) -> pl.Series:
    ends = rows.select(low, high).iter_rows()
    return pl.Series([wording.interval(a, b, language) for a, b in ends], dtype=pl.String)


def _indices(rows: pl.DataFrame) -> pl.Series:
    ends = rows.select("tgi_low", "tgi_high").iter_rows()
    words = [f"{wording.index(a)}–{wording.index(b)}" for a, b in ends]
    return pl.Series(words, dtype=pl.String)


def _words(values: pl.Series, prefix: str, language: str) -> pl.Series:
    words = {value: text(f"{prefix}{value}", language) for value in values.drop_nulls().unique()}
    return pl.Series([words.get(value) for value in values], dtype=pl.String)
