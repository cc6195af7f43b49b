"""The first page: openings of a category, and of a brand in it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import polars as pl
import streamlit as st

from overlap.dashboard import data, empty, session, tables
from overlap.dashboard.answer import answer
from overlap.dashboard.card import card
from overlap.dashboard.look import block, safe
from overlap.dashboard.quadrant import quadrant
from overlap.dashboard.state import Note, View
from overlap.dashboard.texts import text
from overlap.reports import csv_bytes

_RANKING, _REST = "ranking", "rest"
_ROW, _TABLE_HEAD, _TALLEST = 35, 38, 12
_MOST_ROWS = 300
"""A page of more rows than this is heavy, and nobody reads it."""


def page(opened: data.Opened, view: View) -> None:
    """Show the openings of a view whose category is in the store."""
    rows = data.rows(opened, view)
    if rows.is_empty() or not (rows["category_users"][0] or 0) > 0:
        empty.no_data(view.category or "", view.language)
        return
    hidden = tables.hidden(rows)
    if len(hidden) == len(rows):
        empty.all_hidden(opened.policy.display_floor, view.language)
        return
    view, row = _selected(rows, view)
    _answer(opened, rows, view)
    _chart_and_card(opened, rows, view, row)
    _ranking(rows, view, row)
    _rest(rows, view, row)
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
        _note(note, view.language)
    shown = rows.filter(pl.col("suppressed").is_null())
    return view, shown.row(0, named=True)


def show_notes(language: str) -> None:
    """Say what had to be changed in the link."""
    for note in session.notes():
        _note(note, language)


def _note(note: Note, language: str) -> None:
    values = dict(note.values)
    close = values.pop("nearest", "")
    said = text(note.key, language, **values)
    if close and close != values.get("instead"):
        said += text("did_you_mean", language, nearest=close)
    st.warning(_plain(said), icon=":material/link_off:")


# --- the answer -------------------------------------------------------------------------------


def _answer(opened: data.Opened, rows: pl.DataFrame, view: View) -> None:
    said = answer(rows, view, opened.panel.floor_rate)
    space = "" if view.language == "zh" else " "
    lines = space.join(safe(sentence) for sentence in said.sentences)
    block(
        f'<section class="ov-answer" lang="{view.language}" aria-live="polite">'
        f"<h1>{safe(said.headline)}</h1>"
        f'<p>{lines}{space}<span class="quiet">{safe(said.precision)}</span></p></section>'
    )


# --- the chart and the card ---------------------------------------------------------------------


def _chart_and_card(
    opened: data.Opened, rows: pl.DataFrame, view: View, row: dict[str, Any]
) -> None:
    language = view.language
    with st.container(horizontal=True, key="look", gap="medium"):
        with st.container(key="chart", gap="xsmall"):
            quadrant(rows, view, row["interest"])
        with st.container(key="card", border=True, gap="xsmall", height="stretch"):
            ranked = tables.ranked(rows)
            places = ranked["interest"].to_list()
            rank = places.index(row["interest"]) + 1 if row["interest"] in places else None
            rate = data.rate(opened, row["expression"])
            block(card(row, rank, len(ranked), rate, language))
            st.caption(text("expression", language))
            st.code(row["expression"], language=None, wrap_lines=True)


# --- the tables ---------------------------------------------------------------------------------


def _ranking(rows: pl.DataFrame, view: View, row: dict[str, Any]) -> None:
    language = view.language
    ranked = tables.ranked(rows)
    with st.container(horizontal=True, vertical_alignment="center", key="ranking_head"):
        block(f'<h2 class="ov-h2">{safe(text("table", language))}</h2>')
        st.download_button(
            text("download", language),
            data=lambda: csv_bytes(tables.contract(rows)),
            file_name=tables.file_name(row["category"], row["brand"]),
            mime="text/csv",
            icon=":material/download:",
            on_click="ignore",
            help=text("download_help", language, rows=f"{len(rows):,}"),
            key="download",
        )
    if ranked.is_empty():
        return
    _table(tables.ranking(ranked, language), ranked, _RANKING, row, language,
           tables.ranking_columns(language), text("table_alt", language))  # fmt: skip


def _rest(rows: pl.DataFrame, view: View, row: dict[str, Any]) -> None:
    language = view.language
    rest = tables.unranked(rows).sort("overlap_users", descending=True)
    if rest.is_empty():
        return
    looked_at = row["interest"] in set(rest["interest"])
    title = text("rest", language, n=len(rest))
    with st.expander(title, expanded=looked_at or tables.ranked(rows).is_empty()):
        st.caption(text("rest_note", language))
        _table(tables.leftovers(rest, language), rest, _REST, row, language,
               tables.leftover_columns(language), title)  # fmt: skip


def _table(
    shown: pl.DataFrame,
    rows: pl.DataFrame,
    key: str,
    row: dict[str, Any],
    language: str,
    columns: dict[str, Any],
    alt: str,
) -> None:
    if len(rows) > _MOST_ROWS:
        st.caption(text("table_some", language, shown=f"{_MOST_ROWS:,}", all=f"{len(rows):,}"))
    shown, rows = shown.head(_MOST_ROWS), rows.head(_MOST_ROWS)
    names = rows["interest"].to_list()
    chosen = [names.index(row["interest"])] if row["interest"] in names else []
    # The view is the one truth: the table shows its choice, and reports a new one.
    st.session_state[key] = {"selection": {"rows": chosen, "columns": [], "cells": []}}
    st.dataframe(
        shown,
        key=key,
        on_select=lambda: _pick_in_table(key, names),
        selection_mode="single-row",
        column_config=columns,
        hide_index=True,
        width="stretch",
        height=_TABLE_HEAD + _ROW * min(len(shown), _TALLEST),
        row_height=_ROW,
        placeholder="–",
        alt=alt,
    )


def _pick_in_table(key: str, names: list[str]) -> None:
    picked = st.session_state[key].selection.rows
    if picked:
        session.change(opening=names[picked[0]])


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
            _plain(
                text("hidden_note", language, floor=f"{opened.policy.display_floor:,}", names=said)
            )
        )


def _plain(said: str) -> str:
    """Return text that Markdown shows as it is."""
    return "".join(f"\\{c}" if c in r"\`*_{}[]()#+-.!$~|<>:" else c for c in said)
