"""A pair in full: the circles, the numbers beside chance, and who can still be reached."""

from __future__ import annotations

import polars as pl
import streamlit as st

from overlap import charts
from overlap.dashboard import navigation
from overlap.dashboard.look import block, safe
from overlap.dashboard.pages.overlaps.words import SHORT, ends, indices, names_of, percents
from overlap.dashboard.parts import figures, tables
from overlap.dashboard.parts.naming import several_name
from overlap.dashboard.state import View
from overlap.dashboard.texts import text
from overlap.insights import wording
from overlap.insights.matrix import Pair

_SHOWN = ("only_second", "only_first", "unreached", "both", "either")
"""The parts that a segment can be built of: first whom one of the two has not reached."""


def show(view: View, told: Pair) -> None:
    """Show a pair's circles, its numbers, and its parts with the way to a segment of each."""
    language = view.language
    a, b = names_of([told.first, told.second], SHORT)
    figures.show(
        charts.two_sets(told.regions, language, told.expected.value if told.expected else None),
        view,
        key="overlaps_circles",
        title=text("overlaps_circles", language),
        about="",
        alt=text("overlaps_circles_alt", language, a=a, b=b),
        data=told.regions,
        file=f"overlap-{several_name([told.first, told.second])}",
    )
    if told.suppressed is None:
        block(f'<section class="ov-card" lang="{language}">{_figures(told, language)}</section>')
    block(f'<h2 class="ov-h2">{safe(text("overlaps_parts", language))}</h2>')
    words = _words(told, view)
    for row in _parts(told).to_dicts():
        _part(view, row, words[row["part"]])


def _parts(told: Pair) -> pl.DataFrame:
    order = pl.DataFrame({"part": _SHOWN, "place": range(len(_SHOWN))})
    return told.parts.join(order, on="part").sort("place")


def _part(view: View, row: dict[str, object], words: str) -> None:
    language = view.language
    with st.container(
        horizontal=True, vertical_alignment="center", key=f"overlaps_part_{row['part']}"
    ):
        block(
            f'<div class="ov-part"><span class="w">{safe(words)}</span>'
            f'<span class="n">{_number(row, language)}</span></div>'
        )
        navigation.link(
            text("overlaps_build", language),
            "segment",
            view,
            help=text("overlaps_build_help", language, what=words),
            expr=str(row["expression"]),
        )


def _number(row: dict[str, object], language: str) -> str:
    users, low, high = (row[name] for name in ("users", "users_low", "users_high"))
    if not (isinstance(users, float) and isinstance(low, float) and isinstance(high, float)):
        return f"<small>{safe(text('overlaps_not_shown', language))}</small>"
    exact = text("exact", language) if row["exact"] else wording.interval(low, high, language)
    number = wording.users(users, language, exact=bool(row["exact"]))
    return f"{safe(number)} <small>{safe(exact)}</small>"


def _words(told: Pair, view: View) -> dict[str, str]:
    language = view.language
    a, b = names_of([told.first, told.second], SHORT)
    brand = told.brand.name if told.brand else view.brand or ""
    return {
        part: text(f"overlaps_part_{part}", language, a=a, b=b, brand=brand)
        for part in ("first", "second", "both", "only_first", "only_second", "either", "unreached")
    }


def _figures(told: Pair, language: str) -> str:
    def named(key: str, **values: object) -> str:
        return text(f"overlaps_fig_{key}", language, **values)

    items: list[tuple[str, str, str]] = []
    if told.overlap is not None:
        both = wording.users(told.overlap.value, language, exact=told.overlap.exact)
        items.append((named("both"), both, ends(told.overlap, language)))
    if told.expected is not None:
        items.append((named("chance"), wording.users(told.expected.value, language),
                      ends(told.expected, language)))  # fmt: skip
    if told.tgi is not None:
        items.append((named("tgi"), wording.index(told.tgi.value), indices(told.tgi, language)))
    names = names_of([told.first, told.second], SHORT)
    for name, share in zip(names, (told.share_of_first, told.share_of_second), strict=True):
        if share is not None:
            items.append((named("share", name=name), wording.percent(share.value),
                          percents(share, language)))  # fmt: skip
    brand = told.brand
    if brand is not None:
        items.append((named("brand", brand=brand.name), wording.percent(brand.penetration.value),
                      percents(brand.penetration, language)))  # fmt: skip
        if brand.fair_share is not None:
            items.append((named("fair"), wording.index(brand.fair_share.value),
                          indices(brand.fair_share, language)))  # fmt: skip
        if brand.gap is not None:
            items.append((named("gap"), wording.users(brand.gap.value, language),
                          ends(brand.gap, language)))  # fmt: skip
    cells = "".join(
        f"<div><dt>{safe(name)}</dt><dd><b>{safe(value)}</b><small>{safe(note)}</small></dd></div>"
        for name, value, note in items
    )
    return f'<dl class="ov-figures">{cells}</dl>'


def counts(view: View, told: Pair) -> None:
    """Show every part of a pair as a table, with its download."""
    language = view.language
    shown = told.parts.with_columns(pl.col("part").replace(_words(told, view)))
    tables.show(
        tables.Shown(
            shown,
            columns=("part", "users", "users_low", "users_high", "exact", "expression"),
            file=f"overlap-{several_name([told.first, told.second])}",
            table="parts",
            given=told.parts,
        ),
        view,
        key="overlaps_counts",
        title=text("overlaps_counts", language),
        about=text("overlaps_counts_about", language),
    )
