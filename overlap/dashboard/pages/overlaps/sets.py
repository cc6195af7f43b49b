"""Up to twelve audiences across each other: an UpSet plot, its regions, what each one adds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from overlap import charts
from overlap.dashboard import data, navigation, session
from overlap.dashboard.look import block, plain, safe
from overlap.dashboard.pages.overlaps import answer, asked, questions
from overlap.dashboard.pages.overlaps.words import SHORT, name_of, names_of
from overlap.dashboard.parts import empty, figures, notes, picker, tables
from overlap.dashboard.parts.copying import copyable
from overlap.dashboard.parts.naming import several_name
from overlap.dashboard.state import Note, View
from overlap.dashboard.texts import text
from overlap.expressions import Audience, key, to_text
from overlap.insights import wording
from overlap.insights.regions import MOST_AUDIENCES
from overlap.model import OverlapError

_WRONG, _TIMES = "overlaps_sets_wrong", "overlaps_upset_times"
_USUAL = 4
"""Audiences for who asked for none: enough to see what the plot is good for."""


def show(opened: data.Opened, view: View, top: DeltaGenerator, controls: DeltaGenerator) -> None:
    """Show several audiences across each other; `top` takes the answer, `controls` the choice."""
    language = view.language
    given, found = asked.several(opened, view)
    for note in found:
        with top:
            notes.one(note, language)
    chosen = _usual(opened, view) if given is None else given
    inside = _inside(view)
    with controls:
        _controls(opened, view, chosen, inside)
    if len(chosen) < 2:
        with top:
            answer.write(text("overlaps_sets_choose", language), [], language)
        return
    frame = questions.across(opened, view, chosen, inside)
    reach = questions.reached(opened, view, chosen, inside)
    with top:
        _answer(opened, view, chosen, frame, reach)
    shown = frame.filter(pl.col("exclusive_users") > 0)
    if shown.is_empty():
        empty.message(text("overlaps_hidden", language), text("overlaps_sets_hidden", language))
        return
    region, more = _region(view, frame, shown)
    for note in more:
        with top:
            notes.one(note, language)
    every = several_name([*chosen, *([inside] if inside else [])])
    file = f"regions-{every}"
    with st.container(horizontal=True, key="overlaps_look", gap="medium"):
        with st.container(key="overlaps_left", gap="xsmall"):
            figures.show(
                charts.upset(frame, language, region["expression"]),
                view,
                key=f"overlaps_upset_{st.session_state.get(_TIMES, 0)}",
                title=text("overlaps_upset", language),
                about=text("overlaps_upset_about", language),
                alt=text("overlaps_upset_alt", language, n=len(chosen), regions=len(shown)),
                data=frame,
                file=file,
                on_pick=_pick,
                on_clear=_clear,
            )
        with st.container(key="overlaps_pair", border=True, gap="small"):
            _card(view, region, chosen)
    _regions(view, frame, region, file)
    _reach(view, reach, every)


def _usual(opened: data.Opened, view: View) -> list[str]:
    """Return the pair of the bar, the brand, and the next openings of the category."""
    wanted: list[str] = []
    if view.category is not None:
        wanted.append(to_text(Audience(data.CATEGORY, view.category)))
    interest = questions.opening(opened, view)
    if interest is not None:
        wanted.append(to_text(Audience(data.INTEREST, interest)))
    if view.brand is not None:
        wanted.append(to_text(Audience(data.BRAND, view.brand)))
    wanted += questions.others(opened, view, _USUAL)
    if len(wanted) < 2:
        wanted += list(data.once(opened, picker.options, ()))
    return list(dict.fromkeys(wanted))[:_USUAL]


def _inside(view: View) -> str | None:
    if view.category is None or "inside" not in view.asked:
        return None
    return to_text(Audience(data.CATEGORY, view.category))


# --- controls -----------------------------------------------------------------------------------


def _controls(opened: data.Opened, view: View, chosen: list[str], inside: str | None) -> None:
    language = view.language
    picker.several(
        text("overlaps_sets", language, most=MOST_AUDIENCES),
        chosen,
        opened,
        view,
        key="overlaps_sets",
        on_change=lambda values: _choose(opened, chosen, values, language),
        most=MOST_AUDIENCES,
        help=text("overlaps_pick_help", language),
    )
    wrong = st.session_state.pop(_WRONG, None)
    if wrong is not None:
        st.warning(plain(text("overlaps_typo_set", language, wanted=wrong[0], why=wrong[1])))
    if view.category is not None:
        st.session_state["overlaps_inside"] = inside is not None
        st.toggle(
            text("overlaps_inside", language, category=view.category),
            key="overlaps_inside",
            on_change=_limit,
            help=text("overlaps_inside_help", language),
        )


def _choose(opened: data.Opened, before: list[str], values: list[str], language: str) -> None:
    """Take the audiences chosen or typed; a mistake is said and left out."""
    kept: dict[str, str] = {}
    for value in values:
        try:
            tree = asked.audience(opened, value)
        except OverlapError as error:
            st.session_state[_WRONG] = (value, asked.wrong(error, language))
            continue
        kept.setdefault(key(tree), to_text(tree))
    texts = list(kept.values())[:MOST_AUDIENCES]
    session.ask(sets=asked.joined(texts) or "[]", region=None)


def _limit() -> None:
    inside = "category" if st.session_state["overlaps_inside"] else None
    session.ask(inside=inside, region=None)


def _pick(point: Mapping[str, Any]) -> None:
    found = point.get("customdata")
    _clear(found[0] if found else None)


def _clear(region: str | None = None) -> None:
    """Draw the plot again: the browser fades all that was not clicked."""
    st.session_state[_TIMES] = st.session_state.get(_TIMES, 0) + 1
    session.ask(**({} if region is None else {"region": region}))


# --- what is shown ------------------------------------------------------------------------------


def _answer(
    opened: data.Opened, view: View, chosen: list[str], frame: pl.DataFrame, reach: pl.DataFrame
) -> None:
    language = view.language
    last = reach.row(-1, named=True)
    every = frame.filter(pl.col("degree") == len(chosen)).row(0, named=True)
    headline = text(
        "overlaps_sets_answer", language, n=len(chosen),
        reach=_count(last, "reach", "exact", language),
        all=_count(every, "inclusive", "inclusive_exact", language),
    )  # fmt: skip
    largest = frame.filter(pl.col("exclusive_users") > 0)
    said = []
    if len(largest):
        first = largest.row(0, named=True)
        said.append(
            text(
                "overlaps_sets_largest" if first["degree"] > 1 else "overlaps_sets_alone",
                language,
                users=_count(first, "exclusive", "exact", language),
                names=_joined(first["audiences"], language),
            )
        )
    exact = bool(frame["exact"].all())
    said.append(
        text("say_exact", language) if exact
        else text("say_sampled", language, rate=wording.rate(opened.panel.floor_rate))
    )  # fmt: skip
    answer.write(headline, said, language)


def _region(
    view: View, frame: pl.DataFrame, shown: pl.DataFrame
) -> tuple[dict[str, Any], list[Note]]:
    """Return the region looked at: that of the link, or the largest that two audiences share."""
    wanted = view.asked.get("region")
    found = frame.filter(pl.col("expression") == wanted) if wanted else frame.head(0)
    if len(found):
        return found.row(0, named=True), []
    lost = [Note("overlaps_no_region", {"wanted": wanted})] if wanted else []
    several = shown.filter(pl.col("degree") > 1)
    return (several if len(several) else shown).row(0, named=True), lost


def _card(view: View, region: dict[str, Any], chosen: list[str]) -> None:
    language = view.language
    names = dict(zip(chosen, names_of(chosen, SHORT), strict=True))
    inside = "".join(f"<li>✓ {safe(names[a])}</li>" for a in chosen if a in region["audiences"])
    out = "".join(f"<li>✕ {safe(names[a])}</li>" for a in chosen if a not in region["audiences"])
    figures_ = "".join(
        f"<div><dt>{safe(text(f'overlaps_{which}', language))}</dt>"
        f"<dd><b>{safe(value)}</b><small>{safe(note)}</small></dd></div>"
        for which, (value, note) in (
            ("exclusive", _number(region, "exclusive", "exact", language)),
            ("inclusive", _number(region, "inclusive", "inclusive_exact", language)),
        )
    )
    block(
        f'<section class="ov-card" lang="{language}"><h2>'
        f"{safe(_joined(region['audiences'], language))}</h2>"
        f'<ul class="ov-sets">{inside}{out}</ul><dl class="ov-figures">{figures_}</dl></section>'
    )
    for key_, expression in (
        ("exclusive", region["expression"]),
        ("inclusive", region["inclusive_expression"]),
    ):
        navigation.link(
            text(f"overlaps_build_{key_}", language), "segment", view, expr=expression
        )  # fmt: skip
    copyable(region["expression"], language, text("expression", language))


def _regions(view: View, frame: pl.DataFrame, region: dict[str, Any], file: str) -> None:
    language = view.language
    listed = frame.filter(pl.col("exclusive_users").is_null() | (pl.col("exclusive_users") > 0))
    texts = listed["expression"].to_list()
    tables.show(
        tables.Shown(
            listed.with_columns(
                audiences=pl.col("audiences").map_elements(
                    lambda members: _joined(list(members), language), return_dtype=pl.String
                )
            ),
            columns=("audiences", "degree", "exclusive_users", "exclusive_low", "exclusive_high",
                     "inclusive_users", "inclusive_low", "inclusive_high", "suppressed"),
            file=file,
            table="regions",
            given=frame,
        ),
        view,
        key="overlaps_regions",
        title=text("overlaps_regions", language),
        about=text("overlaps_regions_about", language),
        selected=texts.index(region["expression"]) if region["expression"] in texts else None,
        on_pick=lambda row: session.ask(region=texts[row]),
    )  # fmt: skip


def _reach(view: View, reach: pl.DataFrame, every: str) -> None:
    language = view.language
    tables.show(
        tables.Shown(
            reach.with_columns(pl.Series("audience", [name_of(a) for a in reach["audience"]])),
            columns=("step", "audience", "users", "new_users", "new_low", "new_high",
                     "reach_users", "reach_low", "reach_high"),
            file=f"reach-{every}",
            table="reach",
            given=reach,
        ),
        view,
        key="overlaps_reach",
        title=text("overlaps_reach", language),
        about=text("overlaps_reach_about", language),
    )  # fmt: skip


def _joined(audiences: list[str], language: str) -> str:
    names = names_of(audiences, SHORT)
    if len(names) == 1:
        return text("overlaps_only", language, name=names[0])
    return " + ".join(names)


def _count(row: Mapping[str, Any], which: str, exact: str, language: str) -> str:
    users = row[f"{which}_users"]
    if users is None:
        return text("overlaps_not_shown", language)
    return wording.users(users, language, exact=row[exact])


def _number(row: Mapping[str, Any], which: str, exact: str, language: str) -> tuple[str, str]:
    if row[f"{which}_users"] is None:
        return "–", text("overlaps_not_shown", language)
    said = wording.interval(row[f"{which}_low"], row[f"{which}_high"], language)
    return wording.users(row[f"{which}_users"], language, exact=row[exact]), (
        text("exact", language) if row[exact] else said
    )
