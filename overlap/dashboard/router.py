"""Opens the store, shows the bar that all pages share, and runs the page that is asked for."""

from __future__ import annotations

import logging
import os
import secrets
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import streamlit as st

from overlap.dashboard import bar, data, empty, look, openings, session
from overlap.dashboard.launch import FLOOR_VARIABLE, STORE_VARIABLE
from overlap.dashboard.state import Note, View, choose
from overlap.dashboard.texts import day, text
from overlap.expressions import Audience, to_text
from overlap.insights import wording
from overlap.model import OverlapError, UsageError

_LOG = logging.getLogger(__name__)

Page = Callable[[data.Opened, View], None]


def run() -> None:
    """Run the app once, as Streamlit does at every interaction."""
    view = session.current()
    language = view.language
    st.set_page_config(
        page_title="overlap",
        page_icon=look.ICON,
        layout="wide",
        menu_items={"Get help": None, "Report a bug": None, "About": None},
    )
    look.dress()
    pages = [
        st.Page(
            lambda: _guarded(openings.page, view),
            title=text("page_openings", language),
            url_path="openings",
            default=True,
        )
    ]
    st.navigation(pages, position="top").run()


def _guarded(page: Page, view: View) -> None:
    """Run a page inside its frame; whatever goes wrong is a sentence, not a traceback."""
    try:
        _framed(page, view)
    except OverlapError as error:
        empty.failure(text("bad_request", view.language), error, view.language)
    except Exception as error:
        # Streamlit steers its own runs with exceptions that are no errors of ours.
        if type(error).__module__.startswith("streamlit.runtime"):
            raise
        number = secrets.token_hex(4)
        _LOG.exception("error %s while showing %s", number, view)
        empty.message(text("unexpected", view.language, id=number))
        st.button(text("reset", view.language), on_click=session.reset)


def _framed(page: Page, view: View) -> None:
    opened = _open(view)
    if opened is None:
        return
    kinds = opened.panel.known
    for kind in (data.CATEGORY, data.INTEREST):
        if kind not in kinds:
            bar.languages(view)
            empty.no_kind(kind, [k for k in kinds if k != "universe"], view.language)
            return
    view = _fitted(opened, view)
    bar.bar(view, data.choices(opened, view.category))
    openings.show_notes(view.language)
    page(opened, view)
    _foot(opened, view)


def _open(view: View) -> data.Opened | None:
    path = os.environ.get(STORE_VARIABLE)
    if not path:
        bar.languages(view)
        empty.no_store(view.language)
        return None
    floor = os.environ.get(FLOOR_VARIABLE)
    try:
        with st.spinner(text("opening_store", view.language), show_time=False):
            return data.open_store(Path(path), floor)
    except UsageError:
        bar.languages(view)
        empty.bad_floor(floor or "", view.language)
        return None
    except OverlapError as error:
        bar.languages(view)
        empty.bad_store(error, view.language)
        return None


def _fitted(opened: data.Opened, view: View) -> View:
    """Return a view that the store can show, and write it into the address."""
    needs_default = view.category is None or view.category not in data.categories(opened)
    default = data.default(opened) if needs_default else (None, None)
    category = default[0] if needs_default else view.category
    view, notes = choose(view, data.choices(opened, category), default)
    view, more = _fit_baseline(opened, view)
    session.remember(view, [*notes, *more])
    return view


def _fit_baseline(opened: data.Opened, view: View) -> tuple[View, list[Note]]:
    if view.baseline is None:
        return view, []
    named = any(view.baseline in names for names in opened.panel.known.values())
    try:
        # Who types a name need not know that an expression would want quotes around it.
        tree = opened.panel.resolve(Audience(None, view.baseline) if named else view.baseline)
    except OverlapError as error:
        values = {"wanted": view.baseline, "why": error.what}
        return replace(view, baseline=None), [Note("unknown_baseline", values)]
    if tree == Audience("universe", "all"):
        return replace(view, baseline=None), []
    if tree == Audience(data.CATEGORY, view.category or ""):
        return replace(view, baseline=None), [Note("own_baseline")]
    return replace(view, baseline=to_text(tree)), []


def _foot(opened: data.Opened, view: View) -> None:
    facts, language = opened.facts, view.language
    parts = [
        text(
            "foot",
            language,
            name=opened.path.name,
            snapshot=facts["snapshot"],
            users=wording.users(facts["users"], language),
            rows=f"{facts['rows_read']:,}",
            rejected=f"{facts['rows_rejected']:,}",
        )
    ]
    if facts["first_event"] and facts["last_event"]:
        ends = (day(facts[end], language) for end in ("first_event", "last_event"))
        parts.append(text("foot_window", language, start=next(ends), end=next(ends)))
    if opened.policy.display_floor:
        parts.append(text("foot_floor", language, floor=f"{opened.policy.display_floor:,}"))
    look.block(f'<footer class="ov-foot">{look.safe(" · ".join(parts))}</footer>')
