"""Changes to a draft, from the callbacks of its widgets."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from overlap.dashboard import session
from overlap.dashboard.pages.data.upload import choosing
from overlap.dashboard.uploads import drafts, jobs
from overlap.dashboard.uploads.drafts import Draft
from overlap.model import OverlapError

REFUSED = "upload_refused"
"""Key of the error that the last change or build was refused with."""


def change(token: str, how: Callable[[Draft], Draft]) -> None:
    """Change a draft from a widget's callback, and keep it."""
    draft = drafts.load(token)
    if draft is not None:
        try:
            drafts.save(how(draft))
        except OverlapError as error:
            st.session_state[REFUSED] = error
    jobs.forget(token)
    choosing.forget()
    session.change()
