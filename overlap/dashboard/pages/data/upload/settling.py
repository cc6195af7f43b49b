"""The step of settling what the columns are and how the store is kept."""

from __future__ import annotations

import logging
import secrets

import polars as pl
import streamlit as st

from overlap.dashboard import session
from overlap.dashboard.pages.data.upload import answer, choosing, columns, files, said, settings
from overlap.dashboard.pages.data.upload.changing import REFUSED
from overlap.dashboard.state import View
from overlap.dashboard.texts import text
from overlap.dashboard.uploads import checking, drafts, jobs
from overlap.dashboard.uploads.drafts import Draft
from overlap.model import OverlapError

_LOG = logging.getLogger(__name__)

_PREVIEWED = 100


def settle(draft: Draft, build: jobs.Build | None, view: View) -> None:
    """Show what is known of the files, what can be chosen, and the first rows."""
    problems = checking.problems(draft)
    rows, doubt = _preview(draft)
    answer.show(draft, problems, rows, doubt, view)
    answer.failed(draft, build, view)
    files.show(draft, view)
    columns.show(draft, view)
    settings.show(draft, view)
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
