"""Numbers, periods and what is missing, in the words that all parts of the page share."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import streamlit as st

from overlap.dashboard import data, session
from overlap.dashboard.parts import empty
from overlap.dashboard.state import View
from overlap.dashboard.texts import day, text
from overlap.insights import wording

BUILD_WITH_PERIODS = (
    "overlap build events.parquet --store STORE --user user_id --time time --period week "
    "--tags category=category --tags interest=interest"
)
BUILD_WITH_TERMS = f"{BUILD_WITH_PERIODS} --text text --terms"
_KINDS = ("category", "interest", "brand", "term")


def sized(row: Mapping[str, Any], name: str, language: str) -> str:
    """Write a number of users with its interval, or with the word exact."""
    value = wording.users(row[name], language, exact=row["exact"])
    return text(
        "demand_sized",
        language,
        value=value,
        how=ends(row, name, language),
    )


def ends(row: Mapping[str, Any], name: str, language: str) -> str:
    """Write the interval of a number of users, or the word exact."""
    if row["exact"]:
        return text("demand_exact", language)
    base = name.removesuffix("_users") if f"{name}_low" not in row else name
    return text(
        "demand_interval",
        language,
        ends=wording.interval(row[f"{base}_low"], row[f"{base}_high"], language),
    )


def kind(name: str, language: str) -> str:
    """Return what a kind of audience is called."""
    return text(f"demand_kind_{name}", language) if name in _KINDS else name


def unit(opened: data.Opened, language: str) -> str:
    """Return what several periods of the store are called: weeks."""
    return text(f"demand_units_{opened.panel.spec.period}", language)


def period(opened: data.Opened, first: date, language: str) -> str:
    """Return a period's name in a sentence: the week of 22 Jun 2026."""
    return text(f"demand_period_{opened.panel.spec.period}", language, day=day(first, language))


def precision(opened: data.Opened, language: str) -> str:
    """Say whether numbers are exact, or how many users were kept."""
    if opened.is_exact:
        return text("say_exact", language)
    return text("say_sampled", language, rate=wording.rate(opened.panel.floor_rate))


def no_periods(language: str) -> None:
    """Say that the store has no periods, and how it would."""
    empty.message(
        text("demand_no_periods", language),
        text("demand_no_periods_cure", language),
        commands=BUILD_WITH_PERIODS,
    )


def whole_time(view: View) -> None:
    """Show the button that opens the window, where the bar does not have it open already."""
    chosen = session.kept()
    if chosen.start is None and chosen.end is None:
        return
    st.button(
        text("whole_time", view.language),
        key="demand_whole_time",
        on_click=session.change,
        kwargs={"start": None, "end": None},
    )
