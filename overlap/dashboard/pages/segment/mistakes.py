"""A text that cannot be counted: where it is wrong, in a sentence, and what may have been meant."""

from __future__ import annotations

import re

import streamlit as st

from overlap.dashboard import asked, data
from overlap.dashboard.look import block, plain, safe
from overlap.dashboard.pages.segment import editor, mending
from overlap.dashboard.pages.segment.reading import MARK, Reading
from overlap.dashboard.state import View
from overlap.dashboard.texts import text
from overlap.dashboard.texts.errors import phrase
from overlap.expressions import Audience
from overlap.model import OverlapError

_KINDS = (
    ("operand", r"expected (?:an audience|the name)"),
    ("operator", r"expected &, \| or - before"),
    ("open", r"this \( is never closed"),
    ("close", r"this \) closes nothing"),
    ("quote", r"this quote is never closed|the name between the quotes is empty"),
    ("depth", r"an intensity is written|expected a number of events"),
    ("audience", r"there is no audience"),
    ("kind", r"there is no kind"),
    ("twice", r"is that of \d+ audiences"),
    ("saved", r"there is no saved segment"),
    ("windows", r"different windows"),
)
"""How the messages of the engine begin, which speak English only."""
_OURS = (None, "saved")
"""Mistakes whose cure is not plain from their place."""


def show(opened: data.Opened, view: View, reading: Reading, good: Reading | None) -> None:
    """Show the mistake of a reading, corrections to click, and what is still shown below."""
    error, language = reading.error, view.language
    assert error is not None
    body = f"<h1>{safe(_headline(error, opened, reading, language))}</h1>"
    where = mending.place(error)
    if where is not None:
        before, at, after = (safe(part.replace(MARK, "@")) for part in where)
        body += f'<p class="ov-place"><code>{before}<mark>{at or "␣"}</mark>{after}</code></p>'
    block(f'<section class="ov-answer" lang="{language}" role="alert">{body}</section>')
    meant = mending.suggestions(opened, reading)
    with st.container(horizontal=True, vertical_alignment="center", gap="small",
                      key="segment_meant"):  # fmt: skip
        if meant:
            block(f'<p class="ov-sub">{safe(text("segment_meant", language))}</p>')
        for i, (label, new) in enumerate(meant):
            st.button(
                plain(label), key=f"segment_meant_{i}", on_click=editor.write, args=(new,),
                icon=":material/auto_fix_high:",
            )  # fmt: skip
        if good is not None:
            st.button(
                text("segment_back", language), key="segment_back", type="tertiary",
                on_click=editor.write, args=(good.text,), icon=":material/undo:",
            )  # fmt: skip
    if not meant and error.cure and _kind(error) in _OURS:
        st.caption(plain(phrase(error.cure, language)))
    if good is not None:
        said = text("segment_still", language, expression=good.text)
        block(f'<p class="ov-sub ov-still">{safe(said)}</p>')


def doubts(opened: data.Opened, view: View, reading: Reading) -> None:
    """Say which audience a name was read as, and offer the others."""
    language = view.language
    for i, (doubt, meant) in enumerate(mending.alternatives(opened, reading)):
        said = asked.note(opened, doubt, language)
        with st.container(horizontal=True, vertical_alignment="center", gap="small",
                          key=f"segment_doubt_{i}"):  # fmt: skip
            st.caption(plain(text(said.key, language, **said.values)))
            for j, (label, new) in enumerate(meant.items()):
                st.button(
                    plain(label), key=f"segment_doubt_{i}_{j}", on_click=editor.write, args=(new,)
                )


def _headline(error: OverlapError, opened: data.Opened, reading: Reading, language: str) -> str:
    kind = _kind(error)
    leaf = mending.culprit(opened, reading)
    name = "" if leaf is None else str(Audience(leaf.kind, leaf.name))
    where = mending.place(error)
    at = where[1] if where else ""
    if kind == "kind" and leaf is not None:
        name = leaf.kind or ""
    if kind == "saved":
        name = at.removeprefix("@").strip('"“”') or phrase(error.what, language)
    if kind is None:
        return text("segment_wrong", language, why=phrase(error.what, language))
    return text(f"segment_wrong_{kind}", language, name=name, at=at)


def _kind(error: OverlapError) -> str | None:
    return next((kind for kind, begins in _KINDS if re.search(begins, error.what)), None)
