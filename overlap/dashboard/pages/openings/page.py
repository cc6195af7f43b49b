"""What the page of openings shows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import polars as pl
import streamlit as st

from overlap.dashboard import data, session
from overlap.dashboard.look import block, plain, safe
from overlap.dashboard.pages.openings import detail, ranking, tables
from overlap.dashboard.pages.openings.answer import answer
from overlap.dashboard.pages.openings.quadrant import quadrant
from overlap.dashboard.pages.openings.style import STYLE
from overlap.dashboard.parts import empty, notes, tour
from overlap.dashboard.state import Note, View
from overlap.dashboard.texts import text


def page(opened: data.Opened, view: View) -> None:
    """Show the openings of a view whose category is in the store."""
    with st.spinner(text("ranking", view.language), show_time=False):
        rows = data.rows(opened, view)
    if rows.is_empty() or rows["category_users"][0] == 0:
        empty.no_data(view.category or "", view.language)
        return
    hidden = tables.hidden(rows)
    if len(hidden) == len(rows):
        empty.all_hidden(opened.policy.display_floor, view.language)
        return
    block(STYLE)
    tour.steps(view)
    view, row = _selected(rows, view)
    _answer(opened, rows, view)
    _chart_and_card(opened, rows, view, row)
    ranking.ranking(rows, view, row, opened.panel.spec.period)
    _hidden(hidden, opened, view)


def _selected(rows: pl.DataFrame, view: View) -> tuple[View, dict[str, Any]]:
    """Return the row that was asked for, or the first, and the view that says so."""
    if view.opening is not None:
        asked = rows.filter(pl.col("interest") == view.opening)
        if len(asked):
            return view, asked.row(0, named=True)
        note = Note("unknown_opening", {"wanted": view.opening})
        view = replace(view, opening=None)
        session.remember(view, [note])
        notes.one(note, view.language)
    shown = rows.filter(pl.col("suppressed").is_null())
    return view, shown.row(0, named=True)


def _answer(opened: data.Opened, rows: pl.DataFrame, view: View) -> None:
    said = answer(rows, view, opened.panel.floor_rate)
    space = "" if view.language == "zh" else " "
    lines = space.join(safe(sentence) for sentence in said.sentences)
    block(
        f'<section class="ov-answer" lang="{view.language}" aria-live="polite">'
        f"<h1>{safe(said.headline)}</h1>"
        f'<p>{lines}{space}<span class="quiet">{safe(said.precision)}</span></p></section>'
    )


def _chart_and_card(
    opened: data.Opened, rows: pl.DataFrame, view: View, row: dict[str, Any]
) -> None:
    with st.container(horizontal=True, key="openings_look", gap="medium"):
        with st.container(key="openings_chart", gap="xsmall"):
            quadrant(rows, view, row["interest"])
        detail.show(opened, rows, view, row)


def _hidden(hidden: pl.DataFrame, opened: data.Opened, view: View) -> None:
    if hidden.is_empty():
        return
    language = view.language
    names = sorted(hidden["interest"].to_list())
    said = ", ".join(names[:20])
    if len(names) > 20:
        said = text("and_more", language, names=said, n=len(names) - 20)
    with st.expander(text("hidden", language, n=len(hidden))):
        st.write(
            plain(
                text("hidden_note", language, floor=f"{opened.policy.display_floor:,}", names=said)
            )
        )
