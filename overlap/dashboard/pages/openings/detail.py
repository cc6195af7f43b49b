"""The card beside the chart: the selected opening, what stands behind it, and where to go on."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import polars as pl
import streamlit as st

from overlap import charts
from overlap.dashboard import data, navigation
from overlap.dashboard.look import block, safe
from overlap.dashboard.pages.openings import card, evidence, tables
from overlap.dashboard.parts.copying import copyable
from overlap.dashboard.parts.naming import file_name
from overlap.dashboard.state import View
from overlap.dashboard.texts import text
from overlap.expressions import Audience, to_text
from overlap.reports import csv_bytes


def show(opened: data.Opened, rows: pl.DataFrame, view: View, row: dict[str, Any]) -> None:
    """Show one of the rows in full, with the buttons that make a segment and files of it."""
    ranked = tables.ranked(rows)
    places = ranked["interest"].to_list()
    rank = places.index(row["interest"]) + 1 if row["interest"] in places else None
    rate = data.rate(opened, row["expression"])
    with st.container(key="openings_card", border=True, gap="xsmall", height="stretch"):
        block(card.card(row, rank, len(ranked), rate, view.language))
        if not row["suppressed"]:
            _behind(opened, view, row)
        _actions(rows, view, row)


def _behind(opened: data.Opened, view: View, row: dict[str, Any]) -> None:
    language = view.language
    asked = row["category"], row["interest"], view.window
    moves = data.once(opened, evidence.trend, *asked)
    words = data.once(opened, evidence.words, *asked)
    others = data.once(opened, evidence.carriers, *asked)
    said = card.trend_words(moves, row, opened.panel.spec.period, language)
    # Of two periods that may be shown out of many no line can be drawn that says anything.
    moved = moves is not None and bool(
        moves["growth"].count() and moves["overlap_users"].count() > 1
    )
    alt = text("openings_spark_alt", language, said=said)
    spark = ""
    if moves is not None and moved:
        # The app takes drawings out of HTML, but not pictures.
        drawn = quote(charts.sparkline(moves, alt, "overlap_users"))
        spark = f'<img class="ov-spark" alt="{safe(alt)}" src="data:image/svg+xml,{drawn}">'
    with st.container(horizontal=True, key="openings_trend", vertical_alignment="center"):
        _line("openings_trend", f'<span class="said">{safe(said)}</span>{spark}', language)
        navigation.link(
            text("openings_to_trends", language), "demand", view,
            of=row["expression"], tab="trends", help=text("openings_to_trends_help", language),
        )  # fmt: skip
    with st.container(horizontal=True, key="openings_words", vertical_alignment="center"):
        _line("openings_words", card.word_chips(words, row, language), language)
        if words.heard == "words":
            navigation.link(
                text("openings_to_words", language), "demand", view, icon=":material/forum:",
                of=row["expression"], tab="language", help=text("openings_to_words_help", language),
            )  # fmt: skip
    _line("openings_carriers", card.carrier_chips(others, row, language), language)


def _line(title: str, body: str, language: str) -> None:
    about = safe(text(f"{title}_help", language))
    block(
        f'<div class="ov-behind" lang="{language}"><span class="t" title="{about}">'
        f'{safe(text(title, language))}</span><span class="b">{body}</span></div>'
    )


def _actions(rows: pl.DataFrame, view: View, row: dict[str, Any]) -> None:
    language, category, interest = view.language, row["category"], row["interest"]
    win = evidence.to_win(category, interest, row["brand"])
    whom = "openings_whom_brand" if row["brand"] else "openings_whom"
    names = {"category": category, "interest": interest, "brand": row["brand"] or ""}
    people = text(whom, language, **names)
    with st.container(horizontal=True, key="openings_actions", vertical_alignment="center"):
        navigation.link(
            text("openings_build", language), "segment", view, expr=win,
            help=text("openings_build_help", language, people=people),
        )  # fmt: skip
        navigation.link(
            text("openings_reach", language), "segment", view, expr=win, tab="reach",
            icon=":material/stairs:", help=text("openings_reach_help", language, people=people),
        )  # fmt: skip
        navigation.link(
            text("openings_overlap", language), "overlaps", view,
            a=to_text(Audience(data.CATEGORY, category)),
            b=to_text(Audience(data.INTEREST, interest)),
            help=text("openings_overlap_help", language, **names),
        )  # fmt: skip
        one = tables.contract(rows.filter(pl.col("interest") == interest))
        st.download_button(
            text("openings_one", language),
            data=lambda: csv_bytes(one),
            file_name=file_name(tables.file("opening", category, row["brand"], interest), "csv"),
            mime="text/csv",
            icon=":material/download:",
            on_click="ignore",
            help=text("openings_one_help", language),
            key="openings_one_csv",
        )
        with st.popover(text("openings_copy", language), icon=":material/content_copy:"):
            copyable(row["reason"], language, text("openings_copy_reason", language))
            copyable(row["expression"], language, text("expression", language))
