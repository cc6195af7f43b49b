"""What is said of uploaded files and rows in several steps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl
import streamlit as st

from overlap.dashboard import paper
from overlap.dashboard.look import block, safe
from overlap.dashboard.parts import naming, tables
from overlap.dashboard.state import View
from overlap.dashboard.texts import text
from overlap.dashboard.uploads.drafts import Draft, Uploaded
from overlap.model import RejectReason
from overlap.reports import csv_bytes

_SIGNS = {",": "comma", ";": "semicolon", "\t": "tab"}
_LEADING = ("source", "row", "reason")
_NAMED = {"csv": "CSV", "ndjson": "NDJSON", "parquet": "Parquet"}
MOST_SHOWN = 40
"""Columns of a preview; more are not read by anybody."""


def file(uploaded: Uploaded, language: str) -> str:
    """Say how a file was found: its size, encoding, separator and number of columns."""
    layout = uploaded.layout
    how = _NAMED[layout.format]
    if layout.delimiter:
        known = _SIGNS.get(layout.delimiter, "other")
        between = text(f"upload_sign_{known}", language)
        between = between.format(sign=layout.delimiter) if known == "other" else between
        how = text("upload_layout", language, encoding=layout.encoding, between=between)
    return text(
        "upload_file",
        language,
        name=uploaded.name,
        size=size(uploaded.bytes),
        layout=how,
        columns=f"{len(layout.columns):,}",
    )


def size(count: int) -> str:
    """Write a number of bytes: 812 B, 34 KB, 12.3 MB."""
    if count < 1e3:
        return f"{count} B"
    if count < 1e6:
        return f"{count / 1e3:.0f} KB"
    return f"{count / 1e6:.1f} MB"


def reason(name: str, language: str) -> str:
    """Say why a row was rejected."""
    known = {str(reason) for reason in RejectReason}
    return text(f"upload_reason_{name}", language) if name in known else name


def reasons(counts: Mapping[str, int], language: str) -> str:
    """Say how many rows were rejected for each reason, the most frequent first."""
    ordered = sorted(counts.items(), key=lambda item: -item[1])
    words = (
        text("upload_reason_count", language, reason=reason(name, language), rows=f"{n:,}")
        for name, n in ordered
    )
    return ("；" if language == "zh" else ", ").join(words)


def rejected(draft: Draft, view: View) -> None:
    """Show the rows that a build did not use, and the download of all of them."""
    language, source = view.language, draft.rejected
    scan = pl.scan_parquet(source)
    counts = dict(scan.group_by("reason").len().collect(engine="streaming").iter_rows())
    total = sum(counts.values())
    if not total:
        return
    rows = _plain(scan.head(tables.MOST_ROWS)).collect()
    display, config = _display(rows, view, one_file=len(draft.files) == 1, used=False)
    with st.container(horizontal=True, vertical_alignment="center", key="upload_rejected_head"):
        printed = paper.table(display, config, language, total)
        block(f'<h2 class="ov-h2">{safe(text("upload_rejected", language))}</h2>{printed}')
        # All of them may be as many as the file has: they are read when they are asked for.
        st.download_button(
            text("csv", language),
            data=lambda: csv_bytes(_plain(pl.scan_parquet(source)).collect()),
            file_name=naming.file_name(f"rejected-{draft.name}", "csv"),
            mime="text/csv",
            icon=":material/download:",
            on_click="ignore",
            help=text("upload_csv_help", language, rows=f"{total:,}"),
            key="upload_rejected_csv",
        )
    st.caption(text("upload_rejected_about", language, reasons=reasons(counts, language)))
    if total > tables.MOST_ROWS:
        part = text("rows_some", language, shown=f"{tables.MOST_ROWS:,}", all=f"{total:,}")
        block(f'<p class="ov-sub ov-screen">{safe(part)}</p>')
    st.dataframe(
        tables.sendable(display),
        key="upload_rejected",
        column_config=config,
        hide_index=True,
        width="stretch",
        height=tables.HEAD + tables.ROW * max(1, min(len(display), 12)),
        row_height=tables.ROW,
        placeholder="–",
        alt=text("upload_rejected", language),
    )


def _plain(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Name files as they were uploaded, not where they are kept."""
    name = pl.col("source").str.replace_all("\\", "/", literal=True).str.split("/").list.last()
    return rows.with_columns(name.alias("source"))


def table(
    rows: pl.DataFrame, every: pl.DataFrame, view: View, *, key: str, title: str, about: str,
    file: str, one_file: bool,
) -> None:  # fmt: skip
    """Show rows of uploaded files as a table, whatever their columns are called."""
    display, config = _display(rows, view, one_file=one_file, used=True)
    tables.show(
        tables.Shown(display, display.columns, file, config=config, given=every),
        view,
        key=key,
        title=title,
        about=about,
    )


def _display(
    rows: pl.DataFrame, view: View, *, one_file: bool, used: bool
) -> tuple[pl.DataFrame, dict[str, Any]]:
    """Return rows under names that mean nothing to anybody else, and the titles of these."""
    language = view.language
    fates = {name: reason(name, language) for name in rows["reason"].unique() if name}
    known = rows["reason"].replace_strict(fates, default=None, return_dtype=pl.String)
    if used:
        known = known.fill_null(text("upload_used", language))
    leading = {
        "cell_reason": known,
        **({} if one_file else {"cell_source": rows["source"]}),
        "cell_row": rows["row"].cast(pl.Int64),
    }
    words = st.column_config.TextColumn
    config: dict[str, Any] = {
        "cell_reason": words(text("upload_fate" if used else "upload_reason", language), width=170),
        "cell_source": words(text("upload_source", language)),
        "cell_row": st.column_config.NumberColumn(
            text("upload_row", language),
            format="localized",
            width=75,
            help=text("upload_row_help", language),
        ),
    }
    own = [name for name in rows.columns if name not in _LEADING][:MOST_SHOWN]
    columns = {f"cell_{place}": rows[name] for place, name in enumerate(own)}
    config |= {f"cell_{place}": words(name) for place, name in enumerate(own)}
    return pl.DataFrame({**leading, **columns}), config
