"""Emerging needs: what bursts among the people of a category, and the one that is selected."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import polars as pl
import streamlit as st

from overlap import charts
from overlap.dashboard import data, session
from overlap.dashboard.pages.demand import ask, needs_card, style, words
from overlap.dashboard.parts import empty, figures, notes, tables
from overlap.dashboard.state import Note, View
from overlap.dashboard.texts import day, text
from overlap.expressions import Audience, to_text
from overlap.insights import wording
from overlap.insights.needs import KINDS, caution, in_words, reason, summary
from overlap.model import UsageError

NEED = "need"
_CHART, _TABLE = "demand_needs_chart", "demand_needs_table"
_COLUMNS = (
    "name", "users", "users_low", "users_high", "expected_users", "score", "since", "last_seen",
    "running", "burst_users", "tgi", "tgi_low", "tgi_high", "kind",
)  # fmt: skip

Row = Mapping[str, Any]


def show(opened: data.Opened, view: View) -> None:
    """Show the needs of the category, or of everybody."""
    language = view.language
    if not _possible(opened, view):
        return
    try:
        with st.spinner(text("demand_finding_needs", language), show_time=False):
            frame = data.once(opened, ask.needs_of, ask.inside(view), view.window)
    except UsageError as error:
        # What else can be wrong was looked at before: these people are too few.
        empty.failure(text("demand_needs_not", language), error, language)
        return
    if frame.is_empty():
        _nothing(opened, view)
        return
    view, row = _selected(frame, view)
    _answer(opened, frame, view)
    with st.container(horizontal=True, key="demand_look", gap="medium"):
        with st.container(key="demand_needs_list", gap="xsmall"):
            _chart(opened, frame, view, row)
            _table(opened, frame, view, row)
        with st.container(key="demand_card", border=True, gap="xsmall", height="stretch"):
            needs_card.show(opened, view, row)


def _possible(opened: data.Opened, view: View) -> bool:
    """Whether bursts can be looked for at all; say why not, and what to do."""
    language = view.language
    if not ask.has_periods(opened):
        words.no_periods(language)
        return False
    if not any(kind in opened.panel.known for kind in KINDS):
        empty.message(
            text("demand_no_kinds", language),
            text("demand_no_kinds_cure", language),
            commands=words.BUILD_WITH_TERMS,
        )
        return False
    there = data.once(opened, ask.whole_periods, view.window)
    if there < ask.LEAST_PERIODS:
        empty.message(
            text("demand_few_periods", language, there=there, unit=words.unit(opened, language)),
            text("demand_few_periods_cure", language, needed=ask.LEAST_PERIODS),
        )
        words.whole_time(view)
        return False
    return True


def _nothing(opened: data.Opened, view: View) -> None:
    language = view.language
    where = view.category if ask.scoped(view) else None
    headline = (
        text("demand_no_need", language, category=where)
        if where is not None
        else text("demand_no_need_anywhere", language)
    )
    floor = opened.policy.display_floor
    style.answer(
        headline,
        (
            text("demand_no_need_why", language),
            text("demand_no_need_floor", language, floor=f"{floor:,}") if floor else "",
            text("demand_no_need_cure", language),
            *_moved(opened, view),
            _without_terms(opened, language),
        ),
        language,
        words.precision(opened, language),
    )


def _selected(frame: pl.DataFrame, view: View) -> tuple[View, dict[str, Any]]:
    """Return the need that was asked for, or the first, and the view that says so."""
    wanted = view.asked.get(NEED)
    rows = frame.to_dicts()
    if wanted is not None:
        found = [row for row in rows if expression(row) == wanted]
        if found:
            return view, found[0]
        note = Note("demand_unknown_need", {"wanted": wanted})
        kept = {name: value for name, value in view.asked.items() if name != NEED}
        view = replace(view, asked=kept)
        session.remember(view, [note])
        notes.one(note, view.language)
    return view, rows[0]


def expression(row: Row) -> str:
    """Return a need's own audience as an expression."""
    return to_text(Audience(row["kind"], row["name"]))


