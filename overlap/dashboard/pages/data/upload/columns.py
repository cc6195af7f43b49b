"""The columns of uploaded files, each with what it was taken for, to be confirmed or changed."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from overlap.dashboard.look import block, plain, safe
from overlap.dashboard.pages.data.upload.changing import change
from overlap.dashboard.state import View
from overlap.dashboard.texts import text
from overlap.dashboard.uploads import checking
from overlap.dashboard.uploads.drafts import SINGLE, TAGS, Draft
from overlap.events import LaidOut
from overlap.events.layout import SEPARATORS

MOST_COLUMNS = 24
"""So many columns are shown at once; of a wider table the rest is chosen by name."""
_KINDS = ("category", "interest", "brand")


def show(draft: Draft, view: View) -> None:
    """Show the columns, those that play a part and as many others as there is room for."""
    language = view.language
    block(f'<h2 class="ov-h2">{safe(text("upload_columns", language))}</h2>')
    st.caption(text("upload_columns_about", language))
    chosen = [column for column in draft.columns if column.name in draft.parts]
    rest = [column for column in draft.columns if column.name not in draft.parts]
    room = max(0, MOST_COLUMNS - len(chosen))
    shown = {column.name for column in (*chosen, *rest[:room])}
    with st.container(horizontal=True, key="upload_columns", gap="small"):
        for place, column in enumerate(draft.columns):
            if column.name in shown:
                _column(draft, place, column, view)
    if rest[room:]:
        _another(draft, [column.name for column in rest[room:]], view)


def _column(draft: Draft, place: int, column: LaidOut, view: View) -> None:
    language = view.language
    part = draft.parts.get(column.name, "")
    kinds = [TAGS + kind for kind in _KINDS]
    options = [
        "",
        *SINGLE,
        *kinds,
        *([part] if part.startswith(TAGS) and part not in kinds else []),
    ]
    examples = " · ".join(column.examples) or text("upload_no_values", language)
    with st.container(border=True, gap="xsmall"):
        block(
            f'<div class="ov-upload-column"><b>{safe(column.name)}</b>'
            f"<small>{safe(examples)}</small></div>"
        )
        key = f"upload_part_{place}"
        st.session_state[key] = part
        st.selectbox(
            plain(text("upload_part", language, column=column.name)),
            options,
            key=key,
            format_func=lambda option: _part_name(option, language),
            accept_new_options=True,
            label_visibility="collapsed",
            on_change=_chose_part,
            args=(draft.token, column.name, key),
        )
        if part.startswith(TAGS) and column.dtype == "String":
            _separator(draft, place, column, language)


def _separator(draft: Draft, place: int, column: LaidOut, language: str) -> None:
    key = f"upload_separator_{place}"
    separator = draft.separators.get(column.name) or ""
    options = ["", *SEPARATORS, *([separator] if separator not in ("", *SEPARATORS) else [])]
    st.session_state[key] = separator
    st.selectbox(
        plain(text("upload_separator", language, column=column.name)),
        options,
        key=key,
        format_func=lambda sign: (
            text("upload_parted", language, sign=sign) if sign else text("upload_one_tag", language)
        ),
        accept_new_options=True,
        label_visibility="collapsed",
        on_change=_chose_separator,
        args=(draft.token, column.name, key),
    )


def _part_name(option: str, language: str) -> str:
    part, kind = checking.parted(option)
    if part == "tags":
        known = text(f"upload_kind_{kind}", language) if kind in _KINDS else kind
        return text("upload_part_tags", language, kind=known)
    if part in ("", *SINGLE):
        return text(f"upload_part_{part or 'none'}", language)
    return option


def _another(draft: Draft, names: list[str], view: View) -> None:
    key = "upload_another"
    st.session_state[key] = None
    st.selectbox(
        text("upload_another", view.language),
        names,
        key=key,
        index=None,
        placeholder=text("upload_another_about", view.language, n=f"{len(names):,}"),
        on_change=_show_column,
        args=(draft.token, key),
    )


def _chose_part(token: str, column: str, key: str) -> None:
    asked = (st.session_state[key] or "").strip()
    known = {"", *SINGLE}
    part = asked if asked in known or asked.startswith(TAGS) else TAGS + asked

    def changed(draft: Draft) -> Draft:
        draft = replace(draft, parts={**draft.parts, column: part})
        if not draft.chosen("time"):
            return replace(draft, period="none")
        return draft

    change(token, changed)


def _chose_separator(token: str, column: str, key: str) -> None:
    sign = st.session_state[key] or ""
    change(token, lambda draft: replace(draft, separators={**draft.separators, column: sign}))


def _show_column(token: str, key: str) -> None:
    name = st.session_state[key]
    if name:
        change(token, lambda draft: replace(draft, parts={**draft.parts, name: ""}))
