"""Choosing audiences by typing: any of a store, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import polars as pl
import streamlit as st

from overlap.dashboard import data
from overlap.dashboard.state import View
from overlap.dashboard.texts import text
from overlap.expressions import Audience, to_text

MOST = 5_000
"""More names than this are not sent to the browser; the rest can be typed."""
_NAMED = ("category", "interest", "brand", "term")
"""Kinds that have a name in every language; others are called what the user called them."""


def one(
    label: str,
    value: str | None,
    opened: data.Opened,
    view: View,
    *,
    key: str,
    on_change: Callable[[str | None], None],
    kinds: tuple[str, ...] = (),
    help: str = "",
) -> None:
    """Show a box that chooses one audience, or any expression that is typed.

    `value` is an expression as text; `on_change` is called with the new one, None for none.
    `kinds` are the kinds offered, all but the universe when empty.
    """
    names = data.once(opened, options, kinds, view.language)
    every = list(names) if value is None or value in names else [value, *names]
    st.session_state[key] = value
    st.selectbox(
        label,
        every,
        key=key,
        index=None,
        format_func=lambda option: _shown(option, names),
        accept_new_options=True,
        placeholder=text("pick_placeholder", view.language),
        help=_help(help, names, opened, kinds, view.language),
        on_change=lambda: on_change(st.session_state[key]),
    )


def several(
    label: str,
    values: Sequence[str],
    opened: data.Opened,
    view: View,
    *,
    key: str,
    on_change: Callable[[list[str]], None],
    kinds: tuple[str, ...] = (),
    most: int | None = None,
    help: str = "",
) -> None:
    """Show a box that chooses several audiences or expressions, `most` at the most."""
    names = data.once(opened, options, kinds, view.language)
    every = [*(value for value in values if value not in names), *names]
    st.session_state[key] = list(values)
    st.multiselect(
        label,
        every,
        key=key,
        format_func=lambda option: _shown(option, names),
        accept_new_options=True,
        max_selections=most,
        placeholder=text("pick_placeholder", view.language),
        help=_help(help, names, opened, kinds, view.language),
        on_change=lambda: on_change(list(st.session_state[key])),
    )


def options(opened: data.Opened, kinds: tuple[str, ...], language: str = "en") -> Mapping[str, str]:
    """Return the largest audiences of the kinds as expressions, with the words they are shown in.

    The kind is said only where several are offered; audiences below the floor are left out.
    """
    known = [kind for kind in opened.panel.known if kind != "universe"]
    asked = [kind for kind in known if kind in kinds] if kinds else known
    tables = [opened.panel.table(kind).select("kind", "name", "users") for kind in asked]
    if not tables:
        return {}
    shown = pl.concat(tables).filter(pl.col("users") >= opened.policy.display_floor)
    shown = shown.sort("users", "kind", "name", descending=[True, False, False]).head(MOST)
    words = {
        kind: text(f"pick_kind_{kind}", language) if kind in _NAMED else kind for kind in asked
    }
    return {
        to_text(Audience(kind, name)): f"{name} · {words[kind]}" if len(asked) > 1 else name
        for kind, name in shown.select("kind", "name").iter_rows()
    }


def _shown(option: str, names: Mapping[str, str]) -> str:
    """Write an audience by its name, with its intensity where it has one."""
    if option in names:
        return names[option]
    plain, sign, events = option.rpartition(">=")
    return f"{names[plain]} ≥ {events}" if sign and plain in names else option


def _help(
    said: str,
    names: Mapping[str, str],
    opened: data.Opened,
    kinds: tuple[str, ...],
    language: str,
) -> str | None:
    known = {k: v for k, v in opened.panel.known.items() if k != "universe"}
    there = sum(len(names) for kind, names in known.items() if not kinds or kind in kinds)
    if there > len(names):
        more = text("pick_help", language, shown=f"{len(names):,}", all=f"{there:,}")
        return f"{said} {more}".strip()
    return said or None
