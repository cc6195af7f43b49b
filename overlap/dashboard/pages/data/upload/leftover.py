"""Uploaded files whose store is gone: what they are, and a button that removes them."""

from __future__ import annotations

import streamlit as st

from overlap.dashboard import session
from overlap.dashboard.look import block, plain, safe
from overlap.dashboard.pages.data import sections
from overlap.dashboard.pages.data.upload import choosing
from overlap.dashboard.pages.data.upload.said import size
from overlap.dashboard.state import View
from overlap.dashboard.texts import text
from overlap.dashboard.uploads import jobs, leftovers
from overlap.dashboard.uploads.drafts import Draft
from overlap.dashboard.uploads.leftovers import Leftover

_TOLD = "upload_left_told"
MOST = 20
"""More uploads than this are not listed at once."""


def every(view: View) -> None:
    """Show all uploads whose store is gone, nothing where there is none."""
    language = view.language
    told(language)
    found = leftovers.leftovers()
    if not found:
        return
    sections.head(
        text("upload_left", language), view, key="upload_left",
        about=text("upload_left_about", language),
    )  # fmt: skip
    for number, one in enumerate(found[:MOST]):
        with st.container(
            horizontal=True, vertical_alignment="center", key=f"data_store_left_{number}",
            gap="small",
        ):  # fmt: skip
            said = text("upload_left_one", language, store=one.store, **_values(one, language))
            block(f'<div class="ov-store"><p>{safe(said)}</p></div>')
            _button(one, language, number)


def of(draft: Draft, view: View) -> None:
    """Show what is left of the upload of a link whose store is gone, or why it stays."""
    found = next((one for one in leftovers.leftovers() if one.token == draft.token), None)
    if found is None:
        st.caption(text("upload_left_stays", view.language))
        return
    _button(found, view.language)


def told(language: str) -> None:
    """Say what the last click has removed."""
    removed = st.session_state.pop(_TOLD, None)
    if isinstance(removed, Leftover):
        said = text("upload_left_done", language, **_values(removed, language))
        st.success(plain(said), icon=":material/delete:")


def _values(one: Leftover, language: str) -> dict[str, str]:
    comma = "、" if language == "zh" else ", "
    return {"files": comma.join(one.files), "size": size(one.bytes)}


def _button(one: Leftover, language: str, number: int = 0) -> None:
    with st.popover(text("upload_left_remove", language), icon=":material/delete:",
                    key=f"upload_left_ask_{number}"):  # fmt: skip
        st.write(plain(text("upload_left_what", language, **_values(one, language))))
        st.button(
            text("upload_left_confirm", language), key=f"upload_left_remove_{number}",
            type="primary", on_click=_remove, args=(one.token,),
        )  # fmt: skip


def _remove(token: str) -> None:
    st.session_state[_TOLD] = leftovers.remove(token)
    jobs.forget(token)
    if session.kept().asked.get(choosing.PARAMETER) == token:
        session.ask(**{choosing.PARAMETER: None})
    else:
        session.change()
