"""The parts of a segment with their sizes, and what to loosen where nobody is left."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl
import streamlit as st

from overlap.dashboard import data
from overlap.dashboard.look import block, plain, safe
from overlap.dashboard.pages.segment import editor
from overlap.dashboard.pages.segment.answer import shown, users
from overlap.dashboard.pages.segment.reading import Reading
from overlap.dashboard.parts import tables
from overlap.dashboard.state import View
from overlap.dashboard.texts import text
from overlap.expressions import leaves, parse
from overlap.insights import sizing as insight
from overlap.insights import wording
from overlap.insights.sizing import Sizing
from overlap.model import Estimate, Window
from overlap.reports import column_of

_MOST_LOOSER = 4
_SHOWN = ("part", "part_users", "without_users")
"""Columns of the table, whose titles and meanings are those of the download."""


def sizing(
    opened: data.Opened, counted: str, category: str | None, brand: str | None, window: Window
) -> Sizing:
    """Return the size of an expression for `data.once`."""
    return insight.sizing(
        opened.panel, counted, category=category, brand=brand, window=window, policy=opened.policy
    )  # fmt: skip


def parts(opened: data.Opened, counted: str, window: Window) -> pl.DataFrame:
    """Return the parts of an expression for `data.once`."""
    return insight.parts(opened.panel, counted, window=window, policy=opened.policy)


def show(opened: data.Opened, view: View, reading: Reading) -> None:
    """Show how large each part of a segment is, and what would be without it."""
    language = view.language
    frame = data.once(opened, parts, reading.counted, reading.window)
    if len(frame) < 2:
        return
    rows = frame.with_columns(
        pl.Series(
            "label",
            [_label(role, part, language) for role, part in frame.select("role", "part").rows()],
        )
    )
    lines = "".join(_line(row, language) for row in rows.iter_rows(named=True))
    heads = "".join(_head(name, frame.schema[name], language) for name in _SHOWN)
    with st.container(horizontal=True, vertical_alignment="center", key="segment_parts_head"):
        block(f'<h2 class="ov-h2">{safe(text("segment_parts", language))}</h2>')
        tables.download(frame, "segment-parts", language, key="segment_parts_csv")
    block(
        f'<table class="ov-parts" lang="{language}"><thead><tr>{heads}</tr></thead>'
        f"<tbody>{lines}</tbody></table>"
    )


def _head(name: str, dtype: pl.DataType, language: str) -> str:
    column = column_of(name, dtype, "parts")
    about = safe(column.meaning_in(language))
    return f'<th scope="col" title="{about}">{safe(column.title_in(language))}</th>'


def _label(role: str, part: str, language: str) -> str:
    tree = parse(part)
    if role == "any":
        names = [shown(str(leaf), language) for leaf in leaves(tree)]
        return text("segment_role_any", language, names=text("segment_slash", language).join(names))
    key = "segment_role_none" if role == "none" else "segment_role_all"
    return text(key, language, name=shown(part, language))


def _line(row: Mapping[str, Any], language: str) -> str:
    cells = (_cell(row, "part", language), _cell(row, "without", language))
    return f'<tr><th scope="row">{safe(row["label"])}</th>{"".join(cells)}</tr>'


def _cell(row: Mapping[str, Any], name: str, language: str) -> str:
    if row[name] is None:
        return "<td>–</td>"
    if row[f"{name}_users"] is None:
        return f"<td>{safe(text('segment_hidden', language))}</td>"
    size = Estimate(row[f"{name}_users"], row[f"{name}_low"], row[f"{name}_high"],
                    row["exact"], 0, 1.0)  # fmt: skip
    # Of two parts one may be exact where the other is not.
    exact = size.low == size.high
    number = wording.users(size.value, language, exact=exact)
    ends = wording.interval(size.low, size.high, language)
    note = text("segment_exact", language) if exact else ends
    return f"<td>{safe(number)}<small>{safe(note)}</small></td>"


def looser(opened: data.Opened, view: View, reading: Reading) -> None:
    """Offer the segment without one of its parts, the largest first."""
    language = view.language
    frame = data.once(opened, parts, reading.counted, reading.window)
    frame = frame.filter(pl.col("without_users") > 0).sort("without_users", descending=True)
    if frame.is_empty():
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small",
                      key="segment_looser"):  # fmt: skip
        block(f'<p class="ov-sub">{safe(text("segment_loosen", language))}</p>')
        for i, row in enumerate(frame.head(_MOST_LOOSER).iter_rows(named=True)):
            size = Estimate(row["without_users"], row["without_low"], row["without_high"],
                            row["exact"], 0, 1.0)  # fmt: skip
            label = text(
                "segment_looser_none" if row["role"] == "none" else "segment_looser",
                language,
                part=_label("" if row["role"] == "none" else row["role"], row["part"], language),
                users=users(size, language),
            )
            st.button(
                plain(label), key=f"segment_looser_{i}", on_click=editor.write,
                args=(row["without"],),
            )  # fmt: skip
