"""Steps from one part of the page to another, which the address carries as links do."""

from __future__ import annotations

import streamlit as st

from overlap.dashboard import session
from overlap.dashboard.pages.demand.subject import OF
from overlap.dashboard.state import View
from overlap.dashboard.texts import text

# A link to the page that is open already would look like the menu's mark of where one is.


def trend(view: View, expression: str, label: str = "demand_see_trend") -> None:
    """Show the button that follows an expression."""
    st.button(
        text(label, view.language),
        key="demand_to_trend",
        type="tertiary",
        icon=":material/show_chart:",
        on_click=session.ask,
        kwargs={"tab": "trends", OF: expression, "measure": None, "beside": None},
    )


def language(view: View, expression: str) -> None:
    """Show the button that listens to an expression's users."""
    st.button(
        text("demand_see_language", view.language),
        key="demand_to_language",
        type="tertiary",
        icon=":material/forum:",
        on_click=session.ask,
        kwargs={"tab": "language", OF: expression, "word": None},
    )
