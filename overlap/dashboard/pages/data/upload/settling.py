"""The step of settling what the columns are and how the store is kept."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, get_args

import polars as pl
import streamlit as st

from overlap.dashboard import session
from overlap.dashboard.look import block, plain, safe
from overlap.dashboard.pages.data.upload import choosing, columns, said
from overlap.dashboard.pages.data.upload.changing import REFUSED, change
from overlap.dashboard.parts import empty
from overlap.dashboard.state import View
from overlap.dashboard.texts import text
from overlap.dashboard.uploads import checking, drafts, jobs
from overlap.dashboard.uploads.drafts import Draft
from overlap.model import OverlapError, PeriodUnit

_LOG = logging.getLogger(__name__)

_PREVIEWED = 100
_MOST_FLOOR = 1_000_000_000


def settle(draft: Draft, build: jobs.Build | None, view: View) -> None:
    """Show what is known of the files, what can be chosen, and the first rows."""
    problems = checking.problems(draft)
    rows, doubt = _preview(draft)
    _answer(draft, problems, rows, doubt, view)
    _failed(draft, build, view)
    _files(draft, view)
    columns.show(draft, view)
    _settings(draft, view)
    _build(draft, bool(problems) or doubt is not None, view)
    if rows is not None:
        _first_rows(draft, rows, view)


def _preview(draft: Draft) -> tuple[pl.DataFrame | None, OverlapError | None]:
    try:
        return _read(
            draft.token, repr(draft.files), repr(checking.roles(draft)), draft.period
        ), None
    except OverlapError as error:
        return None, drafts.readable(error, draft)


@st.cache_resource(show_spinner=False, max_entries=20)
def _read(token: str, files: str, roles: str, period: str) -> pl.DataFrame:
    """Read the first rows; the other arguments say when they would be read otherwise."""
    draft = drafts.load(token)
    assert draft is not None
    return checking.preview(draft)


# --- the answer ---------------------------------------------------------------------------------


def _answer(
    draft: Draft,
    problems: list[checking.Problem],
    rows: pl.DataFrame | None,
    doubt: OverlapError | None,
    view: View,
) -> None:
    language = view.language
    ready = not problems and doubt is None
    title = text("upload_ready" if ready else "upload_not_ready", language, name=draft.name)
    lines = [text(f"upload_problem_{p.key}", language, **p.values) for p in problems]
    if not checking.column_problems(draft) and rows is not None:
        lines.append(_rows_said(draft, rows, language))
    body = "".join(f"<p>{safe(line)}</p>" for line in lines)
    block(
        f'<section class="ov-answer" lang="{language}" aria-live="polite">'
        f"<h1>{safe(title)}</h1>{body}</section>"
    )
    if doubt is not None:
        with st.container(border=True):
            empty.failure(text("upload_unreadable", language), doubt, language)


def _rows_said(draft: Draft, rows: pl.DataFrame, language: str) -> str:
    counts = dict(rows.drop_nulls("reason")["reason"].value_counts(sort=True).iter_rows())
    every = "every" if all(file.layout.whole for file in draft.files) else "first"
    rejected = sum(counts.values())
    if not rejected:
        return text(f"upload_{every}_all", language, rows=f"{len(rows):,}")
    return text(
        f"upload_{every}_some",
        language,
        rows=f"{len(rows):,}",
        used=f"{len(rows) - rejected:,}",
        rejected=f"{rejected:,}",
        reasons=said.reasons(counts, language),
    )


def _failed(draft: Draft, build: jobs.Build | None, view: View) -> None:
    """Say how the last build ended, where it did not end well."""
    language = view.language
    refused = st.session_state.pop(REFUSED, None)
    title = text("upload_build_failed", language, name=draft.name)
    if refused is not None:
        with st.container(border=True):
            empty.failure(title, refused, language)
    if build is None:
        return
    if build.state == "cancelled":
        st.info(plain(text("upload_cancelled", language)), icon=":material/cancel:")
    elif build.state == "failed":
        with st.container(border=True):
            if build.error is not None:
                empty.failure(title, build.error, language)
            else:
                empty.message(title, text("unexpected", language, id=build.number))
            if draft.rejected.exists():
                said.rejected(draft, view)


# --- files --------------------------------------------------------------------------------------


def _files(draft: Draft, view: View) -> None:
    language = view.language
    lines = "".join(f"<p>{safe(said.file(file, language))}</p>" for file in draft.files)
    block(f'<div class="ov-upload-files" lang="{language}">{lines}</div>')
    with st.expander(text("upload_more_files", language), expanded=_is_busy()):
        choosing.uploader(draft.token, view)
        with st.container(horizontal=True):
            if len(draft.files) > 1:
                for file in draft.files:
                    st.button(
                        plain(text("upload_remove", language, name=file.name)),
                        key=f"upload_remove_{file.number}",
                        icon=":material/delete:",
                        on_click=_remove,
                        args=(draft.token, file.name),
                    )
            st.button(
                text("upload_over", language),
                key="upload_over",
                icon=":material/restart_alt:",
                on_click=start_over,
                args=(draft.token,),
            )


def _is_busy() -> bool:
    return bool(st.session_state.get("upload_failed"))


def _remove(token: str, name: str) -> None:
    draft = drafts.load(token)
    if draft is not None:
        drafts.without(draft, name)
    jobs.forget(token)
    session.change()


def start_over(token: str) -> None:
    """Remove a draft, unless it has become a store, and begin with another."""
    draft = drafts.load(token)
    if draft is not None and drafts.result(draft) is None:
        drafts.remove(draft)
    jobs.forget(token)
    choosing.forget()
    session.ask(**{choosing.PARAMETER: None})


# --- settings -----------------------------------------------------------------------------------


def _settings(draft: Draft, view: View) -> None:
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


# --- building -----------------------------------------------------------------------------------


def _build(draft: Draft, blocked: bool, view: View) -> None:
    st.button(
        text("upload_build", view.language),
        key="upload_build",
        type="primary",
        icon=":material/construction:",
        disabled=blocked,
        on_click=_start,
        args=(draft.token,),
    )


def _start(token: str) -> None:
    draft = drafts.load(token)
    if draft is not None:
        try:
            jobs.start(draft)
        except OverlapError as error:
            number = secrets.token_hex(4)
            _LOG.warning("error %s while starting a build: %s", number, error)
            st.session_state[REFUSED] = error
    choosing.forget()
    session.change()


def _first_rows(draft: Draft, rows: pl.DataFrame, view: View) -> None:
    said.table(
        rows.head(_PREVIEWED),
        rows,
        view,
        key="upload_preview",
        title=text("upload_preview", view.language),
        about=text("upload_preview_about", view.language),
        file=f"preview-{draft.name}",
        one_file=len(draft.files) == 1,
    )
