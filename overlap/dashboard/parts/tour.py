"""The tour for newcomers: three steps above the first page, each outlining what it speaks of."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from overlap.charts import SELECTED
from overlap.dashboard import navigation, session
from overlap.dashboard.look import block, safe
from overlap.dashboard.state import HOME, View
from overlap.dashboard.texts import text

STEPS: Mapping[str, str] = {
    "answer": ".ov-answer",
    "look": ".st-key-openings_look",
    "files": ".st-key-openings_actions",
}
"""The steps in order, and what on the page each of them speaks of."""

_STEP = "tour_step"

_STYLE = f"""
.st-key-tour {{ border: 1px solid {SELECTED}; border-radius: .5rem; padding: .3rem .75rem;
  gap: .25rem .6rem; }}
.st-key-tour > *:first-child {{ flex: 1 1 20rem; min-width: 0; }}
.st-key-tour button {{ padding: .1rem .6rem; min-height: 1.85rem; }}
.ov-tour {{ margin: 0; font-size: .92rem; line-height: 1.4; }}
.ov-tour b {{ font-weight: 650; margin-right: .5rem; white-space: nowrap; }}
"""


def tour(view: View) -> None:
    """Say where the tour goes on, on every page but the one it is about; see `steps`."""
    if view.page == HOME or not session.is_newcomer():
        return
    language = view.language
    block(f"<style>{_STYLE}</style>")
    with st.container(horizontal=True, vertical_alignment="center", key="tour"):
        if view.page == "segment" and "expr" in view.asked:
            _say(text("tour_segment", language), language)
        else:
            _say(text("tour_elsewhere", language), language)
            navigation.link(text("tour_go", language), HOME, view)
        _close(language)


def steps(view: View) -> None:
    """Show the step of the tour that is next, until the visitor knows the way.

    For the page of openings to call, where it has an answer to show.
    """
    if not session.is_newcomer():
        return
    language, names = view.language, list(STEPS)
    at = min(st.session_state.get(_STEP, 0), len(names) - 1)
    # An outline takes no room: nothing moves when the next part is spoken of.
    around = (
        f"@media screen {{ {STEPS[names[at]]} {{ outline: 2px solid {SELECTED}; "
        "outline-offset: 5px; border-radius: .4rem; } }"
    )
    block(f"<style>{_STYLE}{around}</style>")
    with st.container(horizontal=True, vertical_alignment="center", key="tour"):
        place = text("tour_place", language, step=at + 1, all=len(names))
        _say(text(f"tour_{names[at]}", language), language, place)
        st.button(
            text("tour_back", language),
            key="tour_back",
            disabled=at == 0,
            on_click=_go,
            args=(at - 1,),
        )
        last = at + 1 == len(names)
        st.button(
            text("tour_done" if last else "tour_next", language),
            key="tour_next",
            type="primary",
            on_click=_end if last else _go,
            args=() if last else (at + 1,),
        )
        _close(language)


def offer(language: str) -> None:
    """Show the button that starts the tour again, where it is not on."""
    if not session.is_newcomer():
        st.button(text("tour_again", language), key="tour_again", type="tertiary", on_click=_again)


def _say(said: str, language: str, place: str = "") -> None:
    at = f"<b>{safe(place)}</b>" if place else ""
    block(f'<p class="ov-tour" lang="{language}" role="status">{at}{safe(said)}</p>')


def _close(language: str) -> None:
    st.button(
        text("tour_close", language),
        key="tour_close",
        type="tertiary",
        icon=":material/close:",
        on_click=_end,
    )


def _go(step: int) -> None:
    st.session_state[_STEP] = step
    session.change()


def _end() -> None:
    session.welcome(False)


def _again() -> None:
    st.session_state[_STEP] = 0
    session.welcome(True)
