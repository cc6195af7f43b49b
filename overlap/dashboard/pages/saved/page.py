"""What the page of saved segments shows."""

from __future__ import annotations

import logging
import os
import secrets

import polars as pl
import streamlit as st

from overlap.dashboard import data, navigation, session, stores
from overlap.dashboard.launch import FLOOR_VARIABLE
from overlap.dashboard.look import block, safe
from overlap.dashboard.pages.saved import kept, rows, telling
from overlap.dashboard.pages.saved.answer import headline, sentences
from overlap.dashboard.pages.saved.detail import detail
from overlap.dashboard.parts import empty, notes, tables
from overlap.dashboard.state import Note, View
from overlap.dashboard.texts import text
from overlap.insights import wording
from overlap.model import OverlapError, nearest

_LOG = logging.getLogger(__name__)

STYLE = """
.st-key-saved_look > * { flex: 1 1 420px; }
.st-key-saved_look > *:first-child { flex: 1.1 1 440px; }
.ov-saved-note { margin: 0 0 .6rem; white-space: pre-wrap; overflow-wrap: anywhere; }
[data-testid="stHtml"] .ov-bars .n small { font-weight: 400; opacity: .75; }
.ov-saved-figures dd b { overflow-wrap: anywhere; }
.st-key-saved_against > * { flex: 0 1 auto; }
.ov-told { border-left: 3px solid #3085bd; padding: .45rem .75rem; border-radius: .2rem;
  background: color-mix(in srgb, #3085bd 11%, transparent); overflow-wrap: anywhere; }
.ov-told table { border-collapse: collapse; margin-top: .4rem; font-size: .85rem; }
.ov-told th, .ov-told td { text-align: left; padding: .15rem .9rem .15rem 0; vertical-align: top;
  overflow-wrap: anywhere; border: 0; }
@media print { .st-key-saved_changes, .st-key-saved_links { display: none !important; } }
"""


def page(opened: data.Opened, view: View) -> None:
    """Show the segments of the workspace beside a store, then and now."""
    block(f"<style>{STYLE}</style>")
    language = view.language
    try:
        found = kept.read(opened.path)
    except OverlapError as error:
        number = secrets.token_hex(4)
        _LOG.warning("error %s while reading the workspace: %s", number, error)
        empty.failure(text("saved_unreadable", language), error, language, number)
        return
    if not found.segments:
        _nothing(found, opened, view)
        return
    other, view = _other(opened, view)
    frame = rows.compared(opened, other, found.segments)
    name = other.path.name if other is not None else None
    space = "" if language == "zh" else " "
    said = space.join(safe(line) for line in sentences(frame, opened.is_exact, language))
    block(
        f'<section class="ov-answer" lang="{language}">'
        f"<h1>{safe(headline(frame, name, language))}</h1>"
        f'<p class="quiet">{said}</p></section>'
    )
    view, chosen = _chosen(found, frame, view)
    _against(opened, other, view)
    _table(frame, opened, other, view, chosen)
    telling.show(opened, language)
    row = frame.row(chosen, named=True)
    segment = next(s for s in found.segments if s.id == row["id"])
    detail(opened, view, segment, row, other)
    telling.removed(found, opened, language)


def _nothing(found: kept.Kept, opened: data.Opened, view: View) -> None:
    language = view.language
    empty.message(
        text("saved_nothing", language),
        text("saved_nothing_cure", language),
    )
    telling.show(opened, language)
    navigation.link(text("saved_to_builder", language), "segment", view)
    telling.removed(found, opened, language)


def _chosen(found: kept.Kept, frame: pl.DataFrame, view: View) -> tuple[View, int]:
    """Return the row that was asked for, or the first."""
    asked = view.asked.get("name")
    if asked is None:
        return view, 0
    segment = found.find(asked)
    if segment is not None:
        return view, frame["id"].to_list().index(segment.id)
    close = nearest(asked, [s.name for s in found.segments], n=1)
    note = Note("saved_unknown", {"wanted": asked, "nearest": close[0] if close else ""})
    notes.one(note, view.language)
    return view, 0


