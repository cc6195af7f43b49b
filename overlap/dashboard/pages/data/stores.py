"""The stores that a visitor may open, each with what it says of itself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl
import streamlit as st

from overlap.dashboard import session, stores
from overlap.dashboard.look import block, safe
from overlap.dashboard.pages.data import sections
from overlap.dashboard.state import View
from overlap.dashboard.texts import day, text
from overlap.dashboard.texts.errors import phrase, shortened
from overlap.insights import wording

MOST = 8
"""More stores than this are chosen from a list by typing."""


def at_hand(view: View, opened: Path | None) -> None:
    """Show the stores at hand with a button to open each; `opened` is the one that is open."""
    language, found = view.language, stores.names()
    if not found:
        return
    names = list(found)
    now = [name for name in names if stores.same(found[name], opened)]
    first = [*now, *(name for name in names if name not in now)][:MOST]
    rows = stores.rows([found[name] for name in first]).with_columns(
        pl.col("problem").map_elements(shortened, return_dtype=pl.String)
    )
    sections.head(
        text("data_at_hand", language, n=f"{len(found):,}"), view, key="data_at_hand",
        frame=rows, file="stores",
    )  # fmt: skip
    if len(found) == 1 and now:
        st.caption(text("data_at_hand_alone", language))
    for number, (name, row) in enumerate(zip(first, rows.iter_rows(named=True), strict=True)):
        _store(number, name, row, view, is_open=name in now)
    if len(found) > MOST:
        _search(found, view)


def _store(
    number: int, name: str | None, row: Mapping[str, Any], view: View, *, is_open: bool
) -> None:  # fmt: skip
    language = view.language
    with st.container(
        horizontal=True, vertical_alignment="center", key=f"data_store_{number}", gap="small"
    ):
        block(_described(row, is_open, language))
        if not is_open:
            st.button(
                text("data_open", language),
                key=f"data_open_{number}",
                help=text("data_open_help", language, name=row["store"]),
                on_click=session.enter,
                args=(name,),
                icon=":material/folder_open:",
            )


def _described(row: Mapping[str, Any], is_open: bool, language: str) -> str:
    pill = f'<span class="pill">{safe(text("data_open_now", language))}</span>' if is_open else ""
    title = f"<p><b>{safe(row['store'])}</b>{pill}</p>"
    if row["problem"]:
        said = text("data_store_bad", language, problem=phrase(row["problem"], language))
        return f'<div class="ov-store">{title}<p>{safe(said)}</p></div>'
    lines = " · ".join(safe(part) for part in _parts(row, language))
    return f'<div class="ov-store">{title}<p class="quiet">{lines}</p></div>'


def _parts(row: Mapping[str, Any], language: str) -> list[str]:
    def tell(key: str, **values: str) -> str:
        return text(f"data_store_{key}", language, **values)

    users = wording.users(row["users"], language, exact=bool(row["exact"]))
    parts = [tell("hidden") if row["users"] is None else tell("users", users=users)]
    parts.append(
        tell("exact") if row["exact"] else tell("sampled", rate=wording.rate(row["floor_rate"]))
    )
    if row["first_event"] and row["last_event"]:
        start, end = (day(row[name], language) for name in ("first_event", "last_event"))
        parts.append(tell("span", start=start, end=end))
    return [
        *parts,
        tell("disk", size=size(row["bytes"])),
        tell("changed", when=_moment(row["changed"], language)),
        tell("snapshot", snapshot=row["snapshot"]),
    ]


def _search(found: Mapping[str | None, Path], view: View) -> None:
    """Show a box that opens any store by its name."""
    language, key = view.language, "data_find_store"
    by_label = {path.name: name for name, path in found.items()}
    st.session_state[key] = None

    def chosen() -> None:
        if st.session_state[key] in by_label:
            session.enter(by_label[st.session_state[key]])

    st.selectbox(
        text("data_find_store", language, n=f"{len(found):,}"),
        list(by_label),
        key=key,
        index=None,
        placeholder=text("data_find_store_hint", language),
        on_change=chosen,
    )


def size(count: int) -> str:
    """Write a number of bytes: 812 KB, 3.1 MB, 1.2 GB."""
    for unit, name in ((1e9, "GB"), (1e6, "MB")):
        if count >= unit:
            return f"{count / unit:,.1f} {name}"
    return f"{count / 1e3:,.0f} KB"


def _moment(value: datetime, language: str) -> str:
    return f"{day(value, language)} {value:%H:%M}"
