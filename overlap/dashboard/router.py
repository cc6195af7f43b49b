"""Opens the store, shows the bar that all pages share, and runs the page that is asked for."""

from __future__ import annotations

import logging
import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from overlap.dashboard import asked, data, look, navigation, session, stores
from overlap.dashboard.launch import FLOOR_VARIABLE
from overlap.dashboard.pages import data as data_page
from overlap.dashboard.pages import demand, openings, overlaps, saved, segment
from overlap.dashboard.parts import bar, empty, foot, notes, tour
from overlap.dashboard.state import HOME, Note, View, choose
from overlap.dashboard.texts import text
from overlap.dashboard.texts.errors import phrase
from overlap.expressions import Audience, to_text
from overlap.model import OverlapError, UsageError, nearest

_LOG = logging.getLogger(__name__)

Page = Callable[[data.Opened, View], None]


@dataclass(frozen=True, slots=True)
class Entry:
    """A page, and the kinds of audiences it cannot do without."""

    page: Page
    kinds: tuple[str, ...] = ()


PAGES: Mapping[str, Entry] = {
    HOME: Entry(openings.page, (data.CATEGORY, data.INTEREST)),
    "overlaps": Entry(overlaps.page),
    "segment": Entry(segment.page),
    "demand": Entry(demand.page),
    "saved": Entry(saved.page),
    "data": Entry(data_page.page),
}


def run() -> None:
    """Run the app once, as Streamlit does at every interaction."""
    language = session.language()
    st.set_page_config(
        page_title="overlap",
        page_icon=look.ICON,
        layout="wide",
        menu_items={"Get help": None, "Report a bug": None, "About": None},
    )
    look.dress(language)
    chosen = st.navigation(navigation.pages(language, _show), position="top")
    chosen.run()


def _show(name: str) -> None:
    """Run a page inside its frame; whatever goes wrong is a sentence, not a traceback."""
    view = session.current(name)
    _guarded(view, lambda: _framed(PAGES[name], view))


def _guarded(view: View, run: Callable[[], None]) -> None:
    try:
        run()
    except OverlapError as error:
        number = secrets.token_hex(4)
        _LOG.warning("error %s while showing %s: %s", number, view, error)
        empty.failure(text("bad_request", view.language), error, view.language, number)
    except Exception as error:
        # Streamlit steers its own runs with exceptions that are no errors of ours.
        if type(error).__module__.startswith("streamlit.runtime"):
            raise
        number = secrets.token_hex(4)
        _LOG.exception("error %s while showing %s", number, view)
        empty.message(text("unexpected", view.language, id=number))
        st.button(text("reset", view.language), on_click=session.reset)


def _framed(entry: Entry, view: View) -> None:
    opened, view = _open(view)
    if opened is None:
        session.remember(view)
        if view.page == "data":
            data_page.without_store(view)
        else:
            key = "data_choose" if stores.at_hand() else "to_data"
            navigation.link(text(key, view.language), "data", view)
        return
    view = _fitted(opened, view)
    shared = bar.bar(view, data.choices(opened, view.category))
    notes.show(view.language)
    tour.tour(view)
    session.frame_is(opened.stamp)
    _body(entry, shared)
    foot.foot(opened, view)


@st.fragment
def _body(entry: Entry, shared: DeltaGenerator) -> None:
    """Show the page alone: what a visitor does on it leaves the frame as it is.

    Where it does not, the whole app runs again. `shared` is the frame's place for the page's link.
    """
    opened, view = _open(session.kept())
    if opened is None or not session.has_frame(opened.stamp):
        st.rerun()
    session.settle()
    kinds = opened.panel.known
    missing = next((kind for kind in entry.kinds if kind not in kinds), None)
    if missing:
        empty.no_kind(missing, [k for k in kinds if k != "universe"], view.language)
    else:
        _guarded(view, lambda: entry.page(opened, view))
    bar.share(shared, session.kept())


def _open(view: View) -> tuple[data.Opened | None, View]:
    """Return the store that is asked for and the view that fits it, None where none opens."""
    path = stores.path_of(view.store)
    if path is None and view.store is not None:
        close = nearest(view.store, stores.at_hand(), n=1)
        values = {"wanted": view.store, "nearest": close[0] if close else ""}
        view, path = replace(view, store=None), stores.served()
        session.remember(view, [Note("unknown_store" if path else "data_gone", values)])
    if path is None:
        bar.languages(view)
        notes.show(view.language)
        empty.no_store(view.language)
        return None, view
    floor = os.environ.get(FLOOR_VARIABLE)
    try:
        with st.spinner(text("opening_store", view.language), show_time=False):
            return data.open_store(path, floor), view
    except UsageError:
        bar.languages(view)
        empty.bad_floor(floor or "", view.language)
    except OverlapError as error:
        bar.languages(view)
        number = secrets.token_hex(4)
        _LOG.warning("error %s while opening %s: %s", number, path, error)
        empty.failure(text("bad_store", view.language), error, view.language, number)
    return None, view


def _fitted(opened: data.Opened, view: View) -> View:
    """Return a view that the store can show, and write it into the address."""
    if data.CATEGORY not in opened.panel.known:
        view = replace(view, category=None, brand=None, opening=None)
        default: tuple[str | None, str | None] = (None, None)
        category = None
    else:
        needs_default = view.category is None or view.category not in data.categories(opened)
        default = data.default(opened) if needs_default else (None, None)
        category = default[0] if needs_default else view.category
    view, found = choose(view, data.choices(opened, category), default)
    view, more = _fit_baseline(opened, view)
    session.remember(view, [*found, *more])
    return view


def _fit_baseline(opened: data.Opened, view: View) -> tuple[View, list[Note]]:
    if view.baseline is None:
        return view, []
    try:
        tree, doubts = asked.read(opened, view.baseline, view.language)
    except OverlapError as error:
        values = {"wanted": view.baseline, "why": phrase(error.what, view.language)}
        return replace(view, baseline=None), [Note("unknown_baseline", values)]
    if tree == Audience("universe", "all"):
        return replace(view, baseline=None), []
    if tree == Audience(data.CATEGORY, view.category or ""):
        return replace(view, baseline=None), [Note("own_baseline")]
    return replace(view, baseline=to_text(tree)), doubts
