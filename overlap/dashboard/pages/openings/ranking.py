"""The openings as a list, ranked by the score or by any single measure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import polars as pl
import streamlit as st

from overlap.dashboard import paper, session
from overlap.dashboard.look import block, safe
from overlap.dashboard.pages.openings import tables
from overlap.dashboard.parts.tables import HEAD, MOST_ROWS, ROW, download, sendable
from overlap.dashboard.state import View
from overlap.dashboard.texts import text
from overlap.insights import wording

_RANKING, _BY, _SHOW = "openings_ranking", "openings_by", "openings_show"
_TALLEST = 12
_ON_PAPER = 20


def ranking(rows: pl.DataFrame, view: View, row: dict[str, Any], unit: str) -> None:
    """Show the rows that the link asks for, by the measure that it names, and their download.

    `unit` is the length of the periods that growth goes over.
    """
    language = view.language
    possible = rows.filter(pl.col("suppressed").is_null())
    show = tables.show_of(view.asked.get("show"), rows)
    shown = possible.filter(tables.SHOWN[show])
    by = tables.measure_of(view.asked.get("by"), shown)
    with st.container(horizontal=True, vertical_alignment="center", key="openings_ranking_head"):
        offered = tables.measures(shown)
        # On paper the switch is gone, so its choice is said.
        said = text("openings_ranked_by", language, by=text(offered[by], language))
        chosen = f'<span class="ov-print">{safe(said)}</span>'
        printed = _printed(tables.by(shown, by), language)
        block(f'<h2 class="ov-h2">{safe(text("table", language))}{chosen}</h2>{printed}')
        titles = {name: text(key, language) for name, key in offered.items()}
        _choice(_BY, "openings_by", by, titles, _rank_by, language)
        download(
            tables.contract(rows),
            tables.file("openings", row["category"], row["brand"]),
            language,
            key="openings_csv",
        )
    chips = {
        name: text(f"openings_show_{name}", language, n=f"{n:,}")
        for name, n in tables.offered(rows).items()
    }
    _choice(_SHOW, "openings_show", show, chips, _show, language)
    if shown.is_empty():
        block(f'<p class="ov-sub">{safe(text("openings_show_none", language))}</p>')
        return
    ordered = tables.by(shown, by)
    span = wording.periods(row["growth_periods"], unit, language)
    _table(tables.ranking(ordered, language), ordered, _RANKING, row, language,
           tables.ranking_columns(language, span, by), text("table_alt", language))  # fmt: skip


def _printed(rows: pl.DataFrame, language: str) -> str:
    """Return the first rows as a table for paper, where a table to scroll would be cut off."""
    titles, lines = tables.on_paper(rows.head(_ON_PAPER), language)
    head = "".join(f"<th>{safe(title)}</th>" for title in titles)
    body = "".join(
        f"<tr>{''.join(f'<td>{safe(cell)}</td>' for cell in line)}</tr>" for line in lines
    )
    cut = paper.rest(min(len(rows), _ON_PAPER), len(rows), language)
    return (
        f'<table class="ov-print">{cut}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
    )


def _choice(
    key: str,
    label: str,
    chosen: str,
    offered: Mapping[str, str],
    on_change: Callable[[], None],
    language: str,
) -> None:
    st.session_state[key] = chosen
    st.segmented_control(
        text(label, language),
        list(offered),
        format_func=lambda name: offered[name],
        key=key,
        on_change=on_change,
        required=True,
        label_visibility="collapsed",
        width="content",
    )


def _rank_by() -> None:
    picked = st.session_state[_BY] or tables.SCORE
    session.ask(by=None if picked == tables.SCORE else picked)


def _show() -> None:
    session.ask(show=st.session_state[_SHOW])


def _table(
    shown: pl.DataFrame,
    rows: pl.DataFrame,
    key: str,
    row: dict[str, Any],
    language: str,
    columns: dict[str, Any],
    alt: str,
) -> None:
    if len(rows) > MOST_ROWS:
        part = text("rows_some", language, shown=f"{MOST_ROWS:,}", all=f"{len(rows):,}")
        block(f'<p class="ov-sub ov-screen">{safe(part)}</p>')
    shown, rows = shown.head(MOST_ROWS), rows.head(MOST_ROWS)
    names = rows["interest"].to_list()
    chosen = [names.index(row["interest"])] if row["interest"] in names else []
    # The view is the one truth: the table shows its choice, and reports a new one.
    st.session_state[key] = {"selection": {"rows": chosen, "columns": [], "cells": []}}
    st.dataframe(
        sendable(shown),
        key=key,
        on_select=lambda: _pick(key, names),
        selection_mode="single-row",
        column_config=columns,
        hide_index=True,
        width="stretch",
        height=HEAD + ROW * min(len(shown), _TALLEST),
        row_height=ROW,
        placeholder="–",
        alt=alt,
    )


def _pick(key: str, names: list[str]) -> None:
    picked = st.session_state[key].selection.rows
    if picked:
        session.change(opening=names[picked[0]])