# --- the answer -------------------------------------------------------------------------------


def _answer(opened: data.Opened, frame: pl.DataFrame, view: View) -> None:
    language, first = view.language, frame.row(0, named=True)
    values = {"need": first["name"], "category": view.category or ""}
    here = ask.scoped(view)
    if not first["running"]:
        key = "demand_answer_over" if here else "demand_answer_over_all"
    elif not here:
        key = "demand_answer_all"
    else:
        key = "demand_answer" if first["score"] > 0 else "demand_answer_elsewhere"
    style.answer(
        text(key, language, **values),
        (
            text(
                "demand_answer_users",
                language,
                users=wording.users(first["users"], language, exact=first["exact"]),
                how=words.ends(first, "users", language),
                period=words.period(opened, first["last_seen"], language),
                expected=wording.users(first["expected_users"], language),
                since=day(first["since"], language),
            ),
            summary(frame, ask.FDR, language),
            *_moved(opened, view),
            _without_terms(opened, language),
        ),
        language,
        words.precision(opened, language),
    )


def _moved(opened: data.Opened, view: View) -> list[str]:
    """Say where the number of active users jumped, so that a rise may be the data's."""
    found = data.once(opened, ask.jumps_of, ask.inside(view), view.window)
    return caution(found, view.language)


def _without_terms(opened: data.Opened, language: str) -> str:
    return "" if ask.has_terms(opened) else text("demand_only_interests", language)


# --- the list and the table ---------------------------------------------------------------------


def _chart(opened: data.Opened, frame: pl.DataFrame, view: View, row: Row) -> None:
    language = view.language
    key = style.chart_key(_CHART, expression(row))

    def pick(point: Mapping[str, Any]) -> None:
        kind, name = point["customdata"][:2]
        chosen = to_text(Audience(kind, name))
        style.picked(_CHART, chosen)
        session.ask(**{NEED: chosen})

    shown = min(len(frame), charts.needs.MOST_ROWS)
    about = text("demand_needs_about", language)
    if shown < len(frame):
        about += " " + text("demand_needs_some", language, shown=shown, all=len(frame))
    figures.show(
        charts.needs_list(frame, language, selected=(row["kind"], row["name"])),
        view,
        key=key,
        title=text("demand_needs_title", language),
        about=about,
        alt=text("demand_needs_alt", language, n=shown, first=frame["name"][0]),
        data=_told(opened, frame, language),
        file=_file(view),
        on_pick=pick,
    )


def _table(opened: data.Opened, frame: pl.DataFrame, view: View, row: Row) -> None:
    language = view.language
    names = [expression(each) for each in frame.select("kind", "name").to_dicts()]
    columns = [
        name for name in _COLUMNS if ask.scoped(view) or not name.startswith("tgi")
    ]  # fmt: skip
    tables.show(
        tables.Shown(
            _told(opened, frame, language),
            columns,
            _file(view),
            "needs",
            config={
                "name": st.column_config.TextColumn(text("demand_need", language), width=190),
                "since": st.column_config.DateColumn(
                    text("demand_since", language), format="YYYY-MM-DD", width=100
                ),
                "last_seen": st.column_config.DateColumn(
                    text("demand_last_seen", language), format="YYYY-MM-DD", width=100
                ),
            },
        ),
        view,
        key=_TABLE,
        title=text("demand_needs_table", language),
        about=text("demand_needs_score", language),
        selected=names.index(expression(row)),
        on_pick=lambda number: session.ask(**{NEED: names[number]}),
    )


def _told(opened: data.Opened, frame: pl.DataFrame, language: str) -> pl.DataFrame:
    """Return the table as a file has it: lists as text, sentences in the language of the view."""
    said = [reason(row, ask.unit(opened), language) for row in frame.iter_rows(named=True)]
    return in_words(frame).with_columns(pl.Series("reason", said, dtype=pl.String))


def _file(view: View) -> str:
    where = view.category if ask.scoped(view) else None
    return f"needs-{where}" if where is not None else "needs"
