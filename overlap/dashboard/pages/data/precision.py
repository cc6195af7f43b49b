"""How small an overlap can be trusted in the open store, and between two audiences."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl
import streamlit as st

from overlap.charts import precision_lines
from overlap.dashboard import data, session
from overlap.dashboard.look import block, plain, safe
from overlap.dashboard.pages.data import sections
from overlap.dashboard.parts import figures, picker, tables
from overlap.dashboard.state import View
from overlap.dashboard.texts import text
from overlap.dashboard.texts.errors import said
from overlap.expressions import Audience, parse, to_text
from overlap.insights import precision as insight
from overlap.insights import wording
from overlap.model import OverlapError, Window


def precision(opened: data.Opened, view: View) -> None:
    """Show the smallest overlap to trust: anywhere, by size of audience, between two of them."""
    language = view.language
    found = data.once(opened, _precision)
    sections.answer(_headline(found, language), _sentences(found, language), view)
    if not found.exact:
        _by_size(opened, view, found)
    _pair(opened, view)


def _precision(opened: data.Opened) -> insight.Precision:
    return insight.store_precision(opened.panel, opened.policy)


def _table(opened: data.Opened) -> pl.DataFrame:
    return insight.precision(opened.panel, opened.policy)


def _errors(opened: data.Opened) -> pl.DataFrame:
    return insight.errors(opened.panel, opened.policy)


# --- the answer ---------------------------------------------------------------------------------


def _headline(found: insight.Precision, language: str) -> str:
    if found.exact:
        return text("data_precision_exact", language)
    users = wording.users(found.anywhere, language)
    return text("data_precision_answer", language, users=users)


def _sentences(found: insight.Precision, language: str) -> Iterator[str]:
    def tell(key: str, **values: str) -> str:
        return text(f"data_precision_{key}", language, **values)

    floor = f"{found.display_floor:,}"
    if found.exact:
        yield tell("exact_say")
        if found.display_floor:
            yield tell("exact_floor", floor=floor)
        return
    if found.smallest_overlap < found.display_floor:
        yield tell("floor", sample=wording.users(found.smallest_overlap, language), users=floor)
    else:
        limit, rate = wording.percent(found.limit, 0), wording.rate(found.least_rate)
        yield tell("say", limit=limit, rate=rate)
        yield tell("below")
    yield tell("small", k=wording.users(found.exact_up_to, language))


# --- by size of the audiences -------------------------------------------------------------------


def _by_size(opened: data.Opened, view: View, found: insight.Precision) -> None:
    language = view.language
    frame, errors = data.once(opened, _table), data.once(opened, _errors)
    words = frame["kinds"].n_unique() > 1
    empty = [name for name in frame.columns if frame[name].null_count() == len(frame)]
    left_out = {"exact", "display_floor", "smallest_overlap", *([] if words else ["kinds"]), *empty}
    tables.show(
        tables.Shown(
            frame,
            [name for name in frame.columns if name not in left_out],
            "precision",
            "precision",
        ),
        view,
        key="data_precision_table",
        title=text("data_precision_table", language),
        about=text("data_precision_table_sub", language),
    )
    if errors.is_empty():
        return
    ends = sorted(frame["trusted_from"].to_list())
    smallest, largest = f"{ends[0]:,}", f"{ends[-1]:,}"
    figures.show(
        precision_lines(errors, found.limit, language),
        view,
        key="data_precision_chart",
        title=text("data_precision_chart", language),
        about=text("data_precision_chart_sub", language),
        alt=text("data_precision_chart_alt", language, smallest=smallest, largest=largest),
        data=errors,
        file="precision-errors",
    )


# --- two audiences ------------------------------------------------------------------------------


def _pair(opened: data.Opened, view: View) -> None:
    language = view.language
    a, b = _asked(opened, view)
    sections.head(text("data_pair", language), view, key="data_pair")
    with st.container(horizontal=True, key="data_pair_pickers", gap="small"):
        picker.one(
            text("data_pair_a", language), a, opened, view, key="data_pair_a",
            on_change=lambda value: session.ask(a=value),
        )  # fmt: skip
        picker.one(
            text("data_pair_b", language), b, opened, view, key="data_pair_b",
            on_change=lambda value: session.ask(b=value),
        )  # fmt: skip
    if a is None or b is None:
        st.caption(text("data_pair_choose", language))
        return
    try:
        found = data.once(opened, _between, a, b, view.window)
    except OverlapError as error:
        told, colon = said(error, language), "：" if language == "zh" else ": "
        parts = (text("data_pair_bad", language), told.what, told.cure)
        st.warning(plain(colon.join(part for part in parts if part)))
        return
    _told(found, language)


def _asked(opened: data.Opened, view: View) -> tuple[str | None, str | None]:
    """Return the two audiences of the link; without them the category and an interest."""
    category = to_text(Audience(data.CATEGORY, view.category)) if view.category else None
    interests: dict[str, str] = {}
    if data.INTEREST in opened.panel.known:
        interests = dict(data.once(opened, picker.options, (data.INTEREST,)))
    opening = to_text(Audience(data.INTEREST, view.opening)) if view.opening else None
    interest = opening if opening in interests else next(iter(interests), None)
    return view.asked.get("a", category), view.asked.get("b", interest)


def _between(opened: data.Opened, a: str, b: str, window: Window) -> insight.PairPrecision:
    return insight.pair_precision(opened.panel, a, b, opened.policy, window)


def _told(found: insight.PairPrecision, language: str) -> None:
    a, b = _name(found.a), _name(found.b)
    users = wording.users(found.trusted_from, language)
    key = "exact" if found.exact else "answer"
    title = text(f"data_pair_{key}", language, a=a, b=b, users=users)
    space = "" if language == "zh" else " "
    lines = space.join(safe(sentence) for sentence in _about_pair(found, language))
    block(
        f'<section class="ov-card" lang="{language}" aria-live="polite"><h2>{safe(title)}</h2>'
        f'<p class="why">{lines}</p></section>'
    )


def _about_pair(found: insight.PairPrecision, language: str) -> Iterator[str]:
    def tell(key: str, **values: str) -> str:
        return text(f"data_pair_{key}", language, **values)

    if not found.exact:
        yield tell("rate", rate=wording.rate(found.rate))
    if found.overlap is None:
        yield tell("hidden", floor=f"{found.display_floor:,}")
    elif found.exact:
        yield tell("overlap_exact", users=wording.users(found.overlap.value, language, exact=True))
    else:
        ends = wording.interval(found.overlap.low, found.overlap.high, language)
        yield tell("overlap", users=wording.users(found.overlap.value, language), ends=ends)
        yield tell("trusted" if found.trusted else "untrusted")
    if found.impossible and found.most is not None:
        yield tell("never", most=wording.users(found.most.value, language))


def _name(expression: str) -> str:
    tree = parse(expression)
    plainly = isinstance(tree, Audience) and tree.at_least == 1
    return tree.name if isinstance(tree, Audience) and plainly else expression
