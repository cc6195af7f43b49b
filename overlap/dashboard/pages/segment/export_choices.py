"""What is chosen of an export: the file, who is held out, and how numbers are read."""

from __future__ import annotations

import logging
import secrets
from dataclasses import dataclass

import streamlit as st

from overlap.dashboard import data, session
from overlap.dashboard.look import plain
from overlap.dashboard.pages.segment import export_wording as wording
from overlap.dashboard.pages.segment.export_sources import IdentityFile, Sources, identity_file
from overlap.dashboard.pages.segment.export_ways import IDS, Way, ways
from overlap.dashboard.state import View
from overlap.dashboard.texts import text
from overlap.insights.wording import percent
from overlap.model import OverlapError, UsageError
from overlap.segments.cleaning import check_country

_LOG = logging.getLogger(__name__)

RATES = (0.0, 0.05, 0.1, 0.2, 0.5)
"""Shares held out that are offered; a link may ask for any other."""
_FILE, _HOLDOUT, _DRAW, _COUNTRY = "file", "holdout", "draw", "country"


@dataclass(frozen=True, slots=True)
class Offered:
    """The files that can be written, and what kept the operator's identities from being used."""

    ways: tuple[Way, ...]
    identities: IdentityFile | None
    error: OverlapError | None = None
    number: str = ""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a visitor chose."""

    way: Way
    holdout: float
    draw: str
    country: str


def offered(opened: data.Opened, sources: Sources, language: str) -> Offered:
    """Return the files that can be written of a store's members."""
    identities = identity_file()
    try:
        return Offered(data.once(opened, ways, sources, identities), identities)
    except OverlapError as error:
        number = secrets.token_hex(4)
        _LOG.warning("error %s while reading identities: %s", number, error)
        return Offered(data.once(opened, ways, sources, None), None, error, number)


def choose(ways: tuple[Way, ...], view: View) -> Chosen | None:
    """Show the choices and return what is chosen, None where that cannot be."""
    language = view.language
    with st.container(horizontal=True, key="segment_export_choices", vertical_alignment="bottom"):
        way = _way(ways, view)
        holdout = _holdout(view)
        draw = _typed(_DRAW, view) if holdout else ""
        country = _typed(_COUNTRY, view) if way.wants_country else ""
    try:
        check_country(country or None)
    except UsageError:
        st.error(plain(text("export_bad_country", language, wanted=country)))
        return None
    return Chosen(way, holdout, draw, country)


def _way(ways: tuple[Way, ...], view: View) -> Way:
    language = view.language
    known = {way.key: way for way in ways}
    asked = view.asked.get(_FILE, IDS)
    if asked not in known:
        _not_offered(asked, language)
    key = "segment_export_format"
    chosen = asked if asked in known else IDS
    st.session_state[key] = chosen

    def changed() -> None:
        picked = st.session_state[key]
        session.ask(**{_FILE: None if picked == IDS else picked})

    st.selectbox(
        text("export_format", language),
        list(known),
        format_func=lambda name: wording.label(known[name], language),
        key=key,
        on_change=changed,
        help=text("export_format_help", language),
        width=300,
    )
    return known[chosen]


def _holdout(view: View) -> float:
    language = view.language
    asked = view.asked.get(_HOLDOUT)
    rate = _rate(asked) if asked else 0.0
    if rate is None:
        _not_offered(asked or "", language)
        rate = 0.0
    key = "segment_export_holdout"
    st.session_state[key] = rate

    def changed() -> None:
        picked = st.session_state[key]
        session.ask(**{_HOLDOUT: f"{picked:g}" if picked else None})

    def said(value: float) -> str:
        if not value:
            return text("export_holdout_none", language)
        digits = 0 if value * 100 == round(value * 100) else 1
        return text("export_holdout_rate", language, rate=percent(value, digits))

    st.selectbox(
        text("export_holdout", language),
        sorted({*RATES, rate}),
        format_func=said,
        key=key,
        on_change=changed,
        help=text("export_holdout_help", language),
        width=190,
    )
    return rate


def _rate(asked: str) -> float | None:
    try:
        rate = float(asked)
    except ValueError:
        return None
    return rate if 0 < rate < 1 else None


def _typed(name: str, view: View) -> str:
    """Show a box for a word of the link, and return the word."""
    language = view.language
    key = f"segment_export_{name}"
    value = view.asked.get(name, "")
    st.session_state[key] = value
    labels = {
        _DRAW: (text("export_draw", language), text("export_draw_help", language)),
        _COUNTRY: (text("export_country", language), text("export_country_help", language)),
    }
    holders = {
        _DRAW: text("export_draw_placeholder", language),
        _COUNTRY: text("export_country_placeholder", language),
    }
    label, help = labels[name]

    def changed() -> None:
        session.ask(**{name: st.session_state[key].strip() or None})

    st.text_input(
        label,
        key=key,
        on_change=changed,
        help=help,
        placeholder=holders[name],
        max_chars=60,
        width=190,
    )
    return value


def _not_offered(wanted: str, language: str) -> None:
    st.warning(
        plain(text("export_bad_link", language, wanted=wanted)), icon=":material/link_off:"
    )  # fmt: skip
