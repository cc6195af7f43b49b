"""One saved segment in full: then and now, what can be done with it, and its history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import streamlit as st

from overlap.charts import bar_widths
from overlap.dashboard import data, navigation, session
from overlap.dashboard.look import block, safe
from overlap.dashboard.pages.saved import kept, rows
from overlap.dashboard.pages.saved.answer import Row, date_of, sentence, users
from overlap.dashboard.parts import tables
from overlap.dashboard.parts.copying import copyable
from overlap.dashboard.state import View
from overlap.dashboard.texts import day, text
from overlap.workspace import SavedSegment, Version


def detail(
    opened: data.Opened, view: View, segment: SavedSegment, row: Row, other: data.Opened | None
) -> None:
    """Show a segment: its sizes in a sentence and as bars, its links, changes and history."""
    language = view.language
    with st.container(horizontal=True, key="saved_look", gap="medium"):
        with st.container(key="saved_card", border=True, gap="small", height="stretch"):
            block(card(row, segment, opened, other, language))
            copyable(segment.expression, language)
            _links(view, segment)
            _changes(opened, view, segment)
        with st.container(key="saved_past", gap="xsmall"):
            _history(opened, view, segment)


@dataclass(frozen=True, slots=True)
class Sides:
    """The two sides that are compared: as labels, and as they stand in a sentence."""

    labels: tuple[str, str]
    said: tuple[str, str]


def sides(
    segment: SavedSegment, opened: data.Opened, other: data.Opened | None, language: str
) -> Sides:
    """Return where the two sizes are from: the saving or the other store, and this one."""
    if other is not None:
        names = other.path.name, opened.path.name
        first, second = (text("saved_in_store", language, store=name) for name in names)
        return Sides(names, (first, second))
    then = date_of(segment.updated, language)
    return Sides(
        (text("saved_then", language, day=then), text("saved_now", language)),
        (text("saved_then_said", language, day=then), text("saved_now_said", language)),
    )


def card(
    row: Row, segment: SavedSegment, opened: data.Opened, other: data.Opened | None, language: str
) -> str:
    """Return the card of a segment as HTML, its values made safe."""
    two = sides(segment, opened, other, language)
    verdict = text(f"saved_verdict_{rows.key_of(row)}", language)
    head = f'<h2>{safe(segment.name)}</h2><span class="pill">{safe(verdict)}</span>'
    note = f'<p class="ov-saved-note">{safe(segment.note)}</p>' if segment.note else ""
    return (
        f'<section class="ov-card" lang="{language}"><div class="head">{head}</div>'
        f'<p class="why">{safe(sentence(row, *two.said, language))}</p>'
        f"{note}{_bars(row, two.labels, language)}"
        f"{_figures(row, segment, opened, language)}</section>"
    )


def _bars(row: Row, labels: tuple[str, str], language: str) -> str:
    sizes = row["saved_users"], row["users"]
    if row["suppressed"] or None in sizes:
        return ""
    ends = (
        rows.interval(row, "saved_low", "saved_high", "saved_exact", language),
        rows.interval(row, "low", "high", "exact", language),
    )
    bars = ""
    for label, style, value, between, width in zip(
        labels, ("b", "a"), sizes, ends, bar_widths(sizes), strict=True
    ):
        bars += (
            f'<span>{safe(label)}</span><span class="track"><span class="fill {style}" '
            f'style="display:block;width:{width:.1f}%"></span></span>'
            f'<span class="n">{safe(users(value, language))} <small>{safe(between)}</small></span>'
        )
    return f'<div class="ov-bars">{bars}</div>'


def _figures(row: Row, segment: SavedSegment, opened: data.Opened, language: str) -> str:
    def say(key: str, **values: object) -> str:
        return text(key, language, **values)

    window = segment.window
    start = day(window.start, language) if window.start else say("saved_first")
    end = day(opened.panel.until(window.end), language) if window.end else say("saved_last")
    whole = window.start is None and window.end is None
    told = [
        *_alone(row, language),
        (say("saved_col_change"), rows.signed(row["change"]), rows.change_ends(row, language)),
        (say("saved_window"), say("saved_all_time") if whole else f"{start} – {end}", ""),
        (say("saved_by"), segment.author,
         say("saved_at", day=date_of(segment.updated, language), version=segment.version)),
        (say("saved_data"), segment.snapshot,
         say("saved_same_data" if segment.snapshot == opened.store.snapshot
             else "saved_other_data", now=opened.store.snapshot)),
    ]  # fmt: skip
    cells = "".join(
        f"<div><dt>{safe(name)}</dt><dd><b>{safe(value)}</b><small>{safe(note)}</small></dd></div>"
        for name, value, note in told
    )
    return f'<dl class="ov-figures ov-saved-figures">{cells}</dl>'


def _alone(row: Row, language: str) -> list[tuple[str, str, str]]:
    """Return the one size that is known, where there is no other to draw it beside."""
    sizes = row["saved_users"], row["users"]
    if row["suppressed"] or sizes.count(None) != 1:
        return []
    if sizes[0] is None:
        ends = rows.interval(row, "low", "high", "exact", language)
        return [(text("saved_after", language), users(sizes[1], language), ends)]
    ends = rows.interval(row, "saved_low", "saved_high", "saved_exact", language)
    return [(text("saved_before", language), users(sizes[0], language), ends)]


def _links(view: View, segment: SavedSegment) -> None:
    language, window = view.language, segment.window
    inside = replace(view, start=window.start, end=window.end)
    with st.container(horizontal=True, key="saved_links", gap="small", vertical_alignment="center"):
        navigation.link(
            text("saved_open", language),
            "segment",
            inside,
            expr=segment.expression,
            saved=segment.name,
        )
        navigation.link(
            text("saved_trend", language),
            "demand",
            inside,
            of=segment.expression,
            tab="trends",
        )
        with st.popover(text("saved_share", language), icon=":material/link:", key="saved_share"):
            address = navigation.address("saved", view, name=segment.name, version=None)
            copyable(address, language, text("saved_share_help", language))


def _changes(opened: data.Opened, view: View, segment: SavedSegment) -> None:
    language, path = view.language, opened.path
    at = f"{segment.id}_{segment.version}"
    name_key, note_key = f"saved_name_{at}", f"saved_note_{at}"
    with st.container(horizontal=True, key="saved_changes", gap="small"):
        with (
            st.popover(
                text("saved_edit", language),
                icon=":material/edit:",
                key=kept.EDITOR,
                on_change="rerun",
            ),
            st.form("saved_form", border=False),
        ):
            st.text_input(text("saved_col_name", language), segment.name, key=name_key,
                          max_chars=200)  # fmt: skip
            st.text_area(text("saved_col_note", language), segment.note, key=note_key)
            st.form_submit_button(
                text("saved_keep", language), key="saved_keep", type="primary",
                on_click=kept.edit, args=(path, segment, name_key, note_key),
            )  # fmt: skip
        st.button(
            text("saved_resize", language), key="saved_resize", icon=":material/update:",
            help=text("saved_resize_help", language),
            disabled=segment.snapshot == opened.store.snapshot,
            on_click=kept.resize, args=(opened, segment),
        )  # fmt: skip
        st.button(
            text("saved_remove", language), key="saved_remove", icon=":material/delete:",
            help=text("saved_remove_help", language),
            on_click=kept.remove, args=(path, segment),
        )  # fmt: skip


# --- history ----------------------------------------------------------------------------------


def _history(opened: data.Opened, view: View, segment: SavedSegment) -> None:
    language = view.language
    entries = kept.history(opened.path, segment)
    numbers = [entry.segment.version for entry in entries]
    asked = view.asked.get("version", "")
    chosen = numbers.index(int(asked)) if asked.isdecimal() and int(asked) in numbers else None

    def pick(row: int) -> None:
        session.ask(version=str(numbers[row]))

    tables.show(
        rows.versions(entries, opened.policy.display_floor, language),
        view,
        key="saved_history",
        title=text("saved_history", language, n=len(entries)),
        selected=chosen,
        on_pick=pick if len(entries) > 1 else None,
        tallest=6,
    )
    if len(entries) > 1:
        _put_back(opened, entries, chosen, segment, language)


def _put_back(
    opened: data.Opened,
    entries: Sequence[Version],
    chosen: int | None,
    segment: SavedSegment,
    language: str,
) -> None:
    entry = entries[chosen] if chosen is not None else None
    current = entry is not None and entry.current
    if entry is None or current:
        st.caption(text("saved_is_current" if current else "saved_pick_version", language))
        return
    st.button(
        text("saved_put_back_button", language, version=entry.segment.version),
        key="saved_put_back",
        icon=":material/history:",
        help=text("saved_put_back_help", language),
        on_click=kept.put_back,
        args=(opened.path, segment, entry.segment),
    )
