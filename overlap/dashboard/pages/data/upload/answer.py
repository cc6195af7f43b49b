"""What is still to be settled before the build, or how the last one ended."""

from __future__ import annotations

import polars as pl
import streamlit as st

from overlap.dashboard.look import block, plain, safe
from overlap.dashboard.pages.data.upload import said
from overlap.dashboard.pages.data.upload.changing import REFUSED
from overlap.dashboard.parts import empty
from overlap.dashboard.state import View
from overlap.dashboard.texts import text
from overlap.dashboard.uploads import checking, jobs
from overlap.dashboard.uploads.drafts import Draft
from overlap.model import OverlapError


def show(
    draft: Draft,
    problems: list[checking.Problem],
    rows: pl.DataFrame | None,
    doubt: OverlapError | None,
    view: View,
) -> None:
    """Say whether a store can be built, and what is in the way."""
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


def failed(draft: Draft, build: jobs.Build | None, view: View) -> None:
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
