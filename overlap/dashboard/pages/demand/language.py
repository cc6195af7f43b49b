"""What a segment says that the rest of its category does not, and the words it has for others'."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl
import streamlit as st

from overlap import charts
from overlap.dashboard import data, session
from overlap.dashboard.pages.demand import ask, language_word, style, subject, words
from overlap.dashboard.pages.demand.subject import Subject, called
from overlap.dashboard.parts import empty, figures, tables
from overlap.dashboard.parts.copying import copyable
from overlap.dashboard.parts.naming import segment_name
from overlap.dashboard.state import View
from overlap.dashboard.texts import text
from overlap.expressions import Audience, Minus, parse
from overlap.insights import wording
from overlap.insights.language import NEARLY_ALL, sides, stands_for
from overlap.model import UNIVERSE_KIND, UsageError

WORD = "word"
_CHART = "demand_language_chart"
_FIRST = 3
"""Words that the headline names."""
_COPIED_WORDS = 6
"""Words of a copied text that are named."""

Row = Mapping[str, Any]


def show(opened: data.Opened, view: View) -> None:
    """Show the language of whom the link names, or of the selected opening in its category."""
    language = view.language
    if not ask.has_terms(opened):
        empty.message(
            text("demand_no_terms", language),
            text("demand_no_terms_cure", language),
            commands=words.BUILD_WITH_TERMS,
        )
        return
    found = subject.subject(opened, view, view.window)
    if found is None:
        return
    try:
        with st.spinner(text("demand_listening", language), show_time=False):
            frame = data.once(opened, ask.words_of, found.expression, view.window)
            rest = data.once(opened, rest_of, found.expression)
    except UsageError as error:
        floor = f"{opened.policy.display_floor:,}"
        empty.message(
            text("demand_few_speakers", language, where=error.where, floor=floor),
            text("demand_few_speakers_cure", language),
        )
        words.whole_time(view)
        subject.choose(opened, view)
        return
    if frame.is_empty():
        empty.message(text("demand_no_words", language), text("demand_no_words_cure", language))
        subject.choose(opened, view)
        return
    over, under = (frame.filter(pl.col("direction") == way) for way in ("over", "under"))
    word = _word(frame, over, under, view)
    _answer(opened, frame, over, under, found, rest, view)
    with st.container(
        horizontal=True, key="demand_asked", gap="small", vertical_alignment="bottom"
    ):
        subject.choose(opened, view)
        _search(frame, word, view)
    with st.container(horizontal=True, key="demand_look", gap="medium"):
        with st.container(key="demand_language", gap="xsmall"):
            _chart(frame, found, word, view)
        with st.container(key="demand_card", border=True, gap="xsmall", height="stretch"):
            language_word.show(opened, frame, found, word, view)
    _lists(over, under, found, word, view)


def rest_of(opened: data.Opened, expression: str) -> str:
    """Return whom a segment is compared with, as an expression."""
    return str(sides(opened.panel, expression).rest)


def _word(frame: pl.DataFrame, over: pl.DataFrame, under: pl.DataFrame, view: View) -> str | None:
    """Return the word that was asked for, whether anybody says it or not, or the first."""
    wanted = view.asked.get(WORD)
    if wanted:
        return stands_for(frame, wanted)
    first = pl.concat([over, under])
    return None if first.is_empty() else str(first["term"][0])


def _search(frame: pl.DataFrame, word: str | None, view: View) -> None:
    """Show the box that finds a word of either side, or any text that is typed."""
    shown = frame.filter(pl.col("direction").is_not_null())["term"].to_list()
    every = shown if word is None or word in shown else [word, *shown]
    key = "demand_word"
    st.session_state[key] = word
    st.selectbox(
        text("demand_word", view.language),
        every,
        key=key,
        index=None,
        accept_new_options=True,
        placeholder=text("pick_placeholder", view.language),
        help=text("demand_word_help", view.language),
        on_change=lambda: session.ask(**{WORD: st.session_state[key]}),
    )


# --- the answer -------------------------------------------------------------------------------


def _answer(
    opened: data.Opened, frame: pl.DataFrame, over: pl.DataFrame, under: pl.DataFrame,
    found: Subject, rest: str, view: View,
) -> None:  # fmt: skip
    language = view.language
    name, others = called(found.tree, language), _rest_called(rest, found, language)
    first = over["term"].head(_FIRST).to_list()
    values = {"name": name, "rest": others, "words": listed(first, language)}
    headline = text("demand_says" if first else "demand_says_alike", language, **values)
    same = len(frame.filter(pl.col("direction") == "as expected"))
    row = frame.row(0, named=True)
    style.answer(
        headline,
        (
            _how_much(over.row(0, named=True), language) if first else "",
            text("demand_said", language, over=f"{len(over):,}", under=f"{len(under):,}",
                 same=f"{same:,}"),
            text("demand_luck", language, fdr=wording.percent(ask.FDR, 0)),
            text("demand_speakers", language,
                 ours=wording.users(row["segment_speakers"], language),
                 others=wording.users(row["rest_speakers"], language)),
            _compared(row, language),
            _copied(over, language),
            text("demand_all_posts", language),
            subject.own_window(view),
        ),
        language,
        words.precision(opened, language),
    )  # fmt: skip


def _how_much(row: Row, language: str) -> str:
    return text(
        "demand_most",
        language,
        word=row["term"],
        odds=language_word.odds(row, language),
        users=wording.users(row["users"], language, exact=row["exact"]),
        how=words.ends(row, "users", language),
    )


def _compared(row: Row, language: str) -> str:
    """Say how many of the segment are compared, where that is not nearly all."""
    share = row["segment_compared"]
    if share >= NEARLY_ALL:
        return ""
    key = "demand_compared" if share else "demand_not_compared"
    return text(key, language, share=wording.percent(share, 0))


def _copied(over: pl.DataFrame, language: str) -> str:
    """Name the words over that the same users say together, as where a text is copied."""
    texts = over.filter(pl.col("said_with").is_not_null())
    if texts.is_empty():
        return ""
    first = texts.row(0, named=True)
    words = [first["term"], *first["said_with"].split(", ")][:_COPIED_WORDS]
    return text("demand_copied", language, n=len(texts), words=listed(words, language))


def _rest_called(rest: str, found: Subject, language: str) -> str:
    """Return what those who are compared with are called in a sentence."""
    tree = parse(rest)
    if isinstance(tree, Minus):
        base = tree.left
        if isinstance(base, Audience) and base.kind == UNIVERSE_KIND:
            return text("demand_rest_all", language)
        return text("demand_rest_of", language, category=called(base, language))
    return called(tree, language)


def listed(names: list[str], language: str) -> str:
    """Write names one after the other as the language does."""
    if language == "zh":
        return "、".join(f"“{name}”" for name in names)
    return " and ".join(part for part in (", ".join(names[:-1]), names[-1]) if part)


# --- the chart and the lists --------------------------------------------------------------------


def _chart(frame: pl.DataFrame, found: Subject, word: str | None, view: View) -> None:
    language = view.language
    key = style.chart_key(_CHART, word or "")

    def pick(point: Mapping[str, Any]) -> None:
        style.picked(_CHART, point["customdata"][0])
        session.ask(**{WORD: point["customdata"][0]})

    figures.show(
        charts.language_words(frame, language, selected=word),
        view,
        key=key,
        title=text("demand_language_title", language),
        about=text("demand_language_about", language),
        alt=text("demand_language_alt", language, name=called(found.tree, language),
                 words=listed(frame["term"].head(_FIRST).to_list(), language)),
        data=frame,
        file=f"language-{segment_name(found.expression, view.window)}",
        on_pick=pick,
    )  # fmt: skip


def _lists(
    over: pl.DataFrame, under: pl.DataFrame, found: Subject, word: str | None, view: View
) -> None:
    language = view.language
    with st.container(horizontal=True, key="demand_lists", gap="medium"):
        for way, rows in (("over", over), ("under", under)):
            with st.container(key=f"demand_{way}", gap="xsmall"):
                _list(way, rows, found, word, view)
    st.caption(text("demand_lists_note", language))


def _list(way: str, rows: pl.DataFrame, found: Subject, word: str | None, view: View) -> None:
    language, terms = view.language, rows["term"].to_list()
    if not terms:
        empty_list = text(f"demand_none_{way}", language)
        st.caption(empty_list)
        return
    tables.show(
        tables.Shown(
            rows,
            ["term", "odds", "odds_low", "odds_high", "share_of_segment", "share_of_rest",
             "adjusted_share_of_rest", "users", "rest_users"],
            f"language-{way}-{segment_name(found.expression, view.window)}",
            "language",
            titles={"odds": text("demand_odds", language)},
            config={
                "term": st.column_config.TextColumn(
                    text("demand_word_column", language), width=110
                ),
                "odds": st.column_config.NumberColumn(
                    text("demand_odds", language), help=text("demand_odds_help", language),
                    format="%.1f×" if way == "over" else "%.2f×", width=104,
                ),
            },
        ),
        view,
        key=f"demand_{way}_table",
        title=text(f"demand_more_{way}", language, n=len(terms)),
        selected=terms.index(word) if word in terms else None,
        on_pick=lambda number: session.ask(**{WORD: terms[number]}),
    )  # fmt: skip
    with st.popover(text("demand_copy", language), icon=":material/content_copy:"):
        copyable("\n".join(terms), language, text("demand_copy_help", language))
