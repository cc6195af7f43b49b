"""The page demand: what is emerging, how it moves, in which words, and how it hangs together."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

from overlap.dashboard import data, session
from overlap.dashboard.look import block
from overlap.dashboard.pages.demand.ask import ALL, SCOPE, scoped
from overlap.dashboard.pages.demand.language import show as language
from overlap.dashboard.pages.demand.needs import show as needs
from overlap.dashboard.pages.demand.needs_map import show as needs_map
from overlap.dashboard.pages.demand.style import STYLE
from overlap.dashboard.pages.demand.subject import in_own_window
from overlap.dashboard.pages.demand.trends import show as trends
from overlap.dashboard.parts import tabs
from overlap.dashboard.state import View
from overlap.dashboard.texts import text

_TABS: Mapping[str, Callable[[data.Opened, View], None]] = {
    "needs": needs,
    "trends": trends,
    "language": language,
    "map": needs_map,
}
_SCOPED = ("needs", "map")


def page(opened: data.Opened, view: View) -> None:
    """Show the part of the page that a view asks for."""
    block(STYLE)
    with st.container(horizontal=True, key="demand_top", vertical_alignment="center"):
        names = {name: text(f"demand_tab_{name}", view.language) for name in _TABS}
        tab = tabs.choose(view, names, text("demand_tabs", view.language))
        if tab in _SCOPED and view.category is not None:
            _scope(view)
    if tab not in _SCOPED:
        view = in_own_window(opened, view)
    _TABS[tab](opened, view)


def _scope(view: View) -> None:
    """Show the switch between the category of the bar and everybody."""
    key, language = "demand_scope", view.language
    names = {
        "category": text("demand_scope_category", language, category=view.category),
        ALL: text("demand_scope_all", language),
    }
    st.session_state[key] = "category" if scoped(view) else ALL
    st.segmented_control(
        text("demand_scope", language),
        list(names),
        format_func=lambda name: names[name],
        key=key,
        on_change=lambda: session.ask(
            **{SCOPE: ALL if st.session_state[key] == ALL else None, "need": None, "node": None}
        ),
        required=True,
        label_visibility="collapsed",
    )
