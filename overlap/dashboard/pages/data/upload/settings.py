"""How the store is kept: its name, periods, floors and words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, get_args

import streamlit as st

from overlap.dashboard.look import block, safe
from overlap.dashboard.pages.data.upload.changing import change
from overlap.dashboard.state import View
from overlap.dashboard.texts import text
from overlap.dashboard.uploads.drafts import Draft
from overlap.model import PeriodUnit

_MOST_FLOOR = 1_000_000_000


def show(draft: Draft, view: View) -> None:
    """Let the settings of a build be chosen."""
    language = view.language

    def say(key: str) -> str:
        return text(key, language)

    block(f'<h2 class="ov-h2">{safe(say("upload_settings"))}</h2>')
    with st.container(
        horizontal=True, key="upload_settings", gap="small", vertical_alignment="bottom"
    ):
        _set("name", draft.name)
        st.text_input(say("upload_name"), key="upload_name", max_chars=120, **_when("name", draft))
        _set("period", draft.period)
        st.selectbox(
            say("upload_period"),
            ["none", *(unit for unit in get_args(PeriodUnit) if unit != "none")],
            key="upload_period",
            format_func=lambda unit: text(f"upload_period_{unit}", language),
            help=say("upload_period_help"),
            **_when("period", draft),
        )
        for field, title in (
            ("display_floor", "upload_display"),
            ("export_floor", "upload_export"),
        ):
            _set(field, getattr(draft, field))
            st.number_input(
                say(title),
                min_value=0,
                max_value=_MOST_FLOOR,
                step=10,
                key=f"upload_{field}",
                help=say("upload_floor_help"),
                **_when(field, draft),
            )
    if draft.chosen("text"):
        _set("terms", draft.terms)
        st.toggle(
            say("upload_terms"),
            key="upload_terms",
            help=say("upload_terms_help"),
            **_when("terms", draft),
        )


def _set(field: str, value: object) -> None:
    st.session_state[f"upload_{field}"] = value


def _when(field: str, draft: Draft) -> Mapping[str, Any]:
    return {"on_change": _chose, "args": (draft.token, field)}


def _chose(token: str, field: str) -> None:
    value = st.session_state[f"upload_{field}"]
    if isinstance(value, str):
        value = value.strip()
    if value is not None:
        change(token, lambda draft: replace(draft, **{field: value}))
