"""One visitor's view, kept between reruns and in the address of the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from overlap.dashboard.state import Note, View, from_query, to_query

_VIEW, _NOTES, _WRITTEN, _TOUCHED = "view", "notes", "written", "touched"


def current() -> View:
    """Return the view to show: what the visitor chose last, or what the address says.

    To be asked once in a run. An address that is not the one written last was opened or gone back
    to, unless this run comes from a widget: the browser may not have heard of the last address
    then.
    """
    state = st.session_state
    touched = state.pop(_TOUCHED, False)
    query = st.query_params.to_dict()
    if _VIEW not in state or (query != state.get(_WRITTEN) and not touched):
        view, notes = from_query(query, _browser_language())
        state[_VIEW], state[_NOTES] = view, tuple(notes)
    view = state[_VIEW]
    assert isinstance(view, View)
    return view


def remember(view: View, notes: Sequence[Note] = ()) -> None:
    """Keep a view as it was made to fit the store, and put it into the address."""
    state = st.session_state
    state[_VIEW] = view
    state[_NOTES] = (*state.get(_NOTES, ()), *notes)
    query = to_query(view)
    if query != st.query_params.to_dict():
        st.query_params.from_dict(query)
    state[_WRITTEN] = query


def notes() -> tuple[Note, ...]:
    """Return what had to be changed in the link, until the visitor does something."""
    kept: tuple[Note, ...] = st.session_state.get(_NOTES, ())
    return kept


def change(**fields: Any) -> None:
    """Change the view from a widget's callback."""
    state = st.session_state
    state[_VIEW] = replace(state[_VIEW], **fields)
    state[_NOTES] = ()
    state[_TOUCHED] = True


def reset() -> None:
    """Go back to what a newcomer sees, in the same language."""
    change(category=None, brand=None, baseline=None, start=None, end=None, opening=None)


def _browser_language() -> str:
    locale = st.context.locale or ""
    return "zh" if locale.lower().startswith("zh") else "en"