def _table(
    frame: pl.DataFrame, opened: data.Opened, other: data.Opened | None, view: View, chosen: int
) -> None:
    language = view.language
    names = frame["name"].to_list()
    if other is None:
        before, now = (text(key, language) for key in ("saved_col_before", "saved_col_now"))
        file = f"saved-{opened.path.name}"
    else:
        before = text("saved_col_in", language, store=other.path.name)
        now = text("saved_col_in", language, store=opened.path.name)
        file = f"saved-{opened.path.name}-{other.path.name}"

    def pick(row: int) -> None:
        kept.forget()
        session.ask(name=names[row], version=None)

    tables.show(
        rows.table(frame, before, now, file, language),
        view,
        key="saved_table",
        title=text("saved_table", language),
        selected=chosen,
        on_pick=pick,
        tallest=7,
    )


# --- another store ------------------------------------------------------------------------------


def _other(opened: data.Opened, view: View) -> tuple[data.Opened | None, View]:
    """Return the store that sizes are compared with, None for those of the saving."""
    asked = view.asked.get("against")
    if asked is None or asked == opened.path.name:
        return None, view
    language = view.language
    path = stores.path_of(asked)
    if path is None:
        close = nearest(asked, stores.at_hand(), n=1)
        values = {"wanted": asked, "nearest": close[0] if close else ""}
        notes.one(Note("saved_unknown_store", values), language)
        return None, view
    try:
        with st.spinner(text("opening_store", language), show_time=False):
            return data.open_store(path, os.environ.get(FLOOR_VARIABLE)), view
    except OverlapError as error:
        number = secrets.token_hex(4)
        _LOG.warning("error %s while opening %s: %s", number, path, error)
        empty.inline(error, language, title=text("saved_bad_store", language, store=asked))
        return None, view


def _against(opened: data.Opened, other: data.Opened | None, view: View) -> None:
    language = view.language
    there = [name for name in stores.at_hand() if name != opened.path.name]
    if not there:
        st.caption(text("saved_no_other", language))
        return
    asked = other.path.name if other is not None else ""
    st.session_state["saved_against"] = asked

    def changed() -> None:
        session.ask(against=st.session_state["saved_against"] or None)

    with st.container(horizontal=True, key="saved_against_row", vertical_alignment="bottom"):
        st.selectbox(
            text("saved_against", language),
            ["", *there],
            key="saved_against",
            format_func=lambda name: name or text("saved_against_saving", language),
            help=text("saved_against_help", language),
            on_change=changed,
            width=320,
        )
        if other is not None:
            block(f'<p class="ov-sub">{safe(_sizes(opened, other, language))}</p>')
    if other is not None:
        for line in _unlike(opened, other, language):
            st.warning(line)


def _sizes(opened: data.Opened, other: data.Opened, language: str) -> str:
    """Say what the two stores hold."""
    return " → ".join(
        text(
            "saved_store_facts", language, store=one.path.name, snapshot=one.store.snapshot,
            users=wording.users(one.facts["users"], language),
        )
        for one in (other, opened)
    )  # fmt: skip


def _unlike(opened: data.Opened, other: data.Opened, language: str) -> list[str]:
    """Say where two stores count differently, so that their sizes mean different things."""
    ours, theirs = opened.panel.spec, other.panel.spec
    told = []
    if opened.store.snapshot == other.store.snapshot:
        told.append(text("saved_unlike_same", language))
    if (ours.id_type, ours.key_id, ours.seed) != (theirs.id_type, theirs.key_id, theirs.seed):
        told.append(text("saved_unlike_ids", language))
    if ours.period != theirs.period:
        names = {"ours": ours.period, "theirs": theirs.period}
        words = {key: text(f"saved_period_{unit}", language) for key, unit in names.items()}
        told.append(text("saved_unlike_periods", language, **words))
    return told
