"""The parts of a page, of which one is shown and computed at a time."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from overlap.dashboard import session
from overlap.dashboard.state import View

_TAB = "tab"


def choose(view: View, names: Mapping[str, str], label: str) -> str:
    """Show a switch between the parts of a page, and return the one that is chosen.

    `names` are the parts with their titles; the link carries the choice as `tab`, the first is
    shown where it has none. `label` says what the switch is for to who cannot see it.
    """
    first = next(iter(names))
    asked = view.asked.get(_TAB)
    chosen = asked if asked is not None and asked in names else first
    key = f"{view.page}_tab"
    st.session_state[key] = chosen

    def changed() -> None:
        picked = st.session_state[key] or first
        session.ask(**{_TAB: None if picked == first else picked})

    st.segmented_control(
        label,
        list(names),
        format_func=lambda name: names[name],
        key=key,
        on_change=changed,
        required=True,
        label_visibility="collapsed",
    )
    return chosen
