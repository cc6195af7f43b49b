"""The step after the build: what became of every row, and the way into the store."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from overlap.dashboard import navigation, stores
from overlap.dashboard.data import CATEGORY, INTEREST
from overlap.dashboard.look import block, plain, safe
from overlap.dashboard.pages.data.upload import leftover, said
from overlap.dashboard.pages.data.upload.files import start_over
from overlap.dashboard.state import HOME, View
from overlap.dashboard.texts import text
from overlap.dashboard.uploads.drafts import Draft
from overlap.insights import wording


def show(draft: Draft, done: Mapping[str, Any], view: View) -> None:
    """Show what a build read, rejected and made, and open the store on request."""
    language, name = view.language, str(done["store"])
    rejected = sum(done["provenance"]["rejected"].values())
    rate = done["floor_rate"]
    how = "upload_done_exact" if rate >= 1 else "upload_done_sampled"
    values = {"name": name, "audiences": f"{done['audiences']:,}"}
    if rate < 1:
        values["rate"] = wording.rate(rate)
    there = name in stores.at_hand()
    space = "" if language == "zh" else " "
    sentences = space.join(
        (
            text(how, language, **values),
            *([text("upload_kept", language)] if there else []),
            *([] if rejected else [text("upload_none_rejected", language)]),
        )
    )
    title = text(
        "upload_done",
        language,
        rows=f"{done['provenance']['rows_read']:,}",
        rejected=f"{rejected:,}",
    )
    block(
        f'<section class="ov-answer" lang="{language}" aria-live="polite">'
        f"<h1>{safe(title)}</h1><p>{safe(sentences)}</p></section>"
    )
    if not there:
        st.warning(plain(text("upload_changed", language, name=name)), icon=":material/link_off:")
    with st.container(horizontal=True, key="upload_open", vertical_alignment="center"):
        if there:
            _open(draft, name, view)
        else:
            leftover.of(draft, view)
        st.button(
            text("upload_next", language),
            key="upload_next",
            icon=":material/upload_file:",
            on_click=start_over,
            args=(draft.token,),
        )
    if draft.rejected.exists():
        said.rejected(draft, view)


def _open(draft: Draft, name: str, view: View) -> None:
    kinds = {kind for _, kind, _ in draft.tags()}
    page = HOME if {CATEGORY, INTEREST} <= kinds else "overlaps"
    navigation.link(
        plain(text("upload_open", view.language, name=name)),
        page,
        view,
        store=name,
        category=None,
        brand=None,
        baseline=None,
        start=None,
        end=None,
        opening=None,
    )
