"""The step of choosing files: each is written to disk as it arrives, and looked at."""

from __future__ import annotations

import contextlib
import logging
from typing import Any

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from overlap.dashboard import session
from overlap.dashboard.launch import UPLOAD_MB
from overlap.dashboard.look import block, safe
from overlap.dashboard.parts import empty
from overlap.dashboard.state import View
from overlap.dashboard.texts import text
from overlap.dashboard.uploads import arriving, drafts
from overlap.model import OverlapError

_LOG = logging.getLogger(__name__)

PARAMETER = "upload"
"""The link's parameter with the token of what was uploaded."""

_FILES, _KEPT, _FAILED = "upload_files", "upload_kept", "upload_failed"

_EXAMPLE = """user_id,time,category,interest,brand,text
1001,2026-05-04 20:15,TV,esports|films,Acme,Watching the final on the big screen
1002,2026-05-04 21:02,phone,hiking,,Which one takes the best pictures?"""


def first(view: View) -> None:
    """Show how to begin."""
    language = view.language
    block(
        f'<section class="ov-answer" lang="{language}">'
        f"<h1>{safe(text('upload_start', language))}</h1>"
        f"<p>{safe(text('upload_start_about', language))}</p></section>"
    )
    uploader(None, view)
    st.caption(text("upload_formats", language, limit=UPLOAD_MB))
    st.caption(text("upload_example", language))
    st.code(_EXAMPLE, language=None, wrap_lines=True)


def uploader(token: str | None, view: View) -> None:
    """Show the box that takes files, and what was wrong with those that came last."""
    language = view.language
    _speak(language)
    st.file_uploader(
        text("upload_more_files" if token else "upload_files", language),
        accept_multiple_files=True,
        key=_FILES,
        on_change=_arrived,
        args=(token,),
        max_upload_size=UPLOAD_MB,
    )
    block(
        f'<div class="ov-upload-large" lang="{language}">'
        f"<p>{safe(text('upload_too_large', language, limit=UPLOAD_MB))}</p>"
        "<p><code>overlap build FILE --store STORE --user COLUMN --tags COLUMN=KIND</code></p>"
        "</div>"
    )
    failures: list[tuple[str, OverlapError]] = st.session_state.get(_FAILED, [])
    for name, error in failures:
        with st.container(border=True):
            empty.failure(text("upload_failed", language, file=name), error, language)


def _speak(language: str) -> None:
    """Let the box speak the language of the page, which the framework's own does not."""
    button, limit = (
        text("upload_button", language),
        text("upload_limit", language, limit=UPLOAD_MB),
    )
    box = ".st-key-upload_files [data-testid=stFileUploaderDropzone]"
    about = "[data-testid=stFileUploaderDropzoneInstructions] span"
    st.html(
        f"<style>{box} > span button p {{ font-size: 0; }}"
        f'{box} > span button p::after {{ content: "{button}"; font-size: 1rem; }}'
        f"{box} {about} {{ font-size: 0; }}"
        f'{box} {about}::after {{ content: "{limit}"; font-size: .875rem; }}</style>'
    )


def _arrived(token: str | None) -> None:
    """Write what arrived to disk, once, and let go of the copies in memory."""
    kept: set[str] = st.session_state.setdefault(_KEPT, set())
    failures: list[tuple[str, OverlapError]] = []
    for file in st.session_state[_FILES] or []:
        if file.file_id in kept or not hasattr(file, "read"):
            continue
        kept.add(file.file_id)
        try:
            token = arriving.add(token, file.name, file).token
        except OverlapError as error:
            failures.append((file.name, drafts.readable(error)))
            _LOG.warning("the upload %r is of no use: %s", file.name, error)
        _let_go(file)
    st.session_state[_FAILED] = failures
    session.ask(**{PARAMETER: token, "tab": "upload"})


def _let_go(file: Any) -> None:
    """Take a file out of the server's memory, which would keep it until the visitor leaves."""
    context: Any = get_script_run_ctx()
    # The framework copies the widget's value at each run, so that it must stay open, but empty.
    file.seek(0)
    file.truncate()
    if context is not None:
        with contextlib.suppress(Exception):
            context.uploaded_file_mgr.remove_file(context.session_id, file.file_id)


def forget() -> None:
    """Forget what was wrong with the files that came last."""
    st.session_state.pop(_FAILED, None)
