"""The files of a draft: more may come, any may go, or all."""

from __future__ import annotations

import streamlit as st

from overlap.dashboard import session
from overlap.dashboard.look import block, plain, safe
from overlap.dashboard.pages.data.upload import choosing, said
from overlap.dashboard.state import View
from overlap.dashboard.texts import text
from overlap.dashboard.uploads import drafts, jobs
from overlap.dashboard.uploads.drafts import Draft


def show(draft: Draft, view: View) -> None:
    """List the files with what was found in them, and the ways to change them."""
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
