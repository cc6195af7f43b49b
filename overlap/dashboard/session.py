"""One visitor's view, kept between reruns and in the address of the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from overlap.dashboard.state import SHARED, Note, View, from_query, to_query
from overlap.insights.wording import LANGUAGES

_VIEW, _NOTES, _WRITTEN, _TOUCHED = "view", "notes", "written", "touched"
_ASKED, _NEWCOMER, _FRAME = "asked", "newcomer", "frame"
_LEFT, _STRAYS = "left", "strays"
_MOST_STRAYS = 100


def language() -> str:
    """Return the language of this run, before it is known which page is asked for."""
    state = st.session_state
    asked = st.query_params.get("lang")
    if _VIEW not in state:
        return asked if asked in LANGUAGES else _browser_language()
    opened = st.query_params.to_dict() != state.get(_WRITTEN) and not state.get(_TOUCHED)
    return asked if opened and asked in LANGUAGES else kept().language


def current(page: str) -> View:
    """Return the view of a page: what the visitor chose last, or what the address says.

    To be asked once in a run. An address that is not the one written last was opened or gone back
    to, unless this run comes from a widget: the browser may not have heard of the last address
    then. A page chosen in the menu comes without parameters and keeps what all pages share, and so
    does a bare address that is gone back to.
    """
    state = st.session_state
    touched = state.pop(_TOUCHED, False)
    query = st.query_params.to_dict()
    if _VIEW not in state:
        state[_NEWCOMER] = not query
        _read(query, page)
    elif page != kept().page:
        if query and not touched:
            _read(query, page)
        else:
            state[_LEFT] = kept().page
            state[_VIEW] = replace(kept(), page=page, asked=_asked().get(page, {}))
            state[_NOTES] = ()
    elif query and query != state.get(_WRITTEN) and not touched:
        _read(query, page)
    return kept()


def _read(query: dict[str, str], page: str) -> None:
    state = st.session_state
    view, notes = from_query(query, _browser_language(), page)
    if (page, query) in state.get(_STRAYS, ()):
        view = replace(view, asked=_asked().get(page, {}))
    state[_VIEW], state[_NOTES] = view, tuple(notes)
    _asked()[page] = view.asked


def kept() -> View:
    """Return the view as it is now."""
    view = st.session_state[_VIEW]
    assert isinstance(view, View)
    return view


def _asked() -> dict[str, Any]:
    """Return the parameters that each page was left with."""
    asked: dict[str, Any] = st.session_state.setdefault(_ASKED, {})
    return asked


def remember(view: View, notes: Sequence[Note] = ()) -> None:
    """Keep a view as it was made to fit the store, and put it into the address."""
    state = st.session_state
    state[_VIEW] = view
    _asked()[view.page] = view.asked
    state[_NOTES] = (*state.get(_NOTES, ()), *notes)
    query = to_query(view)
    left = state.pop(_LEFT, None)
    if query != st.query_params.to_dict():
        st.query_params.from_dict(query)
        if left is not None:
            _note_stray(left, query)
    state[_WRITTEN] = query


def _note_stray(left: str, query: dict[str, str]) -> None:
    """Remember an address that the browser has, and that nobody asked for.

    Of a page chosen in the menu it learns the parameters first and the path later, so that its
    history gets the page that was left with the parameters of the new one. Who goes back to that is
    shown the page as it was left.
    """
    state = st.session_state
    state[_STRAYS] = [*state.get(_STRAYS, ()), (left, query)][-_MOST_STRAYS:]


def frame_is(stamp: object) -> None:
    """Note what the frame of the page was drawn for: a store as `stamp` has it, and the view."""
    st.session_state[_FRAME] = _frame(stamp)


def has_frame(stamp: object) -> bool:
    """Whether the frame on the screen is the one that the view needs now."""
    return bool(st.session_state.get(_FRAME) == _frame(stamp))


def settle() -> None:
    """Put the view into the address, once the page is known to be shown in its frame."""
    st.session_state.pop(_TOUCHED, None)
    remember(kept())


def _frame(stamp: object) -> tuple[object, ...]:
    view = replace(kept(), opening=None, asked={})
    return stamp, to_query(view), view.page, notes(), is_newcomer()


def notes() -> tuple[Note, ...]:
    """Return what had to be changed in the link, until the visitor does something."""
    kept: tuple[Note, ...] = st.session_state.get(_NOTES, ())
    return kept


def is_newcomer() -> bool:
    """Whether the visitor came to the bare address and has not said to know the way."""
    return bool(st.session_state.get(_NEWCOMER))


def welcome(again: bool) -> None:
    """Show the tour again, or never more, from a widget's callback."""
    st.session_state[_NEWCOMER] = again
    change()


def change(**fields: Any) -> None:
    """Change what all pages share, from a widget's callback."""
    state = st.session_state
    state[_VIEW] = replace(kept(), **fields)
    state[_NOTES] = ()
    state[_TOUCHED] = True


def ask(**parameters: str | None) -> None:
    """Change the page's own parameters, from a widget's callback; None removes one."""
    assert not set(parameters) & set(SHARED)
    view = kept()
    asked = {**view.asked, **parameters}
    asked = {name: value for name, value in asked.items() if value}
    _asked()[view.page] = asked
    change(asked=asked)


def enter(store: str | None, **asked: str | None) -> None:
    """Open another store, from a widget's callback: nothing that was chosen fits it.

    `asked` are the parameters of the page that it is opened on.
    """
    view = kept()
    _asked().clear()
    st.session_state[_VIEW] = View(language=view.language, page=view.page, store=store)
    ask(**asked)


def reset() -> None:
    """Go back to what a newcomer sees, in the same language."""
    view = kept()
    _asked().clear()
    st.session_state[_VIEW] = View(language=view.language, page=view.page)
    change()


def _browser_language() -> str:
    locale = st.context.locale or ""
    return "zh" if locale.lower().startswith("zh") else "en"
