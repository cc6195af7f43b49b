"""The foot of every page: which store it is, and what it was made of."""

from __future__ import annotations

import streamlit as st

from overlap.dashboard import data, look
from overlap.dashboard.parts import tour
from overlap.dashboard.state import View
from overlap.dashboard.texts import day, text
from overlap.insights import wording


def foot(opened: data.Opened, view: View) -> None:
    """Show the store's name, users, rows, window and floor, and the way back to the tour."""
    facts, language = opened.facts, view.language
    parts = [
        text(
            "foot",
            language,
            name=opened.path.name,
            snapshot=facts["snapshot"],
            users=wording.users(facts["users"], language, exact=facts["users_estimate"].exact),
            rows=f"{facts['rows_read']:,}",
            rejected=f"{facts['rows_rejected']:,}",
        )
    ]
    if facts["first_event"] and facts["last_event"]:
        ends = (day(facts[end], language) for end in ("first_event", "last_event"))
        parts.append(text("foot_window", language, start=next(ends), end=next(ends)))
    if opened.policy.display_floor:
        parts.append(text("foot_floor", language, floor=f"{opened.policy.display_floor:,}"))
    if opened.refused_floor is not None:
        parts.append(text("foot_floor_holds", language, asked=f"{opened.refused_floor:,}"))
    with st.container(horizontal=True, vertical_alignment="center", key="foot"):
        look.block(
            f'<footer class="ov-foot"><p class="ov-print">{look.safe(_asked(opened, view))}</p>'
            f"{look.safe(' · '.join(parts))}</footer>"
        )
        tour.offer(language)


def _asked(opened: data.Opened, view: View) -> str:
    """Say what the bar of controls shows, for paper, where the bar is gone."""
    language = view.language
    chosen = {
        "category": view.category,
        "brand": view.brand,
        "baseline": view.baseline or text("everyone", language),
        "from": day(view.start, language) if view.start else None,
        "to": day(opened.panel.until(view.end), language) if view.end else None,
    }
    colon = "：" if language == "zh" else ": "
    return " · ".join(f"{text(key, language)}{colon}{said}" for key, said in chosen.items() if said)
