"""What a trend comes to: how it was counted, growth, season, burst, and what to do next."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import polars as pl
import streamlit as st

from overlap.dashboard import data, navigation
from overlap.dashboard.look import safe
from overlap.dashboard.pages.demand import steps, style, words
from overlap.dashboard.pages.demand.subject import Subject, readable
from overlap.dashboard.parts.copying import copyable
from overlap.dashboard.state import View
from overlap.dashboard.texts import day, text
from overlap.insights import wording

PENETRATION = "brand_penetration"

Row = Mapping[str, Any]


def measure_title(measure: str, view: View) -> str:
    """Return what a measure is called."""
    return text(f"demand_measure_{measure}", view.language, brand=view.brand or "")


def writer(measure: str, language: str) -> Callable[[float | None], str]:
    """Return what writes a measure's values."""
    if measure in ("users", "overlap_users"):
        return lambda value: wording.users(value, language)
    return wording.index if measure == "tgi" else wording.percent


def show(
    opened: data.Opened, frame: pl.DataFrame, found: Subject, view: View, measure: str
) -> None:
    """Show the card of a trend whose audiences go by their names."""
    language, row = view.language, frame.row(-1, named=True)
    units = words.unit(opened, language)
    if row["judged"] == "overlap_users":
        who = text("demand_followed_inside", language, name=frame["expression"][0],
                   category=row["category"])  # fmt: skip
    else:
        who = text("demand_followed", language, name=frame["expression"][0])
    cells = [_growth(row, f"{frame['whole'].sum():,} {units}", language)]
    if row["cycle"]:
        cells.append((text("demand_season", language), f"{row['cycle']} {units}",
                      text("demand_season_note", language)))  # fmt: skip
    else:
        cells.append((text("demand_season", language), text("demand_none", language),
                      text("demand_season_none", language)))  # fmt: skip
    cells.append(_burst(row, language))
    if row["doubling"] is not None:
        high = row["doubling_high"]
        cells.append((
            text("demand_cell_doubling", language),
            f"{row['doubling']:.1f} {units}",
            text("demand_cell_doubling_note", language, low=f"{row['doubling_low']:.1f}",
                 high=text("demand_cell_never", language) if high is None else f"{high:.1f}"),
        ))  # fmt: skip
    if measure == PENETRATION and row["category_penetration"] is not None:
        cells.append((
            text("demand_in_category", language, brand=view.brand),
            wording.percent(row["category_penetration"]),
            text("demand_in_category_note", language),
        ))  # fmt: skip
    style.card(
        style.head(readable(found.tree), [])
        + f'<p class="why">{safe(who)}</p>'
        + style.figures(cells),
        language,
    )
    copyable(found.expression, language, text("expression", language))
    with st.container(
        horizontal=True, key="demand_actions", gap="small", vertical_alignment="center"
    ):
        navigation.link(text("demand_segment", language), "segment", view, expr=found.expression)
        steps.language(view, found.expression)


def _growth(row: Row, span: str, language: str) -> tuple[str, str, str]:
    title = text("demand_growth", language, span=span)
    if row["growth"] is None or row["direction"] == "unknown":
        return title, "–", text("demand_growth_none", language)
    note = text(
        "demand_interval",
        language,
        ends=f"{wording.change(row['growth_low'])} – {wording.change(row['growth_high'])}",
    )
    return title, wording.growth(row, language), note


def _burst(row: Row, language: str) -> tuple[str, str, str]:
    title = text("demand_burst", language)
    if row["first_seen"] is None:
        return title, text("demand_none", language), text("demand_burst_none", language)
    state = text("demand_running" if row["running"] else "demand_over", language)
    return title, state, text("demand_since_day", language, day=day(row["first_seen"], language))
