"""Who the users of the segment are beside it, and narrowing by what one sees."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl
import streamlit as st

from overlap import charts
from overlap.dashboard import data, navigation, session
from overlap.dashboard.look import block, plain, safe
from overlap.dashboard.pages.segment import editor
from overlap.dashboard.pages.segment.answer import shown
from overlap.dashboard.pages.segment.reading import Reading
from overlap.dashboard.parts import figures, tables
from overlap.dashboard.parts.naming import segment_name
from overlap.dashboard.state import View
from overlap.dashboard.texts import text
from overlap.expressions import Audience, to_text
from overlap.insights.profile import profile
from overlap.model import Window

_COLUMNS = (
    "name", "tgi", "tgi_low", "tgi_high", "overlap_users", "overlap_low", "overlap_high",
    "share_of_segment", "share_of_baseline", "expected_users", "tgi_shrunk_low",
)  # fmt: skip


def kinds(opened: data.Opened) -> list[str]:
    """Return the kinds of audiences a segment can be compared with, interests first."""
    known = [kind for kind in opened.panel.known if kind != "universe"]
    return sorted(known, key=lambda kind: kind != data.INTEREST)


def choose_kind(opened: data.Opened, view: View, name: str, label: str) -> str:
    """Show the choice of a kind, which the link carries as `name`, and return it."""
    key = f"segment_{name}"
    every = kinds(opened)
    asked = view.asked.get(name, "")
    chosen = asked if asked in every else every[0]
    st.session_state[key] = chosen

    def changed() -> None:
        session.ask(**{name: st.session_state[key], "row": None})

    st.selectbox(
        label, every, key=key, on_change=changed,
        format_func=lambda kind: _kind(kind, view.language), width=145,
    )  # fmt: skip
    return chosen


def _kind(kind: str, language: str) -> str:
    named = ("category", "interest", "brand", "term")
    return text(f"segment_kind_{kind}", language) if kind in named else kind


def rows(
    opened: data.Opened, counted: str, kind: str, baseline: str | None, window: Window
) -> pl.DataFrame:
    """Return a profile for `data.once`."""
    return profile(
        opened.panel, counted, kind, baseline=baseline, window=window, policy=opened.policy
    )  # fmt: skip


def show(opened: data.Opened, view: View, reading: Reading) -> None:
    """Show the audiences of a kind that are over- and under-represented in a segment."""
    language = view.language
    with st.container(horizontal=True, vertical_alignment="bottom", key="segment_profile_bar"):
        kind = choose_kind(opened, view, "kind", text("segment_kind", language))
        picked = _picked(opened, view, kind)
        _actions(opened, view, reading, picked)
    frame = data.once(opened, rows, reading.counted, kind, view.baseline, reading.window)
    if frame.is_empty():
        block(f'<p class="ov-sub">{safe(text("segment_profile_none", language))}</p>')
        return
    file = f"profile-{kind}-{segment_name(reading.counted, reading.window)}"
    base = text("everyone", language) if view.baseline is None else view.baseline
    over = len(frame.filter(pl.col("direction") == "over"))
    under = len(frame.filter(pl.col("direction") == "under"))
    title = text("segment_profile", language, over=over, under=under)
    figures.show(
        charts.profile_dots(frame, language, most_over=10, most_under=6),
        view,
        key="segment_profile",
        title=title,
        about=text("segment_profile_about", language, baseline=base),
        alt=text("segment_profile_alt", language, over=over, under=under,
                 first=frame["name"][0]),
        data=frame,
        file=file,
        on_pick=lambda point: _pick(kind, point),
    )  # fmt: skip
    names = frame["name"].to_list()
    hidden = int(frame["suppressed"].is_not_null().sum())
    note = text("segment_profile_hidden", language, n=hidden,
                floor=f"{opened.policy.display_floor:,}") if hidden else ""  # fmt: skip
    tables.show(
        tables.Shown(
            frame,
            _COLUMNS,
            file,
            table="profile",
            titles={"name": _kind(kind, language)},
        ),
        view,
        key="segment_profile_table",
        title=text("segment_profile_table", language),
        about=note,
        selected=names.index(picked.name) if picked and picked.name in names else None,
        on_pick=lambda row: session.ask(row=names[row]),
    )


def _pick(kind: str, point: Mapping[str, Any]) -> None:
    if point.get("customdata"):
        session.ask(row=point["customdata"][0])


def _picked(opened: data.Opened, view: View, kind: str) -> Audience | None:
    name = view.asked.get("row")
    return Audience(kind, name) if name and name in opened.panel.known[kind] else None


def _actions(opened: data.Opened, view: View, reading: Reading, picked: Audience | None) -> None:
    """Show what can be done with the row that is chosen."""
    language = view.language
    if picked is None:
        block(f'<p class="ov-sub">{safe(text("segment_pick", language))}</p>')
        return
    value = to_text(picked)
    name = shown(value, language)
    for out, key, icon in (
        (False, "segment_add", ":material/add:"),
        (True, "segment_leave_out", ":material/remove:"),
    ):
        new = editor.narrowed(opened, reading, value, out=out)
        st.button(
            plain(text(key, language, name=name)), key=key, icon=icon, on_click=_take, args=(new,)
        )
    navigation.link(
        text("segment_to_overlaps", language), "overlaps", view, a=reading.counted, b=value
    )


def _take(new: str) -> None:
    editor.write(new)
    session.ask(row=None)
