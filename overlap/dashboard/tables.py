"""Openings as tables for reading: chosen columns, in words and number formats."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import polars as pl
import streamlit as st

from overlap.dashboard.card import FLAT_Z, rank_interval
from overlap.dashboard.texts import text
from overlap.insights import wording
from overlap.model import OPENINGS_TABLE


def ranked(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the rows with a score, the best first."""
    return rows.filter(pl.col("score").is_not_null())


def unranked(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the rows that may be shown but have no score."""
    return rows.filter(pl.col("score").is_null() & pl.col("suppressed").is_null())


def hidden(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the rows whose numbers may not be shown."""
    return rows.filter(pl.col("suppressed").is_not_null())


def ranking(rows: pl.DataFrame, language: str) -> pl.DataFrame:
    """Return ranked rows with the columns of `ranking_columns`."""
    exact = bool(rows["exact"].all())
    branded = rows["fair_share_index"].is_not_null().any()
    columns: dict[str, pl.Expr | pl.Series] = {
        "rank": pl.int_range(1, pl.len() + 1),
        "interest": pl.col("interest"),
        "score": pl.col("score"),
        "overlap_users": pl.col("overlap_users").round(0),
        "interval": _intervals(rows, "overlap_low", "overlap_high", language),
        "expected_users": pl.col("expected_users").round(0),
        "tgi": pl.col("tgi"),
        "tgi_interval": _indices(rows),
        "fair_share_index": pl.col("fair_share_index"),
        "brand_penetration": pl.col("brand_penetration").round(3),
        "gap_users": pl.col("gap_users").round(0),
        "unreached_users": pl.col("unreached_users").round(0),
        "share_of_category": pl.col("share_of_category").round(3),
        # Change within the error is called flat, and flat is left empty.
        "growth": pl.when(pl.col("growth_z").abs() >= FLAT_Z).then(pl.col("growth").round(2)),
        "rank_interval": pl.Series(
            [rank_interval(*ends) for ends in rows.select("rank_low", "rank_high").iter_rows()],
            dtype=pl.String,
        ),
        "grade": _grades(rows, language),
    }
    left_out = {"interval", "tgi_interval"} if exact else set()
    left_out |= (
        {"share_of_category"}
        if branded
        else {"fair_share_index", "brand_penetration", "gap_users", "unreached_users"}
    )
    return rows.select(
        column.alias(name) for name, column in columns.items() if name not in left_out
    )


def ranking_columns(language: str) -> dict[str, Any]:
    """Return the titles, explanations and formats of the ranked table's columns."""

    def say(key: str) -> str:
        return text(key, language)

    number, words = st.column_config.NumberColumn, st.column_config.TextColumn
    return {
        "rank": number(say("col_rank"), format="%d", width=56, pinned=True),
        "interest": words(say("col_interest"), width=190, pinned=True),
        "score": st.column_config.ProgressColumn(
            say("col_score"), help=say("help_score"), min_value=0, max_value=100, format="%.0f",
            width=110,
        ),
        "overlap_users": _users("col_size", "help_size", language),
        "interval": words(say("col_interval"), width=120),
        "expected_users": _users("col_expected", "help_expected", language),
        "tgi": number(say("col_tgi"), help=say("help_tgi"), format="%.0f", width=70),
        "tgi_interval": words(say("col_tgi_interval"), width=100),
        "fair_share_index": number(
            say("col_fair"), help=say("help_fair"), format="%.0f", width=90
        ),
        "brand_penetration": number(say("col_brand"), format="percent", width=100),
        "gap_users": _users("col_gap", "help_gap", language),
        "unreached_users": _users("col_unreached", "help_unreached", language),
        "share_of_category": number(say("col_share"), format="percent", width=100),
        "growth": number(say("col_growth"), help=say("help_growth"), format="percent", width=90),
        "rank_interval": words(say("col_rank_interval"), help=say("help_rank_interval"), width=110),
        "grade": words(say("col_grade"), width=90),
    }  # fmt: skip


def leftovers(rows: pl.DataFrame, language: str) -> pl.DataFrame:
    """Return unranked rows with the columns of `leftover_columns`, the largest overlap first."""
    exact = bool(rows["exact"].all())
    why = pl.Series(
        [text(f"why_{name}", language) if name else "" for name in rows["why_not"]],
        dtype=pl.String,
    )
    columns: dict[str, pl.Expr | pl.Series] = {
        "interest": pl.col("interest"),
        "why": why,
        "overlap_users": pl.col("overlap_users").round(0),
        "interval": _intervals(rows, "overlap_low", "overlap_high", language),
        "expected_users": pl.col("expected_users").round(0),
        "tgi": pl.col("tgi"),
        "tgi_cautious": pl.col("tgi_cautious"),
    }
    left_out = {"interval"} if exact else set()
    return rows.select(
        column.alias(name) for name, column in columns.items() if name not in left_out
    )


def leftover_columns(language: str) -> dict[str, Any]:
    """Return the titles and formats of the columns of rows without a rank."""
    columns = ranking_columns(language)
    number = st.column_config.NumberColumn
    return {
        **{name: columns[name] for name in ("overlap_users", "interval", "expected_users", "tgi")},
        "interest": st.column_config.TextColumn(text("col_interest", language), width=190),
        "why": st.column_config.TextColumn(text("col_why", language), width=210),
        "tgi_cautious": number(text("col_cautious", language), format="%.0f", width=110),
    }


def contract(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the columns of model.OPENINGS_TABLE in their order, as every face gives them."""
    return rows.select(OPENINGS_TABLE.names())


def file_name(category: str, brand: str | None) -> str:
    """Return the name of the file that openings are downloaded as."""
    parts = ["openings", category, *([brand] if brand else [])]
    kept = (re.sub(r"[^\w.-]+", "_", part).strip("_.") for part in parts)
    return "-".join(part[:60] for part in kept if part) + ".csv"


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


def _grades(rows: pl.DataFrame, language: str) -> pl.Series:
    words: Mapping[str, str] = {
        grade: text(f"grade_{grade}", language) for grade in rows["grade"].unique()
    }
    return pl.Series([words[grade] for grade in rows["grade"]], dtype=pl.String)
