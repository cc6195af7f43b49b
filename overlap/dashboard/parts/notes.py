"""What had to be changed in a link, said above the page."""

from __future__ import annotations

import streamlit as st

from overlap.dashboard import session
from overlap.dashboard.look import plain
from overlap.dashboard.state import Note
from overlap.dashboard.texts import text


def show(language: str) -> None:
    """Say what had to be changed in the link."""
    for note in session.notes():
        one(note, language)


def one(note: Note, language: str) -> None:
    """Say one thing that had to be changed."""
    values = dict(note.values)
    close = values.pop("nearest", "")
    said = text(note.key, language, **values)
    if close and close != values.get("instead"):
        said += text("did_you_mean", language, nearest=close)
    st.warning(plain(said), icon=":material/link_off:")
