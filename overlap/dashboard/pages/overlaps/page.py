"""What the page of overlaps shows: a matrix and the pair behind a cell, or several audiences."""

from __future__ import annotations

import streamlit as st

from overlap.dashboard import data
from overlap.dashboard.look import block
from overlap.dashboard.pages.overlaps import asked, pair, sets
from overlap.dashboard.pages.overlaps.style import STYLE
from overlap.dashboard.parts import empty, tabs
from overlap.dashboard.state import View
from overlap.dashboard.texts import text


def page(opened: data.Opened, view: View) -> None:
    """Show how audiences of a store overlap."""
    block(STYLE)
    there = asked.kinds(opened)
    language = view.language
    if sum(len(opened.panel.known[kind]) for kind in there) < 2:
        empty.message(text("overlaps_one", language), text("overlaps_one_cure", language))
        return
    if not opened.panel.size("universe:all", view.window).value > 0:
        empty.message(text("overlaps_nobody", language), text("overlaps_nobody_cure", language))
        return
    answer = st.container(key="overlaps_answer", gap="xsmall")
    names = {
        "pair": text("overlaps_tab_pair", language),
        "sets": text("overlaps_tab_sets", language),
    }
    controls = st.container(
        horizontal=True, key="overlaps_controls", vertical_alignment="bottom", gap="small"
    )
    with controls:
        part = tabs.choose(view, names, text("overlaps_tab", language))
    show = sets.show if part == "sets" else pair.show
    show(opened, view, answer, controls)
