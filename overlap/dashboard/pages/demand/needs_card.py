"""The selected need: since when, how many, how fast, whose, in which words, and what to do next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from overlap import charts
from overlap.dashboard import data, navigation
from overlap.dashboard.data import CATEGORY
from overlap.dashboard.look import safe
from overlap.dashboard.pages.demand import ask, steps, style, words
from overlap.dashboard.parts import figures
from overlap.dashboard.state import View
from overlap.dashboard.texts import day, text
from overlap.expressions import And, Audience, Expression, to_text
from overlap.insights import wording

Row = Mapping[str, Any]

NEW = 1000.0
"""Beyond this a factor over almost nobody says no more than that something is new."""
_CARRIERS, _WORDS, _ALSO = 6, 8, 6
_HEIGHT = 190


def show(opened: data.Opened, view: View, row: Row) -> None:
    """Show the card of a row of insights.needs.NEEDS_TABLE."""
    language = view.language
    state = text("demand_running" if row["running"] else "demand_over", language)
    pills = [
        words.kind(row["kind"], language),
        state,
        text("demand_since_day", language, day=day(row["since"], language)),
    ]
    style.card(
        style.head(row["name"], pills)
        + _why(opened, view, row)
        + style.figures(_cells(opened, view, row)),
        language,
    )
    _actions(view, row)
    _line(opened, view, row)
    style.card(_lists(row, language), language)


def segment_of(view: View, row: Row) -> str:
    """Return the people of a need as an expression: those of the category, where one is chosen."""
    need = Audience(row["kind"], row["name"])
    tree: Expression = need
    if ask.scoped(view) and view.category is not None:
        tree = And((Audience(CATEGORY, view.category), need))
    return to_text(tree)


def _why(opened: data.Opened, view: View, row: Row) -> str:
    language = view.language
    said = text(
        "demand_why",
        language,
        period=words.period(opened, row["last_seen"], language),
        users=wording.users(row["users"], language, exact=row["exact"]),
        expected=wording.users(row["expected_users"], language),
    )
    if row["events_per_user"] is not None:
        said += text("demand_why_events", language, events=f"{row['events_per_user']:.1f}")
    return f'<p class="why">{safe(said)}</p>'


def _cells(opened: data.Opened, view: View, row: Row) -> list[tuple[str, str, str]]:
    language = view.language

    def cell(key: str, **values: object) -> str:
        return text(f"demand_cell_{key}", language, **values)

    times, least = 1 + row["growth"], 1 + row["growth_low"]
    new = row["expected_users"] < 1 or least >= NEW
    cells = [
        (cell("users"), wording.users(row["users"], language, exact=row["exact"]),
         words.ends(row, "users", language)),
        (cell("burst"), wording.users(row["burst_users"], language, exact=row["exact"]),
         words.ends(row, "burst_users", language)),
        (cell("growth"), cell("new") if new else cell("times", times=wording.times(times)),
         cell("new_note", expected=wording.users(row["expected_users"], language)) if new
         else cell("growth_note", least=wording.times(least))),
    ]  # fmt: skip
    if row["doubling"] is not None:
        high = row["doubling_high"]
        cells.append((
            cell("doubling"),
            f"{row['doubling']:.1f} {words.unit(opened, language)}",
            cell("doubling_note", low=f"{row['doubling_low']:.1f}",
                high=cell("never") if high is None else f"{high:.1f}"),
        ))  # fmt: skip
    if row["tgi"] is not None:
        cells.append((
            cell("tgi"), wording.index(row["tgi"]),
            cell("tgi_note", least=wording.index(row["tgi_shrunk_low"])),
        ))  # fmt: skip
    note = "score_note" if row["tgi"] is not None else "score_note_all"
    cells.append((cell("score"), wording.index(row["score"]), cell(note)))
    return cells


def _line(opened: data.Opened, view: View, row: Row) -> None:
    """Show the users by period with what was to be expected, counted as the need was."""
    language = view.language
    need = to_text(Audience(row["kind"], row["name"]))
    frame = data.once(
        opened, ask.trend_of, need, ask.inside(view), None, None, replace(view.window, start=None)
    )
    about = text("demand_line_about", language)
    if frame["suppressed"].is_not_null().any():
        about += text("demand_line_hidden", language)
    figures.show(
        charts.trend_chart(frame, language, frame["judged"][0], height=_HEIGHT, titled=False),
        view,
        key="demand_line",
        title=text("demand_line", language),
        about=about,
        alt=text("demand_line_alt", language, need=row["name"]),
        data=frame,
        file=f"need-{row['name']}",
    )


def _lists(row: Row, language: str) -> str:
    carriers = [
        (each["name"], text("demand_tgi", language, tgi=wording.index(each["tgi"])))
        for each in row["carriers"][:_CARRIERS]
    ]
    said = [(each["name"], wording.users(each["users"], language)) for each in row["words"]]
    also = [(each["name"], wording.users(each["users"], language)) for each in row["also"]]
    return (
        style.chips(text("demand_carriers", language), carriers)
        + style.chips(text("demand_words", language), said[:_WORDS])
        + style.chips(text("demand_also", language), also[:_ALSO])
    )


def _actions(view: View, row: Row) -> None:
    language, expression = view.language, segment_of(view, row)
    with st.container(
        horizontal=True, key="demand_actions", gap="small", vertical_alignment="center"
    ):
        navigation.link(text("demand_segment", language), "segment", view, expr=expression)
        steps.trend(view, expression)
        steps.language(view, expression)
