"""How an audience moves: by period, with what was to be expected, bursts, and others beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import polars as pl
import streamlit as st

from overlap import charts
from overlap.dashboard import data, session
from overlap.dashboard.pages.demand import ask, style, subject, trends_card, words
from overlap.dashboard.pages.demand.subject import readable
from overlap.dashboard.pages.demand.trends_card import PENETRATION, measure_title, writer
from overlap.dashboard.pages.demand.trends_question import (
    BESIDE,
    BETWEEN,
    MEASURE,
    MOST_BESIDE,
    beside_of,
    frame_of,
    measure_of,
    measures_of,
    named,
    others_of,
)
from overlap.dashboard.parts import empty, figures, picker, tables
from overlap.dashboard.parts.naming import several_name
from overlap.dashboard.state import View
from overlap.dashboard.texts import text
from overlap.expressions import parse
from overlap.insights import wording
from overlap.insights.needs import caution
from overlap.insights.trends import axis, sentence
from overlap.insights.trends import notes as notes_of
from overlap.model import OverlapError

_OF = {
    "users": ("users", "users_low", "users_high", "share"),
    "share": ("share", "share_low", "share_high", "users"),
    "overlap_users": ("overlap_users", "overlap_low", "overlap_high", "share_of_category"),
    "share_of_category": (
        "share_of_category", "share_of_category_low", "share_of_category_high", "overlap_users",
    ),
    "tgi": ("tgi", "tgi_low", "tgi_high", "overlap_users"),
    PENETRATION: ("brand_penetration", "brand_penetration_low", "brand_penetration_high"),
}  # fmt: skip

Row = Mapping[str, Any]


def show(opened: data.Opened, view: View) -> None:
    """Show the trend of whom the link names, or of the selected opening in its category."""
    language = view.language
    if not ask.has_periods(opened):
        words.no_periods(language)
        return
    # Who belonged to a category at any time is followed through all of the window.
    found = subject.subject(opened, view, replace(view.window, start=None))
    if found is None:
        return
    measures = measures_of(found, view)
    measure = measure_of(found, view, measures)
    try:
        with st.spinner(text("demand_following", language), show_time=False):
            frame = frame_of(opened, found, view, measure)
            others = others_of(opened, found, view, measure)
    except OverlapError as error:
        empty.failure(text("demand_trend_not", language), error, language)
        subject.choose(opened, view)
        return
    names = named(frame, language)
    _answer(opened, names, others, view, measure)
    _controls(opened, view, measure, measures)
    with st.container(horizontal=True, key="demand_look", gap="medium"):
        with st.container(key="demand_trend", gap="xsmall"):
            _chart(names, frame, others, view, measure)
        with st.container(key="demand_card", border=True, gap="xsmall", height="stretch"):
            trends_card.show(opened, names, found, view, measure)
    _table(frame, others, view, measure)


def _controls(opened: data.Opened, view: View, measure: str, measures: Sequence[str]) -> None:
    language = view.language
    with st.container(
        horizontal=True, key="demand_asked", gap="small", vertical_alignment="bottom"
    ):
        subject.choose(opened, view)
        picker.several(
            text("demand_beside", language),
            beside_of(view),
            opened,
            view,
            key="demand_beside",
            on_change=lambda chosen: session.ask(**{BESIDE: BETWEEN.join(chosen) or None}),
            most=MOST_BESIDE,
            help=text("demand_beside_help", language),
        )
    key = "demand_measure"
    names = {name: measure_title(name, view) for name in measures}
    st.session_state[key] = measure
    st.segmented_control(
        text("demand_measure", language),
        list(names),
        format_func=lambda name: names[name],
        key=key,
        on_change=lambda: session.ask(**{MEASURE: st.session_state[key]}),
        required=True,
        label_visibility="collapsed",
    )


# --- the answer -------------------------------------------------------------------------------


def _answer(
    opened: data.Opened,
    frame: pl.DataFrame,
    others: Sequence[tuple[str, pl.DataFrame]],
    view: View,
    measure: str,
) -> None:
    language, unit = view.language, ask.unit(opened)
    headline, more = _parted(sentence(frame, unit, language), language)
    whole = frame.filter(pl.col("whole"))
    if len(frame) == 1:
        headline = text("demand_one_period", language, period=words.period(
            opened, frame["period"][0], language))  # fmt: skip
        more = text("demand_one_period_cure", language)
    elif whole.is_empty():
        headline, more = sentence(frame, unit, language), ""
    style.answer(
        headline,
        [more, *([_latest(opened, whole, view, measure)] if len(whole) else []),
         *(_capital(note, language) for note in _notes(opened, frame, view)),
         subject.own_window(view)],
        language,
        words.precision(opened, language),
        [_capital(sentence(named(other, language), unit, language), language) for _, other in others
         if len(frame) > 1],
    )  # fmt: skip
    if len(frame) == 1:
        words.whole_time(view)


def _parted(said: str, language: str) -> tuple[str, str]:
    """Part a sentence after what it says first."""
    first, _, more = said.partition("；" if language == "zh" else "; ")
    return first.rstrip(".。"), _capital(more, language) if more else ""


def _capital(said: str, language: str) -> str:
    if language == "zh":
        return said if said.endswith("。") else f"{said}。"
    said = said[:1].upper() + said[1:]
    return said if said.endswith(".") else f"{said}."


def _latest(opened: data.Opened, whole: pl.DataFrame, view: View, measure: str) -> str:
    language, row = view.language, whole.row(-1, named=True)
    value, low, high = _OF[measure][:3]
    period = words.period(opened, row["period"], language)
    if row[value] is None:
        return text("demand_latest_hidden", language, period=period)
    write = writer(measure, language)
    how = (
        text("demand_exact", language)
        if row["exact"]
        else text("demand_interval", language, ends=f"{write(row[low])}–{write(row[high])}")
    )
    said = text("demand_latest", language, period=period, measure=measure_title(measure, view),
                value=write(row[value]), how=how)  # fmt: skip
    if row["judged"] == measure and row["expected_users"] is not None and row["z"] is not None:
        said += text("demand_latest_expected", language, z=f"{row['z']:+.1f}",
                     expected=wording.users(row["expected_users"], language))  # fmt: skip
    return said + text("demand_stop", language)


def _notes(opened: data.Opened, frame: pl.DataFrame, view: View) -> list[str]:
    """Say what was left off, which periods are not whole, and where active users jumped."""
    language = view.language
    said = notes_of(axis(opened.panel), language) if not frame["whole"].all() else []
    if frame["suppressed"].is_not_null().any():
        floor = f"{opened.policy.display_floor:,}"
        said.append(text("demand_trend_hidden", language, floor=floor))
    moved = data.once(opened, ask.jumps_of, ask.inside(view), view.window)
    return [*said, *caution(moved, language, of_needs=False)]


# --- the chart, the card and the table ------------------------------------------------------------


def _chart(
    names: pl.DataFrame,
    frame: pl.DataFrame,
    others: Sequence[tuple[str, pl.DataFrame]],
    view: View,
    measure: str,
) -> None:
    language, name = view.language, names["expression"][0]
    every = [frame, *(other for _, other in others)]
    figure = (
        charts.trends_compared(
            every,
            [readable(parse(frame["expression"][0])), *(n for n, _ in others)],
            language,
            measure,
        )
        if others
        else charts.trend_chart(names, language, measure, titled=False)
    )
    figures.show(
        figure,
        view,
        key="demand_trend_chart",
        title=text("demand_trend_title", language, measure=measure_title(measure, view)),
        about=_about(frame, others, measure, language),
        alt=text("demand_trend_alt", language, name=name, measure=measure_title(measure, view),
                 n=len(frame)),
        data=pl.concat(every),
        file=_file(frame, others),
    )  # fmt: skip


def _about(
    frame: pl.DataFrame,
    others: Sequence[tuple[str, pl.DataFrame]],
    measure: str,
    language: str,
) -> str:
    """Say what is drawn, of what there is."""
    judged = not others and frame["judged"][0] == measure
    parts = {
        "band": not frame["exact"].all(),
        "dashed": judged,
        "burst": judged and bool(frame["burst"].any()),
        "hollow": not others and not frame["whole"].all(),
        "whole": bool(others),
    }
    space = "" if language == "zh" else " "
    return space.join(text(f"demand_draw_{name}", language) for name, is_ in parts.items() if is_)


def _table(
    frame: pl.DataFrame, others: Sequence[tuple[str, pl.DataFrame]], view: View, measure: str
) -> None:
    language = view.language
    judged = frame["judged"][0] == measure
    columns = [
        *(["expression"] if others else []), "period", *_OF[measure],
        *(["expected_users", "z", "burst"] if judged else []), "whole",
    ]  # fmt: skip
    tables.show(
        tables.Shown(
            pl.concat([frame, *(other for _, other in others)]),
            columns,
            _file(frame, others),
            "trends",
            config={
                "period": st.column_config.DateColumn(
                    text("demand_period", language), format="YYYY-MM-DD", width=110
                ),
            },
        ),
        view,
        key="demand_trend_table",
        title=text("demand_trend_table", language),
    )


def _file(frame: pl.DataFrame, others: Sequence[tuple[str, pl.DataFrame]]) -> str:
    every = [frame, *(other for _, other in others)]
    return f"trend-{several_name([one['expression'][0] for one in every])}"
