"""A table as all pages show one: columns explained, rows pickable, everything to be downloaded."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl
import pyarrow as pa
import streamlit as st

from overlap.dashboard import paper
from overlap.dashboard.look import block, safe
from overlap.dashboard.parts.naming import file_name
from overlap.dashboard.state import View
from overlap.dashboard.texts import text
from overlap.insights import wording
from overlap.reports import Measure, column_of, csv_bytes

ROW, HEAD = 35, 38
"""Height of a row and of the head of a table, in pixels."""
MOST_ROWS = 300
"""A page of more rows than this is heavy, and nobody reads it."""


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """A frame to show: `columns` of it on the page, all of it in the download.

    `table` is the name its columns are explained under (see `reports.column_of`), `file` the name
    of the download without its ending, and `titles` and `config` replace what is known of a column.
    A pair of columns `x_low` and `x_high` is shown as one interval, left out where all is exact.
    `given` is what the download holds where the frame shown was made for reading.
    """

    frame: pl.DataFrame
    columns: Sequence[str]
    file: str
    table: str = ""
    titles: Mapping[str, str] = field(default_factory=dict)
    config: Mapping[str, Any] = field(default_factory=dict)
    given: pl.DataFrame | None = None


def show(
    shown: Shown,
    view: View,
    *,
    key: str,
    title: str,
    about: str = "",
    selected: int | None = None,
    on_pick: Callable[[int], None] | None = None,
    tallest: int = 12,
) -> None:
    """Show a table under a title with its download; `on_pick` is called with a row's number.

    `selected` is the number of the row that is marked; `tallest` the rows shown without scrolling.
    """
    language, frame = view.language, shown.frame
    display, config = readable(shown, language)
    with st.container(horizontal=True, vertical_alignment="center", key=f"{key}_head"):
        printed = paper.table(display, config, language)
        block(f'<h2 class="ov-h2">{safe(title)}</h2>{printed}')
        given = frame if shown.given is None else shown.given
        download(given, shown.file, language, key=f"{key}_csv")
    if about:
        st.caption(about)
    if len(frame) > MOST_ROWS:
        part = text("rows_some", language, shown=f"{MOST_ROWS:,}", all=f"{len(frame):,}")
        block(f'<p class="ov-sub ov-screen">{safe(part)}</p>')
    how: dict[str, Any] = {}
    if on_pick is not None:
        chosen = [selected] if selected is not None and selected < MOST_ROWS else []
        # The view is the one truth: the table shows its choice, and reports a new one.
        st.session_state[key] = {"selection": {"rows": chosen, "columns": [], "cells": []}}
        how = {"on_select": lambda: _pick(key, on_pick), "selection_mode": "single-row"}
    st.dataframe(
        sendable(display.head(MOST_ROWS)),
        key=key,
        column_config=config,
        hide_index=True,
        width="stretch",
        height=HEAD + ROW * max(1, min(len(display), tallest)),
        row_height=ROW,
        placeholder="–",
        alt=title,
        **how,
    )


def sendable(frame: pl.DataFrame) -> pa.Table:
    """Return a frame as the browser takes it; streamlit itself would go through pandas first."""
    return frame.to_arrow(compat_level=pl.CompatLevel.oldest())


def _pick(key: str, on_pick: Callable[[int], None]) -> None:
    picked = st.session_state[key].selection.rows
    if picked:
        on_pick(picked[0])


def download(
    frame: pl.DataFrame, file: str, language: str, *, key: str, of_chart: bool = False
) -> None:
    """Show the button that downloads a frame as CSV; the file is written when it is clicked."""
    st.download_button(
        text("data_csv" if of_chart else "csv", language),
        data=lambda: csv_bytes(frame),
        file_name=file_name(file, "csv"),
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
        help=text("data_csv_help" if of_chart else "csv_help", language, rows=f"{len(frame):,}"),
        key=key,
    )


def readable(shown: Shown, language: str) -> tuple[pl.DataFrame, dict[str, Any]]:
    """Return the columns to show, intervals as words, and how streamlit is to write them."""
    frame = shown.frame
    exact = "exact" in frame.columns and bool(frame["exact"].fill_null(True).all())
    columns: dict[str, pl.Series] = {}
    config: dict[str, Any] = {}
    for name in shown.columns:
        base, _, end = name.rpartition("_")
        if end == "high" and f"{base}_low" in shown.columns:
            continue
        if end == "low" and f"{base}_high" in shown.columns:
            if not exact:
                whole = next((c for c in (f"{base}_users", base) if c in frame.columns), base)
                title = _title(shown, whole, language)
                columns[f"{base}_interval"] = _intervals(shown, base, language)
                config[f"{base}_interval"] = st.column_config.TextColumn(
                    text("interval_title", language, title=title), width=120
                )
            continue
        column = column_of(name, frame.schema[name], shown.table)
        columns[name] = _values(frame[name], column.measure, language)
        config[name] = shown.config.get(name) or _config(
            column.measure, _title(shown, name, language), column.meaning_in(language)
        )
    return pl.DataFrame(columns), config


def _title(shown: Shown, name: str, language: str) -> str:
    dtype = shown.frame.schema.get(name, pl.Float64())
    return shown.titles.get(name) or column_of(name, dtype, shown.table).title_in(language)


def _intervals(shown: Shown, base: str, language: str) -> pl.Series:
    low, high = f"{base}_low", f"{base}_high"
    measure = column_of(low, shown.frame.schema[low], shown.table).measure

    def write(value: float | None) -> str:
        if measure in (Measure.SHARE, Measure.CHANGE):
            return wording.percent(value)
        return wording.index(value) if measure is Measure.INDEX else wording.users(value, language)

    known = pl.col("exact").fill_null(False) if "exact" in shown.frame.columns else pl.lit(False)
    ends = shown.frame.select(pl.col(low), pl.col(high), known.alias("known")).iter_rows()
    words = [
        None if a is None else text("exact", language) if sure else f"{write(a)}–{write(b)}"
        for a, b, sure in ends
    ]
    return pl.Series(words, dtype=pl.String)


def _values(values: pl.Series, measure: Measure, language: str) -> pl.Series:
    if measure is Measure.FLAG:
        yes, no = text("flag_yes", language), text("flag_no", language)
        return pl.Series(
            [None if value is None else yes if value else no for value in values], dtype=pl.String
        )
    if measure in (Measure.USERS, Measure.COUNT) and values.dtype.is_float():
        return wording.rounded_users(values)
    if measure in (Measure.SHARE, Measure.CHANGE) and values.dtype.is_float():
        return wording.rounded_shares(values)
    return values


def _config(measure: Measure, title: str, about: str) -> Any:
    number, words = st.column_config.NumberColumn, st.column_config.TextColumn
    match measure:
        case Measure.TEXT | Measure.FLAG:
            return words(title, help=about or None)
        case Measure.SHARE | Measure.CHANGE:
            return number(title, help=about or None, format="percent")
        case Measure.USERS | Measure.COUNT:
            return number(title, help=about or None, format="localized")
        case Measure.INDEX | Measure.SCORE | Measure.RANK:
            return number(title, help=about or None, format="%.0f")
        case Measure.CHANCE:
            return number(title, help=about or None, format="%.2g")
        case _:
            return number(title, help=about or None, format="%.2f")
