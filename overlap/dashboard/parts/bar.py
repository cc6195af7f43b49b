"""The one bar of controls that all pages share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from overlap.dashboard import navigation, session
from overlap.dashboard.parts.copying import copyable
from overlap.dashboard.state import Choices, View
from overlap.dashboard.texts import LANGUAGE_NAMES, day, text
from overlap.expressions import Audience, parse
from overlap.insights.wording import LANGUAGES
from overlap.model import OverlapError

_NONE = ""
"""The option that stands for no choice; no audience has an empty name."""


def bar(view: View, choices: Choices) -> DeltaGenerator:
    """Show the controls; what a visitor changes is in the view at the next run.

    Returns the place for the link to what is shown, which is known once the page is (see `share`).
    """

    def say(key: str) -> str:
        return text(key, view.language)

    with st.container(horizontal=True, key="bar", gap="small", vertical_alignment="bottom"):
        _select("category", view.category, choices.categories, say("category"),
                help=say("category_help"))  # fmt: skip
        _select("brand", view.brand, choices.brands, say("brand"), none=say("no_brand"),
                help=say("brand_help" if choices.brands else "no_brand_help"),
                disabled=not choices.brands)  # fmt: skip
        _select("baseline", view.baseline, choices.baselines, say("baseline"),
                none=say("everyone"), help=say("baseline_help"), accept_new_options=True,
                names=_audience_name)  # fmt: skip
        if choices.has_periods:
            _window(view, choices)
        languages(view)
        with st.popover(say("share"), icon=":material/share:", key="bar_share"):
            return st.empty()


def share(place: DeltaGenerator, view: View) -> None:
    """Show the link to a view, where the bar left a place for it."""
    with place:
        address = navigation.address(view.page, view)
        copyable(address, view.language, text("share_help", view.language))


def languages(view: View) -> None:
    """Show the switch between languages."""
    st.session_state["bar_language"] = view.language
    st.segmented_control(
        text("language", view.language),
        LANGUAGES,
        format_func=lambda name: LANGUAGE_NAMES[name],
        key="bar_language",
        on_change=_changed,
        args=("language",),
        required=True,
        label_visibility="collapsed",
        width="content",
    )


def _window(view: View, choices: Choices) -> None:
    first, last, language = choices.periods[0], choices.periods[-1], view.language
    starts = [p for p in choices.periods[1:] if view.end is None or p <= view.end]
    ends = [p for p in choices.periods[:-1] if view.start is None or p >= view.start]
    # A window goes from the first day of a period to the last day of one.
    until = choices.until
    for field, value, options, label, (none, at), days in (
        ("start", view.start, starts, "from", ("from_start", first), {}),
        ("end", view.end, ends[::-1], "to", ("to_latest", until.get(last, last)), until),
    ):
        _select(
            field,
            value.isoformat() if value else None,
            [p.isoformat() for p in options],
            text(label, language),
            none=f"{text(none, language)} ({day(at, language)})",
            names=lambda p, days=days: day(_day(p, days), language),
            help=text("window_help", language),
        )


def _day(period: str, days: Mapping[date, date]) -> date:
    first = date.fromisoformat(period)
    return days.get(first, first)


def _select(
    field: str,
    value: str | None,
    options: Sequence[str],
    label: str,
    *,
    none: str | None = None,
    names: Any = str,
    **how: Any,
) -> None:
    key = f"bar_{field}"

    def shown(option: str) -> str:
        return none if option == _NONE and none is not None else str(names(option))

    every: list[str] = [*([_NONE] if none is not None else []), *options]
    if value is not None and value not in every:
        every.append(value)
    # The view is the one truth; a widget only shows it and reports changes to it.
    st.session_state[key] = value or _NONE
    st.selectbox(
        label,
        every,
        key=key,
        format_func=shown,
        on_change=_changed,
        args=(field,),
        **how,
    )


def _changed(field: str) -> None:
    value = st.session_state[f"bar_{field}"] or None
    if field == "language" and value is None:
        return
    if field in ("start", "end") and value is not None:
        value = date.fromisoformat(value)
    fields = {field: value}
    if field == "category":
        fields |= {"opening": None}
    session.change(**fields)


def _audience_name(expression: str) -> str:
    """Show an expression that is one audience by the audience's name, others as they are."""
    try:
        tree = parse(expression)
    except OverlapError:
        return expression
    return tree.name if isinstance(tree, Audience) and tree.at_least == 1 else expression
